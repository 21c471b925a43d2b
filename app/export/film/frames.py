"""The frames of a film: the sheet at every position, painted one after the other, each held for its time."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image
from PySide6.QtGui import QImage

from ..errors import UnfitRequestError
from ..raster import painted
from ..request import ExportRequest
from ..sheet import Sheet
from ..sizes import Estimate

MOST_BYTES = 1_500_000_000  # of all frames of a format that needs them in memory at once
LEAST_TIME = 0.02  # seconds: many programs show shorter frames far longer


class Frames:
    """Frames of a request; `size` in pixels, `duration` of each in milliseconds."""

    def __init__(self, request: ExportRequest, sheet: Sheet | None = None) -> None:
        self.request = request
        self.sheet = Sheet(request) if sheet is None else sheet
        self.positions = request.positions
        self.size = self.sheet.pixels
        if request.seconds < LEAST_TIME:
            raise UnfitRequestError(f"Show each step for at least {LEAST_TIME} seconds, not {request.seconds:g}.")
        self.duration = round(1000 * request.seconds)

    def __len__(self) -> int:
        return len(self.positions)

    def images(self) -> Iterator[QImage]:
        """One image per position; reports progress."""
        for done, position in enumerate(self.positions):
            self.request.report(0.05 + 0.9 * done / len(self.positions), f"Painting step {position}")
            yield painted(self.sheet, position)

    def pictures(self) -> Iterator[Image.Image]:
        """The same for Pillow."""
        for image in self.images():
            yield pillow_image(image)


def fit_in_memory(frames: Frames, name: str) -> str:
    """Why a format that holds all frames at once cannot take these, "" where it can."""
    width, height = frames.size
    taken = len(frames) * width * height * 4
    if taken <= MOST_BYTES:
        return ""
    scale = frames.sheet.scale * (MOST_BYTES / taken) ** 0.5
    return (
        f"{len(frames):,} frames of {width:,} x {height:,} pixels are too many for {name}. Choose a scale of at most "
        f"{scale:.2g}, fewer steps, MP4, or the HTML player."
    )


def pillow_image(image: QImage) -> Image.Image:
    """The pixels of a QImage, with alpha where it has any."""
    alpha = image.hasAlphaChannel()
    image = image.convertToFormat(QImage.Format.Format_RGBA8888 if alpha else QImage.Format.Format_RGB888)
    size = (image.width(), image.height())
    mode = "RGBA" if alpha else "RGB"
    return Image.frombuffer(mode, size, bytes(image.constBits()), "raw", mode, image.bytesPerLine(), 1)


def sampled(frames: Frames) -> list[int]:
    """The positions of a few frames, spread over the film: what is judged from some is told sooner than from all."""
    count = len(frames.positions)
    return sorted({frames.positions[round(share * (count - 1))] for share in (0, 0.5, 1)})


def estimate(frames: Frames, taken: int, problem: str = "") -> Estimate:
    """The size of a film whose sampled frames took so many bytes each on average."""
    return Estimate(*frames.size, files=1, bytes=taken * len(frames), problem=problem)
