"""The whole graph in a corner, with the part that is in view; a click or a drag in it moves the view."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QShowEvent
from PySide6.QtWidgets import QWidget

from ...theme import Theme
from ..picture.picture import Picture

_PADDING = 8.0
_SMALLEST = 8.0  # pixels a side of the frame around what is in view
_SETTLE_MS = 60  # while steps follow each other quickly the map waits


class MiniMap(QWidget):
    """A picture seen from far, kept as a pixmap until the picture changes."""

    moved = Signal(QPointF)  # the point of the scene to look at

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Overview of the whole graph")
        self.setFixedSize(QSize(132, 112))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._theme = theme
        self._picture: Picture | None = None
        self._seen = QRectF()
        self._pixmap: QPixmap | None = None
        self._stale = False
        self._settle = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self._draw)

    def set_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.refresh()

    def set_picture(self, picture: Picture | None) -> None:
        """Show another picture. It is drawn in a turn of its own: the canvas has just been painted in this one."""
        self._picture, self._pixmap = picture, None
        self.refresh()
        self.update()

    def refresh(self) -> None:
        """The picture's colours have changed."""
        if not self._settle.isActive():
            self._settle.start()

    def set_seen(self, seen: QRectF) -> None:
        """The part of the scene in view."""
        self._seen = seen
        self.update()

    def _scale_and_origin(self, bounds: QRectF) -> tuple[float, QPointF]:
        room = QRectF(self.rect()).adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)
        scale = min(room.width() / max(bounds.width(), 1.0), room.height() / max(bounds.height(), 1.0), 0.5)
        return scale, room.center() - bounds.center() * scale

    def _draw(self) -> None:
        """Draw the whole graph, once nobody has asked for it for a while; hidden, when it is shown."""
        picture = self._picture
        self._stale = self.isHidden()
        if picture is None or self._stale:
            return
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        scale, origin = self._scale_and_origin(picture.bounds)
        painter.translate(origin)
        painter.scale(scale, scale)
        picture.paint(painter, picture.bounds, scale)
        painter.end()
        self._pixmap = pixmap
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what changed while it was hidden."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The card, the graph, the part in view."""
        theme, picture = self._theme, self._picture
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.setBrush(QColor(theme.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        if picture is not None and self._pixmap is not None:
            painter.drawPixmap(0, 0, self._pixmap)
        if picture is not None:
            scale, origin = self._scale_and_origin(picture.bounds)
            seen = QRectF(self._seen.topLeft() * scale + origin, self._seen.size() * scale)
            if min(seen.width(), seen.height()) < _SMALLEST:  # a speck would not be found
                grow = QPointF(max(_SMALLEST - seen.width(), 0) / 2, max(_SMALLEST - seen.height(), 0) / 2)
                seen = QRectF(seen.topLeft() - grow, seen.bottomRight() + grow)
            seen = seen.intersected(QRectF(self.rect()).adjusted(3, 3, -3, -3))
            veil = QColor(theme.accent)
            veil.setAlphaF(0.12)
            painter.setBrush(veil)
            painter.setPen(QPen(QColor(theme.accent), 1.4))
            painter.drawRoundedRect(seen, 3, 3)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look at the point clicked."""
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Look at the point dragged to."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        if self._picture is not None:
            scale, origin = self._scale_and_origin(self._picture.bounds)
            self.moved.emit((event.position() - origin) / scale)
        event.accept()
