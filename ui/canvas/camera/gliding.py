"""The clock of boxes on their way (`glide` says where they are): it hands the item what to paint in between."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation

from ..painting.item import GraphItem
from ..picture.drawing import Drawing
from ..picture.index import Floats
from ..picture.picture import Picture
from .glide import between, way_back

MOTION_MS = 180


class Gliding(QObject):
    """Moves the boxes of one item's picture from their places before."""

    def __init__(self, item: GraphItem, parent: QObject) -> None:
        super().__init__(parent)
        self._item = item
        self._picture: Picture | None = None
        self._way: Floats | None = None
        self._clock = QVariantAnimation(self, duration=MOTION_MS, startValue=0.0, endValue=1.0)
        self._clock.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._clock.valueChanged.connect(self._move_on)
        self._clock.finished.connect(self.stop)

    @property
    def running(self) -> bool:
        """Whether boxes are on their way."""
        return self._clock.state() == QVariantAnimation.State.Running

    def start(self, before: Drawing, picture: Picture, shift: tuple[float, float] = (0.0, 0.0)) -> None:
        """Let the boxes of `picture`, which is shown already, come from where they were.

        `shift` is how far the camera was moved meanwhile, which moves nothing on the screen by itself.
        """
        self.stop()
        way = way_back(before, picture.drawing, shift)
        if way is not None:
            self._picture, self._way = picture, way
            self._move_on(0.0)
            self._clock.start()

    def stop(self) -> None:
        """Show everything where it belongs."""
        self._clock.stop()
        self._picture = self._way = None
        self._item.set_passing(None)

    def _move_on(self, share: float) -> None:
        if self._picture is not None and self._way is not None:
            self._item.set_passing(self._picture.moved(between(self._picture.drawing, self._way, float(share))))
