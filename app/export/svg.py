"""SVG: the picture as vectors. Text stays text, in the canvas's fonts by name; the same input gives the same bytes."""

from __future__ import annotations

import math
from html import escape

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator

from ui.canvas.picture import Picture

from ..version import __version__
from .frame import framed, paint_frame

_DPI = 96  # one unit of the drawing is one CSS pixel


def svg_bytes(picture: Picture, scale: float) -> bytes:
    """The file; `scale` only sets the size it is shown at."""
    frame = framed(picture)
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(_DPI)
    generator.setSize(QSize(math.ceil(frame.width() * scale), math.ceil(frame.height() * scale)))
    generator.setViewBox(QRectF(0, 0, math.ceil(frame.width()), math.ceil(frame.height())))
    generator.setTitle("Computation graph")
    generator.setDescription(f"Drawn by Retrograde {__version__}")
    painter = QPainter(generator)
    painter.translate(-frame.topLeft())
    paint_frame(picture, painter)
    painter.end()
    buffer.close()
    return _with_generic_families(bytes(content.data()), picture)


def _with_generic_families(svg: bytes, picture: Picture) -> bytes:
    """Where a machine lacks a font, let it take another of the kind: QSvgGenerator names one family only."""
    fonts = picture.fonts
    for font, generic in ((fonts.title, "sans-serif"), (fonts.second, "monospace")):
        family = escape(font.family(), quote=True)
        svg = svg.replace(f'font-family="{family}"'.encode(), f'font-family="{family}, {generic}"'.encode())
    return svg
