"""Stills of several positions: a file per position, numbered. Knows no format."""

from __future__ import annotations

from pathlib import Path

from .request import ExportRequest


def places(request: ExportRequest, path: Path) -> list[tuple[int, Path]]:
    """(position, file) of every still: `graph.svg`, or `graph-00.svg` to `graph-12.svg` where steps are asked for."""
    if request.steps is None:
        return [(request.position, path)]
    positions = request.positions
    digits = len(str(positions[-1]))
    return [(position, path.with_name(f"{path.stem}-{position:0{digits}}{path.suffix}")) for position in positions]
