"""What a canvas wants laid out, and when: it follows the trace and what is shown of it, and asks `layout_job`.

Knows nothing of pictures; what was chosen to be closed goes back to the view state.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from engine.trace import Trace

from ...grouping.opening import Opening
from ...shown_state import ShownState
from ...snapshot import Snapshot
from ...view_state import ViewState
from ..layout import Orientation
from ..other_layouts import LAYERED
from ..shown.shown_graph import View
from .layout_job import LayoutJob, Request


class LayoutControl(QObject):
    """The layouts of one canvas."""

    began = Signal()  # the view state has another trace
    grew = Signal()  # what the trace has now is known, and asked for where it is to be laid out
    chosen = Signal()  # somebody has chosen what is closed
    fitted = Signal(object)  # ShownState: the layout has chosen what is closed

    def __init__(self, view_state: ViewState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = view_state
        self._view = View.TENSORS_AND_FUNCTIONS
        self._orientation: Orientation = "top-to-bottom"
        self._kind = LAYERED
        self._trace: Trace | None = None
        self._asked = (0, 0, 0)  # size of the snapshot that was last given to the layout
        self._shown = _without_light(view_state.shown)  # and what of it was to be shown
        self._chosen = self._adopting = False  # somebody has chosen what is closed; the picture's choice is taken over
        self.job = LayoutJob(self)
        self._burst = QTimer(self, interval=0, singleShot=True)  # many signals of one turn are one change
        self._burst.timeout.connect(self.follow_trace)
        view_state.trace_changed.connect(self._burst.start)

    @property
    def orientation(self) -> Orientation:
        """Where the data flows."""
        return self._orientation

    @property
    def flow_axis(self) -> int:
        """The axis along which it does, 0: x."""
        return 1 if self._orientation == "top-to-bottom" else 0

    @property
    def kind(self) -> str:
        """The layout that is wanted, a key of `other_layouts.KINDS`."""
        return self._kind

    @property
    def nodes(self) -> int:
        """How many nodes the graph has that was last asked for."""
        return self._asked[0]

    @property
    def of_one_cell(self) -> bool:
        """Whether one cell has made all of the graph."""
        cells = self._state.trace.nodes.cell
        return len(cells) > 0 and bool(cells.min() == cells.max())

    @property
    def busy(self) -> bool:
        """Whether the newest drawing is not that of the newest graph."""
        return self.job.busy or self._burst.isActive()

    @property
    def behind(self) -> bool:
        """Whether another trace was set just now: what is drawn has nothing to do with it."""
        return self._state.trace is not self._trace

    def set_view(self, view: View) -> None:
        """Another way of showing the same graph."""
        if view is not self._view:
            self._view = view
            self.lay_out_afresh()

    def set_orientation(self, orientation: Orientation) -> None:
        """Data flows down or to the right."""
        if orientation != self._orientation:
            self._orientation = orientation
            self.lay_out_afresh()

    def set_kind(self, kind: str) -> None:
        """Another layout."""
        if kind != self._kind:
            self._kind = kind
            self.lay_out_afresh()

    def lay_out_afresh(self) -> None:
        """Without regard to the last layout."""
        self.request(fresh=True)

    def open_as_shown(self) -> None:
        """Lay out the trace that was just set exactly as `ViewState.shown` says; what is closed was chosen before."""
        self.follow_trace()
        self._chosen = True
        self.lay_out_afresh()

    def close(self) -> None:
        """Stop the layout thread; there will be no further drawing."""
        self.job.close()

    # -- following the view state --------------------------------------------------------------------------------

    def follow_trace(self) -> None:
        """Ask for what the trace has more than was asked for; for all of it when it is another one."""
        trace = self._state.trace
        fresh = trace is not self._trace
        if fresh:
            self._trace, self._asked, self._chosen = trace, (0, 0, 0), False
            self._shown = _without_light(self._state.shown)
            self.began.emit()
        if Snapshot.of(trace).size() != self._asked:
            self.request(fresh=fresh)
        self.grew.emit()

    def request(self, *, fresh: bool, opening: Opening | None = None) -> None:
        """Ask for the graph as it is now."""
        snapshot = Snapshot.of(self._state.trace)
        self._asked = snapshot.size()
        if opening is None:
            opening = Opening.CHOSEN if self._chosen else Opening.FITTED
        if self._asked[0]:
            self.job.request(Request(snapshot, self._view, self._shown, self._orientation, fresh, opening, self._kind))

    def follow_shown(self) -> None:
        """Ask for other groups, other nodes or another part of the graph; light changes no layout."""
        before, self._shown = self._shown, _without_light(self._state.shown)
        if self._adopting or self._state.trace is not self._trace or self._shown == before:
            return
        if self._shown.only != before.only:  # another tab: what is closed there was chosen there
            self.lay_out_afresh()
            return
        regrouped = self._shown.grouping is not before.grouping
        if regrouped or self._shown.collapsed != before.collapsed:
            self._chosen = True
            self.chosen.emit()
        self.request(fresh=False, opening=Opening.REGROUPED if regrouped else None)

    def adopt(self, shown: ShownState) -> None:
        """Take over what the layout chose to close, unless somebody has chosen otherwise since."""
        done = self.job.done
        if shown == self._shown or done is None or done.shown != self._shown:
            return
        self._adopting = True
        try:
            self._state.set_shown(replace(shown, lit=self._state.shown.lit))
        finally:
            self._adopting = False
        if done.opening is Opening.FITTED:
            self.fitted.emit(shown)
        if self.job.waiting:
            self.request(fresh=False)


def _without_light(shown: ShownState) -> ShownState:
    """What a layout depends on: dimming is the painter's."""
    return replace(shown, lit=None)
