"""The one item of the scene: it hands what is exposed to the picture's paint code."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from .painter import Painted
from .picture import Picture


class GraphItem(QGraphicsItem):
    """Paints a `Picture`. One item per graph, never one per node (measured: 30 to 50 times slower)."""

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)  # gives the exposed rectangle
        self._picture: Picture | None = None
        self._passing: Picture | None = None
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

    def boundingRect(self) -> QRectF:
        """The picture's bounds, in scene coordinates."""
        return QRectF() if self._picture is None else self._picture.bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint what is exposed, in the detail that the scale asks for."""
        if self._picture is not None:
            scale = option.levelOfDetailFromTransform(painter.worldTransform())
            self.painted = (self._passing or self._picture).paint(painter, option.exposedRect, scale)
