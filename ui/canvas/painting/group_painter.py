"""Painting what tells a closed group from a node: a second border, cards behind a run, and the sign that opens it.

The sign is a plus on a closed group; on the box under the pointer, or selected, in an open group it is a minus that
closes the group. Signs belong to the screen and are not in exported files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from engine.trace import NONE

from ...grouping.gather import What
from ...theme import mix
from ..picture.index import Ints
from ..shown.shown_graph import GROUP

if TYPE_CHECKING:
    from ..picture.picture import Picture

_INSIDE = 4.0  # from the outer border to the inner
_CARD = 5.0  # how far each card of a run stands out behind the one before
_RADIUS = 8.0  # of a sign
SIGN_REACH = 8.0  # no sign stands out of its box farther than this


def paint_cards(picture: Picture, painter: QPainter, boxes: Ints, corner: float) -> None:
    """What lies behind the boxes of runs: there are several of them."""
    graph = picture.drawing.graph
    runs = boxes[graph.kind[boxes] == GROUP]
    runs = runs[graph.groups.what[graph.group[runs]] == What.RUN]
    for box in runs.tolist():
        style = picture.box_styles[picture.box_rows[box]]
        rect = picture.rect(box)
        painter.setPen(QPen(QColor(mix(style.border, picture.theme.background, 0.25)), style.width))
        painter.setBrush(QColor(style.fill))
        for away in (2 * _CARD, _CARD):
            painter.drawRoundedRect(rect.translated(away, -away), corner, corner)


def paint_second_borders(picture: Picture, painter: QPainter, boxes: Ints, corner: float) -> None:
    """A thin line inside the border of every closed group."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for box in boxes[picture.drawing.graph.kind[boxes] == GROUP].tolist():
        style = picture.box_styles[picture.box_rows[box]]
        painter.setPen(QPen(QColor(mix(style.border, style.fill, 0.45)), 1.0))
        inner = picture.rect(box).adjusted(_INSIDE, _INSIDE, -_INSIDE, -_INSIDE)
        painter.drawRoundedRect(inner, corner - _INSIDE, corner - _INSIDE)


def sign(picture: Picture, box: int) -> str:
    """`+` on a closed group, `−` on a box in an open one that has the pointer or the selection, else ""."""
    if box == NONE:
        return ""
    graph = picture.drawing.graph
    if graph.kind[box] == GROUP:
        return "+"
    pointed = box == picture.hovered or (len(picture.selected) == 1 and box == picture.selected[0])
    return "−" if pointed and graph.groups.of_node[graph.node[box]] != NONE else ""


def sign_rect(picture: Picture, box: int) -> QRectF:
    """Where the sign of a box is, in scene coordinates: on its upper right corner."""
    rect = picture.rect(box)
    return QRectF(rect.right() - 3 - _RADIUS, rect.top() + 3 - _RADIUS, 2 * _RADIUS, 2 * _RADIUS)


def paint_signs(picture: Picture, painter: QPainter, boxes: Ints) -> None:
    """The signs of these boxes."""
    graph = picture.drawing.graph
    shown = [*boxes[graph.kind[boxes] == GROUP].tolist(), picture.hovered, *picture.selected[-1:].tolist()]
    for box in dict.fromkeys(shown):
        found = sign(picture, box)
        if found and np.isin(box, boxes):
            _paint_sign(picture, painter, box, found)


def _paint_sign(picture: Picture, painter: QPainter, box: int, found: str) -> None:
    theme, rect = picture.theme, sign_rect(picture, box)
    pointed = box == picture.hovered
    painter.setPen(QPen(QColor(theme.accent if pointed else mix(theme.dim, theme.text, 0.25)), 1.3))
    painter.setBrush(QColor(theme.panel))
    painter.drawEllipse(rect)
    painter.setPen(QPen(QColor(theme.accent if pointed else theme.text), 1.6))
    middle, arm = rect.center(), _RADIUS * 0.5
    painter.drawLine(middle - QPointF(arm, 0), middle + QPointF(arm, 0))
    if found == "+":
        painter.drawLine(middle - QPointF(0, arm), middle + QPointF(0, arm))
