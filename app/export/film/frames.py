"""The frames of a film: the sheet at every position, painted one after the other, and what changes between them.

Only two frames are in memory at a time, so that a film may be as long and as large as its format allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from ..atomic import Output
from ..errors import ExportError, UnfitRequestError
from ..raster import painted
from ..request import ExportRequest
from ..sheet import Sheet
from ..sizes import Estimate

LEAST_TIME = 0.02  # seconds: many programs show shorter frames far longer
MOST_SAMPLED = 30_000_000  # pixels that are painted to judge the size of a film

Pixels = NDArray[np.uint32]  # (height, width), 0xffRRGGBB


class Frames:
    """Frames of a request; `size` in pixels, `duration` of each in milliseconds."""

    def __init__(self, request: ExportRequest) -> None:
        if request.seconds < LEAST_TIME:
            raise UnfitRequestError(f"Show each step for at least {LEAST_TIME} seconds, not {request.seconds:g}.")
        self.positions = request.positions
        # Told which steps it is for, the sheet leaves room for the highest of their panels.
        request = replace(request, steps=(self.positions[0], self.positions[-1]), background=True)
        self.request, self.sheet = request, Sheet(request)
        self.size = self.sheet.pixels
        self.duration = round(1000 * request.seconds)

    def __len__(self) -> int:
        return len(self.positions)

    def at(self, position: int) -> Pixels:
        """One frame. Raises `ExportError` where it is too large for an image in memory."""
        image = painted(self.sheet, position)
        return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width()).copy()

    def all(self) -> Iterator[Pixels]:
        """One frame per position; reports progress."""
        for done, position in enumerate(self.positions):
            self.request.report(0.05 + 0.9 * done / len(self.positions), f"Painting step {position}")
            yield self.at(position)

    def middle(self) -> list[Pixels]:
        """Three frames in a row, or as many as there are: they tell what a step adds to a film."""
        first = max(0, min(len(self.positions) // 2, len(self.positions) - 3))
        return [self.at(position) for position in self.positions[first : first + 3]]

    def spread(self) -> list[Pixels]:
        """First, middle and last frame."""
        count = len(self.positions)
        return [self.at(self.positions[place]) for place in sorted({0, count // 2, count - 1})]


def rgb(pixels: Pixels) -> NDArray[np.uint8]:
    """(height, width, 3) bytes."""
    parts = np.ascontiguousarray(pixels).astype("<u4", copy=False).view(np.uint8).reshape(*pixels.shape, 4)
    return np.ascontiguousarray(parts[:, :, 2::-1])  # blue, green, red, unused


@dataclass(frozen=True, slots=True)
class Change:
    """What a frame changes of the one before: the pixels of a rectangle, and which of them differ."""

    left: int
    top: int
    pixels: Pixels
    differs: NDArray[np.bool_]


def changes(frames: Iterator[Pixels]) -> Iterator[Change]:
    """The first frame whole, of every other one the smallest rectangle that holds all that differs."""
    before: Pixels | None = None
    for frame in frames:
        differs = np.ones(frame.shape, np.bool_) if before is None else frame != before
        rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
        if len(rows):
            top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
        else:
            top, bottom, left, right = 0, 1, 0, 1  # a step that changes nothing is shown for its time too
        yield Change(int(left), int(top), frame[top:bottom, left:right], differs[top:bottom, left:right])
        before = frame


class Encoder(Protocol):
    """Writes frames as a file of some format."""

    def __call__(self, file: BinaryIO, frames: Frames, pixels: Iterator[Pixels], count: int) -> None:
        """Write `pixels`, which are `count` frames of `frames`."""


def write_film(out: Output, frames: Frames, encode: Encoder) -> None:
    """The whole film as one file."""
    with out.part().open("wb") as file:
        encode(file, frames, frames.all(), len(frames))


def measure_film(frames: Frames, encode: Encoder) -> Estimate:
    """From what a few frames in a row take: the first is stored whole, of the others what changes."""
    width, height = frames.size
    try:
        some = frames.middle() if width * height * 3 < MOST_SAMPLED else [frames.at(frames.positions[0])]
        one, all_of_them = (_size_of(frames, encode, part) for part in (some[:1], some))
    except ExportError as error:
        return Estimate(width, height, problem=str(error))
    step = (all_of_them - one) / (len(some) - 1) if len(some) > 1 else one / 20
    return Estimate(width, height, bytes=round(one + step * (len(frames) - 1)))


def _size_of(frames: Frames, encode: Encoder, some: list[Any]) -> int:
    content = BytesIO()
    encode(content, frames, iter(some), len(some))
    return len(content.getvalue())
