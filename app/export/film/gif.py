"""GIF89a. A frame holds what changes; its unchanged pixels are transparent, which packs well.

GIF has 256 colours: they are chosen from frames spread over the film, and are the same in every frame, so that nothing
flickers. Pillow packs the pixels; the blocks around them are written here, one frame at a time,
because Pillow keeps all of them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from ..atomic import Output
from ..errors import UnfitRequestError
from ..metadata import described
from ..request import ExportRequest
from ..sizes import Estimate
from .frames import Change, Frames, Pixels, changes, measure_film, write_film
from .palette import COUNT, Palette

if TYPE_CHECKING:
    from PIL import Image

LONGEST = 65_535  # pixels a side
_CLEAR = COUNT  # the index that stands for "as before"


def write_gif(out: Output, request: ExportRequest) -> None:
    """An animated GIF."""
    frames = _frames(request)
    write_film(out, frames, partial(_encode, palette=Palette(frames.spread())))


def measure_gif(request: ExportRequest) -> Estimate:
    """From some of the frames."""
    frames = _frames(request)
    return measure_film(frames, partial(_encode, palette=Palette(frames.middle())))


def _frames(request: ExportRequest) -> Frames:
    frames = Frames(request)
    if max(frames.size) > LONGEST:
        raise UnfitRequestError(f"GIF has at most {LONGEST:,} pixels a side. Choose a smaller scale.")
    return frames


def _encode(file: BinaryIO, frames: Frames, pixels: Iterator[Pixels], count: int, *, palette: Palette) -> None:
    from PIL import GifImagePlugin

    file.write(b"GIF89a" + struct.pack("<HHBBB", *frames.size, 0xF7, 0, 0) + palette.colours.tobytes() + b"\0\0\0")
    if frames.request.loops != 1:  # the block says how often a film is played again; without it, not at all
        again = frames.request.loops - 1 if frames.request.loops else 0
        file.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<H", again) + b"\0")
    _write_comment(file, "; ".join(described(frames.request).values()))
    duration = 10 * max(2, round(frames.duration / 10))  # hundredths of a second
    for change in changes(pixels):
        for block in GifImagePlugin.getdata(
            _indexed(change, palette), (change.left, change.top), duration=duration, disposal=1, transparency=_CLEAR
        ):
            file.write(block)
    file.write(b"\x3b")


def _write_comment(file: BinaryIO, text: str) -> None:
    content = text.encode("ascii", "replace")
    parts = [content[start : start + 255] for start in range(0, len(content), 255)]
    file.write(b"\x21\xfe" + b"".join(bytes([len(part)]) + part for part in parts) + b"\0")


def _indexed(change: Change, palette: Palette) -> Image.Image:
    from PIL import Image

    found = palette.indices(change.pixels)
    found[~change.differs] = _CLEAR
    return Image.frombytes("P", (found.shape[1], found.shape[0]), found.tobytes())
