"""What the window is looking at: a trace, a position in one of its passes, a selection. The docks share only this.

Widgets listen to three signals and act only through the setters, which ignore an equal value, so that no two widgets
can send each other in circles. It must not know any widget, nor where the trace comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.trace import NONE, Trace

from .stepping import PassSteps


class ViewState(QObject):
    """Trace, step and selection.

    `step` is a pair (pass, position): position 0 shows the seed, position k the k-th node of the pass as "now",
    position N the finished pass.
    """

    trace_changed = Signal()
    step_changed = Signal()
    selection_changed = Signal()

    def __init__(self, trace: Trace | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._trace = trace if trace is not None else Trace()
        self._pass = NONE
        self._position = 0
        self._selection: tuple[int, ...] = ()
        self._steps: PassSteps | None = None
        self._fetch: Callable[[int], None] | None = None

    # -- trace ---------------------------------------------------------------------------------------------------

    @property
    def trace(self) -> Trace:
        """The session's record. Read it; it grows behind this view's back and `trace_changed` follows."""
        return self._trace

    def set_trace(self, trace: Trace) -> None:
        """Show another trace, from its beginning."""
        if trace is self._trace:
            return
        self._trace, self._steps = trace, None
        self._pass, self._position, self._selection = NONE, 0, ()
        self.trace_changed.emit()
        self.step_changed.emit()
        self.selection_changed.emit()

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
