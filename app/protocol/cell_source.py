"""The source text of a cell as the trace shows it. Knows neither the kernel nor the window; both use it."""

from __future__ import annotations

from typing import Any

from engine.recording.source_position import SourceFile


def source_of(code: str, place: dict[str, Any], number: int) -> SourceFile:
    """The source text of a cell, padded so that line n of the text is line n of its document."""
    title = place.get("title") or f"In [{number}]"
    first_line = place.get("first_line", 1)
    padding = max(first_line if isinstance(first_line, int) else 1, 1) - 1
    lines = code.split("\n")
    blank = next((index for index, line in enumerate(lines) if line.strip()), 0)  # IPython drops leading blank lines
    indent = len(lines[blank]) - len(lines[blank].lstrip(" \t"))  # ... and a common indentation
    return SourceFile(str(title), "\n" * padding + code, str(place.get("path", "")), padding + blank, indent)
