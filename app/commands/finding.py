"""The verbs for finding one's way in the graph: search, trace, sub-graphs in tabs. It acts through the view state."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from ui.naming import Names
from ui.tracing import DISTANCES, Direction, Tracing

if TYPE_CHECKING:
    from ..window.main_window import MainWindow

NO_PATH = "No path leads from one of the two to the other."


class Finding(QObject):
    """One method per action, as in `Commands`."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.tracing = Tracing(window.view_state, self)

    def find(self) -> None:
        """Type into the search."""
        self._window.area.search.open()

    def trace_ancestors(self) -> None:
        """Light what the selection was made from."""
        self.tracing.start(Direction.ANCESTORS)

    def trace_descendants(self) -> None:
        """Light what was made from the selection."""
        self.tracing.start(Direction.DESCENDANTS)

    def trace_both(self) -> None:
        """Light both."""
        self.tracing.start(Direction.BOTH)

    def trace_path(self) -> None:
        """Light a shortest path between the two nodes selected last."""
        if not self.tracing.light_path():
            self._window.say(NO_PATH)

    def trace_distance(self, menu: QMenu) -> None:
        """How far a trace goes."""
        group = QActionGroup(menu)
        for operations, text in DISTANCES.items():
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(operations == self.tracing.distance)
            action.triggered.connect(partial(self._set_distance, operations))
            group.addAction(action)

    def _set_distance(self, operations: int, *_: object) -> None:
        self.tracing.set_distance(operations)

    def clear_selection(self) -> None:
        """Light everything again; where nothing is dimmed, select nothing. A walk is over."""
        self._window.canvas.navigation.end_walk()
        if self._window.view_state.shown.lit is not None:
            self.tracing.stop()
        else:
            self._window.view_state.select(())

    def show_only(self) -> None:
        """What is lit in a tab of its own, else the selection with its ancestors and descendants."""
        state = self._window.view_state
        if state.shown.lit is not None:
            self._window.area.tabs.open(self._title("lit"), state.shown.lit)
        elif state.selection:
            self._window.area.tabs.open(self._title("around"), self.tracing.relatives(Direction.BOTH))

    def close_tab(self) -> None:
        """Back from a sub-graph to the graph."""
        self._window.area.tabs.close_current()

    def _title(self, what: str) -> str:
        """`Around y`, `Ancestors of y`, `12 nodes`."""
        state = self._window.view_state
        lit, selected = state.shown.lit, state.selection
        if not selected or (lit is not None and selected[-1] not in lit):
            return f"{len(lit or ()):,} nodes"
        name = Names.of(state.trace).with_output(selected[-1])
        direction = self.tracing.direction
        if what == "lit" and direction is not None and direction is not Direction.BOTH:
            return f"{direction.value.capitalize()} of {name}"
        return f"Around {name}"
