"""The card that appears beside the pointer when it rests on a box."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from ..theme import Theme
from .hover_text import Card

_WIDEST = 440
_OFFSET = 16


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

    def show_card(self, card: Card, at: QPoint) -> None:
        """Show it beside `at`, in the parent's coordinates."""
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
        self.move(self._beside(at))
        self.show()
        self.raise_()

    def _beside(self, at: QPoint) -> QPoint:
        """Right below the pointer, or on its other side where there is no room."""
        room = self._room.size()
        x, y = at.x() + _OFFSET, at.y() + _OFFSET
        if x + self.width() > room.width():
            x = at.x() - _OFFSET - self.width()
        if y + self.height() > room.height():
            y = at.y() - _OFFSET - self.height()
        return QPoint(max(x, 4), max(y, 4))
