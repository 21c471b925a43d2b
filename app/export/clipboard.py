"""The picture for the clipboard: an image at the scale of a PNG, as large as fits into memory."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QImage

from .raster import painted
from .request import ExportRequest
from .sheet import Sheet

SCALE = 2.0


def image_of(request: ExportRequest) -> QImage:
    """The request's step as an image. Any thread may make it; only the UI thread may put it on the clipboard."""
    return painted(Sheet(replace(request, scale=SCALE, width=0)), request.position)
