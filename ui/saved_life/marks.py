"""The marks of a strip: where they stand, and how they and the heading above them are painted."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from ..theme import Theme
from .life import Deed, Life, Moment, When, fitted

SIZE = 5.0  # half a mark's width
ROOMY = 330.0  # pixels of width at which the version check is told in full
TEXT = Qt.TextFlag.TextSingleLine

_ROLES = {
    Deed.SAVED: "leaf",
    Deed.PACKED: "function",
    Deed.UNPACKED: "function",
    Deed.EDITED: "error",
    Deed.USED: "accumulate",
    Deed.FREED: "dim",
    Deed.REFUSED: "error",
    Deed.GONE: "error",
    Deed.MORE: "dim",
}


@dataclass(frozen=True, slots=True)
class Marked:
    """A moment and its place: `x`, `y` is the middle of the mark, `left` and `width` the room of its words."""

    moment: Moment
    x: float
    y: float
    left: float
    width: float


def marks_of(life: Life, y: float, width: float, most: int, widest: float) -> list[Marked]:
    """The marks of a life, side by side from the left; of too many the ones that matter."""
    moments = fitted(life.moments, most)
    room = min(width / max(len(moments), 1), widest * 1.4)
    return [Marked(moment, i * room + SIZE + 2, y, i * room, room - 4) for i, moment in enumerate(moments)]


def heading(painter: QPainter, area: QRectF, life: Life, value: str, theme: Theme) -> None:
    """`self  y  v0  = 3` at the left, the version check at the right."""
    metrics = QFontMetricsF(painter.font())
    verdict = life.check if area.width() >= ROOMY else life.check.partition(", ")[2]
    room = area.width() - metrics.horizontalAdvance(verdict) - 12
    painter.setPen(QColor(theme.error if life.modified else theme.accumulate))
    painter.drawText(area, Qt.AlignmentFlag.AlignRight | TEXT, verdict)
    x = area.left()
    title = "" if life.title == life.name else life.title
    shown = f"= {value}" if value else ""
    for text, role in ((life.name, "dim"), (title, "text"), (shown, "dim")):
        left = room - (x - area.left())
        if text and left > 20:
            told = metrics.elidedText(text, Qt.TextElideMode.ElideRight, left)
            painter.setPen(QColor(getattr(theme, role)))
            painter.drawText(QRectF(x, area.top(), left, area.height()), TEXT, told)
            x += metrics.horizontalAdvance(told) + metrics.horizontalAdvance("  ")


def paint_mark(painter: QPainter, mark: Marked, following: Marked | None, line: float, theme: Theme) -> None:
    """The way to the next mark, the mark, and below it what happened and where."""
    moment = mark.moment
    later = moment.when is When.LATER
    role = "now" if moment.when is When.NOW and moment.deed is Deed.USED else _ROLES[moment.deed]
    colour = QColor(getattr(theme, role))
    if following is not None:
        ahead = following.moment.when is When.LATER
        style = Qt.PenStyle.DotLine if ahead else Qt.PenStyle.SolidLine
        painter.setPen(QPen(QColor(theme.line if ahead else theme.dim), 1.4, style))
        painter.drawLine(QPointF(mark.x + SIZE + 2, mark.y), QPointF(following.x - SIZE - 2, mark.y))
    painter.setPen(QPen(colour, 1.6))
    painter.setBrush(Qt.BrushStyle.NoBrush if later else colour)
    _shape(painter, moment.deed, mark.x, mark.y)
    metrics = QFontMetricsF(painter.font())
    for row, (text, shade) in enumerate(_told(moment, theme)):
        area = QRectF(mark.left, mark.y + 8 + row * line, mark.width, line)
        painter.setPen(QColor(shade))
        painter.drawText(area, TEXT, metrics.elidedText(text, Qt.TextElideMode.ElideRight, mark.width))


def _told(moment: Moment, theme: Theme) -> list[tuple[str, str]]:
    """What a mark says, in two lines, with their colours."""
    later = moment.when is When.LATER
    strong = theme.dim if later else theme.now if moment.when is When.NOW else theme.text
    if moment.deed is Deed.MORE:
        return [("", theme.dim), (moment.place, theme.dim)]
    if moment.deed is Deed.EDITED:
        by = f"{moment.by} " if moment.by else ""
        return [(f"{by}→ v{moment.version}", theme.error), (moment.place, theme.accent)]
    deed = " ".join(part for part in (moment.deed.value, moment.by) if part)
    if moment.deed in (Deed.REFUSED, Deed.GONE):
        return [(deed, theme.error), (moment.place, theme.dim)]
    return [(deed, strong), (moment.place, theme.accent if moment.deed is Deed.SAVED else theme.dim)]


def _shape(painter: QPainter, deed: Deed, x: float, y: float) -> None:
    """A ring where it was saved, a dot where used, a triangle where written over, a cross where it is gone."""
    if deed is Deed.EDITED:
        painter.drawPolygon([QPointF(x, y - SIZE), QPointF(x + SIZE, y + SIZE - 1), QPointF(x - SIZE, y + SIZE - 1)])
    elif deed in (Deed.FREED, Deed.REFUSED, Deed.GONE):
        half = SIZE - 1
        painter.drawLine(QPointF(x - half, y - half), QPointF(x + half, y + half))
        painter.drawLine(QPointF(x - half, y + half), QPointF(x + half, y - half))
    elif deed is Deed.MORE:
        for shift in (-4, 0, 4):
            painter.drawEllipse(QPointF(x + shift, y), 0.8, 0.8)
    else:
        painter.drawEllipse(QPointF(x, y), SIZE - 1, SIZE - 1)
