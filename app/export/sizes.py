"""How large a result will be, told before it is written."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from .atomic import Output
from .request import ExportRequest
from .sheet import Sheet

LARGE = 4_000  # boxes and edges
GROWTH = 1.25  # bytes of an image grow as its scale to this power: measured on the examples


@dataclass(frozen=True, slots=True)
class Estimate:
    """The size of what an export will write.

    width, height   in `unit`: "px", "pt"; 0 where the format has no such size
    files           how many
    bytes           of all of them; `exact` where it was counted and not estimated
    problem         why it cannot be written so, "" where it can
    note            what to know about it, "" for nothing
    """

    width: int = 0
    height: int = 0
    unit: str = "px"
    files: int = 1
    bytes: int = 0
    exact: bool = False
    problem: str = ""
    note: str = ""


def is_large(sheet: Sheet) -> bool:
    """Whether writing the sheet just to count its bytes would take too long."""
    return _parts(sheet) > LARGE


def judged_bytes(sheet: Sheet, each: int) -> int:
    """Bytes of a vector format that takes `each` bytes for a box or an edge."""
    return _parts(sheet) * each


def _parts(sheet: Sheet) -> int:
    graph = sheet.picture.drawing.graph
    return len(graph.node) + len(graph.edge)


def sampled_bytes(
    request: ExportRequest, sheet: Sheet, write: Callable[[Output, ExportRequest], None], largest: int
) -> int:
    """Bytes of one image of the sheet, from one of at most `largest` pixels: written where it is small, else judged.

    Ink grows with the length of lines and not with area, so that bytes grow about as the scale does, and not as its
    square.
    """
    width, height = sheet.pixels
    shrink = min(1.0, math.sqrt(largest / (width * height)))
    sample = replace(request, width=max(1, int(width * shrink)), steps=None, tile=0, drawing=sheet.picture.drawing)
    with TemporaryDirectory() as folder, Output(Path(folder) / "sample.png") as out:
        write(out, sample)
        taken = out.part().stat().st_size
    return int(taken / shrink**GROWTH)
