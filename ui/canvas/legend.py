"""The legend: what the colours of a pass mean. Shown over the canvas while a pass is shown."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ..theme import Theme
from ..values import number
from .legend_painter import LegendFacts, LegendPainter


class Legend(QWidget):
    """The ramp with its range, and the marks of done, now, ready and waiting."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Legend")
        self._theme = theme
        self._facts = LegendFacts("", "")
        self.set_range(1.0, 1.0, broken=False)

    def set_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.update()

    def set_range(self, smallest: float, largest: float, *, broken: bool) -> None:
        """The gradient norms at the ramp's ends; `broken`: some gradient of the pass is not finite."""
        self._facts = LegendFacts(number(smallest), number(largest), broken)
        self.setAccessibleDescription(
            f"Gradient norms from {self._facts.smallest} to {self._facts.largest} on a logarithmic scale; boxes are "
            f"done, now, ready or waiting{'; some gradients are not finite' if broken else ''}"
        )
        self.resize(self.sizeHint())
        self.update()

    def _painter(self) -> LegendPainter:
        font = QFont(self.font())
        font.setPixelSize(max(10, round(QFontMetricsF(self.font()).height() * 0.72)))
        return LegendPainter(font)

    def sizeHint(self) -> QSize:
        """As large as the texts need."""
        return self._painter().size(self._facts).toSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        painter = QPainter(self)
        self._painter().paint(painter, self._theme, self._facts)
        painter.end()
