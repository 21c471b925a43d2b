"""The graph as a tree for reading: groups, and in each its tensors. Pure columns: no Qt, no texts.

One row stands for a tensor together with the function that made it, and for a leaf with its AccumulateGrad and
`.grad`; constants have none. A long list is divided into ranges, so that no row ever has very many below it.

    layers.0 (Linear)            GROUP
        1 – 1,000                RANGE     only where there are more than MOST_ROWS
            h                    NODE      with MulBackward0 that made it
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, EdgeKind, NodeKind

from ..grouping.forest import Groups
from ..naming import Bools, Ints
from ..snapshot import Snapshot

MOST_ROWS = 1000  # below one row, before they are divided into ranges of as many


class Entry(IntEnum):
    """What a row of the tree is."""

    GROUP = 0
    NODE = 1
    RANGE = 2


@dataclass(frozen=True, slots=True)
class Tree:
    """Entries are numbered from 0; the rows below entry e are `order[start[e + 1]:start[e + 2]]`, those of the top
    `order[start[0]:start[1]]`.
    """

    kind: NDArray[np.uint8]  # (e,) Entry
    ref: Ints  # (e,) group, node of the trace, or the number of a range's first row in its list, from 0
    count: Ints  # (e,) rows in a range; 0 for others
    parent: Ints  # (e,) NONE at the top
    place: Ints  # (e,) row within its parent
    order: Ints
    start: Ints
    entry_of: Ints  # (nodes of the trace,) the entry that shows the node, NONE
    entry_of_group: Ints  # (groups,) NONE for those without rows

    def rows(self, entry: int) -> int:
        """How many rows are below an entry (NONE: at the top)."""
        return int(self.start[entry + 2] - self.start[entry + 1])

    def child(self, entry: int, row: int) -> int:
        """The entry in a row below an entry."""
        return int(self.order[self.start[entry + 1] + row])

    def node(self, groups: Groups, entry: int) -> int:
        """The node that an entry selects: its own, a group's first."""
        if self.kind[entry] == Entry.NODE:
            return int(self.ref[entry])
        return int(groups.first_node[self.ref[entry]]) if self.kind[entry] == Entry.GROUP else NONE


def listed_nodes(snapshot: Snapshot) -> Ints:
    """(N,) the node whose row stands for each node, NONE for those without."""
    s = snapshot
    found = np.where(s.kind == NodeKind.TENSOR, np.arange(len(s.kind)), NONE)
    output = np.flatnonzero(s.edge_kind == EdgeKind.OUTPUT)[::-1]
    function = s.kind == NodeKind.FUNCTION
    found[function] = np.flatnonzero(function)  # one that failed made nothing
    found[s.src[output]] = s.dst[output]  # written backwards, so that the first output stays
    owned = np.flatnonzero(((s.kind == NodeKind.ACCUMULATE) | (s.kind == NodeKind.GRAD)) & (s.owner != NONE))
    found[owned] = s.owner[owned]
    return found.astype(np.int64)


def build(snapshot: Snapshot, groups: Groups, kept: Bools | None = None) -> Tree:
    """The tree of all listed nodes, or of the `kept` ones (N,) with the groups around them."""
    listed = listed_nodes(snapshot)
    nodes = np.unique(listed[listed != NONE])
    if kept is not None:
        shown = np.zeros(len(listed), np.bool_)
        matched = listed[np.flatnonzero(kept)]
        shown[matched[matched != NONE]] = True
        nodes = nodes[shown[nodes]]
    group = _groups_with_rows(groups, nodes)
    number = np.full(len(groups) + 1, NONE, np.int64)
    number[group] = np.arange(len(group))
    parent = np.concatenate([number[groups.parent[group]], number[groups.of_node[nodes]]])
    first = np.concatenate([groups.first_node[group], nodes])
    kind = np.repeat(np.array([Entry.GROUP, Entry.NODE], np.uint8), [len(group), len(nodes)])
    entries = _Entries(kind, np.concatenate([group, nodes]), np.zeros(len(kind), np.int64), parent, first)
    entries = _divided(entries)
    order, start, place = _sorted(entries.parent, entries.first)
    entry_of = np.full(len(listed) + 1, NONE, np.int64)
    is_node = np.flatnonzero(entries.kind == Entry.NODE)
    entry_of[entries.ref[is_node]] = is_node
    return Tree(
        entries.kind, entries.ref, entries.count, entries.parent, place, order, start,
        entry_of[listed], number[:-1],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Entries:
    kind: NDArray[np.uint8]
    ref: Ints
    count: Ints
    parent: Ints
    first: Ints  # what rows are sorted by


def _groups_with_rows(groups: Groups, nodes: Ints) -> Ints:
    """The groups that have some of the nodes in them."""
    around = groups.of_node[nodes]
    own = np.bincount(around[around != NONE], minlength=len(groups)).astype(np.int64)
    return np.flatnonzero(groups.summed(own) > 0) if len(groups) else np.zeros(0, np.int64)


def _divided(entries: _Entries) -> _Entries:
    """Ranges between an entry and its rows, where those are too many."""
    order, start, _ = _sorted(entries.parent, entries.first)
    parent = entries.parent.copy()
    ref: list[int] = []
    count: list[int] = []
    above: list[int] = []
    first: list[int] = []
    for crowded in np.flatnonzero(np.diff(start) > MOST_ROWS).tolist():
        rows = order[start[crowded] : start[crowded + 1]]
        size = max(MOST_ROWS, -(-len(rows) // MOST_ROWS))
        for begin in range(0, len(rows), size):
            inside = rows[begin : begin + size]
            parent[inside] = len(entries.kind) + len(ref)
            ref.append(begin)
            count.append(len(inside))
            above.append(crowded - 1)
            first.append(int(entries.first[inside[0]]))
    return _Entries(
        np.concatenate([entries.kind, np.full(len(ref), Entry.RANGE, np.uint8)]),
        np.concatenate([entries.ref, np.array(ref, np.int64)]),
        np.concatenate([entries.count, np.array(count, np.int64)]),
        np.concatenate([parent, np.array(above, np.int64)]),
        np.concatenate([entries.first, np.array(first, np.int64)]),
    )


def _sorted(parent: Ints, first: Ints) -> tuple[Ints, Ints, Ints]:
    """The entries below each entry, in the order of the trace; see `Tree`. And the row of each."""
    order = np.lexsort((first, parent))
    start = np.concatenate([[0], np.searchsorted(parent[order], np.arange(NONE, len(parent)), side="right")])
    place = np.empty(len(parent), np.int64)
    place[order] = np.arange(len(parent)) - start[parent[order] + 1]
    return order, start.astype(np.int64), place
