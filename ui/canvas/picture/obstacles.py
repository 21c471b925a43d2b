"""What texts beside edges must keep clear of: rectangles and strokes, tested many at once. Pure NumPy; knows no Qt."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .clipping import Rect
from .geometry import Pieces
from .index import Bools, Floats, Ints

_CELL = 160.0  # scene units, about two labels wide
HEAD = 11.0  # how far an arrowhead reaches back from its tip, and half of it to either side


class Taken:
    """Rectangles that are taken, in the cells of a grid."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[Rect]] = {}

    def add(self, rect: Rect) -> None:
        """Take a rectangle."""
        for cell in _cells(rect):
            self._cells.setdefault(cell, []).append(rect)

    def near(self, rect: Rect) -> Floats:
        """(k, 4) those that may touch a rectangle."""
        found = dict.fromkeys(each for cell in _cells(rect) for each in self._cells.get(cell, ()))
        return np.array(list(found), np.float64).reshape(-1, 4)

    def is_free(self, rect: Rect) -> bool:
        """Whether none of them overlaps a rectangle."""
        left, top, right, bottom = rect
        near = (each for cell in _cells(rect) for each in self._cells.get(cell, ()))
        return not any(x0 < right and x1 > left and y0 < bottom and y1 > top for x0, y0, x1, y1 in near)


def _cells(rect: Rect) -> Iterator[tuple[int, int]]:
    left, top, right, bottom = (int(side // _CELL) for side in rect)
    return ((x, y) for x in range(left, right + 1) for y in range(top, bottom + 1))


def around(rects: Floats) -> Rect:
    """The rectangle around some."""
    (left, top), (right, bottom) = rects[:, :2].min(axis=0), rects[:, 2:].max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def within(rects: Floats, area: Rect) -> Floats:
    """Those of the rectangles (k, 4) that overlap an area."""
    kept = (rects[:, 0] < area[2]) & (rects[:, 2] > area[0]) & (rects[:, 1] < area[3]) & (rects[:, 3] > area[1])
    found: Floats = rects[kept]
    return found


def overlaps(rects: Floats, others: Floats) -> Ints:
    """(k,) how many of `others` each rectangle overlaps."""
    a, b = rects[:, None, :], others[None, :, :]
    apart = (a[..., 2] <= b[..., 0]) | (b[..., 2] <= a[..., 0]) | (a[..., 3] <= b[..., 1]) | (b[..., 3] <= a[..., 1])
    return np.asarray((~apart).sum(axis=1), np.int64)


def heads(pieces: Pieces, edges: Ints) -> Floats:
    """(2 k, 4) rectangles around the arrowheads that the edges may have at either end."""
    found = []
    for at_end in (False, True):
        tip, direction = pieces.tips(at_end, edges)
        back, side = tip - direction * HEAD, np.abs(direction[:, ::-1]) * HEAD / 2
        found.append(np.concatenate([np.minimum(tip, back) - side, np.maximum(tip, back) + side], axis=1))
    return np.concatenate(found)


def crossed(rects: Floats, lines: Floats, owner: Ints, weight: Floats) -> Floats:
    """(k,) the weights of the edges that pass through each rectangle, added up.

    `lines` (x1 y1 x2 y2) follow the edges, those of one `owner` together, each with the `weight` of its edge.
    """
    through, starts = passing(rects, lines, owner)
    return np.asarray(through @ weight[starts], np.float64)


def passing(rects: Floats, lines: Floats, owner: Ints) -> tuple[Bools, Ints]:
    """(k, edges) which edges pass through each rectangle, and the row of `lines` at which each edge begins.

    Clipping after Liang and Barsky.
    """
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    if not len(lines):
        return np.zeros((len(rects), 0), np.bool_), starts
    low, high = np.zeros((len(rects), len(lines))), np.ones((len(rects), len(lines)))
    for axis in (0, 1):
        start, delta = lines[:, axis], lines[:, axis + 2] - lines[:, axis]
        level = np.abs(delta) < 1e-12
        step = np.where(level, 1.0, delta)
        a = (rects[:, axis, None] - start) / step
        b = (rects[:, axis + 2, None] - start) / step
        if level.any():
            outside = level & ((start < rects[:, axis, None]) | (start > rects[:, axis + 2, None]))
            a, b = np.where(level, np.where(outside, 2.0, 0.0), a), np.where(level, np.where(outside, 2.0, 1.0), b)
        low, high = np.maximum(low, np.minimum(a, b)), np.minimum(high, np.maximum(a, b))
    return np.asarray(np.logical_or.reduceat(low < high, starts, axis=1), np.bool_), starts
