"""What the plots have in common: a quiet pyqtgraph view that zooms with Ctrl+wheel and leaves the wheel to the panel.

Import it only where `plot_library` is ready.
"""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from ..theme import DARK, Theme

HINT = "Ctrl+wheel zooms, dragging moves, a double click shows all"


class PlotView(pg.GraphicsView):  # type: ignore[misc]  # pyqtgraph carries no types
    """One `box` in data coordinates, in the colours of a theme."""

    hovered = Signal(QPointF)  # in data coordinates
    clicked = Signal(QPointF)

    def __init__(self, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self.theme: Theme = DARK
        self._height = height
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("background: transparent")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.box = pg.ViewBox(enableMenu=False)
        self.scene().sigMouseMoved.connect(self._hover)
        self.scene().sigMouseClicked.connect(self._click)

    def sizeHint(self) -> QSize:
        """As wide as the panel."""
        return QSize(160, self._height)

    def minimumSizeHint(self) -> QSize:
        """Small enough for a narrow dock."""
        return QSize(64, self._height)

    def show_all(self) -> None:
        """Undo zooming and moving."""
        self.box.autoRange(padding=0)

    def small_font(self) -> QFont:
        """The font of numbers beside a plot."""
        font = QFont(self.font())
        font.setPointSizeF(max(font.pointSizeF() * 0.88, 6.5))
        return font

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl; else scroll what the plot lies in."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            event.accept()
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all again."""
        self.show_all()
        event.accept()

    def _hover(self, at: QPointF) -> None:
        if self.box.sceneBoundingRect().contains(at):
            self.hovered.emit(self.box.mapSceneToView(at))

    def _click(self, event: Any) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.box.sceneBoundingRect().contains(event.scenePos()):
            self.clicked.emit(self.box.mapSceneToView(event.scenePos()))
