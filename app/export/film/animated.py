"""GIF, APNG and WebP through Pillow. A frame is held as long as its step is shown; equal pixels are stored once.

GIF has 256 colours a film: they are chosen from frames spread over it, and are the same in every frame, so that
nothing flickers.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import chain
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ..atomic import Output
from ..errors import ExportError
from ..metadata import described
from ..raster import painted
from ..request import ExportRequest
from ..sizes import Estimate
from .frames import Frames, estimate, fit_in_memory, pillow_image, sampled

PALETTE_SIDE = 700  # pixels: colours are counted in smaller frames


def write_gif(out: Output, request: ExportRequest) -> None:
    """An animated GIF."""
    frames = _fitting(Frames(request), "GIF")
    palette = _palette(frames)
    pictures = (_indexed(picture, palette) for picture in frames.pictures())
    duration = 10 * max(2, round(frames.duration / 10))  # GIF counts hundredths of a second
    comment = "; ".join(described(request).values()).encode()
    _save(out, pictures, "GIF", duration=duration, disposal=1, optimize=False, comment=comment, **_endless(request))


def write_apng(out: Output, request: ExportRequest) -> None:
    """An animated PNG: all colours, without loss."""
    frames = _fitting(Frames(request), "APNG")
    text = PngInfo()
    for key, value in described(request).items():
        text.add_itxt(key, value)
    _save(out, frames.pictures(), "PNG", duration=frames.duration, loop=request.loops, pnginfo=text, compress_level=4)


def write_webp(out: Output, request: ExportRequest) -> None:
    """An animated WebP, without loss."""
    frames = _fitting(Frames(request), "WebP")
    _save(
        out, frames.pictures(), "WEBP", duration=frames.duration, loop=request.loops, lossless=True, quality=40,
        method=1, minimize_size=False,
    )  # fmt: skip


def measure_gif(request: ExportRequest) -> Estimate:
    """From some of the frames."""
    return _measured(request, "GIF", disposal=1)


def measure_apng(request: ExportRequest) -> Estimate:
    """From some of the frames."""
    return _measured(request, "PNG", compress_level=4)


def measure_webp(request: ExportRequest) -> Estimate:
    """From some of the frames."""
    return _measured(request, "WEBP", lossless=True, quality=40, method=1)


def _measured(request: ExportRequest, form: str, **options: Any) -> Estimate:
    frames = Frames(request)
    problem = fit_in_memory(frames, {"PNG": "APNG", "WEBP": "WebP"}.get(form, form))
    if problem:
        return Estimate(*frames.size, problem=problem)
    pictures = sampled(frames)
    if form == "GIF":
        palette = _palette_of(pictures)
        pictures = [_indexed(picture, palette) for picture in pictures]
    one, some = (_size_of(part, form, options) for part in (pictures[:1], pictures))
    return estimate(frames, one, some, len(pictures))


def _size_of(pictures: list[Image.Image], form: str, options: dict[str, Any]) -> int:
    content = BytesIO()
    pictures[0].save(content, form, save_all=True, append_images=pictures[1:], **options)
    return len(content.getvalue())


def _fitting(frames: Frames, name: str) -> Frames:
    problem = fit_in_memory(frames, name)
    if problem:
        raise ExportError(problem)
    return frames


def _endless(request: ExportRequest) -> dict[str, int]:
    """GIF says how often a film is played again; without a word it is played once."""
    if request.loops == 1:
        return {}
    return {"loop": request.loops - 1 if request.loops else 0}


def _palette(frames: Frames) -> Image.Image:
    """From frames that are spread over the film."""
    positions = frames.positions
    spread = {positions[round(share * (len(positions) - 1))] for share in (0, 0.5, 1)}
    return _palette_of([pillow_image(painted(frames.sheet, position)) for position in sorted(spread)])


def _palette_of(pictures: list[Image.Image]) -> Image.Image:
    small = [picture.convert("RGB").copy() for picture in pictures]
    for picture in small:
        picture.thumbnail((PALETTE_SIDE, PALETTE_SIDE), Image.Resampling.NEAREST)
    sheet = Image.new("RGB", (max(p.width for p in small), sum(p.height for p in small)), small[0].getpixel((0, 0)))
    top = 0
    for picture in small:
        sheet.paste(picture, (0, top))
        top += picture.height
    return sheet.quantize(255, Image.Quantize.MEDIANCUT)


def _indexed(picture: Image.Image, palette: Image.Image) -> Image.Image:
    return picture.convert("RGB").quantize(palette=palette, dither=Image.Dither.NONE)


def _save(out: Output, pictures: Iterator[Image.Image], form: str, **options: Any) -> None:
    first = next(pictures)
    second = next(pictures, None)
    rest = chain([second], pictures) if second is not None else iter(())
    with out.part().open("wb") as file:
        first.save(file, form, save_all=True, append_images=rest, **options)
