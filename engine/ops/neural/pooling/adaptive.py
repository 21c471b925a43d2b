"""Pooling to a given size: windows that share out the input as evenly as whole elements allow."""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from ....tensor import TENSORS, Tensor
from ...operands import require_attribute, require_tensor
from ...shape.dimensions import squeeze, unsqueeze
from ...single import one, several
from ...table import CALLS, METHODS, Gradient, Row, expose
from ...tools import raw, shape
from ...unread import UNREAD
from ..resizing.taps import adaptive_ranges, adaptive_taps, gather, scatter
from ..sizes import spatial
from ..windows import Sizes
from .checks import check_dim_range, check_float, single
from .maximum import largest, put_back, take_at

Array = npt.NDArray[Any]


def _counts(sizes: Sizes, out: Sizes, dtype: np.dtype[Any]) -> Array:
    """How many elements each window has: (*out)."""
    made: Any = np.ones((), dtype)
    for size, length in zip(sizes, out, strict=True):
        made = made[..., None] * adaptive_ranges(size, length)[1]
    return np.asarray(made, dtype)


def _average(self: Array, output_size: Sizes) -> Array:
    dims = len(output_size)
    made = self
    for place in range(-1, -dims - 1, -1):
        made = gather(made, made.ndim + place, adaptive_taps(self.shape[place], output_size[place]))
    return made / _counts(self.shape[-dims:], output_size, self.dtype)


def _average_back(grad: Array, sizes: Sizes) -> Array:
    dims = len(sizes)
    out = grad.shape[-dims:]
    made = grad / _counts(sizes, out, grad.dtype)
    for place in range(-dims, 0):
        made = scatter(made, made.ndim + place, sizes[place], adaptive_taps(sizes[place], out[place]))
    return made


def _check_gradient(kind: str, sizes: Sizes, dims: int) -> None:
    """Raise PyTorch's RuntimeError for the gradient of an empty result."""
    for dim in range(len(sizes) - dims, len(sizes)):
        if sizes[dim] == 0:
            raise RuntimeError(
                f"adaptive_{kind}_pool{dims}d_backward(): Expected grad_output to have non-zero size for non-batch "
                f"dimensions, but grad_output has sizes {list(sizes)} with dimension {dim} being empty"
            )


def adaptive_avg_pool_backward(grad: Any, self: Any, output_size: Sizes) -> Any:
    """The gradient of an average, shared evenly over its window; it does not depend on the values of `self`."""
    _check_gradient("avg", shape(grad), len(output_size))
    if type(grad) in TENSORS:
        return CALLS[f"_adaptive_avg_pool{len(output_size)}d_backward"]((grad, self), (output_size,))
    return _average_back(grad, shape(self)[-len(output_size) :])


def adaptive_average(grad: Any, output_size: Sizes) -> Any:
    """An average in a rule."""
    if type(grad) in TENSORS:
        return CALLS[f"_adaptive_avg_pool{len(output_size)}d"]((grad,), (output_size,))
    return _average(grad, output_size)


def _largest(self: Array, output_size: Sizes) -> Any:
    dims = len(output_size)
    sizes = self.shape[-dims:]
    if not prod(output_size):
        made = (*self.shape[:-dims], *output_size)
        return np.empty(made, self.dtype), np.empty(made, np.int64)
    places = []  # for each dim: (taps, out)
    for size, out in zip(sizes, output_size, strict=True):
        starts, counts = adaptive_ranges(size, out)
        # Windows shorter than the longest see their last element again, which changes no maximum.
        places.append(starts + np.minimum(np.arange(int(counts.max()))[:, None], counts - 1))
    taps = tuple(len(each) for each in places)
    even = all(size % out == 0 for size, out in zip(sizes, output_size, strict=True))
    parts = []
    for each in np.ndindex(taps):
        index: list[Any] = []
        for dim, (at, k) in enumerate(zip(places, each, strict=True)):
            index.append(slice(k, None, taps[dim]) if even else at[k].reshape(-1, *(1,) * (dims - dim - 1)))
        parts.append(self[(..., *index)])
    best, number = largest(parts)
    chosen = np.unravel_index(number, taps)
    flat = np.zeros(number.shape, np.int64)
    for dim, (at, k) in enumerate(zip(places, chosen, strict=True)):
        own = np.arange(output_size[dim]).reshape(-1, *(1,) * (dims - dim - 1))
        flat = flat * sizes[dim] + at[k, own]
    return best, flat


def adaptive_max_pool_backward(grad: Any, self: Any, result: Any, output_size: Sizes) -> Any:
    """The gradient of each maximum, where it was found."""
    found = raw(result[1])
    _check_gradient("max", shape(grad), len(output_size))
    if type(grad) in TENSORS:
        return CALLS[f"adaptive_max_pool{len(output_size)}d_backward"]((grad, self), (output_size, found))
    return put_back(grad, found, shape(self), len(output_size), False)


def at_maxima(grad: Any, output_size: Sizes, found: Any) -> Any:
    """What goes back through the gradient of a maximum: the elements that were the largest."""
    return take_at(grad, found, len(output_size))


for _dims in (2, 3):
    one(
        Row(
            f"_adaptive_avg_pool{_dims}d",
            _average,
            ("self",),
            (Gradient("adaptive_avg_pool_backward(grad, self, output_size)", adaptive_avg_pool_backward),),
            node=f"AdaptiveAvgPool{_dims}DBackward0",
            arguments=("output_size",),
            saves=("self",),
        )
    )
    one(
        Row(
            f"_adaptive_avg_pool{_dims}d_backward",
            lambda grad, self, output_size: _average_back(grad, self.shape[-len(output_size) :]),
            ("grad_output", "self"),
            (Gradient("adaptive_average(grad, output_size)", adaptive_average), UNREAD),
            node=f"AdaptiveAvgPool{_dims}DBackwardBackward0",
            arguments=("output_size",),
        )
    )
    several(
        Row(
            f"adaptive_max_pool{_dims}d",
            _largest,
            ("self",),
            (Gradient("adaptive_max_pool_backward(grad, self, result, output_size)", adaptive_max_pool_backward),),
            node=f"AdaptiveMaxPool{_dims}DBackward0",
            arguments=("output_size",),
            many=True,
            results=("result0", "result1"),
            saves=("self", "result1"),
        )
    )
    one(
        Row(
            f"adaptive_max_pool{_dims}d_backward",
            lambda grad, self, output_size, found: put_back(grad, found, self.shape, len(output_size), False),
            ("grad_output", "self"),
            (Gradient("at_maxima(grad, output_size, found)", at_maxima), UNREAD),
            node=f"AdaptiveMaxPool{_dims}DBackwardBackward0",
            arguments=("output_size", "found"),
        )
    )


def _wanted(input: Tensor, output_size: Any) -> Any:
    """The size asked for, with the input's own length where it is None."""
    if not isinstance(output_size, (tuple, list)) or not output_size:
        return output_size
    own = input.array.shape
    if len(own) <= len(output_size):
        raise ValueError(f"Input dimension should be at least {len(output_size) + 1}")
    return tuple(
        size if each is None else each for each, size in zip(output_size, own[-len(output_size) :], strict=True)
    )


def _average_to(dims: int, input: Tensor, output_size: Any) -> Tensor:
    name = f"adaptive_avg_pool{dims}d"
    require_attribute(input, "size")
    out = spatial(name, "output_size", 2, _wanted(input, output_size), dims)
    if len(out) != dims:
        raise RuntimeError(f"{name}: output_size must be {dims}")
    if min(out) < 0:
        listed = f"{out[0]}, {out[1]}" + (f",{out[2]}" if dims == 3 else "")
        raise RuntimeError(
            f"{name}: elements of output_size must be greater than or equal to 0 but received {{{listed}}}"
        )
    if set(out) == {1}:
        made: Tensor = METHODS["mean"](input, tuple(range(-1, -dims - 1, -1)), True)
        return made
    _check(name, input, dims, "")
    check_float(name, input)
    return CALLS[f"_{name}"]((input,), (out,))  # type: ignore[no-any-return]  # a row with one result


def _largest_of(dims: int, input: Tensor, output_size: Any) -> tuple[Tensor, Tensor]:
    name = f"adaptive_max_pool{dims}d"
    require_attribute(input, "size")
    out = spatial(name, "output_size", 2, _wanted(input, output_size), dims)
    _check(name, input, dims, ":")
    if len(out) != dims:
        raise RuntimeError(f"{name}(): internal error: output_size.size() must be {dims}")
    if min(out) < 0:
        first = next(each for each in out if each < 0)
        full = [*input.array.shape[:-dims], *out]
        raise RuntimeError(f"Trying to create tensor with negative dimension {first}: {full}")
    check_float(name, input)
    made: tuple[Tensor, Tensor] = CALLS[name]((input,), (out,))
    return made


def _check(name: str, input: Tensor, dims: int, colon: str) -> None:
    own = input.array.shape
    if len(own) not in (dims + 1, dims + 2):
        raise RuntimeError(f"{name}(): Expected {dims + 1}D or {dims + 2}D tensor, but got{colon} {list(own)}")
    for dim in range(len(own) - dims, len(own)):
        if own[dim] == 0:
            raise RuntimeError(
                f"{name}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes "
                f"{list(own)} with dimension {dim} being empty"
            )


@expose("adaptive_avg_pool1d", method=False)
def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """Averages of `output_size` windows along the last dim."""
    require_tensor("adaptive_avg_pool1d", "input", 1, input)
    check_dim_range("adaptive_avg_pool1d", input)
    (out,) = _single("adaptive_avg_pool1d", input, output_size)
    return squeeze(_average_to(2, unsqueeze(input, -2), (1, out)), -2)


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """Averages of `output_size` windows over the last two dims; None keeps a length."""
    return _average_to(2, input, output_size)


def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """Averages of `output_size` windows over the last three dims; None keeps a length."""
    return _average_to(3, input, output_size)


@expose("adaptive_max_pool1d", method=False)
def adaptive_max_pool1d_with_indices(
    input: Tensor, output_size: Any, return_indices: bool = False
) -> tuple[Tensor, Tensor]:
    """Maxima of `output_size` windows along the last dim, and where they are."""
    require_tensor("adaptive_max_pool1d", "input", 1, input)
    check_dim_range("adaptive_max_pool1d", input)
    (out,) = _single("adaptive_max_pool1d", input, output_size)
    values, indices = _largest_of(2, unsqueeze(input, -2), (1, out))
    return squeeze(values, -2), squeeze(indices, -2)


def adaptive_max_pool2d_with_indices(
    input: Tensor, output_size: Any, return_indices: bool = False
) -> tuple[Tensor, Tensor]:
    """Maxima of `output_size` windows over the last two dims, and where they are in them; None keeps a length."""
    return _largest_of(2, input, output_size)


def adaptive_max_pool3d_with_indices(
    input: Tensor, output_size: Any, return_indices: bool = False
) -> tuple[Tensor, Tensor]:
    """Maxima of `output_size` windows over the last three dims, and where they are in them; None keeps a length."""
    return _largest_of(3, input, output_size)


def _single(name: str, input: Tensor, output_size: Any) -> Sizes:
    return single(name, "output_size", spatial(name, "output_size", 2, output_size, 1))


def _choice(name: str, found: Callable[..., tuple[Tensor, Tensor]]) -> Callable[..., Any]:
    def function(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
        both = found(input, output_size)
        return both if return_indices else both[0]

    function.__name__ = function.__qualname__ = name
    function.__doc__ = found.__doc__
    return function


adaptive_max_pool1d = _choice("adaptive_max_pool1d", adaptive_max_pool1d_with_indices)
adaptive_max_pool2d = _choice("adaptive_max_pool2d", adaptive_max_pool2d_with_indices)
adaptive_max_pool3d = _choice("adaptive_max_pool3d", adaptive_max_pool3d_with_indices)
