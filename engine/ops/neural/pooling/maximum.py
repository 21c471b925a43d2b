"""Maxima over windows, with where they were found: `max_pool1d`, `max_pool2d` and `max_pool3d`."""

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from .... import grad_mode
from ....tensor import TENSORS, Tensor, from_array
from ...operands import require_tensor
from ...shape.dimensions import squeeze, unsqueeze
from ...single import one, several
from ...table import CALLS, Gradient, Row, expose
from ...tools import raw
from ...unread import UNREAD
from ..sizes import spatial
from ..windows import Sizes, padded, places
from .checks import Pool, check_float, check_no_bool, out_size, pool

Array = npt.NDArray[Any]
_ARGUMENTS = ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "geometry")


def lowest(dtype: np.dtype[Any]) -> Any:
    """What no element is below."""
    return -np.inf if dtype.kind == "f" else np.iinfo(dtype).min


def largest(parts: list[Array], first: Any = 0) -> tuple[Array, Array]:
    """The largest of the parts, element by element, and its number: the first of equal ones, or the last NaN.

    `first` is the number where every part is the lowest there is.
    """
    kind = np.dtype(np.uint8 if len(parts) < 256 else np.uint16 if len(parts) < 65536 else np.int64)
    best = parts[0].copy()
    number = np.zeros(best.shape, kind)
    if np.any(first):
        number += np.asarray(first, kind)
    for place, part in enumerate(parts[1:], 1):
        better = part > best
        np.maximum(best, part, out=best)
        # Numbers rise, so the last part that was better has the largest.
        np.maximum(number, np.multiply(better.view(np.uint8), kind.type(place), dtype=kind), out=number)
    if best.dtype.kind == "f" and np.isnan(best).any():
        for place, part in enumerate(parts):
            number[np.isnan(part)] = place
    return best, number


def _max_pool(self: Array, *how: Any) -> Any:
    geometry: Pool = how[-1]
    source = padded(self, geometry.padding, geometry.after, lowest(self.dtype))
    found = places(geometry.kernel, geometry.out, geometry.stride, geometry.dilation)
    best, number = largest([source[where] for _, where in found], _first_inside(geometry))
    dims = len(geometry.kernel)
    steps = [prod(geometry.sizes[dim + 1 :]) for dim in range(dims)]
    offsets = np.array(
        [
            sum(at * dil * step for at, dil, step in zip(each, geometry.dilation, steps, strict=True))
            for each, _ in found
        ]
    )
    indices = offsets[number]
    for dim, step in enumerate(steps):
        starts = (np.arange(geometry.out[dim]) * geometry.stride[dim] - geometry.padding[dim]) * step
        indices += starts.reshape(-1, *(1,) * (dims - dim - 1))
    return best, indices


def _first_inside(geometry: Pool) -> Any:
    """The number of the first place in each window that is no padding: (*out), or 0."""
    made: Any = 0
    if any(geometry.padding):
        for dim, pad in enumerate(geometry.padding):
            before = np.maximum(pad - np.arange(geometry.out[dim]) * geometry.stride[dim], 0)
            first = -(-before // geometry.dilation[dim])
            made = made + (first * prod(geometry.kernel[dim + 1 :])).reshape(-1, *(1,) * (len(geometry.out) - dim - 1))
    return made


def put_back(grad: Array, indices: Array, shape: Sizes, dims: int, once: bool) -> Array:
    """Zeros of `shape` with each gradient added at its index into the last `dims` dims; `once`: at most one each."""
    whole, taken = prod(shape[-dims:]), prod(indices.shape[-dims:])
    planes = prod(shape[:-dims])
    if indices.max(initial=0) >= whole:  # of windows that hold padding alone, for which PyTorch names no element
        once, grad = False, np.where(indices < whole, grad, 0)
        indices = np.minimum(indices, whole - 1)
    flat = (indices.reshape(planes, taken) + np.arange(planes)[:, None] * whole).reshape(-1)
    if once:
        made = np.zeros(planes * whole, grad.dtype)
        made[flat] = grad.reshape(-1)
    else:
        made = np.bincount(flat, grad.reshape(-1), planes * whole).astype(grad.dtype)
    return made.reshape(shape)


def take_at(grad: Any, indices: Any, dims: int) -> Any:
    """The elements at indices into the last `dims` dims: the transpose of `put_back`."""
    at = raw(indices)
    lead, shape = at.shape[: at.ndim - dims], at.shape
    flat = at.reshape(*lead, prod(shape[-dims:]))
    rows = grad.reshape(*lead, prod(raw(grad).shape[-dims:]))
    if type(grad) in TENSORS:
        return rows.gather(-1, from_array(flat)).reshape(shape)
    return np.take_along_axis(rows, flat, -1).reshape(shape)


def max_pool_backward(
    grad: Any,
    self: Any,
    result: Any,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    ceil_mode: bool,
    geometry: Pool,
) -> Any:
    """The gradient of each maximum, where it was found."""
    indices = raw(result[1])
    if type(grad) in TENSORS:
        how = (kernel_size, stride, padding, dilation, ceil_mode, geometry, indices)
        return CALLS[f"max_pool{len(geometry.kernel)}d_with_indices_backward"]((grad, self), how)
    return _max_pool_back(grad, self, geometry, indices)


def _max_pool_back(grad: Array, self: Array, geometry: Pool, indices: Array) -> Array:
    apart = all(
        jump >= step * (width - 1) + 1
        for jump, step, width in zip(geometry.stride, geometry.dilation, geometry.kernel, strict=True)
    )
    return put_back(grad, indices, self.shape, len(geometry.kernel), apart)


def max_pool_double_backward(grad: Any, geometry: Pool, found: Any) -> Any:
    """What goes back through the gradient of a maximum: the elements that were the largest."""
    return take_at(grad, found, len(geometry.kernel))


for _dims in (2, 3):
    several(
        Row(
            f"max_pool{_dims}d_with_indices",
            _max_pool,
            ("self",),
            (Gradient(f"max_pool_backward(grad, self, result, {', '.join(_ARGUMENTS)})", max_pool_backward),),
            node=f"MaxPool{_dims}DWithIndicesBackward0",
            arguments=_ARGUMENTS,
            many=True,
            results=("result0", "result1"),
            saves=("self", *_ARGUMENTS[:-1], "result1"),
        )
    )
    one(
        Row(
            f"max_pool{_dims}d_with_indices_backward",
            lambda grad, self, *how: _max_pool_back(grad, self, how[-2], how[-1]),
            ("grad_output", "self"),
            (
                Gradient(
                    "max_pool_double_backward(grad, geometry, found)",
                    lambda grad, geometry, found: max_pool_double_backward(grad, geometry, found),
                ),
                UNREAD,
            ),
            node=f"MaxPool{_dims}DWithIndicesBackwardBackward0",
            arguments=(*_ARGUMENTS, "found"),
        )
    )


def _pooled(
    dims: int,
    input: Tensor,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: Any,
) -> tuple[Tensor, Tensor]:
    name = f"max_pool{dims}d"
    require_tensor(name, "input", 1, input)
    kernel = spatial(name, "kernel_size", 2, kernel_size, dims)
    jump = () if stride is None else spatial(name, "stride", 3, stride, dims)
    pad = spatial(name, "padding", 4, padding, dims)
    step = spatial(name, "dilation", 5, dilation, dims)
    if not isinstance(ceil_mode, bool):
        kind = type(ceil_mode).__name__
        raise TypeError(f"{name}(): argument 'ceil_mode' (position 6) must be bool, not {kind}")
    geometry = pool(name, input, kernel, jump, pad, step, ceil_mode)
    check_no_bool(name, input)
    made: tuple[Tensor, Tensor] = CALLS[f"{name}_with_indices"](
        (input,), (kernel, jump, pad, step, ceil_mode, geometry)
    )
    return made


def max_pool2d_with_indices(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """The largest of each window of the last two dims, and where it is in them, counted row by row."""
    return _pooled(2, input, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool3d_with_indices(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """The largest of each window of the last three dims, and where it is in them, counted row by row."""
    return _pooled(3, input, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool1d_with_indices(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """The largest of each window of the last dim, and where it is in it."""
    require_tensor("max_pool1d", "input", 1, input)
    kernel = _single("kernel_size", kernel_size)
    jump = kernel if stride is None or stride == [] else _single("stride", stride)
    pad, step = _single("padding", padding), _single("dilation", dilation)
    values, indices = _pooled(2, unsqueeze(input, -2), (1, kernel), (1, jump), (0, pad), (1, step), ceil_mode)
    return squeeze(values, -2), squeeze(indices, -2)


@expose("max_pool1d", method=False)
def max_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Tensor:
    """The largest of each window of the last dim."""
    require_tensor("max_pool1d", "input", 1, input)
    kernel = _single("kernel_size", kernel_size)
    jump = kernel if stride is None or stride == [] else _single("stride", stride)
    pad, step = _single("padding", padding), _single("dilation", dilation)
    _check_single(input, kernel, jump, pad, step, ceil_mode)
    if not (input.requires_grad and grad_mode.is_grad_enabled()):
        check_float("max_pool1d_impl", input)
    return max_pool1d_with_indices(input, kernel, jump, pad, step, ceil_mode)[0]


def _single(name: str, value: Any) -> int:
    given = spatial("max_pool1d", name, 2, value, 1)
    if len(given) != 1:
        wanted = {
            "stride": "None, an int, list of ints, or",
            "padding": "an int, list of ints, or",
        }.get(name, "an int, list of ints or")
        raise RuntimeError(f"max_pool1d() {name} must be {wanted} tuple of ints of size 1 but got size {len(given)}")
    return given[0]


def _check_single(input: Tensor, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool) -> None:
    """`check_max_pool1d` of ATen's MaxPooling.h."""
    shape = input.array.shape
    if len(shape) not in (2, 3) or not all(shape[-2:]):
        raise RuntimeError(
            "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:"
            f"{list(shape)}"
        )
    for name, value in (("kernel_size", kernel), ("stride", stride)):
        if value <= 0:
            raise RuntimeError(f"max_pool1d() {name} must be greater than zero, but got {value}")
    if padding < 0:
        raise RuntimeError(f"max_pool1d() padding must be non-negative, but got {padding}")
    if padding > kernel // 2:
        raise RuntimeError(
            f"max_pool1d() padding should be at most half of kernel size, but got padding={padding} and "
            f"kernel_size={kernel}"
        )
    if dilation <= 0:
        raise RuntimeError(f"max_pool1d() dilation must be greater than zero, but got {dilation}")
    made = out_size(shape[-1], kernel, padding, stride, dilation, ceil_mode)
    if made <= 0:
        raise RuntimeError(f"max_pool1d() Invalid computed output size: {made}")


@expose("max_pool2d", method=False)
def max_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Tensor:
    """The largest of each window of the last two dims."""
    return _pooled(2, input, kernel_size, stride, padding, dilation, ceil_mode)[0]


@expose("max_pool3d", method=False)
def max_pool3d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Tensor:
    """The largest of each window of the last three dims."""
    return _pooled(3, input, kernel_size, stride, padding, dilation, ceil_mode)[0]


expose("max_pool1d_with_indices", method=False)(max_pool1d_with_indices)
