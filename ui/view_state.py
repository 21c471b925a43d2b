"""What the window is looking at: a trace, a step of a pass, a selection, and how much of the graph is shown.

The docks share only this. Widgets listen to four signals and act only through the setters, which ignore an equal
value, so that no two widgets can send each other in circles. It must not know any widget, nor where the trace comes
from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.trace import NONE, Trace

from .shown_state import Grouping, Hidden, ShownState
from .stepping import PassSteps


class ViewState(QObject):
    """Trace, step, selection and what is shown.

    `step` is a pair (pass, position): position 0 shows the seed, position k the k-th node of the pass as "now",
    position N the finished pass.
    """

    trace_changed = Signal()
    step_changed = Signal()
    selection_changed = Signal()
    shown_changed = Signal()

    def __init__(self, trace: Trace | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._trace = trace if trace is not None else Trace()
        self._pass = NONE
        self._position = 0
        self._selection: tuple[int, ...] = ()
        self._shown = ShownState()
        self._steps: PassSteps | None = None
        self._fetch: Callable[[int], None] | None = None

    # -- trace ---------------------------------------------------------------------------------------------------

    @property
    def trace(self) -> Trace:
        """The session's record. Read it; it grows behind this view's back and `trace_changed` follows."""
        return self._trace

    def set_trace(self, trace: Trace) -> None:
        """Show another trace, from its beginning; the kind of groups and of what is hidden stay as they were."""
        if trace is self._trace:
            return
        self._trace, self._steps = trace, None
        self._pass, self._position, self._selection = NONE, 0, ()
        before, self._shown = self._shown, ShownState(self._shown.grouping, hidden=self._shown.hidden)
        self.trace_changed.emit()
        self.step_changed.emit()
        self.selection_changed.emit()
        if self._shown != before:
            self.shown_changed.emit()

    def trace_grew(self) -> None:
        """Tell the docks that rows or array values were added."""
        self.trace_changed.emit()

    def value(self, handle: int) -> NDArray[np.generic] | None:
        """The recorded array, or None while it is not here; asking starts fetching it (`trace_changed` follows)."""
        if handle == NONE:
            return None
        found = self._trace.values.get(handle)
        if found is None and self._fetch is not None:
            self._fetch(handle)
        return found

    def set_fetch(self, fetch: Callable[[int], None]) -> None:
        """Install what brings an array that stayed in the kernel or the file."""
        self._fetch = fetch

    # -- step ----------------------------------------------------------------------------------------------------

    @property
    def pass_id(self) -> int:
        """The pass shown, or NONE."""
        return self._pass

    @property
    def position(self) -> int:
        """The position within the pass, 0 to `step_count`."""
        return self._position

    @property
    def step_count(self) -> int:
        """Executed nodes of the shown pass."""
        steps = self.steps
        return 0 if steps is None else steps.count

    @property
    def steps(self) -> PassSteps | None:
        """The shown pass, indexed for stepping; None when no pass is shown."""
        # The trace may have grown before `trace_grew` said so.
        if self._pass != NONE and (self._steps is None or self._steps.is_stale(self._trace)):
            self._steps = PassSteps(self._trace, self._pass)
        return self._steps

    def set_step(self, pass_id: int, position: int) -> None:
        """Show `position` of `pass_id` (NONE: show no pass). Positions outside the pass are brought to its ends."""
        if pass_id != NONE and not 0 <= pass_id < len(self._trace.passes):
            raise IndexError(f"there is no pass {pass_id}")
        steps = self._steps if pass_id == self._pass else None
        if steps is None and pass_id != NONE:
            steps = PassSteps(self._trace, pass_id)
        position = 0 if steps is None else min(max(position, 0), steps.count)
        if (pass_id, position) == (self._pass, self._position):
            return
        self._pass, self._position, self._steps = pass_id, position, steps
        self.step_changed.emit()

    def set_position(self, position: int) -> None:
        """Move within the shown pass."""
        self.set_step(self._pass, position)

    # -- selection -----------------------------------------------------------------------------------------------

    @property
    def selection(self) -> tuple[int, ...]:
        """Selected nodes of the trace, in the order they were selected; the last one is the inspector's."""
        return self._selection

    def select(self, nodes: Iterable[int]) -> None:
        """Select exactly these nodes; ids the trace does not have are left out."""
        count = len(self._trace.nodes)
        chosen = tuple(dict.fromkeys(node for node in nodes if 0 <= node < count))
        if chosen != self._selection:
            self._selection = chosen
            self.selection_changed.emit()

    # -- what is shown -------------------------------------------------------------------------------------------

    @property
    def shown(self) -> ShownState:
        """Groups, closed ones, what is hidden, lit or shown alone."""
        return self._shown

    def set_shown(self, shown: ShownState) -> None:
        """Show exactly this."""
        if shown != self._shown:
            self._shown = shown
            self.shown_changed.emit()

    def set_grouping(self, grouping: Grouping) -> None:
        """Gather nodes otherwise. Closed groups of the old kind are closed again when it is chosen again."""
        self.set_shown(replace(self._shown, grouping=grouping, root=""))

    def set_collapsed(self, keys: Iterable[str]) -> None:
        """Close exactly these groups."""
        self.set_shown(replace(self._shown, collapsed=frozenset(keys)))

    def collapse(self, keys: Iterable[str]) -> None:
        """Close these groups too."""
        self.set_collapsed(self._shown.collapsed.union(keys))

    def expand(self, keys: Iterable[str]) -> None:
        """Open these groups."""
        self.set_collapsed(self._shown.collapsed.difference(keys))

    def set_hidden(self, kind: Hidden, hidden: bool) -> None:
        """Leave a kind of node out of the picture, or take it in again."""
        change = self._shown.hidden.union if hidden else self._shown.hidden.difference
        self.set_shown(replace(self._shown, hidden=change((kind,))))

    def light(self, nodes: Iterable[int] | None) -> None:
        """Dim everything but these nodes of the trace; None: dim nothing."""
        self.set_shown(replace(self._shown, lit=None if nodes is None else frozenset(nodes)))

    def set_root(self, key: str) -> None:
        """Show one group alone; "": all of the graph."""
        self.set_shown(replace(self._shown, root=key))

    def show_only(self, nodes: Iterable[int] | None) -> None:
        """Show a sub-graph alone; None: all of the graph."""
        self.set_shown(replace(self._shown, only=None if nodes is None else frozenset(nodes)))
