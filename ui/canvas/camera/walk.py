"""Walking over the boxes of a drawing with the arrow keys: along edges with the flow, to the neighbour across it.

Pure; knows no Qt.
"""

from __future__ import annotations

from enum import Enum

import numpy as np

from engine.trace import NONE

from ..picture.drawing import Drawing
from ..picture.index import Floats, Ints


class Direction(Enum):
    """Axis (0: x, 1: y) and which way along it."""

    LEFT = (0, -1)
    RIGHT = (0, 1)
    UP = (1, -1)
    DOWN = (1, 1)


def next_box(drawing: Drawing, box: int, direction: Direction, *, flow: int = 1, came_from: int = NONE) -> int:
    """Where an arrow key leads from `box`; `box` itself where it leads nowhere.

    With the flow (axis `flow`) it leads along an edge: to `came_from` where that is one of the ways, so that a step
    and a step back end where they began, else to the end nearest across the flow. Across, to the next box of the row.
    """
    axis, sign = direction.value
    if axis == flow:
        ends = _along(drawing, box, sign)
        if came_from in ends:
            return came_from
    else:
        ends = _beside(drawing, box, axis, sign)
    return _nearest(drawing.rects, box, ends, 1 - flow) if len(ends) else box


def _along(drawing: Drawing, box: int, sign: int) -> Ints:
    """The other ends of the edges that leave a box, or of those that come in."""
    here, there = (drawing.graph.src, drawing.graph.dst) if sign > 0 else (drawing.graph.dst, drawing.graph.src)
    ends = np.unique(there[here == box])
    return np.asarray(ends[ends != box], np.int64)


def _beside(drawing: Drawing, box: int, axis: int, sign: int) -> Ints:
    """The boxes farther on along `axis` that share a row with a box."""
    rects = drawing.rects
    low, high = rects[:, 1 - axis], rects[:, 3 - axis]
    row = (low < rects[box, 3 - axis]) & (high > rects[box, 1 - axis])
    ahead = (_middles(rects, axis) - _middles(rects, axis)[box]) * sign > 0
    return np.flatnonzero(row & ahead)


def _nearest(rects: Floats, box: int, ends: Ints, axis: int) -> int:
    middles = _middles(rects, axis)
    return int(ends[np.argmin(np.abs(middles[ends] - middles[box]))])


def _middles(rects: Floats, axis: int) -> Floats:
    return (rects[:, axis] + rects[:, 2 + axis]) / 2


def nearest_to(drawing: Drawing, x: float, y: float) -> int:
    """The box whose middle is nearest to a point; NONE without boxes."""
    if not len(drawing.rects):
        return NONE
    away = np.hypot(_middles(drawing.rects, 0) - x, _middles(drawing.rects, 1) - y)
    return int(np.argmin(away))
