"""NumPy arrays as Qt's drawing calls take them: thousands of strokes in one path, without a Python loop.

A QPainterPath is read from the byte stream that Qt itself writes for one (QDataStream, all big-endian): the number of
elements, (type, x, y) for each, the index where the last subpath begins, and the fill rule.
"""

from __future__ import annotations

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QDataStream, QLineF, QRectF
from PySide6.QtGui import QPainter, QPainterPath

from .geometry import Pieces
from .index import Floats, Ints

MOVE, LINE, CURVE, CURVE_DATA = range(4)
WINDING = 1  # overlapping arrowheads must not become hollow
_ELEMENT = np.dtype([("type", ">i4"), ("x", ">f8"), ("y", ">f8")])


def _path(types: NDArray[np.int_], points: Floats) -> QPainterPath:
    path = QPainterPath()
    if not len(types):
        return path
    elements = np.empty(len(types), _ELEMENT)
    elements["type"], elements["x"], elements["y"] = types, points[:, 0], points[:, 1]
    start = int(np.flatnonzero(np.asarray(types) == MOVE)[-1])
    header, tail = np.array([len(types)], ">i4"), np.array([start, WINDING], ">i4")
    QDataStream(QByteArray(header.tobytes() + elements.tobytes() + tail.tobytes())) >> path
    return path


def stroke_path(pieces: Pieces, chosen: Ints, points: Floats) -> QPainterPath:
    """The chosen pieces (ascending rows) as strokes; pieces that follow each other along an edge stay connected.

    `points` (k, 8) are those of the chosen pieces, or what they have been shortened to.
    """
    start, end = points[:, 0:2], points[:, 6:8]
    curved = pieces.curved[chosen]
    follows = np.zeros(len(chosen), bool)
    follows[1:] = (chosen[1:] == chosen[:-1] + 1) & (pieces.edge[chosen[1:]] == pieces.edge[chosen[:-1]])
    counts = np.where(curved, 3, 1) + ~follows
    first = np.cumsum(counts) - counts
    total = int(counts.sum())
    types, out = np.full(total, CURVE_DATA), np.empty((total, 2))
    moves = first[~follows]
    types[moves], out[moves] = MOVE, start[~follows]
    body = first + ~follows
    lines, curves = body[~curved], body[curved]
    types[lines], out[lines] = LINE, end[~curved]
    types[curves] = CURVE
    out[curves], out[curves + 1], out[curves + 2] = points[curved, 2:4], points[curved, 4:6], end[curved]
    return _path(types, out)


def heads_path(tip: Floats, direction: Floats, length: float, half_width: float) -> QPainterPath:
    """Arrowheads: triangles with their points at `tip` (k, 2), in scene units."""
    across = np.stack([-direction[:, 1], direction[:, 0]], axis=1) * half_width
    base = tip - direction * length
    corners = np.stack([tip, base + across, base - across, tip], axis=1).reshape(-1, 2)
    return _path(np.tile([MOVE, LINE, LINE, LINE], len(tip)), corners)


def draw_lines(painter: QPainter, lines: Floats) -> None:
    """(k, 4) as x1 y1 x2 y2, in one call. The array must stay alive until it returns, and does."""
    lines = np.ascontiguousarray(lines, np.float64)
    if len(lines):
        painter.drawLines(shiboken6.wrapInstance(lines.ctypes.data, QLineF), len(lines))


def draw_rects(painter: QPainter, rects: Floats) -> None:
    """(k, 4) as left, top, right, bottom, in one call."""
    boxes = np.ascontiguousarray(rects, np.float64).copy()
    boxes[:, 2:] -= boxes[:, :2]
    if len(boxes):
        painter.drawRects(shiboken6.wrapInstance(boxes.ctypes.data, QRectF), len(boxes))
