"""The `backward` that somebody wrote for a custom function, as text from its source. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.trace import NONE, Trace

from ..words import Word, line_word

MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class CustomCode:
    """Lines of a `backward`, without their common indentation; `first` is the number of the first one."""

    lines: tuple[str, ...]
    first: int
    hidden: int
    place: Word


def custom_code(trace: Trace, node: int) -> CustomCode | None:
    """The code of the `backward` that runs for `node`; None for operations of the engine."""
    rule = int(trace.nodes.rule[node])
    found = np.flatnonzero(trace.definitions.rule == rule)
    if not rule or not len(found):
        return None
    row = trace.row("definitions", int(found[-1]))
    if row["source"] == NONE or row["line"] <= 0:
        return None
    text = trace.row("sources", row["source"])["text"].split("\n")
    lines = text[row["line"] - 1 : row["end_line"]]
    if not lines:
        return None
    indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    shorter = [line[min(indents, default=0) :].rstrip() for line in lines]
    hidden = max(len(shorter) - MOST_LINES, 0)
    return CustomCode(tuple(shorter[:MOST_LINES]), row["line"], hidden, line_word(trace, row["source"], row["line"]))
