"""Everything that can be walked in a session, as a forest: passes, and each cell's forward pass. Knows no Qt.

A pass lies below the one in whose hook it began, below the one whose graph it differentiates, or below the first of
the same call (`jacobian` makes one per output).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.trace import NONE, EventKind, NodeKind, PassFlag, PassKind, Status, Trace

from ..describe import place
from ..naming import Names
from ..stepping import Walk, WalkKind
from ..values import duration
from .glance import Glance, glance


@dataclass(frozen=True, slots=True)
class Forest:
    """Walks in the order of the session; `below[i]` is the index of the one that walk i lies below, or NONE."""

    walks: tuple[Walk, ...]
    below: tuple[int, ...]

    def index(self, walk: Walk) -> int:
        """Where a walk is in the list, or NONE."""
        return self.walks.index(walk) if walk in self.walks else NONE


def finished_passes(trace: Trace) -> list[int]:
    """The passes that can be stepped, oldest first."""
    return [int(i) for i in np.flatnonzero(trace.passes.status != Status.RUNNING)]


def forward_cells(trace: Trace) -> list[int]:
    """The finished cells in which operations were recorded, oldest first."""
    own = np.asarray(trace.nodes.kind == NodeKind.FUNCTION)
    again = trace.events.node[trace.events.kind == EventKind.RECOMPUTED]
    own[again[again != NONE]] = False
    cells = np.unique(trace.nodes.cell[own])
    return [int(cell) for cell in cells if cell != NONE and trace.cells.status[cell] != Status.RUNNING]


def forest(trace: Trace) -> Forest:
    """All that can be walked now."""
    passes = finished_passes(trace)
    cells = trace.passes.cell
    walks = [(cell, 0, Walk(WalkKind.FORWARD, cell)) for cell in forward_cells(trace)]
    walks += [(int(cells[p]), 1, Walk(WalkKind.PASS, p)) for p in passes]
    ordered = [walk for _, _, walk in sorted(walks, key=lambda row: (row[0], row[1], row[2].id))]
    where = {walk: index for index, walk in enumerate(ordered)}
    above = [Walk(WalkKind.PASS, _above(trace, walk)) for walk in ordered]
    return Forest(tuple(ordered), tuple(where.get(walk, NONE) for walk in above))


def _above(trace: Trace, walk: Walk) -> int:
    """The pass that a walk lies below, or NONE."""
    own = walk.pass_id
    if own == NONE:
        return NONE
    passes = trace.passes
    for found in (int(passes.outer[own]), int(passes.parent[own]), int(passes.call[own])):
        if 0 <= found < own:
            return found
    return NONE


def forward_mode_cells(trace: Trace) -> list[int]:
    """The cells in which dual tensors were made, oldest first."""
    sources = trace.events.source[trace.events.kind == EventKind.TANGENT]
    return [int(cell) for cell in np.flatnonzero(np.isin(trace.cells.source, sources[sources != NONE]))]


# -- in words --------------------------------------------------------------------------------------------------------


def cell_title(trace: Trace, cell: int) -> str:
    """What a cell is called, as the script pane calls it."""
    return place(trace, int(trace.cells.source[cell]), 0) or f"cell {int(trace.cells.number[cell])}"


def forward_mode_words(trace: Trace, cell: int) -> str:
    """Why there is nothing to step backwards through after a cell that made dual tensors."""
    return (
        f"Forward mode ran in {cell_title(trace, cell)} (jvp, dual numbers): tangents go along with the operations, "
        "and no backward pass is made."
    )


def walk_name(trace: Trace, walk: Walk) -> str:
    """`Pass 1   out.backward()`, `Forward   cell 7`."""
    if walk.kind is WalkKind.FORWARD:
        return f"Forward   {cell_title(trace, walk.id)}"
    row = trace.row("passes", walk.id)
    call = row["title"] or ("backward()" if row["kind"] == PassKind.BACKWARD else "autograd.grad()")
    return f"Pass {walk.id + 1}   {' '.join(call.split())}"


def walk_place(trace: Trace, walk: Walk) -> str:
    """`cell 7, line 5`; of a forward pass nothing, its name says it."""
    if walk.kind is WalkKind.FORWARD:
        return ""
    return place(trace, int(trace.passes.source[walk.id]), int(trace.passes.line[walk.id]))


def walk_title(trace: Trace, walk: Walk) -> str:
    """`Pass 1   out.backward()   cell 7, line 5`, with an arrow before what lies below another pass."""
    nested = "↳ " if _above(trace, walk) != NONE else ""
    return "   ".join(part for part in (nested + walk_name(trace, walk), walk_place(trace, walk)) if part)


def walk_root(trace: Trace, walk: Walk, names: Names) -> str:
    """What a pass starts from; of a forward pass nothing."""
    root = int(trace.passes.root[walk.id]) if walk.kind is WalkKind.PASS else NONE
    return names.title(root) if root != NONE else ""


def walk_count(trace: Trace, walk: Walk, count: int) -> str:
    """`5 steps`, `1 operation`; `count` is that of its steps."""
    word = "step" if walk.kind is WalkKind.PASS else "operation"
    return f"{count:,} {word}" + ("" if count == 1 else "s")


def walk_time(trace: Trace, walk: Walk) -> str:
    """How long it took when it ran: `0.4 ms`; "" where nobody knows."""
    table = trace.passes if walk.kind is WalkKind.PASS else trace.cells
    seconds = float(table.seconds[walk.id])
    return duration(seconds) if seconds > 0 else ""


def walk_relation(trace: Trace, walk: Walk) -> str:
    """Why a pass lies below another one, and what it was called with."""
    if walk.kind is WalkKind.FORWARD:
        order = "the operations of the cell, in the order they ran"
        return f"{order}, without the tangents of forward mode" if walk.id in forward_mode_cells(trace) else order
    row, said = trace.row("passes", walk.id), []
    above = _above(trace, walk)
    if above != NONE and above == row["outer"]:
        said.append(f"ran inside pass {above + 1}")
    elif above != NONE and above == row["parent"]:
        said.append(f"differentiates the graph that pass {above + 1} made")
    elif above != NONE:
        said.append(f"of the same call as pass {above + 1}")
    said += [word for flag, word in _FLAG_WORDS if row["flags"] & flag]
    return ", ".join(said)


_FLAG_WORDS = ((PassFlag.CREATE_GRAPH, "create_graph=True"), (PassFlag.RETAIN_GRAPH, "retain_graph=True"))


class WalkFacts:
    """What the list says of each walk, worked out when it is first asked for."""

    def __init__(self, trace: Trace) -> None:
        self.trace, self.names = trace, Names.of(trace)
        self._known: dict[Walk, Glance] = {}

    def of(self, walk: Walk) -> Glance:
        """Its number of steps, and how it came out."""
        if walk not in self._known:
            self._known[walk] = glance(self.trace, walk)
        return self._known[walk]

    def count(self, walk: Walk) -> str:
        """Its number of steps, in words."""
        return walk_count(self.trace, walk, self.of(walk).count)
