"""Convolution's three sums on plain arrays: the result, its transpose, and what belongs to the weight.

Each is one matrix product per sample with the windows laid out as columns (im2col). With `x` (N, C, *sizes), `weight`
(O, C / groups, *kernel) and `g` (N, O, *out) they are the three ways to read one sum over x, weight and g, so that each
one's gradients are the other two.
"""

from math import prod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .windows import Sizes, add_rows, add_windows, columns, inner, padded

Array = npt.NDArray[Any]


class Geometry(NamedTuple):
    """How windows lie: one number per spatial dim, and the number of groups of channels."""

    stride: Sizes
    padding: Sizes
    dilation: Sizes
    groups: int

    def wide(self, sizes: Sizes) -> Sizes:
        """The sizes with padding on both sides."""
        return tuple(size + 2 * each for size, each in zip(sizes, self.padding, strict=True))


def correlate(x: Array, weight: Array, geometry: Geometry) -> Array:
    """The convolution of x: (N, O, *out)."""
    kernel, groups = weight.shape[2:], geometry.groups
    source = padded(x, geometry.padding, geometry.padding)
    out = tuple(
        (size - step * (width - 1) - 1) // jump + 1
        for size, width, jump, step in zip(source.shape[2:], kernel, geometry.stride, geometry.dilation, strict=True)
    )
    grouped = _grouped(columns(source, kernel, geometry.stride, geometry.dilation), groups)
    made: Array = np.matmul(weight.reshape(groups, weight.shape[0] // groups, prod(weight.shape[1:])), grouped)
    return made.reshape(x.shape[0], weight.shape[0], *out)


def spread(g: Array, weight: Array, sizes: Sizes, geometry: Geometry) -> Array:
    """The transpose of `correlate` for its x: (N, C, *sizes)."""
    kernel, groups = weight.shape[2:], geometry.groups
    channels, wide = weight.shape[1] * groups, geometry.wide(sizes)
    rows = set(geometry.stride) == {1} and g.ndim > 3
    if rows:
        tail = tuple(size - length for size, length in zip(wide[1:], g.shape[3:], strict=True))
        g = padded(g, (0,) * (g.ndim - 2), (0, *tail))
    out = g.shape[2:]
    matrix = weight.reshape(groups, weight.shape[0] // groups, prod(weight.shape[1:])).swapaxes(1, 2)
    parts = np.matmul(matrix, _grouped(g.reshape(*g.shape[:2], prod(out)), groups))
    parts = parts.reshape(g.shape[0], channels, *kernel, *out)
    if rows:
        made = add_rows(parts, wide, kernel, geometry.dilation)
    else:
        made = add_windows(parts, wide, kernel, geometry.stride, geometry.dilation)
    return np.ascontiguousarray(made[inner(geometry.padding, sizes)]) if wide != sizes else made


def weigh(x: Array, g: Array, kernel: Sizes, geometry: Geometry) -> Array:
    """The transpose of `correlate` for its weight: (O, C / groups, *kernel)."""
    groups = geometry.groups
    source = padded(x, geometry.padding, geometry.padding)
    reach = tuple(
        jump * (length - 1) + step * (width - 1) + 1
        for length, width, jump, step in zip(g.shape[2:], kernel, geometry.stride, geometry.dilation, strict=True)
    )  # beyond it there is no whole window
    source = source[inner((0,) * len(reach), reach)]
    grouped = _grouped(columns(source, kernel, geometry.stride, geometry.dilation), groups)
    flat = _grouped(g.reshape(*g.shape[:2], prod(g.shape[2:])), groups)
    made: Array = np.add.reduce(np.matmul(flat, grouped.swapaxes(2, 3)), axis=0)
    return made.reshape(g.shape[1], x.shape[1] // groups, *kernel)


def _grouped(matrices: Array, groups: int) -> Array:
    """(N, rows, columns) as (N, groups, rows / groups, columns)."""
    count, rows, length = matrices.shape
    return matrices.reshape(count, groups, rows // groups, length)
