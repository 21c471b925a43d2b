"""Keeps what stands over the graph off it, as far as there is room: legend, overview and offer.

A fit leaves room for them. Elsewhere, once the camera has come to rest, legend and overview move into a corner in which
nothing is drawn, if there is one; and what a step or a search brings into view never lies under them.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, QTimer

from ..graph_view import GraphView
from .overlays import Overlays

REST_MS = 300  # a camera that has not moved for so long has come to rest


class Clearance(QObject):
    """Of one graph view and the parts over it."""

    def __init__(self, graph: GraphView, overlays: Overlays) -> None:
        super().__init__(graph)
        self._graph, self._overlays = graph, overlays
        self._rest = QTimer(self, interval=REST_MS, singleShot=True)
        self._rest.timeout.connect(self.settle)
        graph.camera_moved.connect(self._rest.start)
        graph.resized.connect(self._follow_offer)
        overlays.offer.changed.connect(self._follow_offer)
        graph.is_covered = self.is_covered

    def settle(self) -> None:
        """Move what lies on the graph into a free corner; what has none stays where it is."""
        self._rest.stop()
        self._overlays.give_way(self._is_free)
        self._graph.legend_corner = self._overlays.corner

    def is_covered(self, rect: QRectF) -> bool:
        """Whether one of the parts lies on a rectangle of the scene, wherever the camera is going to be."""
        on_screen = self._graph.on_screen(rect, self._graph.camera)
        return any(on_screen.intersects(QRectF(part.geometry())) for part in self._overlays.shown)

    def _is_free(self, area: QRectF) -> bool:
        """Whether neither a box nor a stroke is under a rectangle of the viewport."""
        picture = self._graph.item.picture
        if picture is None:
            return True
        first, last = self._graph.scene_point(area.topLeft()), self._graph.scene_point(area.bottomRight())
        return not picture.drawing.is_crossed((first.x(), first.y(), last.x(), last.y()))

    def _follow_offer(self) -> None:
        """Room for the offer at the lower edge; a picture that is fitted is fitted again."""
        kept, graph = float(self._overlays.kept_free), self._graph
        if kept != graph.kept_free:
            graph.kept_free = kept
            graph.fit_again()
