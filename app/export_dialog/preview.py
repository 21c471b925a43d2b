"""What an export will look like and how large it will be, worked out off the UI thread; the newest question counts."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtGui import QImage, QPainter

from ..background import Background
from ..export import ExportCancelledError, ExportError, ExportRequest, Format, Kind, export
from ..export.painting import painting
from ..export.sheet import Sheet
from ..export.sizes import Estimate

DELAY_MS = 120  # a number that is being typed is not painted digit by digit
CROWDED = 1_000  # boxes from which on a preview paints only what can be seen, so that the window stays quick
MOST_TEXT = 4_000  # characters of a text format that are shown


@dataclass(frozen=True, slots=True)
class Seen:
    """An image for pictures, the beginning of the file for data; `problem` says why there is neither."""

    image: QImage | None = None
    text: str = ""
    estimate: Estimate | None = None
    problem: str = ""


class PreviewJob(QObject):
    """Asks for previews one at a time; `ready` comes with the newest one, `begun` when one is under way."""

    ready = Signal(object)  # Seen
    begun = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._work = Background(self)
        self._timer = QTimer(self, interval=DELAY_MS, singleShot=True)
        self._timer.timeout.connect(self._start)
        self._wanted: tuple[Format, ExportRequest, QSize, float] | None = None
        self._number = 0

    def ask(self, form: Format, request: ExportRequest, room: QSize, ratio: float) -> None:
        """A preview that fits into `room`, for a screen of `ratio` pixels per unit. What is under way is given up."""
        self._wanted = (form, request, room, ratio)
        self._number += 1
        self.begun.emit()
        self._timer.start()

    def stop(self) -> None:
        """Nobody looks any more."""
        self._timer.stop()
        self._number += 1

    def _start(self) -> None:
        if self._wanted is None:
            return
        form, request, room, ratio = self._wanted
        number = self._number
        watched = replace(request, cancelled=lambda: number != self._number)
        self._work.run(lambda: seen(form, watched, room, ratio), self._show(number), self._fail(number))

    def _show(self, number: int) -> Callable[[Seen], None]:
        def show(found: Seen) -> None:
            if number == self._number:
                self.ready.emit(found)

        return show

    def _fail(self, number: int) -> Callable[[Exception], None]:
        def fail(error: Exception) -> None:
            if number == self._number and not isinstance(error, ExportCancelledError):
                self.ready.emit(Seen(problem=str(error)))

        return fail


def seen(form: Format, request: ExportRequest, room: QSize, ratio: float) -> Seen:
    """The preview of a request. Any thread may make it."""
    try:
        if form.kind is Kind.DATA:
            return Seen(text=_beginning(form, request), estimate=form.measure(request))
        # Laid out once, for the preview and for the size.
        sheet = Sheet(replace(request, steps=None))
        laid_out = replace(request, drawing=sheet.picture.drawing)
        image = _small(sheet, room, ratio)
        estimate = form.measure(laid_out)
        return Seen(image, "", estimate, estimate.problem)
    except ExportCancelledError:
        raise
    except ExportError as error:
        return Seen(problem=str(error))


def _small(sheet: Sheet, room: QSize, ratio: float) -> QImage:
    """The sheet as large as fits, but not larger than it is."""
    width, height = sheet.size
    scale = ratio * min(room.width() / width, room.height() / height, 1.0)
    size = QSize(max(1, round(width * scale)), max(1, round(height * scale)))
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    with painting(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(scale, scale)
        crowded = len(sheet.picture.drawing.rects) > CROWDED
        sheet.paint(painter, sheet.request.position, detail=scale if crowded else None)
    image.setDevicePixelRatio(ratio)
    return image


def _beginning(form: Format, request: ExportRequest) -> str:
    with TemporaryDirectory() as folder:
        files = export(Path(folder) / f"graph{form.suffix}", request, form)
        found = []
        for file in files:
            with file.open("rb") as stream:
                start = stream.read(MOST_TEXT)
            # The last character may be cut in two.
            text = codecs.getincrementaldecoder("utf-8")().decode(start)
            more = " …" if len(start) == MOST_TEXT else ""
            found.append((f"{file.name}\n" if len(files) > 1 else "") + text.rstrip() + more)
    return "\n\n".join(found)
