"""PDF: the sheet as vectors with its fonts in the file, on one page of its own size or on several A4 pages."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QFont, QPageLayout, QPageSize, QPdfWriter

from .atomic import Output
from .errors import ExportError
from .metadata import described
from .painting import painting
from .request import ExportRequest, Page
from .sheet import Sheet
from .sizes import Estimate, is_large, judged_bytes
from .stills import places

POINTS = 0.75  # per unit: 72 points and 96 units are an inch
LONGEST = 14_400  # points a side: PDF readers show no larger page (ISO 32000, annex C)
_EACH = 42  # bytes for a box or an edge: measured on graphs of 10,000 nodes
_DOTS = 1200  # per inch, to which the writer rounds its coordinates
_A4 = QSizeF(210 / 25.4 * 96, 297 / 25.4 * 96)  # in units
_BORDER = 10 / 25.4 * 96  # units that printers leave white, and where a tile says which it is


@dataclass(frozen=True, slots=True)
class _Tiling:
    """How a sheet is spread over A4 pages, each with a border."""

    landscape: bool
    columns: int
    rows: int

    @property
    def page(self) -> QSizeF:
        """In units."""
        return _A4.transposed() if self.landscape else _A4

    @property
    def room(self) -> QSizeF:
        """What a page shows of the sheet, in units."""
        return self.page - QSizeF(2 * _BORDER, 2 * _BORDER)


def write_pdf(out: Output, request: ExportRequest) -> None:
    """One document per position. Raises `ExportError` where the drawing is larger than a page can be."""
    sheet = Sheet(request)
    if request.page is Page.FIT and _problem(sheet):
        raise ExportError(_problem(sheet))
    wanted = places(request, out.path)
    for done, (position, path) in enumerate(wanted):
        request.report(0.3 + 0.7 * done / len(wanted), "Painting")
        out.write(pdf_bytes(sheet, position), path)


def measure_pdf(request: ExportRequest) -> Estimate:
    """The page's size in points and the exact bytes, or for a large graph what others of its size take."""
    sheet = Sheet(request)
    count, large = len(places(request, Path("graph.pdf"))), is_large(sheet)
    width, height = (595, 842) if request.page is Page.A4 else _points(sheet)
    problem = _problem(sheet) if request.page is Page.FIT else ""
    if problem:
        return Estimate(width, height, "pt", count, problem=problem)
    one = judged_bytes(sheet, _EACH) if large else len(pdf_bytes(sheet, request.position))
    return Estimate(width, height, "pt", count, count * one, exact=count == 1 and not large)


def page_count(sheet: Sheet) -> int:
    """Pages of one document."""
    return 1 if sheet.request.page is Page.FIT else _tiling(sheet).columns * _tiling(sheet).rows


def pdf_bytes(sheet: Sheet, position: int) -> bytes:
    """The file."""
    said = described(sheet.request, position)
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DOTS)
    writer.setTitle(f"{said['Title']}: {said['Description']}")
    writer.setCreator(said["Software"])
    if sheet.request.page is Page.FIT:
        _paint_fitting(writer, sheet, position)
    else:
        _paint_tiles(writer, sheet, position)
    buffer.close()
    return bytes(content.data())


def _paint_fitting(writer: QPdfWriter, sheet: Sheet, position: int) -> None:
    width, height = (side * POINTS * sheet.scale for side in sheet.size)
    _set_page(writer, QSizeF(width, height))
    with painting(writer) as painter:
        painter.scale(*[sheet.scale * _DOTS / 96] * 2)
        sheet.paint(painter, position)


def _paint_tiles(writer: QPdfWriter, sheet: Sheet, position: int) -> None:
    tiling, scale = _tiling(sheet), sheet.scale
    room, page = tiling.room, tiling.page
    _set_page(writer, page * POINTS)
    with painting(writer) as painter:
        painter.scale(_DOTS / 96, _DOTS / 96)
        label = QFont(sheet.picture.fonts.small)
        for number in range(tiling.rows * tiling.columns):
            sheet.request.report(0.3 + 0.7 * number / (tiling.rows * tiling.columns), "Painting")
            if number:
                writer.newPage()
            row, column = divmod(number, tiling.columns)
            painter.save()
            painter.setClipRect(QRectF(QPointF(_BORDER, _BORDER), room))
            painter.translate(_BORDER - column * room.width(), _BORDER - row * room.height())
            painter.scale(scale, scale)
            shown = QRectF(column * room.width(), row * room.height(), room.width(), room.height())
            sheet.paint(painter, position, QRectF(shown.topLeft() / scale, shown.size() / scale))
            painter.restore()
            painter.setFont(label)
            painter.setPen(QColor("#5b6472"))
            text = f"row {row + 1} of {tiling.rows}, column {column + 1} of {tiling.columns}"
            painter.drawText(QPointF(_BORDER, page.height() - _BORDER / 2), text)


def _set_page(writer: QPdfWriter, points: QSizeF) -> None:
    size = QPageSize(points, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))


def _tiling(sheet: Sheet) -> _Tiling:
    """Upright or across, whichever takes fewer pages."""
    width, height = (side * sheet.scale for side in sheet.size)

    def spread(landscape: bool) -> _Tiling:
        room = _Tiling(landscape, 1, 1).room
        return _Tiling(landscape, math.ceil(width / room.width()), math.ceil(height / room.height()))

    return min(spread(False), spread(True), key=lambda tiling: tiling.columns * tiling.rows)


def _points(sheet: Sheet) -> tuple[int, int]:
    width, height = (math.ceil(side * POINTS * sheet.scale) for side in sheet.size)
    return width, height


def _problem(sheet: Sheet) -> str:
    width, height = _points(sheet)
    if max(width, height) <= LONGEST:
        return ""
    fitting = sheet.scale * LONGEST / max(width, height)
    return (
        f"A page of {width:,} x {height:,} points is larger than PDF readers show (at most {LONGEST:,} a side). Choose "
        f"A4 pages, a scale of at most {fitting - 0.005:.2g}, or SVG."
    )
