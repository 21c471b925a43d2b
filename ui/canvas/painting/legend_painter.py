"""Painting the legend: the ramp with its range, and the marks of done, now, ready and waiting."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from ...theme import Theme, ramp_colour
from ...values import number
from ..picture.look import signed_colour
from ..shown.story import BROKEN, PassOnGraph

_PADDING = 12.0
_TITLES = {False: "gradient norm, logarithmic", True: "norm of values, logarithmic"}
_SIGNS = ("negative", "positive")
_MISSING = {False: "(gradients missing)", True: "(operands missing)"}
_STATES = ("done", "now", "ready", "waiting")


@dataclass(frozen=True, slots=True)
class LegendFacts:
    """The norms at the ramp's ends, as text; `broken`: something that travels in the walk is not finite.

    `forward`: values travel, not gradients; `signed`: single numbers are coloured by their sign.
    """

    smallest: str
    largest: str
    broken: bool = False
    forward: bool = False
    signed: bool = False

    @staticmethod
    def of(run: PassOnGraph, *, signed: bool = False) -> LegendFacts:
        """What a walk's legend says."""
        smallest, largest = run.range
        broken = bool((run.level == BROKEN).any())
        return LegendFacts(number(smallest), number(largest), broken, run.steps.forward, signed)

    @property
    def title(self) -> str:
        """What the ramp shows."""
        return _TITLES[self.forward]

    @property
    def missing(self) -> str:
        """What the count of a waiting node counts."""
        return _MISSING[self.forward]

    def spoken(self) -> str:
        """The legend in a sentence, for screen readers."""
        what = "Norms of values" if self.forward else "Gradient norms"
        text = f"{what} from {self.smallest} to {self.largest} on a logarithmic scale; boxes are done, now, ready or"
        text += " waiting" + ("; some are not finite" if self.broken else "")
        return text + ("; single numbers are coloured by their sign" if self.signed else "")


class LegendPainter:
    """Paints the card in a font, from (0, 0) on."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self._metrics = QFontMetricsF(font)
        self._line = round(self._metrics.height() + 4)

    def size(self, facts: LegendFacts, *, brief: bool = False) -> QSizeF:
        """As large as the texts need; `brief`: of the ramp alone."""
        width = self._metrics.horizontalAdvance
        if brief:
            return QSizeF(round(width(facts.title) + 2 * _PADDING), round(3 * self._line + 2 * _PADDING - 6))
        row = sum(22 + width(text) + 10 for text in _STATES[:3])
        waiting = 18 + width(f"waiting {facts.missing}")
        lines = 5 + facts.broken + facts.signed
        return QSizeF(
            round(max(row, waiting, width(facts.title)) + 2 * _PADDING), round(lines * self._line + 2 * _PADDING - 2)
        )

    def paint(self, painter: QPainter, theme: Theme, facts: LegendFacts, *, brief: bool = False) -> None:
        """Draw the card."""
        size, metrics, line = self.size(facts, brief=brief), self._metrics, self._line
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font)
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.setBrush(QColor(theme.panel))
        painter.drawRoundedRect(QRectF(0.5, 0.5, size.width() - 1, size.height() - 1), 8, 8)
        baseline = _PADDING + metrics.ascent()
        painter.setPen(QColor(theme.dim))
        painter.drawText(QPointF(_PADDING, baseline), facts.title)
        _paint_ramp(painter, theme, QRectF(_PADDING, _PADDING + line, size.width() - 2 * _PADDING, line * 0.55))
        baseline += 2 * line - 2
        painter.setPen(QColor(theme.dim))
        painter.drawText(QPointF(_PADDING, baseline), facts.smallest)
        right = size.width() - _PADDING - metrics.horizontalAdvance(facts.largest)
        painter.drawText(QPointF(right, baseline), facts.largest)
        if not brief:
            self._paint_marks(painter, theme, facts, baseline + line + 4)

    def _paint_marks(self, painter: QPainter, theme: Theme, facts: LegendFacts, baseline: float) -> None:
        metrics, line = self._metrics, self._line
        colours = {"done": theme.accumulate, "now": theme.now, "ready": theme.function, "waiting": ""}
        x = _PADDING
        for text in _STATES:
            if text == "waiting":
                x, baseline = _PADDING, baseline + line
            _paint_mark(painter, theme, x, baseline, text, colours[text])
            if text == "waiting":
                painter.setPen(QColor(theme.dim))
                painter.drawText(QPointF(x + 18 + metrics.horizontalAdvance("waiting "), baseline), facts.missing)
            x += 18 + metrics.horizontalAdvance(text) + 14
        if facts.broken:
            baseline += line
            _paint_mark(painter, theme, _PADDING, baseline, "NaN or infinite", theme.nonfinite)
        if facts.signed:
            baseline += line
            for nth, text in enumerate(_SIGNS):
                colour = signed_colour(theme, 1.0, positive=bool(nth))
                x = _PADDING + nth * (32 + metrics.horizontalAdvance(_SIGNS[0]))
                _paint_mark(painter, theme, x, baseline, text, colour, edge=True)


def _paint_ramp(painter: QPainter, theme: Theme, rect: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    steps = 48
    for k in range(steps):
        painter.setBrush(QColor(ramp_colour(theme, k / (steps - 1))))
        painter.drawRect(
            QRectF(rect.left() + rect.width() * k / steps, rect.top(), rect.width() / steps + 0.6, rect.height())
        )


def _paint_mark(
    painter: QPainter, theme: Theme, x: float, baseline: float, text: str, colour: str, *, edge: bool = False
) -> None:
    """A box in a colour, or an `edge`: what is orange on an edge is positive, and not what runs now."""
    mark = QRectF(x, baseline - 5.5, 13, 3) if edge else QRectF(x + 1, baseline - 9, 10, 10)
    if colour:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
    else:
        painter.setPen(QPen(QColor(theme.dim), 1.2, Qt.PenStyle.DotLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(mark, 2.5, 2.5)
    painter.setPen(QColor(theme.text))
    painter.drawText(QPointF(x + 18, baseline), text)
