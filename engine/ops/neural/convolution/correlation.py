"""Convolution's three sums on plain arrays: the result, its transpose, and what belongs to the weight.

Each is one matrix product per sample with the windows laid out as columns (im2col). With `x` (N, C, *sizes), `weight`
(O, C / groups, *kernel) and `g` (N, O, *out) they are the three ways to read one sum over x, weight and g, so that each
one's gradients are the other two.
"""

from math import prod
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ..windows import Sizes, add_rows, add_windows, columns, count, inner, padded
from . import depthwise

Array = npt.NDArray[Any]
_COLUMNS: Final = 1 << 22  # bytes
_FEW_COLUMNS: Final = 1 << 20  # bytes, where each column is used once


class Geometry(NamedTuple):
    """How windows lie: one number per spatial dim, and the number of groups of channels."""

    stride: Sizes
    padding: Sizes
    dilation: Sizes
    groups: int

    def wide(self, sizes: Sizes) -> Sizes:
        """The sizes with padding on both sides."""
        return tuple(size + 2 * each for size, each in zip(sizes, self.padding, strict=True))

    def is_depthwise(self, channels: int, results: int) -> bool:
        """Whether each channel has one kernel of its own, which moves by one element at a time."""
        return self.groups == channels == results > 1 and set(self.stride) == {1}


def correlate(x: Array, weight: Array, geometry: Geometry) -> Array:
    """The convolution of x: (N, O, *out)."""
    kernel, groups = weight.shape[2:], geometry.groups
    source = padded(x, geometry.padding, geometry.padding)
    out = count(source.shape[2:], kernel, geometry.stride, geometry.dilation)
    matrix = weight.reshape(groups, weight.shape[0] // groups, prod(weight.shape[1:]))
    made = np.empty((x.shape[0], groups, weight.shape[0] // groups, prod(out)), np.result_type(x, weight))
    size = x.shape[1] * prod(kernel) * prod(out) * x.itemsize
    for some in _some(x.shape[0], size, _FEW_COLUMNS if groups == weight.shape[0] else _COLUMNS):
        found = columns(source[some], kernel, geometry.stride, geometry.dilation)
        np.matmul(matrix, _grouped(found, groups), out=made[some])
    return made.reshape(x.shape[0], weight.shape[0], *out)


def spread(g: Array, weight: Array, sizes: Sizes, geometry: Geometry) -> Array:
    """The transpose of `correlate` for its x: (N, C, *sizes)."""
    kernel, channels = weight.shape[2:], weight.shape[1] * geometry.groups
    made = np.empty((g.shape[0], channels, *sizes), np.result_type(g, weight))
    for some in _some(g.shape[0], channels * prod(kernel) * prod(g.shape[2:]) * g.itemsize):
        made[some] = _spread(g[some], weight, geometry.wide(sizes), geometry)[inner(geometry.padding, sizes)]
    return made


def _spread(g: Array, weight: Array, wide: Sizes, geometry: Geometry) -> Array:
    """`spread` with the padding still around it."""
    kernel, groups = weight.shape[2:], geometry.groups
    if geometry.is_depthwise(weight.shape[1] * groups, weight.shape[0]) and g.size:
        return depthwise.spread(g, weight, wide, geometry.dilation)
    rows = set(geometry.stride) == {1} and g.ndim > 3
    if rows:
        tail = tuple(size - length for size, length in zip(wide[1:], g.shape[3:], strict=True))
        g = padded(g, (0,) * (g.ndim - 2), (0, *tail))
    out = g.shape[2:]
    matrix = weight.reshape(groups, weight.shape[0] // groups, prod(weight.shape[1:])).swapaxes(1, 2)
    parts = np.matmul(matrix, _grouped(g.reshape(*g.shape[:2], prod(out)), groups))
    parts = parts.reshape(g.shape[0], weight.shape[1] * groups, *kernel, *out)
    if rows:
        return add_rows(parts, wide, kernel, geometry.dilation)
    return add_windows(parts, wide, kernel, geometry.stride, geometry.dilation)


def weigh(x: Array, g: Array, kernel: Sizes, geometry: Geometry) -> Array:
    """The transpose of `correlate` for its weight: (O, C / groups, *kernel)."""
    groups = geometry.groups
    source = padded(x, geometry.padding, geometry.padding)
    reach = tuple(
        jump * (length - 1) + step * (width - 1) + 1
        for length, width, jump, step in zip(g.shape[2:], kernel, geometry.stride, geometry.dilation, strict=True)
    )  # beyond it there is no whole window
    if geometry.is_depthwise(x.shape[1], g.shape[1]) and g.size:
        return depthwise.weigh(source, g, kernel, geometry.dilation)
    source = source[inner((0,) * len(reach), reach)]
    flat = _grouped(g.reshape(*g.shape[:2], prod(g.shape[2:])), groups)
    made: Any = 0
    for some in _some(x.shape[0], x.shape[1] * prod(kernel) * prod(g.shape[2:]) * x.itemsize):
        found = columns(source[some], kernel, geometry.stride, geometry.dilation)
        made = made + np.add.reduce(np.matmul(flat[some], _grouped(found, groups).swapaxes(2, 3)), axis=0)
    weights: Array = made.reshape(g.shape[1], x.shape[1] // groups, *kernel)
    return weights


def _some(samples: int, size: int, most: int = _COLUMNS) -> list[slice]:
    """The samples, so many at a time that their columns, `size` bytes each, stay small: in cache, and in memory."""
    step = max(1, most // max(1, size))
    return [slice(start, start + step) for start in range(0, max(1, samples), step)]


def _grouped(matrices: Array, groups: int) -> Array:
    """(N, rows, columns) as (N, groups, rows / groups, columns)."""
    count, rows, length = matrices.shape
    return matrices.reshape(count, groups, rows // groups, length)
