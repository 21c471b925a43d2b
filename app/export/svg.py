"""SVG: the sheet as vectors. Text stays text, in the canvas's fonts by name; the same input gives the same bytes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize
from PySide6.QtGui import QFontDatabase, QPainter
from PySide6.QtSvg import QSvgGenerator

from ui.canvas.picture.fonts import Fonts
from ui.formula.typeset import math_family

from .atomic import Output
from .errors import ExportError
from .metadata import described
from .painting import painting
from .request import ExportRequest
from .sheet import Sheet
from .sizes import Estimate, is_large, judged_bytes
from .stills import places
from .svg_text import SvgTexts

_SIZE = re.compile(r'width="[\d.]+mm" height="[\d.]+mm"')
LONGEST = 1_000_000  # units a side: QSvgGenerator writes six digits
_EACH = 430  # bytes for a box or an edge: measured on graphs of 10,000 nodes
_DPI = 96  # one unit of the drawing is one CSS pixel


def write_svg(out: Output, request: ExportRequest) -> None:
    """One drawing per position. Raises `ExportError` where its coordinates would be rounded."""
    sheet = Sheet(request)
    if _problem(sheet):
        raise ExportError(_problem(sheet))
    wanted = places(request, out.path)
    for done, (position, path) in enumerate(wanted):
        request.report(0.3 + 0.7 * done / len(wanted), "Painting")
        out.write(svg_bytes(sheet, position), path)


def measure_svg(request: ExportRequest) -> Estimate:
    """The exact size, or for a large graph what others of its size take."""
    sheet = Sheet(request)
    if _problem(sheet):
        return Estimate(*sheet.pixels, problem=_problem(sheet))
    count = len(places(request, Path("graph.svg")))
    if is_large(sheet):
        return Estimate(*sheet.pixels, files=count, bytes=count * judged_bytes(sheet, _EACH))
    one = len(svg_bytes(sheet, request.position))
    return Estimate(*sheet.pixels, files=count, bytes=count * one, exact=count == 1)


def svg_bytes(sheet: Sheet, position: int, texts: SvgTexts | None = None) -> bytes:
    """The file; the scale only sets the size it is shown at. `texts` of one sheet serve all its positions."""
    said = described(sheet.request, position)
    about = (said["Title"], f"{said['Description']}. Drawn by {said['Software']}")
    texts = texts_of(sheet.picture.fonts) if texts is None else texts
    return svg_of(sheet.size, texts, lambda painter: sheet.paint(painter, position), sheet.pixels, about)


def svg_of(
    size: tuple[float, float],
    texts: SvgTexts,
    paint: Callable[[QPainter], None],
    pixels: tuple[int, int] | None = None,
    about: tuple[str, str] = ("", ""),
) -> bytes:
    """What `paint` paints within `size` (width, height) from (0, 0) on.

    It is shown as large as `pixels`, else as `size`; `about` is its title and its description.
    """
    shown = (math.ceil(size[0]), math.ceil(size[1])) if pixels is None else pixels
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setResolution(_DPI)
    generator.setSize(QSize(*shown))
    generator.setViewBox(QRectF(0, 0, *size))
    generator.setTitle(about[0])
    generator.setDescription(about[1])
    with painting(generator) as painter:
        paint(painter)
    buffer.close()
    # In pixels: millimetres, as the generator writes them, are rounded up by a pixel in some programs.
    svg = _SIZE.sub('width="{}" height="{}"'.format(*shown), bytes(content.data()).decode(), count=1)
    return texts.mended(svg).encode()


def _problem(sheet: Sheet) -> str:
    if max(sheet.size) < LONGEST:
        return ""
    width, height = sheet.size
    return (
        f"A drawing of {width:,} x {height:,} units is too large for SVG, whose coordinates have six digits here "
        "(up to 999,999). Close groups, export a group or a selection, or take a PNG in tiles."
    )


def texts_of(fonts: Fonts) -> SvgTexts:
    """Mends texts in these fonts: it knows what stands in for each family where it is missing."""
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    kinds = {math_family(): "serif", fonts.title.family(): "sans-serif", fonts.second.family(): "monospace"}
    return SvgTexts(kinds | {fixed: "monospace"})
