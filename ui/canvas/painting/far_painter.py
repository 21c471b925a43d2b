"""Painting from far: a box is a coloured speck, an edge a hair, all of one style in one call.

At a hundred thousand boxes every copy of their places costs a millisecond: they are gathered once, in the order of
their styles, and Qt reads from there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen

from ..picture.clipping import MANY, ROOM, Rect, clip, contains, crowded, distinct
from ..picture.drawing import Drawing
from ..picture.index import Floats, Ints
from ..picture.rows import in_order
from .arrays_to_qt import draw_lines, draw_rects

if TYPE_CHECKING:
    from ..picture.picture import Picture

_SPECK, _LIT_SPECK = 1.5, 5.0  # pixels of a box at the least; and of one of the few that are lit


def paint_far(picture: Picture, painter: QPainter, boxes: Ints, pieces: Ints, view: Rect, scale: float) -> None:
    """The chosen boxes and pieces, as they look at `scale` pixels per unit, far less than one."""
    _paint_lines(picture, painter, pieces, view, scale)
    if len(boxes):
        _paint_specks(picture, painter, boxes, scale)


def _paint_lines(picture: Picture, painter: QPainter, chosen: Ints, view: Rect, scale: float) -> None:
    rows, lines = _lines(picture.drawing, chosen, picture.edge_rows, view, scale)
    order, parts = in_order(rows)
    lines = lines.take(order, axis=0)
    for row, part in parts:
        style = picture.edge_styles[row]
        pen = QPen(QColor(style.colour), max(1.0, round(style.width * scale)) if style.gradient else 1.0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        draw_lines(painter, lines[part])


def _lines(drawing: Drawing, chosen: Ints, edge_rows: Ints, view: Rect, scale: float) -> tuple[Ints, Floats]:
    """From end to end of each piece, as far as it can be seen, and its look; of those that fall together the last."""
    pieces = drawing.pieces
    whole = len(chosen) == len(pieces.lines)  # nothing is copied where everything is in view
    lines, edges = (pieces.lines, pieces.edge) if whole else (pieces.lines[chosen], pieces.edge[chosen])
    rows, room = edge_rows[edges], ROOM / scale
    seen = view[0] - room, view[1] - room, view[2] + room, view[3] + room
    if not contains(seen, drawing.bounds):
        x0, y0, x1, y1 = lines.T
        out = (np.minimum(x0, x1) < seen[0]) | (np.maximum(x0, x1) > seen[2])
        out = np.flatnonzero(out | (np.minimum(y0, y1) < seen[1]) | (np.maximum(y0, y1) > seen[3]))
        kept, points = clip(pieces.points[chosen[out]], pieces.curved[chosen[out]], view, room)
        inside = np.delete(np.arange(len(lines)), out)
        rows = np.concatenate([rows[inside], rows[out[kept]]])
        lines = np.concatenate([lines[inside], points[:, [0, 1, 6, 7]]])
    if len(lines) > MANY and crowded(lines, 1 / scale):  # a hair from pixel to pixel
        order = np.argsort(rows.astype(np.uint8), kind="stable")
        apart = order[distinct(lines[order], 1 / scale)]
        rows, lines = rows[apart], lines[apart]
    return rows, lines


def _paint_specks(picture: Picture, painter: QPainter, boxes: Ints, scale: float) -> None:
    order, parts = in_order(picture.box_rows[boxes])
    rects = picture.drawing.rects.take(boxes[order], axis=0)
    rects[:, 2:] -= rects[:, :2]  # left, top, width, height from here on
    dimmed = len(picture.box_styles) // 2 if picture.lit_boxes is not None else 0
    lit = next((part.start for row, part in parts if row >= dimmed), len(rects))
    few = picture.lit_boxes is not None and picture.few_lit
    grow(rects[:lit], _SPECK / scale)
    grow(rects[lit:], (_LIT_SPECK if few else _SPECK) / scale)
    painter.setPen(Qt.PenStyle.NoPen)
    for row, part in parts:
        painter.setBrush(QColor(picture.box_styles[row].far))
        draw_rects(painter, rects[part])


def grow(rects: Floats, size: float) -> None:
    """Grow rectangles (k, 4), left, top, width and height, about their centres to `size`, so that none vanishes."""
    for side in (2, 3):
        missing = size - rects[:, side]
        if len(missing) and missing.max() > 0:
            np.maximum(missing, 0, out=missing)
            rects[:, side] += missing
            rects[:, side - 2] -= missing / 2
