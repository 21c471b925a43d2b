"""Live mode: while it is on, the kernel waits at breakpoints inside a running pass until the person goes on.

It gives the session the breakpoints of the view state as stops, and shows where the kernel waits. The window never
waits: a pause is a message, and going on is another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from engine.trace import NONE
from ui.breakpoints import Breakpoint
from ui.breakpoints.titles import title
from ui.naming import Names

from ..protocol.stops import ABORT, BEFORE, CONTINUE, STEP, Stop, StopError, parsed

if TYPE_CHECKING:
    from ..window.main_window import MainWindow


class LiveMode(QObject):
    """One per window; the methods without an underscore are actions."""

    changed = Signal()  # a pause began or ended

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._on = False
        self._set: list[Breakpoint] = []  # those that the session's stops stand for, in their order
        state, session = window.view_state, window.session
        state.breakpoints_changed.connect(self._follow)
        session.paused.connect(self._show_pause)
        session.resumed.connect(self._hide_pause)
        bar = window.pause_bar
        bar.continue_requested.connect(self.live_continue)
        bar.step_requested.connect(self.live_step)
        bar.abort_requested.connect(self.live_abort)

    def pause_live(self, on: bool) -> None:
        """Wait at breakpoints while a pass runs, or no more."""
        self._on = on
        self._follow()
        if on and not self._window.view_state.breakpoints:
            self._window.say("Passes will wait at breakpoints; there are none yet. Press F9 in a line of the script.")
        elif not on and self._window.session.is_paused:
            self.live_continue()

    def live_continue(self) -> None:
        """Let the pass run on to the next breakpoint."""
        self._window.session.resume(CONTINUE)

    def live_step(self) -> None:
        """Let the pass run one node."""
        self._window.session.resume(STEP)

    def live_abort(self) -> None:
        """End the pass with KeyboardInterrupt."""
        self._window.session.resume(ABORT)

    def conditions(self) -> set[str]:
        """Which conditions of the table of actions hold."""
        return {"paused", "busy"} if self._window.session.is_paused else set()

    # -- following -----------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        wanted = [one for one in self._window.view_state.breakpoints if one.enabled] if self._on else []
        self._set, refused = [], ""
        for breakpoint in wanted:
            try:
                parsed(_stop(breakpoint))
            except StopError as error:
                refused = str(error)
            else:
                self._set.append(breakpoint)
        self._window.session.set_stops([_stop(breakpoint) for breakpoint in self._set])
        if refused:
            self._window.say(f"A running pass will not wait there: {refused}.")

    def _show_pause(self, told: dict[str, Any]) -> None:
        window, state = self._window, self._window.view_state
        pass_id, step, node = (int(told.get(name, NONE)) for name in ("pass", "step", "node"))
        before = told.get("when") == BEFORE
        state.trace_grew()
        if 0 <= pass_id < len(state.trace.passes):
            state.set_step(pass_id, step - 1 if before else step)
        known = 0 <= node < len(state.trace.nodes)
        if known:
            state.select([node])
        name = Names.of(state.trace).with_output(node) if known else "a node"
        stop = told.get("stop", NONE)
        why = f": {title(state.trace, self._set[stop])}" if 0 <= stop < len(self._set) else ""
        when = "Before" if before else "After"
        window.pause_bar.say(f"The pass waits. {when} step {step:,}, {name}{why}")
        window.kernel_label.set_state("paused")
        self.changed.emit()

    def _hide_pause(self) -> None:
        self._window.pause_bar.hide()
        self._window.kernel_label.set_state(self._window.session.state)
        self.changed.emit()


def _stop(breakpoint: Breakpoint) -> Stop:
    return Stop(
        breakpoint.node, breakpoint.op, breakpoint.title, breakpoint.path, breakpoint.line, breakpoint.condition
    )
