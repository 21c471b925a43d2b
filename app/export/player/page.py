"""The player's file: page, style and script from `resources/player`, and the packed content."""

from __future__ import annotations

import base64
import gzip
import json
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from ...paths import resources
from ..atomic import Output
from ..errors import ExportError
from ..request import ExportRequest
from ..sizes import Estimate
from .content import Content

_SAMPLED = 4  # positions from which the size of all is judged


def write_html(out: Output, request: ExportRequest) -> None:
    """One HTML file that needs nothing else."""
    content = Content(request)
    out.write(page(content.data(request.positions)))


def measure_html(request: ExportRequest) -> Estimate:
    """From a few positions in a row: the first is stored whole, of the others what changes."""
    try:
        content = Content(request)
    except ExportError as error:
        return Estimate(problem=str(error))
    positions = request.positions
    middle = max(0, min(len(positions) // 2, len(positions) - _SAMPLED))
    one = len(page(content.data(positions[middle : middle + 1])))
    some = positions[middle : middle + _SAMPLED]
    step = (len(page(content.data(some))) - one) / max(len(some) - 1, 1)
    return Estimate(*content.size, bytes=round(one + step * (len(positions) - 1)))


def page(data: dict[str, Any]) -> bytes:
    """The file with this content. The same content gives the same bytes."""
    packed = gzip.compress(json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode(), 9, mtime=0)
    parts = {
        "TITLE": escape(data["title"]),
        "DESCRIPTION": escape(f"{data['description']}. {data['software']}"),
        "THEME": data["theme"],
        "STYLE": _resource("player.css"),
        "SCRIPT": _resource("player.js"),
        "CONTENT": base64.b64encode(packed).decode(),
    }
    text = _resource("player.html")
    for name, part in parts.items():
        text = text.replace(f"<!--{name}-->", part)
    return text.encode()


@cache
def _resource(name: str) -> str:
    return (Path(resources()) / "player" / name).read_text(encoding="utf-8")
