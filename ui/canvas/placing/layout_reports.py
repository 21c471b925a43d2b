"""What a canvas says about its layouts: one takes long, was stopped, cannot be had, failed, or has grown crooked."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject

from ..graph_view import GraphView
from ..other_layouts import LAYERED
from ..overlays.overlays import Overlays
from ..picture.drawing import Drawing
from .drift import Drift
from .layout_control import LayoutControl

_log = logging.getLogger(__name__)


class LayoutReports(QObject):
    """Notices and offers over the graph, about the layouts of one canvas."""

    def __init__(self, layouts: LayoutControl, graph: GraphView, overlays: Overlays) -> None:
        super().__init__(graph)
        self._layouts, self._graph, self._overlays, self._drift = layouts, graph, overlays, Drift()
        layouts.job.slow.connect(self._show_slow)
        layouts.job.failed.connect(self._show_failure)
        layouts.job.refused.connect(self._show_refusal)
        layouts.job.stopped.connect(self._show_stopped)
        overlays.notice.stop.clicked.connect(layouts.job.stop)

    def offer_afresh(self, drawing: Drawing) -> None:
        """Take notice of a new drawing; offer a layout afresh when the picture has drifted from a good one.

        While it is all of one cell and nobody has looked around in it, no place is known to anybody yet: then it is
        laid out afresh without a question.
        """
        if drawing.kind != LAYERED:  # others are laid out afresh each time
            return
        afresh, across = self._layouts.job.afresh, 1 - self._layouts.flow_axis
        if not self._drift.follow(drawing, afresh=afresh, across=across):
            return
        if self._layouts.of_one_cell and not self._graph.touched:
            self._layouts.lay_out_afresh()
        elif not self._overlays.offer.text:
            self._offer("The graph has grown into a crooked picture: its edges run longer than they need to.")

    def _offer(self, text: str, action: str = "Lay out afresh") -> None:
        self._overlays.offer.show_offer(text, action, self._layouts.lay_out_afresh)

    def _show_slow(self, slow: bool) -> None:
        if slow:
            self._overlays.show_progress(f"Laying out {self._layouts.nodes:,} nodes …")
        else:
            self._overlays.notice.hide()

    def _show_stopped(self) -> None:
        """What was stopped can be had after all."""
        nodes = self._layouts.nodes
        self._offer(f"The layout of {nodes:,} nodes was stopped; the picture before it stays.", "Lay out")

    def _show_refusal(self, reason: str) -> None:
        """Back to the layout of the picture, or to ours when even that one cannot draw what the graph is now."""
        picture = self._graph.item.picture
        before = picture.drawing.kind if picture is not None else LAYERED
        self._layouts.set_kind(before if before != self._layouts.kind else LAYERED)
        self._offer(reason)

    def _show_failure(self, report: str) -> None:
        _log.error("the layout failed\n%s", report)
        self._overlays.show_error("The newest graph could not be laid out; the last picture stays. The log says why.")
