"""The card that appears beside a box when the pointer rests on it."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from ...theme import Theme
from .hover_text import Card

_WIDEST = 440
_OFFSET = 12  # from the box, or from the pointer
_INSET = 4  # from the canvas's edges


class HoverCard(QFrame):
    """A `Card`, kept inside its parent."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("hoverCard")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._label = QLabel(self)
        self._label.setTextFormat(Qt.TextFormat.RichText)
        self._label.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(self._label)
        self._theme, self._room = theme, parent
        self.hide()
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.setStyleSheet(
            f"QFrame#hoverCard {{ background: {theme.panel}; border: 1px solid {theme.line}; border-radius: 8px; }}"
            f"QLabel {{ color: {theme.text}; background: transparent; border: none; }}"
        )

    def show_card(self, card: Card, at: QPoint, around: QRect) -> None:
        """Show it beside the box `around` the pointer, which is `at`, in the parent's coordinates."""
        rows = "".join(
            f"<tr><td style='color:{self._theme.dim}; padding-right:10px; white-space:nowrap'>{escape(what)}</td>"
            f"<td>{escape(value)}</td></tr>"
            for what, value in card.rows
        )
        self._label.setText(f"<b>{escape(card.title)}</b><table cellspacing='0' cellpadding='1'>{rows}</table>")
        self._label.setWordWrap(False)
        wide = self._label.sizeHint().width() > _WIDEST
        self._label.setWordWrap(wide)
        self._label.setFixedWidth(_WIDEST if wide else self._label.sizeHint().width())
        self.adjustSize()
        self.move(beside(self.size(), self._room.size(), at, around))
        self.show()
        self.raise_()


def beside(card: QSize, room: QSize, at: QPoint, around: QRect) -> QPoint:
    """Where a card of that size goes in a room: to the right of a box, else to its left, below or above it.

    There it leaves free what it tells of, and the edges of the box where it can. Where none has room, as for a box that
    fills the view, it goes beside the pointer.
    """
    x = min(max(around.left(), _INSET), room.width() - card.width() - _INSET)
    y = min(max(around.top(), _INSET), room.height() - card.height() - _INSET)
    places = (
        QPoint(around.right() + _OFFSET, y),
        QPoint(around.left() - _OFFSET - card.width(), y),
        QPoint(x, around.bottom() + _OFFSET),
        QPoint(x, around.top() - _OFFSET - card.height()),
    )
    inside = QRect(QPoint(0, 0), room)
    for place in places:
        if inside.contains(QRect(place, card)):
            return place
    x, y = at.x() + _OFFSET, at.y() + _OFFSET
    if x + card.width() > room.width():
        x = at.x() - _OFFSET - card.width()
    if y + card.height() > room.height():
        y = at.y() - _OFFSET - card.height()
    return QPoint(max(x, _INSET), max(y, _INSET))
