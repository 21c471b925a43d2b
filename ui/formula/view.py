"""A widget that shows lines of boxes: breaks a line before its `=` signs where it is too wide, never crops."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..theme import DARK, Theme
from .boxes import Box, Face, Line
from .layout import Placed, place
from .typeset import FontMetrics, paint

LINE_GAP = 0.35  # between lines, in em
KEPT_BREAKS = 8  # widths whose line breaks are kept
SMALLEST = 6.0  # pixels per em, where nothing else helps
TALL_GAP = 0.7  # beside a line with a fraction or a matrix


@dataclass(frozen=True, slots=True)
class _Set:
    """A line of the screen: what stands on it, from x on."""

    pieces: tuple[tuple[float, Placed], ...]
    ascent: float
    descent: float


class FormulaView(QWidget):
    """Formulas under each other, as high as its width makes them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = DARK
        self._lines: tuple[Line, ...] = ()
        self._metrics = FontMetrics()
        # Qt asks for the height at several widths before it settles on one.
        self._broken: dict[int, list[_Set]] = {}
        self._placed: dict[tuple[Box, float, Face], Placed] = {}
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
        self._placed.clear()
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
        lines = self._break(width)
        return round(sum(line.ascent + line.descent for line in lines) + sum(self._gaps(lines))) + 2

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
        lines = self._break(self.width())
        y = 1.0
        for line, gap in zip(lines, [*self._gaps(lines), 0.0], strict=False):
            y += line.ascent
            for x, placed in line.pieces:
                paint(painter, placed, QPointF(x, y), self._theme)
            y += line.descent + gap
        painter.end()

    # -- breaking ------------------------------------------------------------------------------------------------

    def _gaps(self, lines: list[_Set]) -> list[float]:
        """The space after each line but the last."""
        em = self._em()
        tall = [line.ascent + line.descent > 1.7 * em for line in lines]
        return [em * (TALL_GAP if a or b else LINE_GAP) for a, b in pairwise(tall)]

    def _em(self) -> float:
        return QFontMetricsF(self.font()).height() * 0.86

    def _break(self, width: int) -> list[_Set]:
        if width not in self._broken:
            if len(self._broken) >= KEPT_BREAKS:
                self._broken.clear()
            self._broken[width] = [part for line in self._lines for part in self._break_line(line, width)]
        return self._broken[width]

    def _break_line(self, line: Line, width: float) -> list[_Set]:
        size = self._em() * line.scale
        head = None if line.head is None else self._place(line.head, size, line.face)
        indent = 0.0 if head is None else head.width + 0.9 * size
        for segments in (line.segments, *line.shorter):
            placed = [self._place(box, size, line.face) for box in segments]
            widest = max((part.width for part in placed), default=0.0)
            if indent + widest <= width:
                break
        else:
            # Nothing fits: give up the hanging indent, then the size.
            indent = min(indent, size)
            smaller = size
            while indent + widest > width and smaller > SMALLEST:
                # Fonts come in whole pixels, so that widths do not shrink in proportion.
                smaller -= 1
                placed = [self._place(box, smaller, line.face) for box in segments]
                widest = max((part.width for part in placed), default=0.0)
        space = 0.45 * size
        rows: list[list[tuple[float, Placed]]] = [[] if head is None else [(0.0, head)]]
        x = indent if head is None or head.width <= indent else head.width + space
        for part in placed:
            if x + part.width > width and rows[-1] and (x > indent or head is not None):
                rows.append([])
                x = indent + (0.0 if head is not None else size)
            rows[-1].append((x, part))
            x += part.width + space
        return [_Set(tuple(row), max(p.ascent for _, p in row), max(p.descent for _, p in row)) for row in rows if row]

    def _place(self, box: Box, size: float, face: Face) -> Placed:
        key = (box, size, face)
        if key not in self._placed:
            self._placed[key] = place(box, self._metrics, size, face)
        return self._placed[key]
