"""SVG: the sheet as vectors. Text stays text, in the canvas's fonts by name; the same input gives the same bytes."""

from __future__ import annotations

import math
import re
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize
from PySide6.QtGui import QFontDatabase, QPainter
from PySide6.QtSvg import QSvgGenerator

from ui.canvas.fonts import Fonts
from ui.formula.typeset import math_family

from .atomic import Output
from .metadata import described
from .request import ExportRequest
from .sheet import Sheet
from .sizes import Estimate
from .stills import places
from .svg_text import SvgTexts

_SIZE = re.compile(r'width="[\d.]+mm" height="[\d.]+mm"')
_DPI = 96  # one unit of the drawing is one CSS pixel


def write_svg(out: Output, request: ExportRequest) -> None:
    """One drawing per position."""
    sheet = Sheet(request)
    wanted = places(request, out.path)
    for done, (position, path) in enumerate(wanted):
        request.report(0.3 + 0.7 * done / len(wanted), "Painting")
        out.write(svg_bytes(sheet, position), path)


def measure_svg(request: ExportRequest) -> Estimate:
    """The exact size: writing it takes no longer than guessing would."""
    sheet = Sheet(request)
    count, one = len(places(request, Path("graph.svg"))), len(svg_bytes(sheet, request.position))
    return Estimate(*sheet.pixels, files=count, bytes=count * one, exact=count == 1)


def svg_bytes(sheet: Sheet, position: int) -> bytes:
    """The file; the scale only sets the size it is shown at."""
    width, height = sheet.size
    said = described(sheet.request, position)
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setResolution(_DPI)
    generator.setSize(QSize(math.ceil(width * sheet.scale), math.ceil(height * sheet.scale)))
    generator.setViewBox(QRectF(0, 0, width, height))
    generator.setTitle(said["Title"])
    generator.setDescription(f"{said['Description']}. Drawn by {said['Software']}")
    painter = QPainter(generator)
    sheet.paint(painter, position)
    painter.end()
    buffer.close()
    texts = SvgTexts(_kinds(sheet.picture.fonts))
    # In pixels: millimetres, as the generator writes them, are rounded up by a pixel in some programs.
    size = 'width="{}" height="{}"'.format(*sheet.pixels)
    svg = _SIZE.sub(size, bytes(content.data()).decode(), count=1)
    return texts.mended(svg).encode()


def _kinds(fonts: Fonts) -> dict[str, str]:
    """What stands in for each family where it is missing."""
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    return {math_family(): "serif", fonts.title.family(): "sans-serif", fonts.second.family(): "monospace"} | {
        fixed: "monospace"
    }
