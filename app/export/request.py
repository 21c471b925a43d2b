"""What is to be exported, as one frozen value: which graph, which part of it, at which step, how it looks, how large.

The dialog, the command line and the tests make one; every format reads the fields its row in `formats` lists and no
others. It knows no widget, so that any thread may work it off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from engine.trace import NONE, Trace
from ui.canvas.layout import Orientation
from ui.canvas.other_layouts import LAYERED
from ui.canvas.picture.drawing import Drawing
from ui.canvas.shown.shown_graph import UNGROUPED, View
from ui.shown_state import ShownState
from ui.stepping import ForwardSteps, PassSteps, Place, Steps
from ui.theme import LIGHT, Theme

from .errors import ExportCancelledError, UnfitRequestError

Area = tuple[float, float, float, float]  # left, top, right, bottom in scene coordinates


class Scope(Enum):
    """Which part of the graph is exported; the value is what the command line calls it."""

    WHOLE = "whole"
    VIEW = "view"  # the rectangle `area` of the scene, grown until no box in it is cut
    SELECTION = "selection"  # `nodes`, laid out alone
    GROUP = "group"  # what is in the group `group`, laid out alone


class Page(Enum):
    """The pages of a format that has pages."""

    FIT = "fit"  # one page, as large as the drawing
    A4 = "a4"  # as many as it takes, in natural size


def _unheard(_done: float, _what: str) -> None:
    """Nobody listens."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Everything that decides what is written. Lengths are in units of the scene (CSS pixels) unless named otherwise.

    trace, pass_id    the record, and the pass that is shown (NONE: none)
    cell              the cell whose forward pass is shown where no backward pass is (NONE: none)
    position          the step of a still: 0 is the seed, N the finished pass
    place             finer than `position`: how much of its step has been handed on; None: all of it
    steps             first and last position of a film or of numbered stills; None: a still of `position`, or in a
                      film all of the pass
    scope             with `nodes` (SELECTION), `group` (a key of `Groups.keys`, GROUP) or `area` (VIEW)
    shown             grouping, closed groups, hidden kinds
    layout            a key of `other_layouts.KINDS`
    drawing           the graph as the canvas has laid it out, for WHOLE and VIEW; None: it is laid out
    background        False: transparent, where the format can be
    legend, panel     with the legend of the pass; with the step panel of the position
    signed            gradients with one element are coloured by their sign
    title             a line above the drawing, "" for none
    scale             pixels per unit; `width` in pixels, where it is not 0, takes its place
    dpi               pixels per inch that an image says it has; 0: it says nothing
    tile              most pixels a side of one image; 0: one image, and an error where it would be too large
    fps, seconds      of a film: frames per second, and how long each step is shown
    loops             how often a film is played; 0: for ever
    source            the document's name, for metadata
    progress          told the share that is done (0-1) and what is being done, from the thread that works
    cancelled         asked often; once it is true the work ends with `ExportCancelledError` and leaves no file
    """

    trace: Trace
    pass_id: int = NONE
    position: int = 0
    steps: tuple[int, int] | None = None
    cell: int = NONE
    place: Place | None = None
    scope: Scope = Scope.WHOLE
    nodes: frozenset[int] = frozenset()
    group: str = ""
    area: Area | None = None
    view: View = View.TENSORS_AND_FUNCTIONS
    orientation: Orientation = "top-to-bottom"
    layout: str = LAYERED
    shown: ShownState = UNGROUPED
    drawing: Drawing | None = None
    theme: Theme = LIGHT
    background: bool = True
    title: str = ""
    legend: bool = False
    panel: bool = False
    signed: bool = False
    scale: float = 1.0
    width: int = 0
    dpi: float = 0.0
    tile: int = 0
    page: Page = Page.FIT
    fps: float = 10.0
    seconds: float = 1.0
    loops: int = 0
    source: str = ""
    progress: Callable[[float, str], None] = _unheard
    cancelled: Callable[[], bool] = _never

    @property
    def positions(self) -> range:
        """The positions of a film or of numbered stills, from the first to the last."""
        if self.steps is not None:
            return range(self.steps[0], self.steps[1] + 1)
        steps = self.walked()
        return range(1 if steps is None else steps.count + 1)

    def walked(self) -> Steps | None:
        """What is stepped through, indexed; None where nothing is. Raises `UnfitRequestError` for what is not there."""
        for table, row in (("passes", self.pass_id), ("cells", self.cell)):
            if row != NONE and not 0 <= row < len(self.trace.table(table)):
                raise UnfitRequestError(f"There is no {'pass' if table == 'passes' else 'cell'} {row + 1}.")
        if self.pass_id != NONE:
            return PassSteps(self.trace, self.pass_id)
        return ForwardSteps(self.trace, self.cell) if self.cell != NONE else None

    def at(self, position: int) -> Place | int:
        """A position as the place that is shown."""
        return self.place if self.place is not None and position == self.place.last else position

    def report(self, done: float, what: str) -> None:
        """Say how far the work is (0-1). Raises `ExportCancelledError` where nobody wants it any more."""
        if self.cancelled():
            raise ExportCancelledError("The export was cancelled; nothing was written.")
        self.progress(min(max(done, 0.0), 1.0), what)
