"""Painting edges from near: curves, lines and arrowheads, one by one.

One path for all edges of a colour would be one call, but Qt's raster engine is two to six times slower on it (measured
at scales from 0.3 to 1), and an edge by itself is also what one wants to find in an exported drawing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from ..picture.clipping import DASHED_ROOM, MANY, ROOM, Rect, alike, clip, distinct
from ..picture.geometry import Pieces
from ..picture.index import Bools, Floats, Ints
from ..picture.look import EdgeStyle
from ..picture.rows import by_row
from .arrays_to_qt import draw_lines

if TYPE_CHECKING:
    from ..picture.picture import Picture

_HEAD = 9.0  # an arrowhead's length on a gradient's edge; it grows with the stroke
_SMALL_HEAD = 6.0  # and on the data's
FEW = 100  # strokes of one look that keep their width even in a crowd
_THRONG = 4 * MANY  # strokes among which those that look the same are left out before anything else
_SHEAF = 350  # strokes that a crowd is thinned to
_BROAD = 5.0  # pixels from which on a stroke is broad however many there are


def paint_strokes(
    picture: Picture, painter: QPainter, chosen: Ints, view: Rect, scale: float, *, exact: bool = False
) -> None:
    """The chosen pieces (ascending rows) in the looks of their edges, weaker gradients below stronger ones.

    What lies outside `view` need not be painted; nor, unless `exact`, what falls together at `scale` pixels per unit.
    """
    pieces = picture.drawing.pieces
    if not len(chosen):
        return
    # What NumPy does is done once for all looks: thirty times on a few strokes it takes longer than the painting.
    styles, looks, grid = picture.edge_styles, picture.edge_looks, 0.0 if exact else 0.5 / scale
    rows = picture.edge_rows[pieces.edge[chosen]]
    throng = bool(grid) and len(chosen) > _THRONG
    if throng:
        order = np.argsort(rows.astype(np.uint8), kind="stable")
        apart = np.sort(order[alike(pieces.lines[chosen[order]], view, grid)])
        chosen, rows = chosen[apart], rows[apart]
    against = looks.against[rows]  # gradients run against the data
    headed = ~looks.dashed[rows]  # a constant's edge has no head: no gradient comes back over it
    lengths = np.where(looks.gradient[rows], _HEAD + 0.8 * looks.width[rows], _SMALL_HEAD)
    heads = _heads(pieces, chosen[headed], rows[headed], against[headed], view, grid)
    points = _shortened(pieces, chosen, against, np.where(headed, 0.8 * lengths, 0.0), view)
    rooms = np.where(headed & (len(chosen) > FEW), ROOM, DASHED_ROOM) / scale
    kept, points = clip(points, pieces.curved[chosen], view, rooms)
    crowd = throng or (not exact and len(kept) > MANY)
    if crowd:
        kept, points = _apart(kept, points, rows, looks.width, grid)
    for row, members in by_row(rows[kept]):
        style = styles[row]
        painter.setPen(_pen(style, 0.0 if exact else 1 / scale, crowd=crowd and len(members) > FEW))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        _draw_pieces(painter, pieces, chosen[kept[members]], points[members], exact=exact)
        if row in heads:
            half = 3.4 + 0.7 * style.width if style.gradient else 0.48 * _SMALL_HEAD
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(style.colour))
            _draw_heads(painter, *heads[row], _HEAD + 0.8 * style.width if style.gradient else _SMALL_HEAD, half)


def _apart(kept: Ints, points: Floats, rows: Ints, widths: Floats, grid: float) -> tuple[Ints, Floats]:
    """Of strokes that fall together those of the strongest look."""
    order = np.argsort(rows[kept], kind="stable")
    lanes = np.maximum(grid, widths[rows[kept[order]]] * 0.4)
    chosen = order[distinct(points[order] / lanes[:, None], 1.0)]
    for coarser in (2.0, 4.0):  # a sheaf of thousands becomes a hatching of hundreds, at most 2 pixels apart
        if len(chosen) > _SHEAF:
            lanes = np.maximum(grid, widths[rows[kept[chosen]]] * 0.4) * coarser
            chosen = chosen[distinct(points[chosen] / lanes[:, None], 1.0)]
    chosen.sort()
    return kept[chosen], points[chosen]


def _pen(style: EdgeStyle, pixel: float, *, crowd: bool) -> QPen:
    """No stroke is thinner than a `pixel`, in scene units; in a crowd thin ones are no wider than that.

    Qt paints strokes of up to a pixel ten times faster than those of a little more, be it by rounding.
    """
    pixel *= 0.98
    thin = crowd and style.width < _BROAD * pixel
    pen = QPen(QColor(style.colour), min(style.width, pixel) if thin else max(style.width, pixel))
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if style.dashed:
        pen.setDashPattern([4.0, 3.0])
    return pen


def _inside(points: Floats, view: Rect) -> Bools:
    """Which of the points (k, 2) are in view."""
    x, y = points[:, 0], points[:, 1]
    found: Bools = (x >= view[0]) & (x <= view[2]) & (y >= view[1]) & (y <= view[3])
    return found


def _shortened(pieces: Pieces, chosen: Ints, against: Bools, by: Floats, view: Rect) -> Floats:
    """The pieces' points, drawn back from the arrowheads' tips in view so that strokes do not stand out there."""
    points = pieces.points[chosen]
    edges = pieces.edge[chosen]
    for at_end, place in ((False, slice(0, 2)), (True, slice(6, 8))):
        end = pieces.first[edges + 1] - 1 if at_end else pieces.first[edges]
        at_head = np.flatnonzero((chosen == end) & (against != at_end) & (by > 0) & _inside(points[:, place], view))
        tip, direction = pieces.tips(at_end, edges[at_head])
        points[at_head, place] = tip - direction * by[at_head, None]
    return points


def _draw_pieces(painter: QPainter, pieces: Pieces, chosen: Ints, points: Floats, *, exact: bool) -> None:
    """Pieces that follow each other along an edge are one stroke, so that no seam shows between them."""
    follows = np.zeros(len(chosen) + 1, bool)
    follows[1:-1] = (chosen[1:] == chosen[:-1] + 1) & (pieces.edge[chosen[1:]] == pieces.edge[chosen[:-1]])
    follows[1:-1] &= (points[1:, :2] == points[:-1, 6:]).all(axis=1)
    if not exact:  # lines by themselves in one call; a file has each as an element of its own
        single = ~follows[:-1] & ~follows[1:] & ~pieces.curved[chosen]
        draw_lines(painter, points[single][:, [0, 1, 6, 7]])
        chosen, points, follows = chosen[~single], points[~single], np.append(follows[:-1][~single], False)
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


def _heads(
    pieces: Pieces, chosen: Ints, rows: Ints, against: Bools, view: Rect, grid: float
) -> dict[int, tuple[Floats, Floats]]:
    """Tips and directions of the heads in view of the chosen pieces' edges, by look."""
    edges = pieces.edge[chosen]
    one = np.flatnonzero(np.diff(edges, prepend=-1) != 0)
    found: dict[int, tuple[Floats, Floats]] = {}
    for at_end in (True, False):
        mine = one[against[one] != at_end]
        mine = mine[_inside(pieces.ends(at_end, edges[mine]), view)]
        tip, direction = pieces.tips(at_end, edges[mine])
        row = rows[mine]
        if grid and len(tip) > MANY:
            apart = distinct(np.concatenate([tip, direction * (8 * grid)], axis=1), grid)
            tip, direction, row = tip[apart], direction[apart], row[apart]
        for each, members in by_row(row) if len(row) else ():
            found[each] = tip[members], direction[members]
    return found


def _draw_heads(painter: QPainter, tip: Floats, direction: Floats, length: float, half_width: float) -> None:
    across = np.stack([-direction[:, 1], direction[:, 0]], axis=1) * half_width
    base = tip - direction * length
    for x0, y0, x1, y1, x2, y2 in np.concatenate([tip, base + across, base - across], axis=1).tolist():
        painter.drawConvexPolygon([QPointF(x0, y0), QPointF(x1, y1), QPointF(x2, y2)])
