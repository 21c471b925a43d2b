"""A combo box without a frame: its text and a small chevron, a surface only under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QComboBox, QWidget

from .theme import DARK, Theme, mix

PADDING, CHEVRON = 8, 14
MOST_ROWS = 16  # of the opened list; more scroll
CLOSED = Qt.ItemDataRole.UserRole + 1  # what an item says while the list is closed, where that is less than its text


class FlatCombo(QComboBox):
    """Like `QComboBox`; `role` names the colour of its text."""

    def __init__(self, role: str = "text", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = DARK
        self._role = role
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMaxVisibleItems(MOST_ROWS)
        self.setStyleSheet("QComboBox { combobox-popup: 0; }")  # a list that scrolls, not a menu as high as the screen

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    @property
    def closed_text(self) -> str:
        """What is painted while the list is closed."""
        said = self.currentData(CLOSED)
        return self.currentText() if said is None else str(said)

    def sizeHint(self) -> QSize:
        """The current text with its chevron."""
        metrics = self.fontMetrics()
        text = metrics.horizontalAdvance(self.closed_text) + 1  # may be rounded down, and then it would be elided
        return QSize(text + 2 * PADDING + CHEVRON, metrics.height() + 8)

    def minimumSizeHint(self) -> QSize:
        """It may be elided."""
        return QSize(2 * PADDING + CHEVRON + 4 * self.fontMetrics().averageCharWidth(), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint text and chevron."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.underMouse() or self.hasFocus():
            painter.setBrush(QColor(mix(theme.panel, theme.accent, 0.12)))
            painter.setPen(QColor(theme.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(frame, 6, 6)
        room = self.rect().adjusted(PADDING, 0, -PADDING - CHEVRON, 0)
        text = self.fontMetrics().elidedText(self.closed_text, Qt.TextElideMode.ElideMiddle, room.width())
        painter.setPen(QColor(getattr(theme, self._role)))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.setPen(QPen(QColor(theme.dim), 1.5))
        x, y = self.width() - PADDING - 4.0, self.height() / 2
        painter.drawPolyline(QPolygonF([QPointF(x - 3.5, y - 1.7), QPointF(x, y + 1.8), QPointF(x + 3.5, y - 1.7)]))
        painter.end()
