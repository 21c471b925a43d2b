"""The one item of the scene: it hands what is exposed to the picture's paint code."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from engine.trace import NONE

from ..picture.clipping import MANY
from ..picture.picture import Picture
from .painter import FEW, Detail, Painted

_AROUND, _OUTLINE = 12.0, 4.0  # scene units, and pixels, that outlines and signs stand out of a box


class GraphItem(QGraphicsItem):
    """Paints a `Picture`. One item per graph, never one per node (measured: 30 to 50 times slower)."""

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)  # gives the exposed rectangle
        self._picture: Picture | None = None
        self._passing: Picture | None = None
        self._scale = 1.0
        self.painted: Painted | None = None  # by the last call, for tests and benchmarks

    @property
    def picture(self) -> Picture | None:
        """What is shown, None before the first graph."""
        return self._picture

    def set_picture(self, picture: Picture | None) -> None:
        """Show another picture from the next frame on."""
        self.prepareGeometryChange()
        self._picture, self._passing = picture, None
        self.update()

    def set_passing(self, picture: Picture | None) -> None:
        """Paint this for a moment in place of the picture, whose boxes are on their way; None: paint the picture."""
        if picture is not self._passing:
            self._passing = picture
            self.update()

    def update_boxes(self, boxes: Iterable[int]) -> None:
        """Paint the surroundings of these boxes (or NONE) again, after something about them alone has changed.

        Where much is in view everything is painted again.
        """
        picture, painted = self._picture, self.painted
        if picture is None or painted is None or self._passing is not None or _crowded(painted):
            self.update()
        else:
            away = _AROUND + _OUTLINE / self._scale
            for box in boxes:
                if box != NONE:
                    self.update(picture.rect(box).adjusted(-away, -away, away, away))

    def boundingRect(self) -> QRectF:
        """The picture's bounds, in scene coordinates."""
        return QRectF() if self._picture is None else self._picture.bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint what is exposed, in the detail that the scale asks for."""
        if self._picture is not None:
            self._scale = option.levelOfDetailFromTransform(painter.worldTransform())
            self.painted = (self._passing or self._picture).paint(
                painter, option.exposedRect, self._scale, hurried=True
            )


def _crowded(painted: Painted) -> bool:
    """Whether so much is in view that with less of it some would be painted otherwise."""
    many = painted.detail is not Detail.NEAR and len(painted.boxes) > FEW
    return many or len(painted.pieces) > MANY
