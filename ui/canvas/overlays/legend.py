"""The legend: what the colours of a pass mean. Shown over the canvas while a pass is shown."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from ...theme import Theme
from ..painting.legend_painter import LegendFacts, LegendPainter

_FADED = 0.15


class Legend(QWidget):
    """The ramp with its range, and the marks of done, now, ready and waiting."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Legend")
        self._theme = theme
        self._looks: tuple[object, ...] = ()  # what the pixels show
        self._pixels = QPixmap()
        self._seen_through = self._brief = False
        self.show_facts(LegendFacts("1", "1"))

    def set_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.update()

    def show_facts(self, facts: LegendFacts) -> None:
        """Say what the colours mean now."""
        self._facts = facts
        self.setAccessibleDescription(facts.spoken())
        self.set_brief(self._brief)

    def set_brief(self, brief: bool) -> None:
        """Show the ramp alone, where there is no room for more."""
        self._brief = brief
        self.resize(self.size_if(brief=brief))
        self.update()

    def size_if(self, *, brief: bool) -> QSize:
        """How large it is with all that it says, or `brief`."""
        return self._painter().size(self._facts, brief=brief).toSize()

    def set_seen_through(self, seen_through: bool) -> None:
        """Fade, while the pointer is at a box that lies under the legend."""
        if seen_through != self._seen_through:
            self._seen_through = seen_through
            self.update()

    def _painter(self) -> LegendPainter:
        font = QFont(self.font())
        font.setPixelSize(max(10, round(QFontMetricsF(self.font()).height() * 0.72)))
        return LegendPainter(font)

    def sizeHint(self) -> QSize:
        """As large as the texts need."""
        return self.size_if(brief=self._brief)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card, which lies over the graph and is uncovered by every step: kept as pixels between changes."""
        ratio = self.devicePixelRatioF()
        looks = (self._facts, self._theme, self.size(), ratio, self.font())
        if looks != self._looks:
            self._looks = looks
            self._pixels = QPixmap(self.size() * ratio)
            self._pixels.setDevicePixelRatio(ratio)
            self._pixels.fill(Qt.GlobalColor.transparent)
            drawing = QPainter(self._pixels)
            self._painter().paint(drawing, self._theme, self._facts, brief=self._brief)
            drawing.end()
        painter = QPainter(self)
        painter.setOpacity(_FADED if self._seen_through else 1.0)
        painter.drawPixmap(0, 0, self._pixels)
        painter.end()
