"""The frames of a film: the sheet at every position, painted one after the other, each held for its time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

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

    def __init__(self, request: ExportRequest) -> None:
        self.positions = request.positions
        # Told which steps it is for, the sheet leaves room for the highest of their panels.
        request = replace(request, steps=(self.positions[0], self.positions[-1]))
        self.request, self.sheet = request, Sheet(request)
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


def sampled(frames: Frames) -> list[Image.Image]:
    """Three frames in a row from the middle, or as many as there are: they tell what a step adds to a film."""
    positions = frames.positions
    first = max(0, min(len(positions) // 2, len(positions) - 3))
    return [pillow_image(painted(frames.sheet, position)) for position in positions[first : first + 3]]


def estimate(frames: Frames, one: int, all_sampled: int, sample: int) -> Estimate:
    """The size of a film of which one frame takes `one` bytes, and `sample` of them in a row `all_sampled`."""
    step = (all_sampled - one) / max(sample - 1, 1)
    return Estimate(*frames.size, bytes=round(one + max(step, 0.0) * (len(frames) - 1)))
