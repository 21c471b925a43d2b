"""Where in the user's code something happened, and what the code calls it: from a code object and an instruction.

Positions come from `code.co_positions()`; the name a result is stored to comes from the instructions after the call.
All of it is looked up when the recorder drains, never while user code runs, and remembered per instruction.
"""

from __future__ import annotations

import dis
import linecache
import os
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType
from typing import NamedTuple

from ..trace import NONE

STORES = frozenset({"STORE_NAME", "STORE_GLOBAL", "STORE_FAST", "STORE_DEREF"})
LOADS = frozenset({"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FAST", "LOAD_DEREF", "LOAD_FAST_BORROW"})
PASSED_OVER = frozenset({"NOP", "COPY"})
LONGEST_TEXT = 80  # characters of an expression that are kept as a label
MOST_SITES = 20_000  # remembered instructions; beyond that they are looked up again


@dataclass(frozen=True)
class SourceFile:
    """A piece of code as it is shown: line n of `text` is line n of the document.

    Python compiled it without its first `line_shift` lines and with `column_shift` columns less of indentation.
    """

    title: str
    text: str
    path: str = ""
    line_shift: int = 0
    column_shift: int = 0


class Site(NamedTuple):
    """A position in a source (lines from 1, columns in characters from 0; 0 = unknown), its text and stored names."""

    source: int
    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    names: tuple[str, ...]

    def label(self, output: int = 0) -> str:
        """What the code calls the output of that number: the name it is stored to, else the expression."""
        return self.names[output] if output < len(self.names) else self.text


NOWHERE = Site(NONE, 0, 0, 0, 0, "", ())


class Sites:
    """Looks positions up. `row_of` gives the row of a source, which it may have to make."""

    def __init__(self, row_of: Callable[[SourceFile], int]) -> None:
        self._row_of = row_of
        self._files: dict[str, tuple[int, SourceFile]] = {}
        self._codes: dict[int, _Code] = {}
        self._found: dict[tuple[int, int], Site] = {}

    def add(self, filename: str, source: SourceFile) -> int:
        """From now on code compiled under `filename` is that source; returns its row."""
        row = self._row_of(source)
        self._files[filename] = (row, source)
        return row

    def file(self, filename: str) -> tuple[int, SourceFile] | None:
        """The source that was compiled under `filename`: a cell, or a file on the disk."""
        if filename not in self._files:
            if not os.path.isfile(filename):
                return None
            text = "".join(linecache.getlines(filename))
            self.add(filename, SourceFile(os.path.basename(filename), text, filename))
        return self._files[filename]

    def at(self, code: CodeType, offset: int) -> Site:
        """The position of the instruction at byte `offset` of `code`; `NOWHERE` in code without a source."""
        key = (id(code), offset)
        site = self._found.get(key)
        if site is None:
            if len(self._found) >= MOST_SITES:
                self._found.clear()
                self._codes.clear()
            site = self._found[key] = self._look_up(code, offset)
        return site

    def _look_up(self, code: CodeType, offset: int) -> Site:
        known = self._codes.get(id(code))
        if known is None:  # keeping the code keeps its id its own
            known = self._codes[id(code)] = _Code(code)
        found = self.file(code.co_filename)
        if found is None:
            return NOWHERE
        row, source = found
        line, end_line, column, end_column = known.positions[offset // 2]
        if line is None or end_line is None or column is None or end_column is None:
            return NOWHERE._replace(source=row, line=(line or -source.line_shift) + source.line_shift)
        lines = linecache.getlines(code.co_filename) or source.text.split("\n")[source.line_shift :]
        column = _characters(lines, line, column)
        end_column = _characters(lines, end_line, end_column)
        text = _between(lines, line, column, end_line, end_column)
        down, right = source.line_shift, source.column_shift
        return Site(row, line + down, column + right, end_line + down, end_column + right, text, known.stored(offset))


class _Code:
    """A code object with its positions and instructions laid out."""

    def __init__(self, code: CodeType) -> None:
        self.code = code
        self.positions = list(code.co_positions())
        self._instructions = [item for item in dis.get_instructions(code) if item.opname not in PASSED_OVER]
        self._offsets = [item.offset for item in self._instructions]

    def stored(self, offset: int) -> tuple[str, ...]:
        """The names that what the instruction leaves behind is stored to, one per output; empty if it is not."""
        place = bisect_right(self._offsets, offset) - 1  # a running call stands at one of its cache entries
        if self._instructions[place].opname == "PRECALL":  # Python 3.11 runs some calls from here
            place += 1
        following = self._instructions[place + 1 : place + 3]
        first = following[0] if following else None
        if first is None:
            return ()
        if first.opname in STORES:
            return (str(first.argval),)
        if first.opname == "UNPACK_SEQUENCE":
            return self._unpacked(place + 2, int(first.argval))
        if first.opname in LOADS and len(following) == 2 and following[1].opname == "STORE_ATTR":
            return (f"{first.argval}.{following[1].argval}",)
        return _fused(first.opname, first.argval)

    def _unpacked(self, place: int, count: int) -> tuple[str, ...]:
        names: list[str] = []
        while len(names) < count and place < len(self._instructions):
            item = self._instructions[place]
            more = (str(item.argval),) if item.opname in STORES else _fused(item.opname, item.argval)
            if not more:
                return ()
            names += more
            place += 1
        return tuple(names)


def _fused(name: str, value: object) -> tuple[str, ...]:
    """The names of Python 3.13's joined instructions, such as STORE_FAST_STORE_FAST."""
    if not isinstance(value, tuple) or not name.startswith("STORE_FAST_"):
        return ()
    return tuple(map(str, value)) if name == "STORE_FAST_STORE_FAST" else (str(value[0]),)


def _characters(lines: list[str], line: int, column: int) -> int:
    """Python counts columns in bytes of UTF-8; people and editors count characters."""
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return column if text.isascii() else len(text.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "replace"))


def _between(lines: list[str], line: int, column: int, end_line: int, end_column: int) -> str:
    if not 0 < line <= end_line <= len(lines):
        return ""
    if line == end_line:
        text = lines[line - 1][column:end_column]
    else:
        text = " ".join([lines[line - 1][column:], *lines[line : end_line - 1], lines[end_line - 1][:end_column]])
        text = " ".join(text.split())
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
