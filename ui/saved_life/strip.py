"""The lives of saved tensors as strips: a line per tensor, a mark for everything that happened to it.

A mark can be clicked; with the keyboard, Tab goes from mark to mark and Enter goes where it leads.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ..style import monospace
from ..theme import DARK, Theme
from ..words import GoTo
from .life import Life
from .marks import Marked, heading, marks_of, paint_mark

LEAST_MARK = 84.0  # pixels of width a mark needs for its words
GAP = 10.0


class SavedLives(QWidget):
    """Strips under each other. `chosen` tells the `GoTo` of the mark that was chosen."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._theme: Theme = DARK
        self._lives: tuple[tuple[Life, str], ...] = ()
        self._focused = -1  # the mark that the keyboard is at
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self._code = monospace()
        self._code.setPointSizeF(self._code.pointSizeF() * 0.94)
        self._small = QFont(self._code)
        self._small.setPointSizeF(self._code.pointSizeF() * 0.9)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def set_lives(self, lives: tuple[tuple[Life, str], ...]) -> None:
        """Show these, each with its value in few characters."""
        if lives == self._lives:
            return
        self._lives, self._focused = lives, -1
        self.setAccessibleName(self.text())
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """Everything shown, in letters."""
        return "\n".join(life.text() if not value else f"{life.text()} = {value}" for life, value in self._lives)

    # -- geometry ------------------------------------------------------------------------------------------------

    @property
    def strip_height(self) -> float:
        """Of one strip: its heading, the marks, two lines of words."""
        return QFontMetricsF(self._code).height() + 16 + 2 * QFontMetricsF(self._small).height() + GAP

    def sizeHint(self) -> QSize:
        """As high as its strips."""
        return QSize(240, round(self.strip_height * len(self._lives)))

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(120, round(self.strip_height * len(self._lives)))

    def marks(self) -> list[Marked]:
        """All marks at the present width."""
        height, found = self.strip_height, []
        for index, (life, _) in enumerate(self._lives):
            top = index * height + QFontMetricsF(self._code).height() + 10
            most = max(3, int(self.width() / LEAST_MARK))
            found += marks_of(life, top, float(self.width()), most, LEAST_MARK)
        return found

    def _mark_at(self, point: QPointF) -> int:
        for index, mark in enumerate(self.marks()):
            if self._area(mark).contains(point):
                return index
        return -1

    def _area(self, mark: Marked) -> QRectF:
        return QRectF(mark.left, mark.y - 10, mark.width, 18 + 2 * QFontMetricsF(self._small).height())

    # -- painting ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Headings, then lines and marks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        code, small = QFontMetricsF(self._code), QFontMetricsF(self._small)
        for index, (life, value) in enumerate(self._lives):
            y = index * self.strip_height
            painter.setFont(self._code)
            heading(painter, QRectF(0, y, self.width(), code.height()), life, value, self._theme)
        painter.setFont(self._small)
        marks = self.marks()
        for index, mark in enumerate(marks):
            following = marks[index + 1] if index + 1 < len(marks) and marks[index + 1].y == mark.y else None
            paint_mark(painter, mark, following, small.height(), self._theme)
            if index == self._focused and self.hasFocus():
                painter.setPen(QPen(QColor(self._theme.accent), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(self._area(mark).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()

    # -- choosing ------------------------------------------------------------------------------------------------

    def _choose(self, index: int) -> None:
        marks = self.marks()
        if 0 <= index < len(marks) and marks[index].moment.goes != GoTo():
            self.chosen.emit(marks[index].moment.goes)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click goes there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self._mark_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand over what can be clicked."""
        over = self._mark_at(event.position()) >= 0
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def event(self, event: QEvent) -> bool:
        """The tool tip tells the whole life."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = int(event.pos().y() / self.strip_height) if self._lives else 0
            life = self._lives[index][0] if index < len(self._lives) else None
            QToolTip.showText(event.globalPos(), "" if life is None else life.text(), self)
            return True
        return super().event(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab goes through the marks before it leaves."""
        count, following = len(self.marks()), self._focused + (1 if next else -1)
        if 0 <= following < count:
            self._focused = following
            self.update()
            return True
        self._focused = -1
        self.update()
        return super().focusNextPrevChild(next)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes where the mark leads."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(max(self._focused, 0))
        else:
            super().keyPressEvent(event)
