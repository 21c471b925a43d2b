"""Boxes on their way from where they were to where they are now, so that the eye keeps what it was looking at.

A picture that is replaced by the next one shows the same boxes elsewhere; for a moment it is shown in between. Edges
keep to their boxes. Pure NumPy; the clock is `GraphView`'s.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.trace import NONE

from ..picture.drawing import Drawing
from ..picture.index import Floats, Ints, RowIndex

MOST = 3000  # boxes of a picture that is shown in between; a larger one is replaced at once
_NOTICED = 1.0  # a shorter way is no way


def way_back(before: Drawing, now: Drawing, shift: tuple[float, float] = (0.0, 0.0)) -> Floats | None:
    """(boxes, 2) from each box of `now` to where it was in `before`; None where nothing moves or too much would.

    `shift` is added to where things were: the camera may have moved with what it looks at. A box that was not there
    appears where it belongs, one whose group has been opened comes out of the group.
    """
    if not 0 < len(now.rects) <= MOST or not len(before.rects):
        return None
    node = now.graph.node
    known = node < len(before.graph.box_of)
    old = np.full(len(node), NONE, np.int64)
    old[known] = before.graph.box_of[node[known]]
    same = np.flatnonzero(old != NONE)
    way = np.zeros((len(node), 2))
    way[same] = _middle(before.rects[old[same]]) + shift - _middle(now.rects[same])
    return way if np.abs(way).max(initial=0.0) > _NOTICED else None


def between(now: Drawing, way: Floats, share: float) -> Drawing:
    """The drawing with `share` (0 to 1) of the way done."""
    left = way * (1.0 - share)
    pieces = now.pieces
    edge = pieces.edge
    along = _along(pieces.first, edge)
    start, end = left[now.graph.src[edge]], left[now.graph.dst[edge]]
    points = pieces.points.reshape(-1, 4, 2).copy()
    for corner in range(4):
        at = (along + corner / 3 * _lengths(pieces.first, edge))[:, None]
        points[:, corner] += start * (1 - at) + end * at
    moved = points.reshape(-1, 8)
    rects = now.rects + np.concatenate([left, left], axis=1)
    pieces = replace(pieces, points=moved, lines=np.ascontiguousarray(moved[:, [0, 1, 6, 7]]))
    return replace(now, rects=rects, pieces=pieces, box_index=RowIndex(rects), piece_index=RowIndex(pieces.rects()))


def _along(first: Ints, edge: Ints) -> Floats:
    """Which part of its edge lies before each piece, 0 to 1."""
    return (np.arange(len(edge)) - first[edge]) * _lengths(first, edge)


def _lengths(first: Ints, edge: Ints) -> Floats:
    """The part of its edge that each piece is, all pieces of an edge taken as equally long."""
    return np.asarray(1.0 / np.diff(first)[edge], np.float64)


def _middle(rects: Floats) -> Floats:
    return (rects[:, :2] + rects[:, 2:]) / 2
