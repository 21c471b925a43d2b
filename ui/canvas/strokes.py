"""Painting edges from near: curves, lines and arrowheads, one by one.

One path for all edges of a colour would be one call, but Qt's raster engine is two to six times slower on it (measured
at scales from 0.3 to 1), and an edge by itself is also what one wants to find in an exported drawing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from .clipping import DASHED_ROOM, MANY, ROOM, Rect, clip, distinct
from .geometry import Pieces
from .index import Floats, Ints
from .look import EdgeStyle
from .rows import by_row

if TYPE_CHECKING:
    from .picture import Picture

_HEAD = 9.0  # an arrowhead's length on a gradient's edge; it grows with the stroke
_SMALL_HEAD = 6.0  # and on the data's


def paint_strokes(
    picture: Picture, painter: QPainter, chosen: Ints, view: Rect, scale: float, *, exact: bool = False
) -> None:
    """The chosen pieces (ascending rows) in the looks of their edges, weaker gradients below stronger ones.

    What lies outside `view` need not be painted; nor, unless `exact`, what falls together at `scale` pixels per unit.
    """
    pieces = picture.drawing.pieces
    if not len(chosen):
        return
    grid = 0.0 if exact else 0.5 / scale
    for row, members in by_row(picture.edge_rows[pieces.edge[chosen]]):
        style = picture.edge_styles[row]
        against = style.gradient
        length = _HEAD + 0.8 * style.width if against else _SMALL_HEAD
        mine = chosen[members]
        headless = style.dashed  # a constant's edge has no head: no gradient comes back over it
        room = DASHED_ROOM if style.dashed else ROOM
        points = pieces.points[mine] if headless else _shortened(pieces, mine, against, length * 0.8)
        kept, points = clip(points, pieces.curved[mine], view, room / scale)
        crowd = not exact and len(kept) > MANY
        if crowd:
            apart = distinct(points, max(grid, style.width * 0.4))
            kept, points = kept[apart], points[apart]
        painter.setPen(_pen(style, scale if crowd else 0.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        _draw_pieces(painter, pieces, mine[kept], points)
        if not headless:
            half = 3.4 + 0.7 * style.width if against else 0.48 * _SMALL_HEAD
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(style.colour))
            _draw_heads(painter, *_heads(pieces, mine, against, view, grid), length, half)


def _pen(style: EdgeStyle, crowded_at: float = 0.0) -> QPen:
    """In a crowd on the screen, thin strokes are a pixel wide, which Qt paints ten times faster than a little more."""
    thin = 0.0 < crowded_at * style.width < 2.0
    pen = QPen(QColor(style.colour), min(style.width, 1.0 / crowded_at) if thin else style.width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if style.dashed:
        pen.setDashPattern([4.0, 3.0])
    return pen


def _shortened(pieces: Pieces, chosen: Ints, against: bool, by: float) -> Floats:
    """The pieces' points, drawn back from the arrowheads' tips so that strokes do not stand out there."""
    points = pieces.points[chosen]
    edges = pieces.edge[chosen]
    at_head = chosen == (pieces.first[edges] if against else pieces.first[edges + 1] - 1)
    tip, direction = pieces.tips(not against, edges[at_head])
    points[at_head, slice(0, 2) if against else slice(6, 8)] = tip - direction * by
    return points


def _draw_pieces(painter: QPainter, pieces: Pieces, chosen: Ints, points: Floats) -> None:
    """Pieces that follow each other along an edge are one stroke, so that no seam shows between them."""
    follows = np.zeros(len(chosen) + 1, bool)
    follows[1:-1] = (chosen[1:] == chosen[:-1] + 1) & (pieces.edge[chosen[1:]] == pieces.edge[chosen[:-1]])
    follows[1:-1] &= (points[1:, :2] == points[:-1, 6:]).all(axis=1)
    curved = pieces.curved[chosen].tolist()
    path = QPainterPath()
    for k, (x0, y0, x1, y1, x2, y2, x3, y3) in enumerate(points.tolist()):
        alone = not follows[k] and not follows[k + 1]
        if alone and not curved[k]:
            painter.drawLine(QPointF(x0, y0), QPointF(x3, y3))
            continue
        if not follows[k]:
            path = QPainterPath()
            path.moveTo(x0, y0)
        if curved[k]:
            path.cubicTo(x1, y1, x2, y2, x3, y3)
        else:
            path.lineTo(x3, y3)
        if not follows[k + 1]:
            painter.drawPath(path)


def _heads(pieces: Pieces, chosen: Ints, against: bool, view: Rect, grid: float) -> tuple[Floats, Floats]:
    """Tips and directions of the heads in view of the chosen pieces' edges."""
    edges = pieces.edge[chosen]
    tip, direction = pieces.tips(not against, edges[np.diff(edges, prepend=-1) != 0])
    seen = (tip[:, 0] >= view[0]) & (tip[:, 0] <= view[2]) & (tip[:, 1] >= view[1]) & (tip[:, 1] <= view[3])
    tip, direction = tip[seen], direction[seen]
    if grid and len(tip) > MANY:
        apart = distinct(np.concatenate([tip, direction * (8 * grid)], axis=1), grid)
        tip, direction = tip[apart], direction[apart]
    return tip, direction


def _draw_heads(painter: QPainter, tip: Floats, direction: Floats, length: float, half_width: float) -> None:
    across = np.stack([-direction[:, 1], direction[:, 0]], axis=1) * half_width
    base = tip - direction * length
    for x0, y0, x1, y1, x2, y2 in np.concatenate([tip, base + across, base - across], axis=1).tolist():
        painter.drawConvexPolygon([QPointF(x0, y0), QPointF(x1, y1), QPointF(x2, y2)])
