"""What the window is looking at: a trace, a place in a walk, a selection, and how much of the graph is shown.

The docks share only this. Widgets listen to six signals and act only through the setters, which ignore an equal
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

from .breakpoints.model import Breakpoint
from .breakpoints.walk_hits import hits_of
from .shown_state import Grouping, Hidden, ShownState
from .stepping import (
    BEGINNING,
    NO_WALK,
    ForwardSteps,
    Grain,
    PassSteps,
    Place,
    Steps,
    Walk,
    WalkKind,
    back,
    onward,
    settled,
)


class ViewState(QObject):
    """Trace, place, selection and what is shown.

    A walk is a pass or a cell's forward pass; `place` says which of its steps are "now", `position` is the last of
    them: 0 shows the beginning (of a pass: the seed), k the k-th node as "now", N the end.
    """

    trace_changed = Signal()
    step_changed = Signal()
    selection_changed = Signal()
    shown_changed = Signal()
    breakpoints_changed = Signal()
    line_wanted = Signal(int, int)  # source, line: somebody asks to see it

    def __init__(self, trace: Trace | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._trace = trace if trace is not None else Trace()
        self._walk, self._grain, self._place = NO_WALK, Grain.NODE, BEGINNING
        self._breakpoints: tuple[Breakpoint, ...] = ()
        self._selection: tuple[int, ...] = ()
        self._shown = ShownState()
        self._steps: Steps | None = None
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
        self._walk, self._place, self._selection = NO_WALK, BEGINNING, ()
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
    def walk(self) -> Walk:
        """What is walked; `NO_WALK` for nothing."""
        return self._walk

    @property
    def pass_id(self) -> int:
        """The pass that is walked, or NONE."""
        return self._walk.pass_id

    @property
    def grain(self) -> Grain:
        """How far one step goes."""
        return self._grain

    @property
    def place(self) -> Place:
        """The place in the walk, one of those of the grain."""
        return self._place

    @property
    def position(self) -> int:
        """The last step that is "now", 0 to `step_count`."""
        return self._place.last

    @property
    def step_count(self) -> int:
        """Steps of the walk."""
        steps = self.steps
        return 0 if steps is None else steps.count

    @property
    def steps(self) -> Steps | None:
        """The walk, indexed for stepping; None when nothing is walked."""
        # The trace may have grown before `trace_grew` said so.
        if self._walk != NO_WALK and (self._steps is None or self._steps.is_stale(self._trace)):
            self._steps = self._indexed(self._walk)
        return self._steps

    @property
    def pass_steps(self) -> PassSteps | None:
        """The walk where it is a pass, else None."""
        steps = self.steps
        return steps if isinstance(steps, PassSteps) else None

    def _indexed(self, walk: Walk) -> Steps:
        forward = walk.kind is WalkKind.FORWARD
        return ForwardSteps(self._trace, walk.id) if forward else PassSteps(self._trace, walk.id)

    def set_walk(self, walk: Walk, place: Place | int = 0) -> None:
        """Walk something else, from `place` on, brought to the grain. `IndexError`: there is no such pass or cell."""
        if walk.id == NONE:
            walk = NO_WALK
        table = self._trace.passes if walk.kind is WalkKind.PASS else self._trace.cells
        if walk.id != NONE and not 0 <= walk.id < len(table):
            raise IndexError(f"there is no {walk.kind.value} {walk.id}")
        steps = self.steps if walk == self._walk else self._indexed(walk) if walk != NO_WALK else None
        wanted = place if isinstance(place, Place) else Place(place, place)
        found = BEGINNING if steps is None else settled(steps, wanted, self._grain)
        if (walk, found) != (self._walk, self._place):
            self._walk, self._place, self._steps = walk, found, steps
            self.step_changed.emit()

    def set_step(self, pass_id: int, position: int) -> None:
        """Show `position` of `pass_id` (NONE: show no pass). Positions outside the pass are brought to its ends."""
        self.set_walk(Walk(WalkKind.PASS, pass_id), position)

    def set_position(self, position: int) -> None:
        """Move within the walk."""
        self.set_walk(self._walk, position)

    def set_place(self, place: Place) -> None:
        """Move within the walk, as near to `place` as the grain allows."""
        self.set_walk(self._walk, place)

    def set_grain(self, grain: Grain) -> None:
        """Step further or less far at once; the place stays as near as the new grain allows."""
        if grain is self._grain:
            return
        self._grain, steps = grain, self.steps
        if steps is not None:
            self._place = settled(steps, self._place, grain)
        self.step_changed.emit()

    def go_on(self) -> bool:
        """To the next place; False at the end."""
        steps = self.steps
        return self._go(None if steps is None else onward(steps, self._place, self._grain))

    def go_back(self) -> bool:
        """To the place before; False at the beginning."""
        steps = self.steps
        return self._go(None if steps is None else back(steps, self._place, self._grain))

    def _go(self, place: Place | None) -> bool:
        if place is not None:
            self.set_place(place)
        return place is not None

    # -- breakpoints ---------------------------------------------------------------------------------------------

    @property
    def breakpoints(self) -> tuple[Breakpoint, ...]:
        """What is watched, in the order it was set."""
        return self._breakpoints

    def set_breakpoints(self, breakpoints: Iterable[Breakpoint]) -> None:
        """Watch exactly these."""
        chosen = tuple(breakpoints)
        if chosen != self._breakpoints:
            self._breakpoints = chosen
            self.breakpoints_changed.emit()

    def toggle_breakpoints(self, breakpoints: Iterable[Breakpoint]) -> None:
        """Watch these too, or no more where all of them are watched already."""
        places = {breakpoint.place: breakpoint for breakpoint in breakpoints}
        kept = [breakpoint for breakpoint in self._breakpoints if breakpoint.place not in places]
        watched = {breakpoint.place for breakpoint in self._breakpoints}
        new = [breakpoint for place, breakpoint in places.items() if place not in watched]
        self.set_breakpoints([*self._breakpoints, *new] if new else kept)

    @property
    def hits(self) -> NDArray[np.int64]:
        """Positions of the walk at which some enabled breakpoint stops, sorted."""
        steps = self.steps
        if steps is None or not self._breakpoints:
            return np.zeros(0, np.int64)
        return hits_of(steps).of_all(self._breakpoints)

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

    def show_line(self, source: int, line: int) -> None:
        """Ask whoever shows code to show a line of a source, counted from 1."""
        self.line_wanted.emit(source, line)

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
