"""Painting a picture: culling, three levels of detail, boxes, outlines. Every frame and every file begins here.

Far away a box is a coloured speck and an edge a hair, all of one style in one call; nearer, boxes are rounded and edges
have heads; near, there is text.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from engine.trace import NONE, NodeFlag, NodeKind

from ...theme import mix
from ..picture.clipping import Rect
from ..picture.drawing import LABEL_ROOM, Drawing
from ..picture.index import Ints
from ..picture.look import BoxStyle, Role
from ..picture.rows import by_row
from .box_texts import paint_short_titles, paint_texts
from .far_painter import paint_far
from .group_painter import paint_cards, paint_second_borders, paint_signs
from .label_painter import paint_labels
from .strokes import paint_strokes

if TYPE_CHECKING:
    from ..picture.picture import Picture

CORNER = 9.0
FAR_BELOW = 0.3  # the scale at which a box is about 45 pixels wide
SPECKS_BELOW = 0.06  # boxes are specks, however few they are
FEW = 400  # boxes in view that are worth their round corners from farther away
TEXT_FROM = 0.5  # titles are 7 pixels high
SHORT_TEXT_FROM = 0.18
_MOST_BREAKS = 1000
_LABEL = 40.0  # a label stands so far above or below its stroke at most
_REACH = 20.0  # how far heads, glow and outlines stand out of what they belong to


class Detail(IntEnum):
    """How much of the picture is painted."""

    FAR = 0
    MIDDLE = 1
    NEAR = 2


class Painted(NamedTuple):
    """What a call to paint has put on the device: rows of the drawing's boxes and of its pieces."""

    detail: Detail
    boxes: Ints
    pieces: Ints


def detail_at(scale: float, boxes: int) -> Detail:
    """The level of detail at `scale` pixels per scene unit, with so many boxes in view."""
    if scale < SPECKS_BELOW or (scale < FAR_BELOW and boxes > FEW):
        return Detail.FAR
    return Detail.MIDDLE if scale < TEXT_FROM else Detail.NEAR


def paint_picture(
    picture: Picture, painter: QPainter, exposed: QRectF, scale: float, *, exact: bool = False, hurried: bool = False
) -> Painted:
    """Paint the part of the picture that lies in `exposed`; `exact` also strokes that hide each other at `scale`.

    `hurried`: see `label_painter.paint_labels`.
    """
    drawing = picture.drawing
    reach = max(_REACH, 1 / scale)
    view = (exposed.left() - reach, exposed.top() - reach, exposed.right() + reach, exposed.bottom() + reach)
    boxes = drawing.box_index.touching(*view)
    pieces = drawing.piece_index.touching(*view)
    detail = detail_at(scale, len(boxes))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, detail is not Detail.FAR)
    if detail is Detail.FAR:
        paint_far(picture, painter, boxes, pieces, view, scale)
    else:
        _paint_glow(picture, painter, boxes)
        _paint_view_shadows(picture, painter, boxes)
        paint_cards(picture, painter, boxes, CORNER)
        paint_strokes(picture, painter, pieces, view, scale, exact=exact)
        _paint_boxes(picture, painter, boxes, scale)
        if detail is Detail.MIDDLE and scale >= SHORT_TEXT_FROM and len(boxes) <= FEW:
            paint_short_titles(picture, painter, boxes, scale)
        if detail is Detail.NEAR:
            paint_texts(picture, painter, boxes)
        if detail is Detail.NEAR and picture.with_labels:
            paint_labels(picture, painter, _labelled(drawing, view), view, hurried=hurried)
    _paint_outlines(picture, painter, boxes, scale)
    if not exact:
        _paint_breaks(picture, painter, boxes, scale)
    if detail is Detail.NEAR and not exact:
        paint_signs(picture, painter, boxes)
    painter.restore()
    return Painted(detail, boxes, pieces)


def _labelled(drawing: Drawing, view: Rect) -> Ints:
    """The edges whose labels may reach into `view`, although their strokes do not."""
    left, top, right, bottom = view
    pieces = drawing.piece_index.touching(left - LABEL_ROOM, top - _LABEL, right + LABEL_ROOM, bottom + _LABEL)
    edges = drawing.pieces.edge[pieces]  # ascending, as the pieces are
    return np.asarray(edges[np.diff(edges, prepend=-1) != 0], np.int64)


# -- nearer ----------------------------------------------------------------------------------------------------------


def _paint_glow(picture: Picture, painter: QPainter, boxes: Ints) -> None:
    story = picture.story
    if story is None or story.now_box == NONE or story.now_box not in boxes:
        return
    left, top, right, bottom = picture.drawing.rects[story.now_box]
    failed = picture.roles[story.now_box] == Role.FAILED
    colour = picture.theme.error if failed else picture.theme.now
    painter.setPen(Qt.PenStyle.NoPen)
    for spread, share in ((14.0, 0.90), (9.0, 0.80), (5.0, 0.66)):
        painter.setBrush(QColor(mix(colour, picture.theme.background, share)))
        rect = QRectF(left, top, right - left, bottom - top).adjusted(-spread, -spread, spread, spread)
        painter.drawRoundedRect(rect, CORNER + spread, CORNER + spread)


def _paint_boxes(picture: Picture, painter: QPainter, boxes: Ints, scale: float) -> None:
    drawing = picture.drawing
    if not len(boxes):
        return
    for row, members in by_row(picture.box_rows[boxes]):
        style = picture.box_styles[row]
        painter.setPen(_border(style, scale))
        painter.setBrush(QBrush(QColor(style.fill)))
        # One by one: Qt has a fast way for a rounded rectangle, and none for a path of hundreds of them.
        for left, top, right, bottom in drawing.rects[boxes[members]].tolist():
            painter.drawRoundedRect(QRectF(left, top, right - left, bottom - top), CORNER, CORNER)
    paint_second_borders(picture, painter, boxes, CORNER)


def _border(style: BoxStyle, scale: float) -> QPen:
    pen = QPen(QColor(style.border), max(style.width, 1 / scale))  # from far too it is a line, and not a shade
    if style.dashed:
        pen.setDashPattern([3.5, 2.5])
    return pen


def _paint_view_shadows(picture: Picture, painter: QPainter, boxes: Ints) -> None:
    """A view shows through to another tensor: a second outline stands behind its box."""
    graph = picture.drawing.graph
    views = boxes[(graph.flags[boxes] & NodeFlag.VIEW != 0) & (graph.kind[boxes] == NodeKind.TENSOR)]
    if picture.lit_boxes is not None:
        views = views[picture.lit_boxes[views]]
    if len(views):
        painter.setPen(QPen(QColor(mix(picture.theme.dim, picture.theme.background, 0.3)), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for left, top, right, bottom in picture.drawing.rects[views].tolist():
            painter.drawRoundedRect(QRectF(left + 4, top - 4, right - left, bottom - top), CORNER, CORNER)


def _paint_outlines(picture: Picture, painter: QPainter, boxes: Ints, scale: float) -> None:
    """The selection, the box under the pointer, and the marked one."""
    accent = QColor(picture.theme.accent)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _paint_mark(picture, painter, boxes, scale)
    for box, width in [*((b, 2.2) for b in picture.selected.tolist()), (picture.hovered, 1.2)]:
        if box == NONE or box not in boxes:
            continue
        left, top, right, bottom = picture.drawing.rects[box].tolist()
        pen = QPen(accent, max(width, width / scale) if scale < 1 else width)
        painter.setPen(pen)
        away = 4.0
        rect = QRectF(left - away, top - away, right - left + 2 * away, bottom - top + 2 * away)
        painter.drawRoundedRect(rect, CORNER + away, CORNER + away)


def _paint_mark(picture: Picture, painter: QPainter, boxes: Ints, scale: float) -> None:
    """A broad ring of the accent's colour with a halo, so that one box is found among many at any scale."""
    if picture.marked == NONE or picture.marked not in boxes:
        return
    rect, accent = picture.rect(picture.marked), QColor(picture.theme.accent)
    for width, opacity in ((11.0, 0.28), (4.0, 1.0)):
        accent.setAlphaF(opacity)
        painter.setPen(QPen(accent, max(width, width / scale) if scale < 1 else width))
        away = 7.0 if scale >= 1 else 7.0 / scale
        painter.drawRoundedRect(rect.adjusted(-away, -away, away, away), CORNER + away, CORNER + away)


def _paint_breaks(picture: Picture, painter: QPainter, boxes: Ints, scale: float) -> None:
    """A disc on the upper left corner of boxes at which stepping stops; from far it keeps its size on the screen."""
    if not len(picture.breaks):
        return
    shown = picture.breaks[np.isin(picture.breaks, boxes)]
    if len(shown) > _MOST_BREAKS:
        return  # a breakpoint on a common op, seen from far: a picture of nothing but discs
    radius = max(6.0, 3.0 / scale)
    painter.setPen(QPen(QColor(picture.theme.background), radius / 3))
    painter.setBrush(QColor(picture.theme.error))
    for left, top, _, _ in picture.drawing.rects[shown].tolist():
        painter.drawEllipse(QPointF(left + 1, top + 1), radius, radius)
