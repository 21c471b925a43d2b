"""PNG: the sheet as pixels, with what it shows written into it as text."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter

from .atomic import Output
from .errors import ExportError
from .metadata import described
from .request import ExportRequest
from .sheet import Sheet
from .sizes import Estimate

LONGEST = 32_767  # pixels a side: the painter's coordinates end here
MOST = 400_000_000  # pixels in all, 1.6 GB while they are painted
_COMPRESSION = 20  # of QImageWriter's 100: larger by a tenth than the default, in four fifths of the time
_PER_METRE = 1000 / 25.4


def write_png(out: Output, request: ExportRequest) -> None:
    """One image. Raises `ExportError` when it would be larger than can be painted."""
    sheet = Sheet(request)
    request.report(0.3, "Painting")
    image = painted(sheet, request.position)
    request.report(0.7, "Writing")
    out.write(encoded(image, request))


def measure_png(request: ExportRequest) -> Estimate:
    """Pixels, and bytes from what a picture of this kind takes."""
    width, height = Sheet(request).pixels
    return Estimate(width, height, bytes=width * height // 12)


def image_of(request: ExportRequest) -> QImage:
    """The request's step as an image, for the clipboard."""
    return painted(Sheet(request), request.position)


def painted(sheet: Sheet, position: int) -> QImage:
    """The sheet as an image."""
    width, height = sheet.pixels
    if max(width, height) > LONGEST or width * height > MOST:
        raise ExportError(
            f"An image of {width:,} x {height:,} pixels is too large. Choose a smaller scale, tiles, or SVG, which has "
            "no such limit."
        )
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    if image.isNull():
        raise ExportError(f"There is not enough memory for {width:,} x {height:,} pixels. Use a smaller scale, or SVG.")
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.scale(sheet.scale, sheet.scale)
    sheet.paint(painter, position)
    painter.end()
    return image


def encoded(image: QImage, request: ExportRequest) -> bytes:
    """The file."""
    for key, text in described(request).items():
        image.setText(key, text)
    if request.dpi:
        image.setDotsPerMeterX(round(request.dpi * _PER_METRE))
        image.setDotsPerMeterY(round(request.dpi * _PER_METRE))
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"png"))
    writer.setCompression(_COMPRESSION)
    if not writer.write(image):
        raise ExportError(f"The image could not be encoded: {writer.errorString()}.")
    return bytes(content.data())
