"""MP4 (H.264) through the ffmpeg that the optional package imageio-ffmpeg brings, in a process of its own."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from ..atomic import Output
from ..errors import ExportError, UnfitRequestError
from ..metadata import SOFTWARE, described
from ..png import write_png
from ..request import ExportRequest
from ..sizes import Estimate, sampled_bytes
from .frames import Frames, Pixels, rgb

NEEDS = "imageio_ffmpeg"
HOW = "MP4 needs the package imageio-ffmpeg. Get it with: pip install 'retrograde[film]'"
QUALITY = 18  # constant rate factor: lines and letters stay sharp
LONGEST = 8192  # pixels a side that players can be expected to show
_SHARE = 0.05  # bytes of a frame beside those of a PNG of it: measured on the examples
_SAMPLE = 1_000_000  # pixels


def write_mp4(out: Output, request: ExportRequest) -> None:
    """A film of constant frame rate; a step is shown for a whole number of frames, at least one."""
    frames = Frames(request)
    _check(frames)
    ffmpeg: Any = importlib.import_module(NEEDS)
    width, height = _even(frames.size)
    said = described(request)
    writer = ffmpeg.write_frames(
        str(out.part()), (width, height), pix_fmt_in="rgb24", fps=request.fps, codec="libx264", quality=None,
        macro_block_size=2, ffmpeg_log_level="error",
        output_params=[
            "-crf", str(QUALITY), "-preset", "veryfast", "-pix_fmt", "yuv420p", "-movflags", "+faststart",
            "-metadata", f"title={said['Title']}", "-metadata", f"comment={said['Description']}. {SOFTWARE}",
        ],
    )  # fmt: skip
    repeats = max(1, round(request.fps * request.seconds))
    try:
        writer.send(None)
        for pixels in frames.all():
            content = _padded(pixels, width, height)
            for _ in range(repeats):
                writer.send(content)
    except (OSError, RuntimeError) as error:
        raise ExportError(f"ffmpeg could not write the film: {_last_line(error)}") from error
    finally:
        writer.close()


def measure_mp4(request: ExportRequest) -> Estimate:
    """A rough judgement: the films are not written twice."""
    frames = Frames(request)
    try:
        _check(frames)
    except UnfitRequestError as error:
        return Estimate(*frames.size, problem=str(error))
    one = sampled_bytes(request, frames.sheet, write_png, _SAMPLE)
    return Estimate(*_even(frames.size), bytes=int(one * (1 + _SHARE * len(frames))))


def _check(frames: Frames) -> None:
    request = frames.request
    if not 1 <= request.fps <= 120:
        raise UnfitRequestError(f"Choose from 1 to 120 frames per second, not {request.fps:g}.")
    width, height = frames.size
    if max(width, height) > LONGEST:
        scale = frames.sheet.scale * LONGEST / max(width, height)
        raise UnfitRequestError(
            f"{width:,} x {height:,} pixels are too many for a film (at most {LONGEST:,} a side). Choose a scale of "
            f"at most {scale:.2g}, or the HTML player."
        )


def _even(size: tuple[int, int]) -> tuple[int, int]:
    """H.264 stores colours for two by two pixels."""
    return size[0] + size[0] % 2, size[1] + size[1] % 2


def _padded(pixels: Pixels, width: int, height: int) -> bytes:
    """Rows and columns at the rim are repeated where the size was odd."""
    missing = ((0, height - pixels.shape[0]), (0, width - pixels.shape[1]))
    return rgb(np.pad(pixels, missing, "edge")).tobytes()


def _last_line(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1].strip() if lines else type(error).__name__
