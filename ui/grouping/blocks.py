"""Finds equal neighbours among groups (layers of one kind, turns of a loop) and folds each run of them into one group.

Two groups are equal if their functions, in the order in which they ran, have the same ops, shapes and dtypes and are
wired in the same way, inside and to what comes in: the same code ran again. Each is summed up in a hash of 64 bits;
neighbours with equal hashes are then compared column by column. Leaves and constants are what comes in.

Where neighbours repeat in turn (Linear, ReLU, Linear, ReLU) each round of them is taken as a group of its own, and kept
as one if it proves equal to the next.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, EdgeKind, NodeKind, ScopeKind

from ..snapshot import Snapshot
from .forest import Bools, Groups, Ints

LONGEST_ROUND = 4  # groups that repeat in turn
DEEPEST = 40  # levels of groups that are compared; what is deeper counts as part of its group there

_Hashes = NDArray[np.uint64]


def folded_runs(snapshot: Snapshot, groups: Groups, run: int, block: int) -> Groups:
    """The forest with a group of kind `run` around each run of two or more equal neighbours.

    Neighbours that repeat in turn are first put into groups of kind `block`, one for each round.
    """
    found = _Neighbours(snapshot, groups)
    rounds = _rounds(found)
    while len(rounds):
        blocks = _around(groups, rounds, block, "block")
        paired = _Neighbours(snapshot, blocks)
        partner = paired.after != NONE
        partner[paired.after[partner]] = True
        lone = ~partner[blocks.what == block]
        if not lone.any():
            groups, found = blocks, paired
            break
        rounds = [members for members, alone in zip(rounds, lone.tolist(), strict=True) if not alone]
    return _around(groups, _runs(found), run, "run")


class _Neighbours:
    """Which groups are followed by their like, with nothing between.

    after (g,) is that neighbour, NONE; order (g,) has brothers together as they ran, next_to (g,) says which of them
    the next one in that order follows at once, and sums (g, 5) are equal for groups that may be equal.
    """

    def __init__(self, snapshot: Snapshot, groups: Groups) -> None:
        core = _core(snapshot)
        edges = _edges(snapshot, core)
        identity = _identities(snapshot, groups)
        self.parent = groups.parent
        self.after = np.full(len(groups), NONE, np.int64)
        first, last = np.full(len(groups), NONE, np.int64), np.full(len(groups), NONE, np.int64)
        size, hashes = np.zeros(len(groups), np.int64), np.zeros(len(groups), np.uint64)
        for number, current in _levels(groups):
            level = _Level(snapshot, groups, core, edges, number, current)
            _join(self.after, level, identity)
            first[number], last[number] = level.first[number], level.last[number]
            size[number], hashes[number] = level.size[number], level.hashes[number]
        some = np.flatnonzero(size)
        self.order = some[np.lexsort((first[some], groups.parent[some]))]
        a, b = self.order[:-1], self.order[1:]
        whole = last - first + 1 == size
        self.next_to = np.zeros(len(self.order), np.bool_)
        self.next_to[:-1] = (groups.parent[a] == groups.parent[b]) & whole[a] & whole[b] & (last[a] + 1 == first[b])
        self.sums = np.concatenate([identity, hashes.view(np.int64)[:, None]], axis=1)


def _rounds(found: _Neighbours) -> list[Ints]:
    """The members of each round of neighbours that seem to repeat in turn."""
    order, sums = found.order, found.sums[found.order]
    single = found.after != NONE
    single[found.after[single]] = True
    free = ~single[order]
    rounds: list[Ints] = []
    for period in range(2, LONGEST_ROUND + 1):
        if len(order) < 2 * period:
            break
        repeats = np.zeros(len(order), np.bool_)
        repeats[:-period] = (sums[:-period] == sums[period:]).all(axis=1)
        for shift in range(period + 1):
            repeats[: len(order) - shift] &= free[shift:]
            if shift < period:
                repeats[: len(order) - shift] &= found.next_to[shift:]
        edge = np.flatnonzero(np.diff(np.r_[False, repeats, False].astype(np.int8)))
        for start, end in zip(edge[::2].tolist(), edge[1::2].tolist(), strict=True):
            for begin in range(start, end + 1, period) if end - start >= period else ():
                if free[begin : begin + period].all():
                    rounds.append(order[begin : begin + period])
                    free[begin : begin + period] = False
    return sorted(rounds, key=lambda members: int(members.min()))


def _runs(found: _Neighbours) -> list[Ints]:
    """The members of each run of equal neighbours."""
    after, head = found.after, np.arange(len(found.after))
    head[after[after != NONE]] = np.flatnonzero(after != NONE)
    while not np.array_equal(head, head[head]):  # each round doubles the steps back
        head = head[head]
    members = np.argsort(head, kind="stable")
    start = np.flatnonzero(np.diff(head[members], prepend=NONE))
    return [run for run in np.split(members, start[1:]) if len(run) > 1] if len(members) else []


def _core(s: Snapshot) -> Ints:
    """(N,) the place of each function, and of each tensor that one made, among all of them; NONE for other nodes."""
    counts = s.kind == NodeKind.FUNCTION
    counts[s.dst[s.edge_kind == EdgeKind.OUTPUT]] = True
    return np.where(counts, np.cumsum(counts) - 1, NONE)


def _edges(s: Snapshot, core: Ints) -> Ints:
    """Edges into functions and out of them, in the order of what they lead to and of their slots."""
    wired = (s.edge_kind == EdgeKind.INPUT) | (s.edge_kind == EdgeKind.OUTPUT)
    edges = np.flatnonzero(wired & (core[s.dst] != NONE))
    return edges[np.lexsort((s.slot[edges], s.edge_kind[edges], s.dst[edges]))]


def _identities(s: Snapshot, groups: Groups) -> Ints:
    """(g, 4) equal rows for calls of one function, turns of one loop and modules of one class."""
    row = groups.row
    kind = s.scope_kind[row].astype(np.int64)
    return np.stack(
        [
            kind,
            np.where(kind == ScopeKind.CALL, s.scope_name[row], s.scope_type[row]),
            np.where(kind == ScopeKind.MODULE, NONE, s.scope_source[row]),
            np.where(kind == ScopeKind.MODULE, NONE, s.scope_line[row]),
        ],
        axis=1,
    )


def _levels(groups: Groups) -> list[tuple[Ints, Ints]]:
    """The groups of each depth, from the deepest, each with the group of that depth that every node is in (or NONE)."""
    depth = np.zeros(len(groups) + 1, np.int64)
    for number, level in enumerate(groups.levels):
        depth[level] = number
    depth[NONE] = NONE
    current = groups.of_node.copy()
    found = []
    for number in range(len(groups.levels) - 1, -1, -1):
        here = depth[current] == number
        if number < DEEPEST:
            found.append((groups.levels[number], np.where(here, current, NONE)))
        current[here] = groups.parent[current[here]]
    return found


class _Level:
    """The groups of one depth, with what their nodes and edges look like from inside."""

    def __init__(self, s: Snapshot, groups: Groups, core: Ints, edges: Ints, level: Ints, current: Ints) -> None:
        self.level, self.groups = level, groups
        count = len(groups)
        nodes = np.flatnonzero((current != NONE) & (core != NONE))
        nodes = nodes[np.argsort(current[nodes], kind="stable")]
        owner = current[nodes]
        self.start = np.searchsorted(owner, np.arange(count + 1))
        rank = np.full(len(current), NONE, np.int64)
        rank[nodes] = np.arange(len(nodes)) - self.start[owner]
        self.labels = np.stack([s.kind[nodes], s.op[nodes], s.shape[nodes], s.dtype[nodes]], axis=1).astype(np.int64)
        self.size = np.diff(self.start)
        some = np.flatnonzero(self.size)
        self.first, self.last = np.full(count, NONE, np.int64), np.full(count, NONE, np.int64)
        self.first[some], self.last[some] = core[nodes[self.start[some]]], core[nodes[self.start[some + 1] - 1]]

        edge = edges[current[s.dst[edges]] != NONE]
        edge = edge[np.argsort(current[s.dst[edge]], kind="stable")]
        src, dst = s.src[edge], s.dst[edge]
        inside = (current[src] == current[dst]) & (rank[src] != NONE)
        self.edge_start = np.searchsorted(current[dst], np.arange(count + 1))
        self.wires = np.stack(
            [rank[dst], s.slot[edge], s.edge_kind[edge], np.where(inside, rank[src], -2 - s.shape[src])], axis=1
        ).astype(np.int64)
        self.hashes = _sums(_mixed(self.labels, rank[nodes]), owner, count)
        self.hashes += _sums(_mixed(self.wires, np.full(len(edge), NONE)), current[dst], count)

    def same(self, a: Ints, b: Ints) -> Bools:
        """Whether each pair of groups, of one size, is the same node by node and edge by edge."""
        edges = np.diff(self.edge_start)
        found: Bools = (self.size[a] == self.size[b]) & (edges[a] == edges[b])
        for columns, start, size in ((self.labels, self.start, self.size), (self.wires, self.edge_start, edges)):
            pair = np.flatnonzero(found)
            which = np.repeat(pair, size[a[pair]])
            place = np.arange(len(which)) - np.repeat(np.cumsum(size[a[pair]]) - size[a[pair]], size[a[pair]])
            unlike = (columns[start[a[which]] + place] != columns[start[b[which]] + place]).any(axis=1)
            found[which[unlike]] = False
        return found


def _join(after: Ints, level: _Level, identity: Ints) -> None:
    """Write down which groups of a level are followed by their like, with nothing between."""
    group = level.level[level.size[level.level] > 0]
    parent = level.groups.parent[group]
    group = group[np.lexsort((level.first[group], parent))]
    a, b = group[:-1], group[1:]
    whole = level.last - level.first + 1 == level.size
    joined = (level.groups.parent[a] == level.groups.parent[b]) & (identity[a] == identity[b]).all(axis=1)
    joined &= whole[a] & whole[b] & (level.last[a] + 1 == level.first[b]) & (level.hashes[a] == level.hashes[b])
    a, b = a[joined], b[joined]
    same = level.same(a, b)
    after[a[same]] = b[same]


def _around(groups: Groups, sets: list[Ints], what: int, prefix: str) -> Groups:
    """The forest with a new group around each of these sets of brothers."""
    if not sets:
        return groups
    first = np.array([int(members[0]) for members in sets], np.int64)
    inside = np.full(len(groups), NONE, np.int64)
    inside[np.concatenate(sets)] = np.repeat(np.arange(len(sets)), [len(members) for members in sets])
    # A new group stands right before the first in it, so that parents still come before what is in them.
    order = np.argsort(np.concatenate([np.arange(len(groups)) * 2 + 1, first * 2]), kind="stable")
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order))
    renumbered = np.where(groups.parent != NONE, number[groups.parent], NONE)
    parent = np.concatenate([np.where(inside != NONE, number[len(groups) + inside], renumbered), renumbered[first]])
    keys = groups.keys + [f"{prefix}:{row}" for row in groups.row[first].tolist()]
    count = np.array([len(members) for members in sets], np.int64)
    return Groups(
        groups.grouping,
        parent[order],
        np.where(groups.of_node != NONE, number[groups.of_node], NONE),
        [keys[group] for group in order.tolist()],
        np.concatenate([groups.what, np.full(len(sets), what, np.uint8)])[order],
        np.concatenate([groups.row, groups.row[first]])[order],
        np.concatenate([groups.count, count])[order],
    )


def _mixed(columns: Ints, place: Ints) -> _Hashes:
    """A hash of each row with its place: the finaliser of splitmix64 over its numbers."""
    found = _mix(place.astype(np.uint64))
    for column in columns.T:
        found = _mix(found ^ column.astype(np.uint64))
    return found


def _mix(values: _Hashes) -> _Hashes:
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _sums(hashes: _Hashes, group: Ints, count: int) -> _Hashes:
    """The sum of each group's hashes; `group` is ascending."""
    total = np.concatenate([np.zeros(1, np.uint64), np.cumsum(hashes, dtype=np.uint64)])
    start = np.searchsorted(group, np.arange(count + 1))
    return np.asarray(total[start[1:]] - total[start[:-1]], np.uint64)
