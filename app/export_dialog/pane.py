"""The preview's place in the dialog: an image on a quiet ground, or the beginning of a text."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QStackedLayout, QWidget

from ui.style import monospace

from .preview import Seen

_INSET = 12
_CHECK = 8  # side of the squares that show through where there is no background


class PreviewPane(QWidget):
    """Shows a `Seen`."""

    resized = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.picture, self.text = _Picture(self), QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(monospace())
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName("Preview")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.picture)
        self._stack.addWidget(self.text)
        self.setMinimumSize(120, 120)

    @property
    def room(self) -> QSize:
        """What an image may fill."""
        return self.size() - QSize(2 * _INSET, 2 * _INSET)

    def show_seen(self, seen: Seen) -> None:
        """An image, a text, or nothing where there is a problem."""
        if seen.text:
            self.text.setPlainText(seen.text)
            self._stack.setCurrentWidget(self.text)
            return
        self._stack.setCurrentWidget(self.picture)
        if seen.image is not None or seen.problem:
            self.picture.show_image(seen.image)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """An image of another size is wanted."""
        super().resizeEvent(event)
        self.resized.emit()


class _Picture(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Preview")
        self._image: QImage | None = None

    def show_image(self, image: QImage | None) -> None:
        self._image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        palette = self.palette()
        line = palette.color(palette.ColorRole.Light)
        painter.setPen(QPen(line, 1))
        painter.setBrush(palette.color(palette.ColorRole.Base))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        if self._image is not None:
            size = self._image.deviceIndependentSize()
            place = QPointF(round((self.width() - size.width()) / 2), round((self.height() - size.height()) / 2))
            whole = QRectF(place, size)
            if self._image.hasAlphaChannel():
                _paint_checks(painter, whole.toAlignedRect())
            painter.drawImage(place, self._image)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(line, 1))
            painter.drawRect(whole.adjusted(-0.5, -0.5, 0.5, 0.5))
        painter.end()


def _paint_checks(painter: QPainter, rect: QRect) -> None:
    painter.save()
    painter.setClipRect(rect)
    painter.fillRect(rect, QColor("#ffffff"))
    for row, y in enumerate(range(rect.top(), rect.bottom() + 1, _CHECK)):
        for x in range(rect.left() + _CHECK * (row % 2), rect.right() + 1, 2 * _CHECK):
            painter.fillRect(x, y, _CHECK, _CHECK, QColor("#d9dce2"))
    painter.restore()
