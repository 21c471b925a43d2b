"""The step panel on paper: the rule of a step, the same with numbers, what arrived, and why this node ran now.

The lines are the step panel's own (`ui.step_panel.lines`), set and painted by the same code as on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from engine.trace import NONE, Trace
from ui.canvas.picture.fonts import Fonts
from ui.formula.boxes import Line
from ui.formula.column import SetLine, Setter, height, paint_lines
from ui.naming import Names
from ui.step_panel.facts import StepFacts, gather
from ui.step_panel.lines import accumulation_lines, arrival_lines, number_lines, rule_lines, saved_lines, seed_lines
from ui.stepping import PassSteps
from ui.theme import Theme, mix
from ui.values import ShortValue, short, short_of

from .wrapping import wrapped

EM = 15.0  # pixels per em of formulas at scale 1
PADDING = 14.0
GAP = 12.0  # between formulas of different kinds
LINE = 18.0  # of running text
HEADING = 26.0


@dataclass(frozen=True, slots=True)
class _Content:
    """One position's panel, set at a width."""

    heading: str
    node: tuple[str, ...]
    blocks: tuple[list[SetLine], ...]
    words: tuple[tuple[str, str], ...]  # lines of running text, each with its role

    @property
    def height(self) -> float:
        """Of everything, with the card's padding."""
        blocks = sum(height(block, EM) + GAP for block in self.blocks)
        return PADDING + self.head + blocks + LINE * len(self.words) + PADDING

    @property
    def head(self) -> float:
        """Height of the lines above the formulas."""
        return HEADING + LINE * (len(self.node) - 1)


class PaperPanel:
    """The panel of a pass at a width; it belongs to one thread, as its fonts do."""

    def __init__(self, trace: Trace, steps: PassSteps, fonts: Fonts, width: float) -> None:
        self._trace, self._steps, self._fonts, self.width = trace, steps, fonts, width
        self._names, self._setter = Names.of(trace), Setter()
        self._content = lru_cache(maxsize=8)(self._set)

    def height(self, position: int) -> float:
        """What a position needs."""
        return self._content(position).height

    def text(self, position: int) -> str:
        """Everything it says, in letters."""
        facts = gather(self._trace, self._steps, position, self._names)
        lines = [line.plain() for block in self._lines(facts) for line in block]
        return "\n".join([*_title(facts), *lines, facts.why])

    def paint(self, painter: QPainter, theme: Theme, position: int, height_: float) -> None:
        """Paint the card from (0, 0) on, `height_` high."""
        content, fonts = self._content(position), self._fonts
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.setBrush(QColor(mix(theme.panel, theme.background, 0.3)))
        painter.drawRoundedRect(QRectF(0.5, 0.5, self.width - 1, height_ - 1), 8, 8)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        y = PADDING + 14.0
        painter.setFont(fonts.second)
        painter.setPen(QColor(theme.dim))
        painter.drawText(QPointF(PADDING, y), content.heading)
        painter.setFont(fonts.title)
        painter.setPen(QColor(theme.text))
        beside = PADDING + fonts.width(fonts.second, content.heading) + 12
        for row, line in enumerate(content.node):
            painter.drawText(QPointF(beside, y + LINE * row), line)
        y = PADDING + content.head
        for block in content.blocks:
            paint_lines(painter, block, QPointF(PADDING, y), EM, theme)
            y += height(block, EM) + GAP
        painter.setFont(fonts.second)
        for row, (text, role) in enumerate(content.words, 1):
            painter.setPen(QColor(getattr(theme, role)))
            painter.drawText(QPointF(PADDING, y + LINE * row - 5), text)

    def _set(self, position: int) -> _Content:
        facts = gather(self._trace, self._steps, position, self._names)
        room, fonts = self.width - 2 * PADDING, self._fonts
        self._setter.forget()
        blocks = (self._setter.broken(lines, room, EM) for lines in self._lines(facts) if lines)
        heading, node = _title(facts)
        beside = room - fonts.width(fonts.second, heading) - 12
        named = wrapped(node, lambda text: fonts.width(fonts.title, text), beside)
        failure = facts.failure
        said = [(facts.place, "dim"), (facts.why, "dim")]
        if failure is not None:
            said.append((f"{failure.title}: {failure.message}", "error"))
        words = [(line, role) for text, role in said for line in wrapped(text, fonts.second_width, room)]
        return _Content(heading, tuple(named), tuple(blocks), tuple(words))

    def _lines(self, facts: StepFacts) -> tuple[tuple[Line, ...], ...]:
        if facts.node == NONE:
            return (seed_lines(facts, self._short),)
        if facts.accumulation is not None:
            return rule_lines(facts), accumulation_lines(facts.accumulation, self._short)
        arrivals = arrival_lines(facts.arrivals, self._short, self._sum, facts.position)
        return rule_lines(facts), number_lines(facts, self._short), arrivals, saved_lines(facts)

    def _short(self, handle: int) -> ShortValue | None:
        return None if handle == NONE else short(self._trace.array(handle), self._trace.values.get(handle))

    def _sum(self, handles: list[int]) -> ShortValue | None:
        parts = [value for value in map(self._trace.values.get, handles) if value is not None]
        if len(parts) < len(handles):
            return None
        with np.errstate(all="ignore"):
            return short_of(np.sum(np.stack(parts), axis=0, dtype=parts[0].dtype))


def _title(facts: StepFacts) -> tuple[str, str]:
    if facts.node == NONE:
        return "SEED", "before the first step"
    return f"STEP {facts.position:,} OF {facts.count:,}", f"{facts.op}   {facts.label}".rstrip()
