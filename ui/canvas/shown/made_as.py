"""The expressions that made tensors, cut out of the source: what is known of one that came from no recorded function.

A comparison, an index, what `detach()` or a block without gradients gives: the record has no edge to them, but it has
the place in the source. Knows no Qt.
"""

from __future__ import annotations

from engine.trace import NONE

from ...distinct_rows import distinct_rows
from ...naming import Ints
from ...snapshot import Snapshot

LONGEST = 400  # characters that are looked at: no box and no card shows more


def expressions(snapshot: Snapshot, nodes: Ints) -> list[str]:
    """The source text that made each of these nodes, on one line; "" where its place is not known."""
    s = snapshot
    places, which = distinct_rows(*(c[nodes] for c in (s.source, s.line, s.column, s.end_line, s.end_column)))
    lines: dict[int, list[str]] = {}
    found = []
    for source, line, column, end_line, end_column in places.tolist():
        if source == NONE or line < 1 or end_column < 1:
            found.append("")
            continue
        if source not in lines:
            lines[source] = s.strings[s.source_text[source]].split("\n")
        found.append(cut(lines[source], line, column, end_line, end_column))
    return [found[k] for k in which.tolist()]


def cut(lines: list[str], line: int, column: int, end_line: int, end_column: int) -> str:
    """The text from a line (counted from 1) and column to another, on one line; columns count bytes of UTF-8.

    "" for a place that the text does not have.
    """
    if not 1 <= line <= end_line <= len(lines):
        return ""
    rows = [row.encode() for row in lines[line - 1 : min(end_line, line + LONGEST)]]
    if end_line - line < LONGEST:
        rows[-1] = rows[-1][:end_column]
    rows[0] = rows[0][column:]
    return " ".join(b" ".join(rows).decode(errors="ignore")[: 4 * LONGEST].split())[:LONGEST]
