"""Lines of mathematics under each other: broken before their `=` signs where they are too wide, never cropped.

The panel on the screen and the exported files set and paint their formulas with this.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from ..theme import Theme
from .boxes import Box, Face, Line
from .layout import Placed, place
from .typeset import FontMetrics, paint

LINE_GAP = 0.35  # between lines, in em
SMALLEST = 6.0  # pixels per em, where nothing else helps
TALL_GAP = 0.7  # beside a line with a fraction or a matrix


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line of the screen: what stands on it, from x on."""

    pieces: tuple[tuple[float, Placed], ...]
    ascent: float
    descent: float

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.ascent + self.descent


class Setter:
    """Sets lines at `em` pixels per em. Qt asks for the same at several widths, so that what is placed is kept."""

    def __init__(self) -> None:
        self._metrics = FontMetrics()
        self._placed: dict[tuple[Box, float, Face], Placed] = {}

    def forget(self) -> None:
        """Other lines come now."""
        self._placed.clear()

    def broken(self, lines: Iterable[Line], width: float, em: float) -> list[SetLine]:
        """All lines, broken at `width`."""
        return [part for line in lines for part in self._break_line(line, width, em)]

    def _break_line(self, line: Line, width: float, em: float) -> list[SetLine]:
        size = em * line.scale
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
        return [
            SetLine(tuple(row), max(p.ascent for _, p in row), max(p.descent for _, p in row)) for row in rows if row
        ]

    def _place(self, box: Box, size: float, face: Face) -> Placed:
        key = (box, size, face)
        if key not in self._placed:
            self._placed[key] = place(box, self._metrics, size, face)
        return self._placed[key]


def height(lines: Sequence[SetLine], em: float) -> float:
    """Of all lines, with the gaps between them."""
    return sum(line.height for line in lines) + sum(_gaps(lines, em))


def paint_lines(painter: QPainter, lines: Sequence[SetLine], origin: QPointF, em: float, theme: Theme) -> None:
    """Paint lines under each other, from their upper left corner."""
    y = origin.y()
    for line, gap in zip(lines, [*_gaps(lines, em), 0.0], strict=False):
        y += line.ascent
        for x, placed in line.pieces:
            paint(painter, placed, QPointF(origin.x() + x, y), theme)
        y += line.descent + gap


def _gaps(lines: Sequence[SetLine], em: float) -> list[float]:
    """The space after each line but the last."""
    tall = [line.height > 1.7 * em for line in lines]
    return [em * (TALL_GAP if a or b else LINE_GAP) for a, b in pairwise(tall)]
