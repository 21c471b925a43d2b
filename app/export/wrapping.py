"""Running text broken into lines of a width. Knows no Qt."""

from __future__ import annotations

from collections.abc import Callable


def wrapped(text: str, width_of: Callable[[str], float], room: float) -> list[str]:
    """The text's words in lines that fit into `room`; a word that is too long alone is cut, so that all is there."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(joined) <= room:
            lines[-1] = joined
            continue
        rest = word
        while len(rest) > 1 and width_of(rest) > room:
            fitting = next(n for n in range(len(rest) - 1, 0, -1) if n == 1 or width_of(rest[:n]) <= room)
            lines.append(rest[:fitting])
            rest = rest[fitting:]
        lines.append(rest)
    return lines
