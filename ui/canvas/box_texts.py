"""Painting the texts of boxes: title and second line near, a short and larger title from the middle distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter

from .captions import short_title
from .fonts import TITLE_SIZE
from .index import Ints

if TYPE_CHECKING:
    from .picture import Picture

_SEEN_SIZE = 11.0  # pixels on the screen that a short title should have
_LARGEST = 30  # and in the scene at most, to fit a box's height
_MARGIN = 12.0
_LINE = 18.0  # from one line of a box to the next


def paint_texts(picture: Picture, painter: QPainter, boxes: Ints) -> None:
    """All lines of each box."""
    graph, rects, fonts = picture.drawing.graph, picture.drawing.rects, picture.fonts
    for box in boxes.tolist():
        left, top, right, bottom = rects[box].tolist()
        style = picture.box_styles[picture.box_rows[box]]
        title, second = graph.title_text(box), picture.second_line(box)
        former = bool(graph.former[box])
        font = fonts.former if former else fonts.title
        middle, centre = (left + right) / 2, (top + bottom) / 2
        painter.setFont(font)
        painter.setPen(QColor(picture.theme.dim if former and picture.is_lit(box) else style.title))
        lines = [line for line in (second, graph.text(int(graph.third[box]))) if line]
        first = centre + 5.0 - _LINE / 2 * len(lines)
        painter.drawText(QPointF(middle - fonts.width(font, title) / 2, first), title)
        painter.setFont(fonts.second)
        painter.setPen(QColor(style.second))
        for row, line in enumerate(lines, 1):
            painter.drawText(QPointF(middle - fonts.width(fonts.second, line) / 2, first + _LINE * row), line)


def paint_short_titles(picture: Picture, painter: QPainter, boxes: Ints, scale: float) -> None:
    """The titles alone, as large as can be read at `scale`, or as fits the box."""
    graph, rects, fonts = picture.drawing.graph, picture.drawing.rects, picture.fonts
    wanted = min(_SEEN_SIZE / scale, _LARGEST)
    for box in boxes.tolist():
        left, top, right, bottom = rects[box].tolist()
        title = short_title(graph.title_text(box))
        width = max(fonts.width(fonts.title, title), 1.0)
        size = int(min(wanted, TITLE_SIZE * (right - left - _MARGIN) / width))
        style = picture.box_styles[picture.box_rows[box]]
        painter.setFont(fonts.title_of_size(size))
        painter.setPen(QColor(picture.theme.dim if graph.former[box] and picture.is_lit(box) else style.title))
        start = (left + right - width * size / TITLE_SIZE) / 2
        painter.drawText(QPointF(start, (top + bottom) / 2 + 0.36 * size), title)
