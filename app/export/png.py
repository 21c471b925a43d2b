"""PNG: the sheet as pixels, with what it shows written into it as text; as one file, or as tiles where it is large."""

from __future__ import annotations

from pathlib import Path

from .atomic import Output
from .metadata import described
from .png_stream import PngStream
from .raster import BAND, LONGEST, Pixels, bands, too_large
from .request import ExportRequest
from .sheet import Sheet
from .sizes import Estimate, sampled_bytes
from .stills import places

_LARGEST_SAMPLE = 1_500_000  # pixels that are painted to judge how many bytes all will take


def write_png(out: Output, request: ExportRequest) -> None:
    """One image, or its tiles, per position. Raises `ExportError` when one would be too large."""
    sheet = Sheet(request)
    parts = tiles(sheet)
    wanted = [(position, path) for position, path in places(request, out.path)]
    rows = sum(height for _, _, _, height in parts.values()) * len(wanted)
    done = 0
    for position, path in wanted:
        for name, part in parts.items():
            target = path.with_name(f"{path.stem}{name}{path.suffix}")
            with out.part(target).open("wb") as file:
                stream = PngStream(
                    file, part[2], part[3], alpha=not request.background, dpi=request.dpi,
                    text=described(request, position),
                )  # fmt: skip
                try:
                    for band in bands(sheet, position, part):
                        stream.add(band)
                        done += band.height()
                        request.report(done / rows, "Painting")
                    stream.close()
                finally:
                    stream.abandon()


def measure_png(request: ExportRequest) -> Estimate:
    """Pixels, files, and bytes from what a smaller image of the same sheet takes."""
    sheet = Sheet(request)
    width, height = sheet.pixels
    parts = _parts(sheet)
    problem = "" if _fits(parts) else str(too_large(sheet, "one image"))
    count = len(request.positions) if request.steps is not None else 1
    taken = count * sampled_bytes(request, sheet, write_png, _LARGEST_SAMPLE)
    return Estimate(width, height, files=count * len(parts), bytes=taken, problem=problem)


def tiles(sheet: Sheet) -> dict[str, Pixels]:
    """What is added to the file's name, and the pixels of each tile. Raises `ExportError` where one is too large."""
    parts = _parts(sheet)
    if not _fits(parts):
        raise too_large(sheet, "one image")
    return parts


def _parts(sheet: Sheet) -> dict[str, Pixels]:
    width, height = sheet.pixels
    side = sheet.request.tile
    if not side or max(width, height) <= side:
        return {"": (0, 0, width, height)}
    side = max(side, BAND)
    return {
        f"-r{row + 1}c{column + 1}": (x, y, min(side, width - x), min(side, height - y))
        for row, y in enumerate(range(0, height, side))
        for column, x in enumerate(range(0, width, side))
    }


def _fits(parts: dict[str, Pixels]) -> bool:
    return all(max(width, height) <= LONGEST for _, _, width, height in parts.values())


def tile_paths(path: Path, sheet: Sheet) -> list[Path]:
    """Where the tiles of one image go."""
    return [path.with_name(f"{path.stem}{name}{path.suffix}") for name in _parts(sheet)]
