"""Sheets as pixels: whole images, or bands one after the other, of which only one is in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage

from .errors import ExportError
from .painting import painting
from .sheet import Sheet

LONGEST = 32_767  # pixels a side: coordinates of painters, and of many programs that read images, end here
MOST = 250_000_000  # pixels of an image that is held in memory whole, 1 GB
BAND = 256  # rows that are painted at once: they stay in the processor's cache

Pixels = tuple[int, int, int, int]  # left, top, width, height


def painted(sheet: Sheet, position: int) -> QImage:
    """The whole sheet as one image, for the clipboard and the frames of a film. Raises `ExportError` for a huge one."""
    width, height = sheet.pixels
    if width * height > MOST or max(width, height) > LONGEST:
        raise too_large(sheet, "an image in memory")
    return _painted(sheet, position, (0, 0, width, height))


def bands(sheet: Sheet, position: int, part: Pixels) -> Iterator[QImage]:
    """A rectangle of the sheet's pixels as images of `BAND` rows, from the top down."""
    left, top, width, height = part
    for row in range(top, top + height, BAND):
        yield _painted(sheet, position, (left, row, width, min(BAND, top + height - row)))


def too_large(sheet: Sheet, what: str) -> ExportError:
    """The error that says what would go."""
    width, height = sheet.pixels
    fitting = sheet.scale * min(LONGEST / width, LONGEST / height)
    return ExportError(
        f"{width:,} x {height:,} pixels are too many for {what} (at most {LONGEST:,} a side). Choose a scale of at "
        f"most {max(fitting - 0.005, 0.001):.2g}, or tiles, or SVG."
    )


def _painted(sheet: Sheet, position: int, part: Pixels) -> QImage:
    left, top, width, height = part
    opaque = sheet.request.background
    form = QImage.Format.Format_RGB32 if opaque else QImage.Format.Format_ARGB32_Premultiplied
    image = QImage(width, height, form)
    if image.isNull():
        raise ExportError(f"There is not enough memory for {width:,} x {height:,} pixels. Use a smaller scale, or SVG.")
    image.fill(QColor(sheet.request.theme.background) if opaque else QColor(Qt.GlobalColor.transparent))
    scale = sheet.scale
    with painting(image) as painter:
        painter.translate(-left, -top)
        painter.scale(scale, scale)
        sheet.paint(painter, position, QRectF(left / scale, top / scale, width / scale, height / scale))
    return image
