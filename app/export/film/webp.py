"""Animated WebP without loss, through Pillow, which keeps all frames of a film in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from ..atomic import Output
from ..errors import UnfitRequestError
from ..request import ExportRequest
from ..sizes import Estimate
from .frames import Frames, Pixels, measure_film, rgb, write_film

LONGEST = 16_383  # pixels a side
MOST_BYTES = 1_000_000_000  # of all frames


def write_webp(out: Output, request: ExportRequest) -> None:
    """An animated WebP."""
    frames = Frames(request)
    problem = _problem(frames)
    if problem:
        raise UnfitRequestError(problem)
    write_film(out, frames, _encode)


def measure_webp(request: ExportRequest) -> Estimate:
    """From some of the frames."""
    frames = Frames(request)
    problem = _problem(frames)
    return Estimate(*frames.size, problem=problem) if problem else measure_film(frames, _encode)


def _encode(file: BinaryIO, frames: Frames, pixels: Iterator[Pixels], count: int) -> None:
    from PIL import Image

    first, *rest = (Image.fromarray(rgb(frame)) for frame in pixels)
    first.save(
        file, "WEBP", save_all=True, append_images=rest, duration=frames.duration, loop=frames.request.loops,
        lossless=True, quality=30, method=1,
    )  # fmt: skip


def _problem(frames: Frames) -> str:
    width, height = frames.size
    taken = len(frames) * width * height * 3
    if max(width, height) <= LONGEST and taken <= MOST_BYTES:
        return ""
    shrink = min(LONGEST / max(width, height), (MOST_BYTES / taken) ** 0.5)
    return (
        f"{len(frames):,} frames of {width:,} x {height:,} pixels are too many for WebP. Choose a scale of at most "
        f"{frames.sheet.scale * shrink:.2g}, fewer steps, or GIF, APNG or the HTML player, which have room for them."
    )
