"""Tracing: what the selection was made from and what was made from it is lit, the rest dimmed. Acts on the view state.

While a trace is on it follows the selection and the growing graph; it ends with the selection, or by `stop`.
"""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QObject, QTimer

from . import reach
from .view_state import ViewState

DISTANCES = {1: "1 operation", 2: "2 operations", 3: "3 operations", reach.ALL: "All the way"}


class Direction(Enum):
    """Which way to look from the selection; the value is what people call it."""

    ANCESTORS = "ancestors"
    DESCENDANTS = "descendants"
    BOTH = "ancestors and descendants"


class Tracing(QObject):
    """The trace of one view state."""

    def __init__(self, view_state: ViewState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = view_state
        self.direction: Direction | None = None
        self.distance = reach.ALL
        self._lit: frozenset[int] | None = None
        self._pending = QTimer(self, interval=0, singleShot=True)
        self._pending.timeout.connect(self._relight)
        view_state.selection_changed.connect(self._follow_selection)
        view_state.trace_changed.connect(self._follow_trace)

    def start(self, direction: Direction) -> None:
        """Light the selection's relatives; asked for again, light everything again."""
        if self.direction is direction and self._state.shown.lit is not None:
            self.stop()
            return
        self.direction = direction
        self._relight()

    def stop(self) -> None:
        """Light everything, whoever had dimmed it."""
        self.direction = self._lit = None
        self._state.light(None)

    def set_distance(self, operations: int) -> None:
        """How many operations away from the selection nodes are lit."""
        self.distance = operations
        self._relight()

    def light_path(self) -> bool:
        """Light a shortest path between the two nodes selected last; False, and nothing is changed, without one."""
        if len(self._state.selection) < 2:
            return False
        first, second = self._state.selection[-2:]
        trace = self._state.trace
        found = reach.path(trace, first, second) or reach.path(trace, second, first)
        if found:
            self.direction, self._lit = None, None
            self._state.light(found)
        return bool(found)

    def relatives(self, direction: Direction) -> set[int]:
        """The selection with what is that way of it, as far as `distance`."""
        trace = self._state.trace
        start = reach.with_companions(trace, self._state.selection)
        found = set(start)
        if direction is not Direction.DESCENDANTS:
            found |= reach.ancestors(trace, start, self.distance)
        if direction is not Direction.ANCESTORS:
            found |= reach.descendants(trace, start, self.distance)
        return found

    def _relight(self) -> None:
        if self.direction is not None and self._state.selection:
            self._lit = frozenset(self.relatives(self.direction))
            self._state.light(self._lit)

    def _follow_selection(self) -> None:
        if self._is_shown():
            if self._state.selection:
                self._relight()
            else:
                self.stop()

    def _follow_trace(self) -> None:
        if self._is_shown():
            self._pending.start()  # batches come many times a second while a cell runs

    def _is_shown(self) -> bool:
        """Whether what this trace lit is what is lit now: a search, or another tab, may light something else."""
        return self.direction is not None and self._lit is not None and self._state.shown.lit == self._lit
