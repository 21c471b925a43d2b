"""A widget that shows lines of boxes, as wide as it is and as high as they need."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..theme import DARK, Theme
from .boxes import Line
from .column import SetLine, Setter, height, paint_lines

KEPT_BREAKS = 8  # widths whose line breaks are kept


class FormulaView(QWidget):
    """Formulas under each other, as high as its width makes them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = DARK
        self._lines: tuple[Line, ...] = ()
        self._setter = Setter()
        # Qt asks for the height at several widths before it settles on one.
        self._broken: dict[int, list[SetLine]] = {}
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def set_lines(self, lines: tuple[Line, ...]) -> None:
        """Show other lines."""
        if lines == self._lines:
            return
        self._lines = lines
        self._broken.clear()
        self._setter.forget()
        self.setAccessibleName(self.text())
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """Everything shown, in letters."""
        return "\n".join(line.plain() for line in self._lines)

    # -- Qt ------------------------------------------------------------------------------------------------------

    def hasHeightForWidth(self) -> bool:
        """The height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Room for all lines broken at `width`."""
        return round(height(self._break(width), self._em())) + 2

    def sizeHint(self) -> QSize:
        """The size at the present width."""
        width = max(self.width(), 160)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Formulas break, so a narrow dock is fine."""
        return QSize(120, self.heightForWidth(max(self.width(), 120)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines."""
        painter = QPainter(self)
        paint_lines(painter, self._break(self.width()), QPointF(0.0, 1.0), self._em(), self._theme)
        painter.end()

    def _em(self) -> float:
        return QFontMetricsF(self.font()).height() * 0.86

    def _break(self, width: int) -> list[SetLine]:
        if width not in self._broken:
            if len(self._broken) >= KEPT_BREAKS:
                self._broken.clear()
            self._broken[width] = self._setter.broken(self._lines, width, self._em())
        return self._broken[width]
