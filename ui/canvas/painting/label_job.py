"""Labels that a frame had no time for: their places are found between events, then the picture is painted again."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from .item import GraphItem

_A_TURN = 24  # labels whose places are found in one turn of the event loop: a few milliseconds


class LabelJob(QObject):
    """Completes what one item paints."""

    def __init__(self, item: GraphItem, parent: QObject) -> None:
        super().__init__(parent)
        self._item = item
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._go_on)

    @property
    def running(self) -> bool:
        """Whether labels in view are missing."""
        return self._turn.isActive()

    def follow_frame(self) -> None:
        """A frame has been painted."""
        picture = self._item.picture
        if picture is not None and picture.incomplete:
            self._turn.start()

    def _go_on(self) -> None:
        picture = self._item.picture
        if picture is not None and picture.incomplete:
            picture.label_places.go_on(_A_TURN)
        if picture is None or not picture.incomplete:
            self._turn.stop()
            self._item.update()
