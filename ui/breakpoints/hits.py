"""At which steps of a walk breakpoints stop, found over columns. Knows no Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.conditions import parse
from engine.trace import NONE, NodeKind, Trace

from .columns import StepColumns, written_as
from .model import Breakpoint

Ints = NDArray[np.int64]


class Hits:
    """Breakpoints over the steps of one walk, in which step k runs `nodes[k - 1]`, given the gradient `arrived`."""

    def __init__(self, trace: Trace, nodes: Ints, arrived: Ints) -> None:
        self._trace = trace
        self._columns = StepColumns(trace, nodes, arrived)
        self._found: dict[Breakpoint, Ints] = {}

    def of(self, breakpoint: Breakpoint) -> Ints:
        """The steps, from 1 and ascending, at which it stops, be it enabled or not."""
        found = self._found.get(breakpoint)
        if found is None:
            found = self._found[breakpoint] = np.flatnonzero(self._fits(breakpoint)) + 1
        return found

    def of_all(self, breakpoints: Iterable[Breakpoint]) -> Ints:
        """The steps at which any of the enabled ones stops."""
        found = [self.of(breakpoint) for breakpoint in breakpoints if breakpoint.enabled]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)

    def _fits(self, wanted: Breakpoint) -> NDArray[np.bool_]:
        trace, nodes = self._trace, self._columns.nodes
        fits = np.ones(len(nodes), np.bool_)
        if wanted.node != NONE:
            fits &= nodes == wanted.node
        if wanted.op:
            fits &= self._columns["op"] == wanted.op
        if wanted.line:
            made = written_as(trace, nodes)
            same = np.isin(trace.nodes.source[made], sources_of(trace, wanted))
            first, last = trace.nodes.line[made], trace.nodes.end_line[made]
            fits &= same & (first <= wanted.line) & (wanted.line <= np.maximum(first, last))
        if wanted.condition and len(nodes):
            condition = parse(wanted.condition)
            fits &= self._columns.has(condition.asks) & condition.holds(self._columns)
        return fits


def marked_nodes(trace: Trace, breakpoints: Iterable[Breakpoint]) -> Ints:
    """The functions on which enabled breakpoints are set by node, op or line, whatever their conditions."""
    placed = [replace(one, condition="") for one in breakpoints if one.node != NONE or one.op or one.line]
    if not any(one.enabled for one in placed):
        return np.zeros(0, np.int64)
    kind = trace.nodes.kind
    functions = np.flatnonzero((kind == NodeKind.FUNCTION) | (kind == NodeKind.ACCUMULATE))
    return functions[Hits(trace, functions, np.full(len(functions), NONE, np.int64)).of_all(placed) - 1]


def sources_of(trace: Trace, wanted: Breakpoint) -> Ints:
    """The runs of the code that a line is of: a cell that is run again is a new source."""
    of_title = [text for text in set(trace.sources.title.tolist()) if trace.text(text) == wanted.title]
    of_path = [text for text in set(trace.sources.path.tolist()) if trace.text(text) == wanted.path]
    return np.flatnonzero(np.isin(trace.sources.title, of_title) & np.isin(trace.sources.path, of_path))


def next_hit(hits: Ints, position: int) -> int | None:
    """The first hit after `position`."""
    place = int(np.searchsorted(hits, position, side="right"))
    return int(hits[place]) if place < len(hits) else None


def previous_hit(hits: Ints, position: int) -> int | None:
    """The last hit before `position`."""
    place = int(np.searchsorted(hits, position, side="left")) - 1
    return int(hits[place]) if place >= 0 else None
