"""Windows over the last dims of an array, by strides; and the way back. Plain arrays of any number of spatial dims.

An array (..., *sizes) has windows (..., *kernel, *out): the element at `k` of the window at `o` is the array's at
`o * stride + k * dilation`.
"""

from itertools import product
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

Array = npt.NDArray[Any]
Sizes = tuple[int, ...]


def padded(array: Array, before: Sizes, after: Sizes, value: Any = 0) -> Array:
    """The array with `value` around its last dims; the array itself where there is nothing to add."""
    if not any(before) and not any(after):
        return array
    lead = array.ndim - len(before)
    sizes = array.shape[lead:]
    wide = tuple(low + size + high for low, size, high in zip(before, sizes, after, strict=True))
    made = (
        np.full(array.shape[:lead] + wide, value, array.dtype)
        if value
        else np.zeros(array.shape[:lead] + wide, array.dtype)
    )
    made[inner(before, sizes)] = array
    return made


def inner(before: Sizes, sizes: Sizes) -> tuple[Any, ...]:
    """The index of what `padded` was given in what it made."""
    return (..., *(slice(low, low + size) for low, size in zip(before, sizes, strict=True)))


def count(sizes: Sizes, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Sizes:
    """How many whole windows there are along each dim."""
    return tuple(
        (size - step * (width - 1) - 1) // jump + 1
        for size, width, jump, step in zip(sizes, kernel, stride, dilation, strict=True)
    )


def windows(array: Array, kernel: Sizes, stride: Sizes, dilation: Sizes, out: Sizes | None = None) -> Array:
    """The windows as a view (..., *kernel, *out)."""
    lead = array.ndim - len(kernel)
    if out is None:
        out = count(array.shape[lead:], kernel, stride, dilation)
    steps = array.strides[lead:]
    return as_strided(
        array,
        (*array.shape[:lead], *kernel, *out),
        (
            *array.strides[:lead],
            *(step * apart for step, apart in zip(steps, dilation, strict=True)),
            *(step * jump for step, jump in zip(steps, stride, strict=True)),
        ),
        writeable=False,
    )


def columns(array: Array, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Array:
    """The windows of (N, C, *sizes) as columns of matrices (N, C * kernel, out)."""
    found = windows(array, kernel, stride, dilation)
    # The lengths are spelled out: -1 has no meaning where there are no elements.
    return found.reshape(array.shape[0], array.shape[1] * prod(kernel), prod(found.shape[2 + len(kernel) :]))


def places(kernel: Sizes, out: Sizes, stride: Sizes, dilation: Sizes) -> list[tuple[Sizes, tuple[Any, ...]]]:
    """For each place in the window: its number, and the index of the elements that are there in some window."""
    return [
        (
            each,
            (
                ...,
                *(
                    slice(at * step, at * step + jump * (length - 1) + 1, jump) if length else slice(0, 0)
                    for at, step, jump, length in zip(each, dilation, stride, out, strict=True)
                ),
            ),
        )
        for each in product(*map(range, kernel))
    ]


def at_places(lead: int, each: Sizes) -> tuple[Any, ...]:
    """The index of one place in the window, after `lead` dims."""
    return (slice(None),) * lead + each


def add_windows(parts: Array, sizes: Sizes, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Array:
    """The transpose of `windows`: zeros (..., *sizes) to which each element of (..., *kernel, *out) is added."""
    dims = len(kernel)
    lead, out = parts.shape[: -2 * dims], parts.shape[-dims:]
    made = np.zeros((*lead, *sizes), parts.dtype)
    for each, where in places(kernel, out, stride, dilation):
        made[where] += parts[at_places(len(lead), each)]
    return made


def add_rows(parts: Array, sizes: Sizes, kernel: Sizes, dilation: Sizes) -> Array:
    """`add_windows` for a stride of 1 and parts (..., *kernel, *wide), where `wide` is `sizes` but for the first dim.

    Windows next to each other are then next to each other in memory over all dims, so that each place of the window is
    one addition of long runs; what stands in `wide` beyond the last window has to be zero.
    """
    dims = len(kernel)
    lead = parts.shape[: -2 * dims]
    whole, run = prod(sizes), prod(parts.shape[-dims:])
    steps = [prod(sizes[dim + 1 :]) * dilation[dim] for dim in range(dims)]
    flat = parts.reshape(*lead, *kernel, run)
    made = np.zeros(
        (*lead, whole + sum(step * (width - 1) for step, width in zip(steps, kernel, strict=True))), parts.dtype
    )
    for each in product(*map(range, kernel)):
        start = sum(at * step for at, step in zip(each, steps, strict=True))
        made[..., start : start + run] += flat[at_places(len(lead), each)]
    return made[..., :whole].reshape(*lead, *sizes)
