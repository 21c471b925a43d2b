"""Splits a line of Python into coloured parts, one line at a time so that only visible lines cost anything.

What one line must know of those above it is whether a triple-quoted string is open. Knows no Qt and no colours.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_CONSTANTS = frozenset({"True", "False", "None"})
_KEYWORDS = (frozenset(keyword.kwlist)) - _CONSTANTS
_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))

_PART = re.compile(
    r"""(?P<comment>\#.*)
      | (?P<open>[rRbBfFuU]{0,2}(?P<quotes>\"{3}|'{3}))
      | (?P<string>[rRbBfFuU]{0,2}(?:"(?:\\.|[^"\\])*(?:"|$)|'(?:\\.|[^'\\])*(?:'|$)))
      | (?P<number>(?<![\w.])(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+
                   |(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?[jJ]?))
      | (?P<decorator>^\s*@[\w.]+)
      | (?P<magic>^\s*[%!].*)
      | (?P<name>[^\W\d]\w*)(?P<bracket>\s*\()?""",
    re.VERBOSE,
)


class Part(NamedTuple):
    """Characters `start` to `end` of a line, and what they are."""

    start: int
    end: int
    kind: str


def parts(line: str, open_quotes: str = "") -> list[Part]:
    """The coloured parts of a line; `open_quotes` is the triple quote that an earlier line left open, or ""."""
    return [part for part, _ in _scan(line, open_quotes) if part.kind]


def open_quotes_after(line: str, open_quotes: str = "") -> str:
    """The triple quote that is open at the end of a line."""
    if not open_quotes and '"""' not in line and "'''" not in line:
        return ""
    states = [state for _, state in _scan(line, open_quotes)]
    return states[-1] if states else ""


def opened_by_line(lines: Iterable[str]) -> list[str]:
    """The open triple quote at the beginning of every line."""
    states, state = [], ""
    for line in lines:
        states.append(state)
        state = open_quotes_after(line, state)
    return states


def _scan(line: str, open_quotes: str) -> Iterator[tuple[Part, str]]:
    """Every part, also those without a kind, and the triple quote that it leaves open."""
    position = 0
    if open_quotes:
        position = _closing(line, open_quotes, 0)
        yield Part(0, position if position >= 0 else len(line), "string"), open_quotes if position < 0 else ""
    while 0 <= position < len(line):
        found = _PART.search(line, position)
        if found is None:
            return
        end, kind, left_open = found.end(), str(found.lastgroup), ""
        if found["open"]:
            kind = "string"
            closed = _closing(line, found["quotes"], end)
            end, left_open = (closed, "") if closed >= 0 else (len(line), found["quotes"])
        elif found["name"]:
            end = found.end("name")
            kind = _name_kind(found["name"], called=found["bracket"] is not None)
        yield Part(found.start(), end, kind), left_open
        position = max(end, position + 1)


def _closing(line: str, quotes: str, start: int) -> int:
    """The position behind the closing quotes, or -1; a backslash hides the character after it."""
    position = start
    while position < len(line):
        if line[position] == "\\":
            position += 2
        elif line.startswith(quotes, position):
            return position + len(quotes)
        else:
            position += 1
    return -1


def _name_kind(name: str, called: bool) -> str:
    if name in _CONSTANTS:
        return "constant"
    if name in _KEYWORDS:
        return "keyword"
    if name in _BUILTINS and called:
        return "builtin"
    return "call" if called else ""
