"""Averages over windows: `avg_pool1d`, `avg_pool2d` and `avg_pool3d`. The sums go one dim after the other."""

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from ....tensor import TENSORS, Tensor
from ...operands import require_tensor
from ...shape.dimensions import squeeze, unsqueeze
from ...single import one
from ...table import CALLS, Gradient, Row, expose
from ...unread import UNREAD
from ..sizes import require_bool, spatial
from ..windows import Sizes, inner, padded
from .checks import Pool, check_dim_range, check_no_bool, pool, single

Array = npt.NDArray[Any]
_ARGUMENTS = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override", "geometry")


def _sums(self: Array, geometry: Pool) -> Array:
    made = padded(self, geometry.padding, geometry.after)
    dims = len(geometry.kernel)
    for dim in range(self.ndim - dims, self.ndim):
        place = dim - self.ndim
        jump, width, out = geometry.stride[place], geometry.kernel[place], geometry.out[place]
        parts = [made[_range(dim, at, jump, out)] for at in range(width)]
        if width == 1:
            made = parts[0]
            continue
        made = parts[0] + parts[1]
        for part in parts[2:]:
            made += part
    return made if made is not self and made.flags.c_contiguous else made.copy()


def _range(dim: int, start: int, step: int, count: int) -> tuple[Any, ...]:
    return (slice(None),) * dim + (slice(start, start + step * (count - 1) + 1, step),)


def divisors(geometry: Pool, count_include_pad: bool, divisor_override: int | None) -> Any:
    """By what the sum over each window is divided: (*out), or one number."""
    if divisor_override is not None:
        return divisor_override
    made: Any = 1
    for place, size in enumerate(geometry.sizes):
        pad, width = geometry.padding[place], geometry.kernel[place]
        starts = np.arange(geometry.out[place]) * geometry.stride[place] - pad
        ends = np.minimum(starts + width, size + pad)
        if not count_include_pad:
            starts, ends = np.maximum(starts, 0), np.minimum(ends, size)
        counts = np.maximum(ends - starts, 1)
        made = made * counts.reshape(-1, *(1,) * (len(geometry.sizes) - place - 1))
    return prod(geometry.kernel) if np.all(made == prod(geometry.kernel)) else made


def _average(
    self: Array,
    _kernel: Sizes,
    _stride: Sizes,
    _padding: Sizes,
    _ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
    geometry: Pool,
) -> Array:
    total = _sums(self, geometry)
    by = divisors(geometry, count_include_pad, divisor_override)
    if total.dtype.kind != "f":  # integers are divided towards zero
        made: Array = (np.sign(total) * np.sign(by) * (np.abs(total) // np.abs(by))).astype(total.dtype)
        return made
    total /= np.asarray(by, total.dtype)
    return total


def _average_back(grad: Array, count_include_pad: bool, divisor_override: int | None, geometry: Pool) -> Array:
    made = grad / np.asarray(divisors(geometry, count_include_pad, divisor_override), grad.dtype)
    dims = len(geometry.kernel)
    for place in range(-dims, 0):
        dim = made.ndim + place
        source = made
        made = np.zeros((*source.shape[:dim], geometry.wide[place], *source.shape[dim + 1 :]), grad.dtype)
        for at in range(geometry.kernel[place]):
            made[_range(dim, at, geometry.stride[place], geometry.out[place])] += source
    return np.ascontiguousarray(made[inner(geometry.padding, geometry.sizes)])


def avg_pool_backward(
    grad: Any,
    self: Any,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
    geometry: Pool,
) -> Any:
    """The gradient of an average, shared evenly over its window; it does not depend on the values of `self`."""
    if type(grad) in TENSORS:
        how = (kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, geometry)
        return CALLS[f"avg_pool{len(geometry.kernel)}d_backward"]((grad, self), how)
    return _average_back(grad, count_include_pad, divisor_override, geometry)


def averaged(
    grad: Any,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
    geometry: Pool,
) -> Any:
    """An average in a rule."""
    how = (kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, geometry)
    if type(grad) in TENSORS:
        return CALLS[f"avg_pool{len(geometry.kernel)}d"]((grad,), how)
    return _average(grad, *how)


_NAMED = ", ".join(_ARGUMENTS)
for _dims in (2, 3):
    one(
        Row(
            f"avg_pool{_dims}d",
            _average,
            ("self",),
            (Gradient(f"avg_pool_backward(grad, self, {_NAMED})", avg_pool_backward),),
            node=f"AvgPool{_dims}DBackward0",
            arguments=_ARGUMENTS,
            saves=("self", *_ARGUMENTS[:-1]),
        )
    )
    one(
        Row(
            f"avg_pool{_dims}d_backward",
            lambda grad, _self, *how: _average_back(grad, *how[4:]),
            ("grad_output", "self"),
            (Gradient(f"averaged(grad, {_NAMED})", averaged), UNREAD),
            node=f"AvgPool{_dims}DBackwardBackward0",
            arguments=_ARGUMENTS,
        )
    )


def avg_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The average over each window of the last two dims."""
    return _pooled(2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def avg_pool3d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The average over each window of the last three dims."""
    return _pooled(3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def _pooled(
    dims: int,
    input: Tensor,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: Any,
) -> Tensor:
    name = f"avg_pool{dims}d"
    require_tensor(name, "input", 1, input)
    kernel = spatial(name, "kernel_size", 2, kernel_size, dims)
    jump = () if stride is None else spatial(name, "stride", 3, stride, dims)
    pad = spatial(name, "padding", 4, padding, dims)
    geometry = pool(name, input, kernel, jump, pad, (1,), ceil_mode)
    require_bool(name, ceil_mode=ceil_mode, count_include_pad=count_include_pad)
    if divisor_override is not None and not isinstance(divisor_override, int):
        kind = type(divisor_override).__name__
        raise TypeError(f"{name}(): argument 'divisor_override' must be int, not {kind}")
    if divisor_override == 0:
        raise RuntimeError("divisor must be not zero")
    check_no_bool(name, input)
    return CALLS[name]((input,), (kernel, jump, pad, ceil_mode, count_include_pad, divisor_override, geometry))  # type: ignore[no-any-return]  # a row with one result


@expose("avg_pool1d", method=False)
def avg_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """The average over each window of the last dim."""
    require_tensor("avg_pool1d", "input", 1, input)
    kernel = single("avg_pool1d", "kernel_size", spatial("avg_pool1d", "kernel_size", 2, kernel_size, 1))
    jump = () if stride is None else spatial("avg_pool1d", "stride", 3, stride, 1)
    pad = single("avg_pool1d", "padding", spatial("avg_pool1d", "padding", 4, padding, 1))
    jump = single("avg_pool1d", "stride", jump) if jump else kernel
    check_dim_range("avg_pool1d", input)
    made = avg_pool2d(unsqueeze(input, -2), (1, *kernel), (1, *jump), (0, *pad), ceil_mode, count_include_pad)
    return squeeze(made, -2)
