"""The legend: what the colours of a pass mean. Shown over the canvas while a pass is shown."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ..theme import Theme, ramp_colour
from ..values import number

_PADDING = 12.0
_TITLE = "gradient norm, logarithmic"
_MISSING = "(gradients missing)"
_STATES = ("done", "now", "ready", "waiting")


class Legend(QWidget):
    """The ramp with its range, and the marks of done, now, ready and waiting."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Legend")
        self._theme = theme
        self._ends = ("", "")
        self._broken = False
        self.set_range(1.0, 1.0, broken=False)

    def set_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.update()

    def set_range(self, smallest: float, largest: float, *, broken: bool) -> None:
        """The gradient norms at the ramp's ends; `broken`: some gradient of the pass is not finite."""
        self._ends, self._broken = (number(smallest), number(largest)), broken
        self.setAccessibleDescription(
            f"Gradient norms from {self._ends[0]} to {self._ends[1]} on a logarithmic scale; boxes are done, now, "
            f"ready or waiting{'; some gradients are not finite' if broken else ''}"
        )
        self.resize(self.sizeHint())
        self.update()

    def _fonts(self) -> tuple[QFont, QFontMetricsF, float]:
        font = QFont(self.font())
        font.setPixelSize(max(10, round(QFontMetricsF(self.font()).height() * 0.72)))
        metrics = QFontMetricsF(font)
        return font, metrics, round(metrics.height() + 4)

    def sizeHint(self) -> QSize:
        """As large as the texts need."""
        _, metrics, line = self._fonts()
        row = sum(22 + metrics.horizontalAdvance(text) + 10 for text in _STATES[:3])
        waiting = 18 + metrics.horizontalAdvance(f"waiting {_MISSING}")
        lines = 5 + self._broken
        return QSize(
            round(max(row, waiting, metrics.horizontalAdvance(_TITLE)) + 2 * _PADDING),
            round(lines * line + 2 * _PADDING + 4),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        theme = self._theme
        font, metrics, line = self._fonts()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font)
        card = QColor(theme.panel)
        card.setAlphaF(0.94)
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.setBrush(card)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        baseline = _PADDING + metrics.ascent()
        painter.setPen(QColor(theme.dim))
        painter.drawText(QPointF(_PADDING, baseline), _TITLE)
        self._paint_ramp(painter, QRectF(_PADDING, _PADDING + line, self.width() - 2 * _PADDING, line * 0.55))
        baseline += 2 * line - 2
        painter.setPen(QColor(theme.dim))
        painter.drawText(QPointF(_PADDING, baseline), self._ends[0])
        right = self.width() - _PADDING - metrics.horizontalAdvance(self._ends[1])
        painter.drawText(QPointF(right, baseline), self._ends[1])
        baseline += line + 4
        colours = {"done": theme.accumulate, "now": theme.now, "ready": theme.function, "waiting": ""}
        x = _PADDING
        for text in _STATES:
            if text == "waiting":
                x, baseline = _PADDING, baseline + line
            self._paint_mark(painter, x, baseline, text, colours[text])
            if text == "waiting":
                painter.setPen(QColor(theme.dim))
                painter.drawText(QPointF(x + 18 + metrics.horizontalAdvance("waiting "), baseline), _MISSING)
            x += 18 + metrics.horizontalAdvance(text) + 14
        if self._broken:
            self._paint_mark(painter, _PADDING, baseline + line, "NaN or infinite", theme.nonfinite)
        painter.end()

    def _paint_ramp(self, painter: QPainter, rect: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        steps = 48
        for k in range(steps):
            painter.setBrush(QColor(ramp_colour(self._theme, k / (steps - 1))))
            painter.drawRect(
                QRectF(rect.left() + rect.width() * k / steps, rect.top(), rect.width() / steps + 0.6, rect.height())
            )

    def _paint_mark(self, painter: QPainter, x: float, baseline: float, text: str, colour: str) -> None:
        mark = QRectF(x + 1, baseline - 9, 10, 10)
        if colour:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
        else:
            painter.setPen(QPen(QColor(self._theme.dim), 1.2, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(mark, 2.5, 2.5)
        painter.setPen(QColor(self._theme.text))
        painter.drawText(QPointF(x + 18, baseline), text)
