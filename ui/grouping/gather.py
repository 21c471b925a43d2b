"""From a trace's scopes, cells and names to groups of its nodes, one way per `Grouping`.

A parameter, or a leaf that a function made, belongs where it is used, which is the innermost group around all functions
that use it; AccumulateGrad and `.grad` to where their leaf is.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

import numpy as np

from engine.trace import NONE, EdgeKind, NodeFlag, NodeKind, ScopeKind

from ..shown_state import Grouping
from ..snapshot import Snapshot
from .blocks import folded_runs
from .forest import Bools, Groups, Ints, lowest_common


class What(IntEnum):
    """What a group is."""

    MODULE = 0  # as in ScopeKind: one call of a module
    CALL = 1
    ITERATION = 2
    CELL = 3
    NAMESPACE = 4
    RUN = 5  # equal neighbours
    BLOCK = 6  # one round of neighbours that repeat in turn


def gather(snapshot: Snapshot, grouping: Grouping) -> Groups:
    """The groups of a trace."""
    return _WAYS[grouping](snapshot)


def _nothing(snapshot: Snapshot) -> Groups:
    no = np.zeros(0, np.int64)
    return Groups(Grouping.NONE, no, np.full(len(snapshot.kind), NONE, np.int64), [], no.astype(np.uint8), no)


def _scopes(grouping: Grouping, kinds: tuple[ScopeKind, ...]) -> Callable[[Snapshot], Groups]:
    def gathered(snapshot: Snapshot) -> Groups:
        s = snapshot
        kept = np.isin(s.scope_kind, kinds)
        if ScopeKind.MODULE in kinds and len(kept):  # a module's call and that of its `forward` are one group
            kept &= (
                (s.scope_kind != ScopeKind.CALL)
                | (s.scope_kind[s.scope_parent] != ScopeKind.MODULE)
                | (s.scope_parent == NONE)
            )
        number = np.where(kept, np.cumsum(kept) - 1, NONE)
        nearest = _nearest(s.scope_parent.astype(np.int64), number)
        row = np.flatnonzero(kept)
        around = s.scope_parent[row]
        parent = np.where(around != NONE, nearest[around], NONE) if len(row) else row
        of_node = np.where(s.scope != NONE, nearest[s.scope], NONE) if len(row) else np.full(len(s.kind), NONE)
        of_node = _with_users(s, parent, of_node.astype(np.int64))
        keys = [f"scope:{scope}" for scope in row.tolist()]
        return _without_empty(Groups(grouping, parent, of_node, keys, s.scope_kind[row], row))

    return gathered


def _nearest(parent: Ints, number: Ints) -> Ints:
    """The number of each scope or of the nearest one around it that has one."""
    found, at = number.copy(), parent.copy()
    while True:
        missing = (found == NONE) & (at != NONE)
        if not missing.any():
            return found
        found[missing] = number[at[missing]]
        at[missing] = parent[at[missing]]


def _with_users(snapshot: Snapshot, parent: Ints, of_node: Ints) -> Ints:
    """Parameters go to their users, and what belongs to a leaf goes with it."""
    s, found = snapshot, of_node.copy()
    leaf = (s.kind == NodeKind.TENSOR) & (s.flags & NodeFlag.LEAF != 0)
    trained = (s.scope != NONE) & (s.flags & NodeFlag.REQUIRES_GRAD != 0)
    moves = leaf & (trained | (s.flags & NodeFlag.PARAMETER != 0))
    used = np.flatnonzero((s.edge_kind == EdgeKind.INPUT) & moves[s.src])
    if len(used):
        found[moves] = _common_users(parent, s.src[used].astype(np.int64), found[s.dst[used]], found)[moves]
    owned = np.flatnonzero(((s.kind == NodeKind.ACCUMULATE) | (s.kind == NodeKind.GRAD)) & (s.owner != NONE))
    found[owned] = found[s.owner[owned]]
    return found


def _common_users(parent: Ints, node: Ints, group: Ints, before: Ints) -> Ints:
    """The innermost group around all users of each node."""
    found = before.copy()
    order = np.lexsort((group, node))
    node, group = node[order], group[order]
    while True:  # each round halves the users that are left
        first = np.flatnonzero(np.r_[True, node[1:] != node[:-1]])
        place = np.arange(len(node)) - np.repeat(first, np.diff(np.r_[first, len(node)]))
        odd = np.flatnonzero(place % 2 == 1)
        if not len(odd):
            break
        group[odd - 1] = lowest_common(parent, group[odd - 1], group[odd])
        kept = place % 2 == 0
        node, group = node[kept], group[kept]
    found[node] = group
    return found


def _without_empty(groups: Groups) -> Groups:
    """Groups without a single node are left out: a module that only passed its input on."""
    kept = groups.size > 0
    if kept.all():
        return groups
    number = np.where(kept, np.cumsum(kept) - 1, NONE)
    row = np.flatnonzero(kept)
    parent, of_node = groups.parent[row], groups.of_node
    return Groups(
        groups.grouping,
        np.where(parent != NONE, number[parent], NONE),
        np.where(of_node != NONE, number[of_node], NONE),
        [groups.keys[group] for group in row.tolist()],
        groups.what[row],
        groups.row[row],
        groups.count[row],
    )


def _cells(snapshot: Snapshot) -> Groups:
    s = snapshot
    cell = s.cell.astype(np.int64)
    owned = np.flatnonzero(((s.kind == NodeKind.ACCUMULATE) | (s.kind == NodeKind.GRAD)) & (s.owner != NONE))
    cell[owned] = cell[s.owner[owned]]
    row = np.unique(cell[cell != NONE])
    number = np.full(int(row.max(initial=0)) + 2, NONE, np.int64)
    number[row] = np.arange(len(row))
    keys = [f"cell:{cell}" for cell in row.tolist()]
    what = np.full(len(row), What.CELL, np.uint8)
    return Groups(Grouping.BY_CELL, np.full(len(row), NONE, np.int64), number[cell], keys, what, row)


def _blocks(snapshot: Snapshot) -> Groups:
    """All scopes, with runs of equal neighbours folded."""
    every = _scopes(Grouping.BY_BLOCK, tuple(ScopeKind))(snapshot)
    folded = folded_runs(snapshot, every, What.RUN, What.BLOCK)
    folded.of_node = _with_users(snapshot, folded.parent, folded.of_node)  # what all layers share is in their run
    return _without_empty(folded)


def _namespaces(snapshot: Snapshot) -> Groups:
    """Paths of modules, whatever called them and how often; and what parameters' own names say."""
    s = snapshot
    modules = _scopes(Grouping.BY_MODULE, (ScopeKind.MODULE,))(snapshot)
    paths: dict[str, int] = {}
    parent: list[int] = []

    def numbered(path: str) -> int:
        known = paths.get(path)
        if known is None:
            outer = path.rpartition(".")[0]
            around = numbered(outer) if outer else NONE
            known = paths[path] = len(parent)
            parent.append(around)
        return known

    number = np.full(len(modules) + 1, NONE, np.int64)  # the last one is that of NONE
    spelled: list[str] = []
    for group, scope in enumerate(modules.row.tolist()):
        around = int(modules.parent[group])
        name = s.strings[s.scope_name[scope]] or s.strings[s.scope_type[scope]]
        spelled.append(f"{spelled[around]}.{name}" if around != NONE else name)
        number[group] = numbered(spelled[-1])
    of_node = number[modules.of_node]
    _add_dotted(snapshot, of_node, numbered)
    keys, what = [f"name:{path}" for path in paths], np.full(len(parent), What.NAMESPACE, np.uint8)
    return Groups(Grouping.BY_NAMESPACE, np.array(parent, np.int64), of_node, keys, what, np.arange(len(parent)))


def _add_dotted(snapshot: Snapshot, of_node: Ints, numbered: Callable[[str], int]) -> None:
    s = snapshot
    labels, inverse = np.unique(s.label, return_inverse=True)
    space = [text.rpartition(".")[0] if _is_path(text) else "" for text in (s.strings[i] for i in labels.tolist())]
    group = np.array([numbered(path) if path else NONE for path in space], np.int64)
    leaf: Bools = s.flags & NodeFlag.PARAMETER != 0
    named = np.flatnonzero(leaf & (group[inverse] != NONE)) if len(group) else np.zeros(0, np.int64)
    of_node[named] = group[inverse[named]]
    owned = np.flatnonzero(((s.kind == NodeKind.ACCUMULATE) | (s.kind == NodeKind.GRAD)) & (s.owner != NONE))
    of_node[owned] = of_node[s.owner[owned]]


def _is_path(text: str) -> bool:
    head, dot, _ = text.partition(".")
    return bool(dot) and head.isidentifier() and all(part.isidentifier() or part.isdigit() for part in text.split("."))


_WAYS: dict[Grouping, Callable[[Snapshot], Groups]] = {
    Grouping.NONE: _nothing,
    Grouping.BY_MODULE: _scopes(Grouping.BY_MODULE, (ScopeKind.MODULE,)),
    Grouping.BY_CELL: _cells,
    Grouping.BY_FUNCTION: _scopes(Grouping.BY_FUNCTION, (ScopeKind.CALL, ScopeKind.ITERATION)),
    Grouping.BY_BLOCK: _blocks,
    Grouping.BY_NAMESPACE: _namespaces,
}
