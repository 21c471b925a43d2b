"""Which boxes of a view are left out, and which others stand in for them. Knows no groups.

Constants and what carries no gradient go with their edges. A view or a cast hands its operand on: its box gives way
to the box of that operand, which takes over the edges, so that what depends on it stays connected.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from engine.trace import NONE, EdgeKind, NodeFlag, NodeKind

from ..shown_state import Hidden
from ..snapshot import Snapshot
from .forest import Bools, Ints

# Casts, and views that PyTorch does not flag as such.
HANDED_ON = frozenset({"ToCopyBackward0", "AliasBackward0", "UnsafeViewBackward0"})


def stand_ins(snapshot: Snapshot, hidden: Iterable[Hidden], group: Ints, src: Ints, dst: Ints, edge: Ints) -> Ints:
    """(N,) for each node shown as a box the one that is shown in its place: itself, another, or NONE.

    `group` is the box of each node; `src`, `dst` and `edge` are the view's edges between boxes (named by their nodes)
    and their rows in the trace.
    """
    s, kinds = snapshot, frozenset(hidden)
    found = np.arange(len(s.kind), dtype=np.int64)
    if Hidden.VIEWS_AND_CASTS in kinds:
        found = _handed_on(snapshot, group, src, dst, edge)
    gone = np.zeros(len(s.kind), np.bool_)
    if Hidden.CONSTANTS in kinds:
        gone |= s.kind == NodeKind.CONSTANT
    if Hidden.NO_GRADIENT in kinds:
        gone |= (s.kind == NodeKind.CONSTANT) | (s.kind == NodeKind.TENSOR) & (s.flags & NodeFlag.REQUIRES_GRAD == 0)
    found[gone[found]] = NONE
    return found


def _handed_on(snapshot: Snapshot, group: Ints, src: Ints, dst: Ints, edge: Ints) -> Ints:
    s = snapshot
    found = np.arange(len(s.kind), dtype=np.int64)
    passes = _views_and_casts(snapshot)
    boxes = np.unique(group[passes & (group != NONE)])
    outputs = (s.edge_kind == EdgeKind.OUTPUT) & passes[s.src]
    boxes = np.union1d(boxes, s.dst[outputs][found[s.dst[outputs]] == group[s.dst[outputs]]])
    gives_way = np.zeros(len(s.kind), np.bool_)
    gives_way[boxes] = True
    into = np.flatnonzero(gives_way[dst])
    # The operand is in the first slot; where a box has several kinds of edge for it, the earliest row is the tensor's.
    into = into[np.lexsort((edge[into], s.slot[edge[into]]))][::-1]
    found[dst[into]] = src[into]
    while True:
        further = found[found]
        if np.array_equal(further, found):
            return found
        found = further


def _views_and_casts(snapshot: Snapshot) -> Bools:
    """(N,) functions that only show their operand in another way."""
    s = snapshot
    output = np.flatnonzero(s.edge_kind == EdgeKind.OUTPUT)
    flags = s.flags[s.dst[output]]
    views = np.zeros(len(s.kind), np.bool_)
    views[s.src[output[(flags & NodeFlag.VIEW != 0) & (flags & NodeFlag.INPLACE == 0)]]] = True
    ops = np.unique(s.op)
    casts = np.array([i for i in ops.tolist() if s.strings[i] in HANDED_ON], np.int64)
    found: Bools = (s.kind == NodeKind.FUNCTION) & (views | np.isin(s.op, casts))
    return found
