"""PNG: the picture as pixels, at a scale."""

from __future__ import annotations

import math

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageWriter, QPainter

from ui.canvas.picture import Picture

from ..version import __version__
from .errors import ExportError
from .frame import framed, paint_frame

LONGEST = 32_767  # pixels a side: the painter's coordinates end here
MOST = 400_000_000  # pixels in all, 1.6 GB while they are painted
_COMPRESSION = 20  # of QImageWriter's 100: larger by a tenth than the default, in four fifths of the time


def png_bytes(picture: Picture, scale: float) -> bytes:
    """The file. Raises `ExportError` when the image would be larger than can be painted."""
    frame = framed(picture)
    width, height = math.ceil(frame.width() * scale), math.ceil(frame.height() * scale)
    if max(width, height) > LONGEST or width * height > MOST:
        fitting = min(
            LONGEST / frame.width(), LONGEST / frame.height(), math.sqrt(MOST / frame.width() / frame.height())
        )
        raise ExportError(
            f"A PNG of {width:,} x {height:,} pixels is too large. Use a scale of at most {fitting:.2g}, or SVG, which "
            "has no such limit."
        )
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    if image.isNull():
        raise ExportError(f"There is not enough memory for {width:,} x {height:,} pixels. Use a smaller scale, or SVG.")
    image.fill(picture.theme.background)
    image.setText("Software", f"Retrograde {__version__}")
    painter = QPainter(image)
    painter.scale(scale, scale)
    painter.translate(-frame.topLeft())
    paint_frame(picture, painter)
    painter.end()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"png"))
    writer.setCompression(_COMPRESSION)
    if not writer.write(image):
        raise ExportError(f"The image could not be encoded: {writer.errorString()}.")
    return bytes(content.data())
