"""Convolution's gradients where each channel has a kernel of its own: multiplied and added tap by tap, on plain arrays.

A matrix product per channel would have one row: laying out its windows as columns takes longer than all arithmetic.
With steps of one, what a tap meets of the padded source is one run of memory, once results stand in rows as wide as the
source's, with zeros behind. With `x` (N, C, *wide), padding included, `weight` (C, 1, *kernel) and `g`
(N, C, *out), as in `correlation.py`, which asks for these.
"""

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..windows import Sizes, padded

Array = npt.NDArray[Any]
_BLOCK: Final = 1 << 18  # bytes of a result that are worked on at a time, so that they stay in cache from tap to tap


def spread(g: Array, weight: Array, wide: Sizes, dilation: Sizes) -> Array:
    """What belongs to x: (N, C, *wide)."""
    count, channels, *out = g.shape
    length = _length(out, wide)
    source = _widened(g, wide)
    made = np.zeros((count, channels, prod(wide)), np.result_type(g, weight))
    for some in _blocks(count, channels * length * g.itemsize):
        part = np.empty((len(range(count)[some]), channels, length), made.dtype)
        for factors, start in _taps(weight, wide, dilation):
            np.multiply(source[some, :, :length], factors, out=part)
            made[some, :, start : start + length] += part
    return made.reshape(count, channels, *wide)


def weigh(x: Array, g: Array, kernel: Sizes, dilation: Sizes) -> Array:
    """What belongs to the weight: (C, 1, *kernel)."""
    count, channels, *wide = x.shape
    length = _length(g.shape[2:], wide)
    source = x.reshape(count, channels, prod(wide))
    grads = _widened(g, wide)[..., np.newaxis, :length]
    made = np.empty((channels, 1, *kernel), np.result_type(x, g))
    for factors, start in _taps(made, wide, dilation):
        each = np.matmul(grads, source[:, :, start : start + length, np.newaxis])
        np.add.reduce(each[..., 0], axis=0, out=factors)
    return made


def _taps(weight: Array, wide: Sizes | list[int], dilation: Sizes) -> Iterator[tuple[Array, int]]:
    """Each tap's weights, (C, 1), and how far in memory it is from the first."""
    pitches = _pitches(wide)
    for tap in product(*map(range, weight.shape[2:])):
        start = sum(place * step * pitch for place, step, pitch in zip(tap, dilation, pitches, strict=True))
        index: tuple[Any, ...] = (slice(None), slice(None), *tap)
        yield weight[index], start


def _widened(g: Array, wide: Sizes | list[int]) -> Array:
    """Gradients in rows as wide as the source's, with zeros behind: (N, C, elements)."""
    tail = tuple(size - length for size, length in zip(wide[1:], g.shape[3:], strict=True))
    padding = (0,) * (g.ndim - 2)
    return padded(g, padding, (0, *tail)).reshape(*g.shape[:2], -1)


def _pitches(wide: Sizes | list[int]) -> list[int]:
    """How far in memory a step along each dim is."""
    return [prod(wide[dim + 1 :]) for dim in range(len(wide))]


def _length(out: Sizes | list[int], wide: Sizes | list[int]) -> int:
    """From the first result to the last one, in rows as wide as the source's."""
    return 1 + sum((size - 1) * pitch for size, pitch in zip(out, _pitches(wide), strict=True))


def _blocks(count: int, size: int) -> list[slice]:
    """The samples, `size` bytes each, so many at a time that they stay in cache."""
    step = max(1, _BLOCK // max(1, size))
    return [slice(start, start + step) for start in range(0, count, step)]
