"""Mouse gestures on the canvas: drag pans, wheel zooms at the pointer, a click selects.

A double-click zooms to a box, or opens a closed group. A press becomes a drag only past the platform's distance, so
that a click with an unsteady hand still selects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QRubberBand

from engine.trace import NONE

from ..shown.shown_graph import GROUP

if TYPE_CHECKING:
    from ..graph_view import GraphView

_LEAST_BAND = 6.0  # pixels a side of a rectangle that was meant
_PER_NOTCH = 1.2  # zoom of one wheel notch (120 eighths of a degree)


class Gestures:
    """The state of the gesture under way."""

    def __init__(self, view: GraphView) -> None:
        self._view = view
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._sign = NONE  # the box whose plus or minus was pressed
        self._dragging = self._rectangle = False
        self._band = QRubberBand(QRubberBand.Shape.Rectangle, view.viewport())

    def press(self, event: QMouseEvent) -> None:
        """A button goes down: a click or a drag begins."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed = self._last = event.position()
            self._sign = self._view.sign_at(event.position())
            self._dragging = False
            self._rectangle = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self._view.box_hovered.emit(NONE, event.position())
            event.accept()

    def move(self, event: QMouseEvent) -> None:
        """The pointer moves: pan while a button is down, else say which box is under it."""
        if self._pressed is None:
            self._view.box_hovered.emit(self._view.box_at(event.position()), event.position())
            return
        distance = (event.position() - self._pressed).manhattanLength()
        if not self._dragging and distance >= QGuiApplication.styleHints().startDragDistance():
            self._dragging = True
            cursor = Qt.CursorShape.CrossCursor if self._rectangle else Qt.CursorShape.ClosedHandCursor
            self._view.viewport().setCursor(cursor)
            self._band.setVisible(self._rectangle)
        if self._dragging and self._rectangle:
            self._band.setGeometry(QRect(self._pressed.toPoint(), event.position().toPoint()).normalized())
        elif self._dragging:
            self._view.pan(event.position() - self._last)
            self._last = event.position()

    def release(self, event: QMouseEvent) -> None:
        """A button goes up: the end of a drag, or a click."""
        if self._pressed is None:
            return
        was_click = not self._dragging and event.button() == Qt.MouseButton.LeftButton
        corner, framed = self._pressed, self._dragging and self._rectangle
        self._pressed, self._dragging = None, False
        self._view.viewport().unsetCursor()
        self._band.hide()
        if framed:
            area = QRectF(self._view.scene_point(corner), self._view.scene_point(event.position())).normalized()
            if min(area.width(), area.height()) * self._view.camera.scale >= _LEAST_BAND:
                self._view.zoom_to_area(area)
        elif was_click:
            if self._sign != NONE:
                self._view.sign_clicked.emit(self._sign)
                return
            extend = bool(event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier))
            self._view.box_clicked.emit(self._view.box_at(event.position()), extend)

    def double_click(self, event: QMouseEvent) -> None:
        """Open a closed group, look at a box from near; beside all boxes, see the whole graph."""
        box = self._view.box_at(event.position())
        picture = self._view.item.picture
        if picture is None or self._sign != NONE:
            return  # the sign was clicked twice: the first click has done it
        if box == NONE:
            self._view.fit()
            return
        if picture.drawing.graph.kind[box] == GROUP:
            self._view.group_opened.emit(box)
        else:
            self._view.zoom_to(picture.rect(box))

    def wheel(self, event: QWheelEvent) -> None:
        """Zoom at the pointer; fine wheels and touchpads zoom by less per event."""
        notches = event.angleDelta().y() / 120
        if notches:
            self._view.zoom(_PER_NOTCH**notches, event.position())
        event.accept()
