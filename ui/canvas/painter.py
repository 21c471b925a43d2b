"""Painting a picture: culling, three levels of detail, strokes, boxes, texts. The only module that draws the graph.

Far away a box is a coloured speck and an edge a hair; nearer, boxes are rounded and edges have heads; near, there is
text. Everything of one style is one drawing call.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from engine.trace import NONE, NodeFlag, NodeKind

from ..theme import mix
from .box_texts import paint_short_titles, paint_texts
from .geometry import Pieces
from .index import Floats, Ints
from .label_painter import paint_labels
from .look import DASHED, PLAIN_ROWS, BoxStyle
from .paths import draw_lines, draw_rects, heads_path, stroke_path

if TYPE_CHECKING:
    from .picture import Picture

CORNER = 9.0
FAR_BELOW = 0.3  # the scale at which a box is about 45 pixels wide
SPECKS_BELOW = 0.06  # boxes are specks, however few they are
FEW = 400  # boxes in view that are worth their round corners from farther away
TEXT_FROM = 0.5  # titles are 7 pixels high
SHORT_TEXT_FROM = 0.2
LABELS_FROM = 0.6
_REACH = 20.0  # how far heads, glow and outlines stand out of what they belong to
_HEAD = 9.0  # an arrowhead's length on a gradient's edge; it grows with the stroke
_SMALL_HEAD = 6.0  # and on the data's


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


def paint_picture(picture: Picture, painter: QPainter, exposed: QRectF, scale: float) -> Painted:
    """Paint the part of the picture that lies in `exposed`."""
    drawing = picture.drawing
    reach = max(_REACH, 1 / scale)
    view = (exposed.left() - reach, exposed.top() - reach, exposed.right() + reach, exposed.bottom() + reach)
    boxes = drawing.box_index.touching(*view)
    pieces = drawing.piece_index.touching(*view)
    detail = detail_at(scale, len(boxes))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, detail is not Detail.FAR)
    if detail is Detail.FAR:
        _paint_far(picture, painter, boxes, pieces, scale)
    else:
        _paint_glow(picture, painter, boxes)
        _paint_strokes(picture, painter, pieces)
        _paint_boxes(picture, painter, boxes)
        if detail is Detail.MIDDLE and scale >= SHORT_TEXT_FROM and len(boxes) <= FEW:
            paint_short_titles(picture, painter, boxes, scale)
        if detail is Detail.NEAR:
            paint_texts(picture, painter, boxes)
        if scale >= LABELS_FROM:
            paint_labels(picture, painter, np.unique(drawing.pieces.edge[pieces]))
    _paint_outlines(picture, painter, boxes, scale)
    painter.restore()
    return Painted(detail, boxes, pieces)


def _by_row(rows: Ints) -> Iterator[tuple[int, Ints]]:
    """(row, indices into `rows` that have it), rows ascending: later ones are painted over earlier ones."""
    few = rows.astype(np.uint8)  # fewer than 256 styles, which NumPy sorts in linear time
    order = np.argsort(few, kind="stable")
    found, counts = np.unique(few[order], return_counts=True)
    yield from zip(found.tolist(), np.split(order, np.cumsum(counts)[:-1]), strict=True)


# -- far -------------------------------------------------------------------------------------------------------------


def _paint_far(picture: Picture, painter: QPainter, boxes: Ints, pieces: Ints, scale: float) -> None:
    drawing = picture.drawing
    rows = picture.edge_rows[drawing.pieces.edge[pieces]]
    for row, members in _by_row(rows) if len(rows) else ():
        style = picture.edge_styles[row]
        pen = QPen(QColor(style.colour), max(1.0, round(style.width * scale)) if row >= PLAIN_ROWS else 1.0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        draw_lines(painter, drawing.pieces.lines[pieces[members]])
    painter.setPen(Qt.PenStyle.NoPen)
    rows = picture.box_rows[boxes]
    for row, members in _by_row(rows) if len(rows) else ():
        painter.setBrush(QColor(picture.box_styles[row].far))
        draw_rects(painter, _at_least(drawing.rects[boxes[members]], 1.5 / scale))


def _at_least(rects: Floats, size: float) -> Floats:
    """Rectangles grown about their centres to `size`, so that none vanishes between two pixels."""
    grown = rects.copy()
    for low, high in ((0, 2), (1, 3)):
        missing = np.maximum(size - (grown[:, high] - grown[:, low]), 0) / 2
        grown[:, low] -= missing
        grown[:, high] += missing
    return grown


# -- nearer ----------------------------------------------------------------------------------------------------------


def _paint_glow(picture: Picture, painter: QPainter, boxes: Ints) -> None:
    story = picture.story
    if story is None or story.now_box == NONE or story.now_box not in boxes:
        return
    left, top, right, bottom = picture.drawing.rects[story.now_box]
    painter.setPen(Qt.PenStyle.NoPen)
    for spread, share in ((14.0, 0.90), (9.0, 0.80), (5.0, 0.66)):
        painter.setBrush(QColor(mix(picture.theme.now, picture.theme.background, share)))
        rect = QRectF(left, top, right - left, bottom - top).adjusted(-spread, -spread, spread, spread)
        painter.drawRoundedRect(rect, CORNER + spread, CORNER + spread)


def _paint_strokes(picture: Picture, painter: QPainter, chosen: Ints) -> None:
    pieces = picture.drawing.pieces
    if not len(chosen):
        return
    for row, members in _by_row(picture.edge_rows[pieces.edge[chosen]]):
        style = picture.edge_styles[row]
        against = row >= PLAIN_ROWS  # gradients run against the data
        length = _HEAD + 0.8 * style.width if against else _SMALL_HEAD
        mine = chosen[members]
        pen = QPen(QColor(style.colour), style.width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if style.dashed:
            pen.setDashPattern([4.0, 3.0])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(stroke_path(pieces, mine, _shortened(pieces, mine, against, length * 0.8)))
        if row != DASHED:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(style.colour))
            tip, direction = pieces.tips(not against, np.unique(pieces.edge[mine]))
            half = 3.4 + 0.7 * style.width if against else 0.48 * _SMALL_HEAD
            painter.drawPath(heads_path(tip, direction, length, half))


def _shortened(pieces: Pieces, chosen: Ints, against: bool, by: float) -> Floats:
    """The pieces' points, drawn back from the arrowheads' tips so that strokes do not stand out there."""
    points = pieces.points[chosen]
    edges = pieces.edge[chosen]
    at_head = chosen == (pieces.first[edges] if against else pieces.first[edges + 1] - 1)
    tip, direction = pieces.tips(not against, edges[at_head])
    points[at_head, slice(0, 2) if against else slice(6, 8)] = tip - direction * by
    return points


def _paint_boxes(picture: Picture, painter: QPainter, boxes: Ints) -> None:
    drawing = picture.drawing
    if not len(boxes):
        return
    _paint_view_shadows(picture, painter, boxes)
    for row, members in _by_row(picture.box_rows[boxes]):
        style = picture.box_styles[row]
        painter.setPen(_border(style))
        painter.setBrush(QBrush(QColor(style.fill)))
        # One by one: Qt has a fast way for a rounded rectangle, and none for a path of hundreds of them.
        for left, top, right, bottom in drawing.rects[boxes[members]].tolist():
            painter.drawRoundedRect(QRectF(left, top, right - left, bottom - top), CORNER, CORNER)


def _border(style: BoxStyle) -> QPen:
    pen = QPen(QColor(style.border), style.width)
    if style.dashed:
        pen.setDashPattern([3.5, 2.5])
    return pen


def _paint_view_shadows(picture: Picture, painter: QPainter, boxes: Ints) -> None:
    """A view shows through to another tensor: a second outline stands behind its box."""
    graph = picture.drawing.graph
    views = boxes[(graph.flags[boxes] & NodeFlag.VIEW != 0) & (graph.kind[boxes] == NodeKind.TENSOR)]
    if len(views):
        painter.setPen(QPen(QColor(mix(picture.theme.dim, picture.theme.background, 0.3)), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for left, top, right, bottom in picture.drawing.rects[views].tolist():
            painter.drawRoundedRect(QRectF(left + 4, top - 4, right - left, bottom - top), CORNER, CORNER)


def _paint_outlines(picture: Picture, painter: QPainter, boxes: Ints, scale: float) -> None:
    """The selection, and the box under the pointer."""
    accent = QColor(picture.theme.accent)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for box, width in [*((b, 2.2) for b in picture.selected.tolist()), (picture.hovered, 1.2)]:
        if box == NONE or box not in boxes:
            continue
        left, top, right, bottom = picture.drawing.rects[box].tolist()
        pen = QPen(accent, max(width, width / scale) if scale < 1 else width)
        painter.setPen(pen)
        away = 4.0
        rect = QRectF(left - away, top - away, right - left + 2 * away, bottom - top + 2 * away)
        painter.drawRoundedRect(rect, CORNER + away, CORNER + away)
