"""Painting the texts of boxes: title and second line near, a short and larger title from the middle distance."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen

from ...short_paths import GRAD, shorten_paths
from ..picture.fonts import TITLE_SIZE, Fonts
from ..picture.index import Ints
from ..shown.captions import short_title, split_ending

if TYPE_CHECKING:
    from ..picture.picture import Picture

_SEEN_SIZE = 11.0  # pixels on the screen that a short title should have
_LEAST_SIZE = 7.0  # and has at the least: what does not fit so is left out of it
_LEAST_TEXT = 3  # characters that say something
_OF_HEIGHT, _LARGEST = 0.76, 38.0  # what a title may take of a box's height, and at most
_MOST_FITTED = 20_000  # shortened titles that are remembered
_MARGIN = 9.0
_LINE = 18.0  # from one line of a box to the next


class BoxTexts(NamedTuple):
    """The lines of a box and where each begins, as `drawText` takes them."""

    former: bool
    title: tuple[QPointF, str]
    lines: list[tuple[QPointF, str]]


def paint_texts(picture: Picture, painter: QPainter, boxes: Ints) -> None:
    """All lines of each box."""
    known, fonts, dim = picture.box_texts, picture.fonts, QPen(QColor(picture.theme.dim))
    pens = picture.text_pens
    for box, row in zip(boxes.tolist(), picture.box_rows[boxes].tolist(), strict=True):
        texts = known.get(box) or known.setdefault(box, _texts(picture, box))
        title, second = pens[row]
        painter.setFont(fonts.former if texts.former else fonts.title)
        painter.setPen(dim if texts.former and picture.is_lit(box) else title)
        painter.drawText(*texts.title)
        painter.setFont(fonts.second)
        painter.setPen(second)
        for line in texts.lines:
            painter.drawText(*line)


def _texts(picture: Picture, box: int) -> BoxTexts:
    graph, fonts = picture.drawing.graph, picture.fonts
    left, top, right, bottom = picture.drawing.rects[box].tolist()
    title, former = graph.title_text(box), bool(graph.former[box])
    font = fonts.former if former else fonts.title
    middle, centre = (left + right) / 2, (top + bottom) / 2
    lines = [line for line in (picture.second_line(box), graph.text(int(graph.third[box]))) if line]
    first = centre + 5.0 - _LINE / 2 * len(lines)
    return BoxTexts(
        former,
        (QPointF(middle - fonts.width(font, title) / 2, first), title),
        [
            (QPointF(middle - fonts.width(fonts.second, line) / 2, first + _LINE * row), line)
            for row, line in enumerate(lines, 1)
        ],
    )


def paint_short_titles(picture: Picture, painter: QPainter, boxes: Ints, scale: float) -> None:
    """The titles alone, as large as can be read at `scale`, or as fits the box."""
    graph, rects, fonts = picture.drawing.graph, picture.drawing.rects, picture.fonts
    for box in boxes.tolist():
        left, top, right, bottom = rects[box].tolist()
        room = TITLE_SIZE * (right - left - _MARGIN)  # at a size of one
        highest = min(_OF_HEIGHT * (bottom - top), _LARGEST)
        wanted, least = min(_SEEN_SIZE / scale, highest), min(_LEAST_SIZE / scale, highest)
        whole = short_title(graph.title_text(box))
        title = fitting_title(fonts, whole, room / least)
        width = max(fonts.width(fonts.title, title), 1.0)
        size = int(min(wanted if title == whole else least, room / width))
        style = picture.box_styles[picture.box_rows[box]]
        painter.setFont(fonts.title_of_size(size))
        painter.setPen(QColor(picture.theme.dim if graph.former[box] and picture.is_lit(box) else style.title))
        start = (left + right - width * size / TITLE_SIZE) / 2
        painter.drawText(QPointF(start, (top + bottom) / 2 + 0.36 * size), title)


def fitting_title(fonts: Fonts, title: str, room: float) -> str:
    """What of a title fits in `room`: of paths the last names, of the rest the beginning; `.grad` and `×12` stay.

    "" where too little would be left to say anything.
    """
    room = int(4 * room) / 4
    key = (title, room)
    if key not in fonts.fitted:
        if len(fonts.fitted) > _MOST_FITTED:
            fonts.fitted.clear()
        fonts.fitted[key] = _fitted(fonts, title, room)
    return fonts.fitted[key]


def _fitted(fonts: Fonts, title: str, room: float) -> str:
    def fits(text: str) -> bool:
        return fonts.width(fonts.title, text) <= room

    if fits(title):
        return title
    shorter = shorten_paths(title.removesuffix("(…)"), fits)
    if fits(shorter):
        return shorter
    start, ending = split_ending(shorter.removeprefix("…"))
    found = fonts.elided_title(start, room - fonts.width(fonts.title, ending))
    if len(found) <= _LEAST_TEXT and ending == GRAD:  # a box of a gradient looks like none else
        found, ending = fonts.elided_title(start + ending, room), ""
    return found + ending if len(found) > _LEAST_TEXT else ""
