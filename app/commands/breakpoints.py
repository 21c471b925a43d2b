"""The verbs for breakpoints: set them where the selection is, go from one to the next, run to a node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDockWidget

from engine.trace import NONE
from ui.breakpoints import Breakpoint
from ui.breakpoints.hits import next_hit, previous_hit
from ui.breakpoints.walk_hits import hits_of
from ui.describe import function_of

if TYPE_CHECKING:
    from ..window.main_window import MainWindow


class BreakpointCommands(QObject):
    """One method per action, as in `Commands`."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    # -- setting -------------------------------------------------------------------------------------------------

    def break_at_node(self) -> None:
        """Stop at the selected nodes, or no more where all of them have one."""
        state = self._window.view_state
        functions = {function_of(state.trace, node) for node in state.selection} - {NONE}
        self._window.view_state.toggle_breakpoints([Breakpoint(node=node) for node in sorted(functions)])

    def break_at_op(self) -> None:
        """Stop wherever an op of the selection's kind runs."""
        trace = self._window.view_state.trace
        node = self._selected()
        if node != NONE:
            self._window.view_state.toggle_breakpoints([Breakpoint(op=trace.text(int(trace.nodes.op[node])))])

    def break_at_line(self) -> None:
        """Stop at the cursor's line in the script; from elsewhere, at the line of the selected node."""
        trace = self._window.view_state.trace
        if self._window.script.view.hasFocus():
            if not self._window.script.toggle_break():
                self._window.say("There is no code in this line.")
            return
        node = self._selected()
        if node == NONE:
            self._window.say("Put the cursor on a line of the script, or select a box of the graph, and try again.")
            return
        made = int(trace.nodes.owner[node]) if trace.nodes.line[node] <= 0 else node
        if made == NONE or trace.nodes.line[made] <= 0:
            self._window.say("No line of your code is known to have made this node.")
            return
        source = trace.row("sources", int(trace.nodes.source[made]))
        self._window.view_state.toggle_breakpoints(
            [Breakpoint(title=source["title"], path=source["path"], line=int(trace.nodes.line[made]))]
        )

    def break_when(self) -> None:
        """Type a condition."""
        dock = self._window.findChild(QDockWidget, "breakpoints")
        if dock is not None:
            dock.show()
            dock.raise_()
            dock.widget().setFocus()

    def remove_breakpoints(self) -> None:
        """Remove all of them."""
        self._window.view_state.set_breakpoints(())

    def _selected(self) -> int:
        """The function that the last selected node stands for, or NONE."""
        state = self._window.view_state
        return function_of(state.trace, state.selection[-1]) if state.selection else NONE

    # -- running -------------------------------------------------------------------------------------------------

    def next_breakpoint(self) -> None:
        """Step on to the next hit."""
        self._go(forward=True)

    def previous_breakpoint(self) -> None:
        """Step back to the hit before."""
        self._go(forward=False)

    def _go(self, *, forward: bool) -> None:
        state = self._window.view_state
        if state.steps is None:
            return
        found = (next_hit if forward else previous_hit)(state.hits, state.position)
        if found is not None:
            state.set_position(found)
        elif not state.breakpoints:
            self._window.say("There are no breakpoints. Select a node and press B, or type a condition.")
        else:
            self._window.say(f"No breakpoint hits {'after' if forward else 'before'} this step.")

    def run_to(self) -> None:
        """Step on until the selected node runs."""
        self._run(forward=True)

    def run_back_to(self) -> None:
        """Step back to where the selected node ran."""
        self._run(forward=False)

    def _run(self, *, forward: bool) -> None:
        state, node = self._window.view_state, self._selected()
        if state.steps is None or node == NONE:
            return
        hits = hits_of(state.steps).of(Breakpoint(node=node))
        found = (next_hit if forward else previous_hit)(hits, state.position)
        if found is not None:
            state.set_position(found)
        elif not len(hits):
            self._window.say("The selected node does not run in this pass.")
        elif state.position in hits:
            self._window.say("The selected node runs at this very step.")
        else:
            other = "Run back to it" if forward else "Run to it"
            self._window.say(f"The selected node runs {'before' if forward else 'after'} this step. {other} instead.")
