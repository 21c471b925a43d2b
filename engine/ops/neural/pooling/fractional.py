"""Maxima over windows at random places: `fractional_max_pool2d` and `fractional_max_pool3d`.

Source: Graham, "Fractional Max-Pooling"; the places are computed as ATen's FractionalMaxPooling.h does.
"""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from ....random.tensors import rand
from ....tensor import TENSORS, Tensor
from ...operands import require_attribute
from ...single import one, several
from ...table import CALLS, Gradient, Row
from ...tools import raw, shape
from ...unread import UNREAD
from ..sizes import spatial
from ..windows import Sizes
from .checks import check_float
from .maximum import largest, put_back, take_at

Array = npt.NDArray[Any]
_AXES = {2: ((0, "height"), (1, "width")), 3: ((0, "time"), (2, "width"), (1, "height"))}  # in the order of checks


def _starts(samples: Array, size: int, out: int, kernel: int) -> npt.NDArray[np.intp]:
    """Where the windows along a dim start, for each plane with its own sample in [0, 1): (planes, out)."""
    made: npt.NDArray[np.intp]
    if out == 1:
        return np.full((len(samples), 1), size - kernel)
    real = samples.dtype.type
    step = real(size - kernel) / real(out - 1)
    column = samples[:, None]
    made = ((np.arange(out).astype(samples.dtype) + column) * step).astype(np.intp) - (column * step).astype(np.intp)
    made[:, -1] = size - kernel
    return made


def _pool(self: Array, kernel_size: Sizes, output_size: Sizes, samples: Array) -> Any:
    dims = len(kernel_size)
    sizes = self.shape[-dims:]
    planes = self.reshape(prod(self.shape[:-dims]), *sizes)
    # The samples of two dims come in the order width, height; of three in the order of the dims.
    order = samples.reshape(len(planes), dims)[:, :: -1 if dims == 2 else 1]
    starts = [
        _starts(order[:, dim], sizes[dim], output_size[dim], kernel_size[dim]).reshape(
            len(planes), *(output_size[dim] if each == dim else 1 for each in range(dims))
        )
        for dim in range(dims)
    ]
    plane = np.arange(len(planes)).reshape(-1, *(1,) * dims)
    places = [[start + at for start, at in zip(starts, each, strict=True)] for each in np.ndindex(kernel_size)]
    best, number = largest([planes[(plane, *place)] for place in places])
    flat = np.zeros(best.shape, np.int64)
    chosen = np.unravel_index(number, kernel_size)
    for dim, start in enumerate(starts):
        flat = flat * sizes[dim] + start + chosen[dim]
    made = (*self.shape[:-dims], *output_size)
    return best.reshape(made), flat.reshape(made)


def fractional_backward(grad: Any, self: Any, result: Any, kernel_size: Sizes, output_size: Sizes) -> Any:
    """The gradient of each maximum, where it was found."""
    found = raw(result[1])
    if type(grad) in TENSORS:
        how = (kernel_size, output_size, found)
        return CALLS[f"fractional_max_pool{len(kernel_size)}d_backward"]((grad, self), how)
    return put_back(grad, found, shape(self), len(kernel_size), False)


def at_found(grad: Any, kernel_size: Sizes, found: Any) -> Any:
    """What goes back through the gradient of a maximum: the elements that were the largest."""
    return take_at(grad, found, len(kernel_size))


for _dims in (2, 3):
    several(
        Row(
            f"fractional_max_pool{_dims}d",
            _pool,
            ("self",),
            (Gradient("fractional_backward(grad, self, result, kernel_size, output_size)", fractional_backward),),
            node=f"FractionalMaxPool{_dims}DBackward0",
            arguments=("kernel_size", "output_size", "random_samples"),
            many=True,
            results=("result0", "result1"),
            saves=("self", "kernel_size", "output_size", "result1"),
        )
    )
    one(
        Row(
            f"fractional_max_pool{_dims}d_backward",
            lambda grad, self, kernel_size, _, found: put_back(grad, found, self.shape, len(kernel_size), False),
            ("grad_output", "self"),
            (Gradient("at_found(grad, kernel_size, found)", at_found), UNREAD),
            node=f"FractionalMaxPool{_dims}DBackwardBackward0",
            arguments=("kernel_size", "output_size", "found"),
        )
    )


def _check(dims: int, input: Tensor, kernel: Sizes, out: Sizes, samples: Tensor) -> None:
    name, own = f"fractional_max_pool{dims}d", input.array.shape
    for what, given in (("kernel_size", kernel), ("output_size", out)):
        if len(given) != dims:
            raise RuntimeError(f"{name}: {what} must either be a single Int or tuple of Ints")
    if len(own) not in (dims + 1, dims + 2):
        raise RuntimeError(f"{name}(): Expected {dims + 1}D or {dims + 2}D tensor, but got: {list(own)}")
    for dim in range(len(own) - dims - 1, len(own)):
        if own[dim] == 0:
            raise RuntimeError(
                f"{name}(): Expected input to have non-zero size for non-batch dimensions, but got {list(own)} with "
                f"dimension {dim} being empty."
            )
    for dim, axis in _AXES[dims]:
        size, width = own[dim - dims], kernel[dim]
        reach = out[dim] + width - 1
        if reach > size or (dims == 3 and reach >= size):
            shown = name if dims == 2 else f"{name}_out"
            raise RuntimeError(f"{shown}(): pool {axis} {width} too large relative to input {axis} {size}")
    check_float(name, input)
    _check_samples(dims, own if len(own) == dims + 2 else (1, *own), input, samples)


def _check_samples(dims: int, own: Sizes, input: Tensor, samples: Tensor) -> None:
    given = samples.array.shape
    if len(given) != 3:
        raise RuntimeError(f"Expect _random_samples to have 3 dimensions got {len(given)}")
    if samples.array.dtype != input.array.dtype:
        raise RuntimeError("Expect _random_samples to have the same dtype as input")
    if given[0] < own[0]:
        raise RuntimeError("Expect _random_samples.size(0) no less then input batch size.")
    if given[1] != own[1]:
        raise RuntimeError("Expect _random_samples.size(1) equals to input channel size.")
    if given[2] != dims:
        raise RuntimeError(f"Expect _random_samples.size(2) equals to {dims}; got {given[2]}.")


def _function(dims: int) -> Callable[..., Any]:
    name = f"fractional_max_pool{dims}d"

    def function(
        input: Tensor,
        kernel_size: Any,
        output_size: Any = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> Any:
        if output_size is None and output_ratio is None:
            raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
        require_attribute(input, "dim")
        own = input.array.shape
        if output_size is None:
            if len(output_ratio) != dims:
                raise ValueError(f"{name} requires output_ratio to either be a single Int or tuple of Ints.")
            output_size = [int(size * ratio) for size, ratio in zip(own[-dims:], output_ratio, strict=True)]
        if len(own) < dims + 1:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [-{len(own)}, {len(own) - 1}], but got "
                f"-{dims + 1})"
            )
        samples = _random_samples
        if samples is None:
            batch = 1 if len(own) == dims + 1 else own[0]
            samples = rand(batch, own[-dims - 1], dims, dtype=input.dtype)
        kernel = spatial(name, "kernel_size", 2, kernel_size, dims)
        out = spatial(name, "output_size", 3, output_size, dims)
        _check(dims, input, kernel, out, samples)
        planes = samples.array[: own[0]] if len(own) == dims + 2 else samples.array[:1]
        both = CALLS[name]((input,), (kernel, out, planes))
        return both if return_indices else both[0]

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"The largest of each window of the last {dims} dims, which lie at random places."
    return function


fractional_max_pool2d = _function(2)
fractional_max_pool3d = _function(3)


def with_indices(function: Callable[..., Any]) -> Callable[..., Any]:
    """The variant that always tells where the maxima are."""

    def found(input: Tensor, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, **rest: Any) -> Any:
        rest.pop("return_indices", None)
        return function(input, kernel_size, output_size, output_ratio, True, **rest)

    found.__name__ = found.__qualname__ = f"{function.__name__}_with_indices"
    found.__doc__ = function.__doc__
    return found
