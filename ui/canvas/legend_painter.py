"""Painting the legend: the ramp with its range, and the marks of done, now, ready and waiting."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from ..theme import Theme, ramp_colour
from ..values import number
from .story import BROKEN, PassOnGraph

_PADDING = 12.0
_TITLE = "gradient norm, logarithmic"
_MISSING = "(gradients missing)"
_STATES = ("done", "now", "ready", "waiting")


@dataclass(frozen=True, slots=True)
class LegendFacts:
    """The gradient norms at the ramp's ends, as text; `broken`: some gradient of the pass is not finite."""

    smallest: str
    largest: str
    broken: bool = False

    @staticmethod
    def of(run: PassOnGraph) -> LegendFacts:
        """What a pass's legend says."""
        smallest, largest = run.range
        return LegendFacts(number(smallest), number(largest), bool((run.level == BROKEN).any()))


class LegendPainter:
    """Paints the card in a font, from (0, 0) on."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self._metrics = QFontMetricsF(font)
        self._line = round(self._metrics.height() + 4)

    def size(self, facts: LegendFacts) -> QSizeF:
        """As large as the texts need."""
        width = self._metrics.horizontalAdvance
        row = sum(22 + width(text) + 10 for text in _STATES[:3])
        waiting = 18 + width(f"waiting {_MISSING}")
        lines = 5 + facts.broken
        return QSizeF(
            round(max(row, waiting, width(_TITLE)) + 2 * _PADDING), round(lines * self._line + 2 * _PADDING + 4)
        )

    def paint(self, painter: QPainter, theme: Theme, facts: LegendFacts) -> None:
        """Draw the card."""
        size, metrics, line = self.size(facts), self._metrics, self._line
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font)
        card = QColor(theme.panel)
        card.setAlphaF(0.94)
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.setBrush(card)
        painter.drawRoundedRect(QRectF(0.5, 0.5, size.width() - 1, size.height() - 1), 8, 8)
        baseline = _PADDING + metrics.ascent()
        painter.setPen(QColor(theme.dim))
        painter.drawText(QPointF(_PADDING, baseline), _TITLE)
        _paint_ramp(painter, theme, QRectF(_PADDING, _PADDING + line, size.width() - 2 * _PADDING, line * 0.55))
        baseline += 2 * line - 2
        painter.setPen(QColor(theme.dim))
        painter.drawText(QPointF(_PADDING, baseline), facts.smallest)
        right = size.width() - _PADDING - metrics.horizontalAdvance(facts.largest)
        painter.drawText(QPointF(right, baseline), facts.largest)
        baseline += line + 4
        colours = {"done": theme.accumulate, "now": theme.now, "ready": theme.function, "waiting": ""}
        x = _PADDING
        for text in _STATES:
            if text == "waiting":
                x, baseline = _PADDING, baseline + line
            _paint_mark(painter, theme, x, baseline, text, colours[text])
            if text == "waiting":
                painter.setPen(QColor(theme.dim))
                painter.drawText(QPointF(x + 18 + metrics.horizontalAdvance("waiting "), baseline), _MISSING)
            x += 18 + metrics.horizontalAdvance(text) + 14
        if facts.broken:
            _paint_mark(painter, theme, _PADDING, baseline + line, "NaN or infinite", theme.nonfinite)


def _paint_ramp(painter: QPainter, theme: Theme, rect: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    steps = 48
    for k in range(steps):
        painter.setBrush(QColor(ramp_colour(theme, k / (steps - 1))))
        painter.drawRect(
            QRectF(rect.left() + rect.width() * k / steps, rect.top(), rect.width() / steps + 0.6, rect.height())
        )


def _paint_mark(painter: QPainter, theme: Theme, x: float, baseline: float, text: str, colour: str) -> None:
    mark = QRectF(x + 1, baseline - 9, 10, 10)
    if colour:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
    else:
        painter.setPen(QPen(QColor(theme.dim), 1.2, Qt.PenStyle.DotLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(mark, 2.5, 2.5)
    painter.setPen(QColor(theme.text))
    painter.drawText(QPointF(x + 18, baseline), text)
