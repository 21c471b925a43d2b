"""Groups of nodes within groups, as columns. Knows no trace: what the groups mean is `gather`'s."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE

from ..shown_state import Grouping

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Groups:
    """A forest of g groups over N nodes. A group's number is good for one trace of one size, its key for all.

    parent   (g,) the group around each; parents come before what is in them. NONE at the top
    of_node  (N,) the innermost group of each node, NONE outside all
    keys     (g,) texts that stay while the trace grows
    what     (g,) `gather.What` of each, and
    row      (g,) what it is about: a scope, a cell, or the first of the groups that a run folds
    count    (g,) groups that a run folds; 1 for others
    """

    def __init__(
        self,
        grouping: Grouping,
        parent: Ints,
        of_node: Ints,
        keys: list[str],
        what: NDArray[np.uint8],
        row: Ints,
        count: Ints | None = None,
    ) -> None:
        self.grouping, self.parent, self.of_node, self.keys = grouping, parent, of_node, keys
        self.what, self.row = what, row
        self._asked: tuple[Iterable[str], Ints] | None = None
        self.count = np.ones(len(parent), np.int64) if count is None else count

    def __len__(self) -> int:
        return len(self.parent)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {key: group for group, key in enumerate(self.keys)}

    def index(self, key: str) -> int:
        """The group with this key, NONE if there is none."""
        return self._index.get(key, NONE)

    def indices(self, keys: Iterable[str]) -> Ints:
        """The groups with these keys, those there are. What is closed is asked at every step: it is looked up once."""
        if self._asked is not None and self._asked[0] is keys:
            return self._asked[1]
        found = np.array([self._index[key] for key in keys if key in self._index], np.int64)
        if isinstance(keys, frozenset):
            self._asked = keys, found
        return found

    def path(self, group: int) -> list[int]:
        """The groups around a group from the outermost, and itself last: breadcrumbs."""
        path: list[int] = []
        while group != NONE:
            path.append(group)
            group = int(self.parent[group])
        return path[::-1]

    def children(self, group: int) -> Ints:
        """The groups right inside a group; of NONE those at the top."""
        return np.flatnonzero(self.parent == group)

    def below(self, group: int) -> Ints:
        """All groups inside a group, without itself."""
        start = int(self.preorder[group])
        return np.sort(self._in_preorder[start + 1 : start + int(self.subtree[group])])

    def members(self, group: int) -> Ints:
        """The nodes in a group and in all groups inside it, ascending."""
        order, starts = self._nodes_in_preorder
        start = int(self.preorder[group])
        return np.sort(order[starts[start] : starts[start + int(self.subtree[group])]])

    @cached_property
    def levels(self) -> list[Ints]:
        """The groups of each depth, from the top."""
        depth = np.zeros(len(self), np.int64)
        inside = self.parent != NONE
        at = np.where(inside, self.parent, 0)
        while True:
            deeper = np.where(inside, depth[at] + 1, 0)
            if np.array_equal(deeper, depth):
                break
            depth = deeper
        order = np.argsort(depth, kind="stable")
        return np.split(order, np.cumsum(np.bincount(depth))[:-1]) if len(self) else []

    @cached_property
    def subtree(self) -> Ints:
        """(g,) groups inside each, itself counted."""
        return self.summed(np.ones(len(self), np.int64))

    def summed(self, own: Ints) -> Ints:
        """A number of every group's own, added up over all that is inside it."""
        total = own.copy()
        for level in self.levels[:0:-1]:
            np.add.at(total, self.parent[level], total[level])
        return total

    def least(self, own: Ints) -> Ints:
        """The smallest of a number of every group's own over all that is inside it."""
        least = own.copy()
        for level in self.levels[:0:-1]:
            np.minimum.at(least, self.parent[level], least[level])
        return least

    @cached_property
    def preorder(self) -> Ints:
        """(g,) the place of each group in a walk that visits a group before what is in it."""
        place = np.zeros(len(self), np.int64)
        for depth, level in enumerate(self.levels):
            ordered = level[np.argsort(self.parent[level], kind="stable")]
            parents = self.parent[ordered]
            before = np.cumsum(self.subtree[ordered]) - self.subtree[ordered]
            first = np.searchsorted(parents, parents)  # of its brothers
            start = place[parents] + 1 if depth else 0
            place[ordered] = start + before - before[first]
        return place

    @cached_property
    def _in_preorder(self) -> Ints:
        order = np.empty(len(self), np.int64)
        order[self.preorder] = np.arange(len(self))
        return order

    @cached_property
    def _nodes_in_preorder(self) -> tuple[Ints, Ints]:
        nodes = np.flatnonzero(self.of_node != NONE)
        places = self.preorder[self.of_node[nodes]]
        order = np.argsort(places, kind="stable")
        return nodes[order], np.searchsorted(places[order], np.arange(len(self) + 1))

    @cached_property
    def first_node(self) -> Ints:
        """(g,) the first node in each group; the number of nodes for a group without any."""
        nodes = np.flatnonzero(self.of_node != NONE)
        own = np.full(len(self), len(self.of_node), np.int64)
        np.minimum.at(own, self.of_node[nodes], nodes)
        return self.least(own)

    @cached_property
    def size(self) -> Ints:
        """(g,) nodes in each group."""
        inside = self.of_node[self.of_node != NONE]
        return self.summed(np.bincount(inside, minlength=len(self)).astype(np.int64))

    def closed(self, collapsed: Ints, root: int = NONE) -> Ints:
        """(g,) the outermost collapsed group around each group, itself counted; NONE where all are open.

        Groups that `root` is in, and itself, are open.
        """
        marked = np.zeros(len(self), np.bool_)
        marked[collapsed] = True
        if root != NONE:
            marked[self.path(root)] = False
        found = np.full(len(self), NONE, np.int64)
        for depth, level in enumerate(self.levels):
            around = found[self.parent[level]] if depth else np.full(len(level), NONE, np.int64)
            found[level] = np.where(around != NONE, around, np.where(marked[level], level, NONE))
        return found

    def inside(self, root: int) -> Bools:
        """(N,) which nodes are in a group; all of them for NONE."""
        if root == NONE:
            return np.ones(len(self.of_node), np.bool_)
        found = np.zeros(len(self.of_node), np.bool_)
        found[self.members(root)] = True
        return found


def lowest_common(parent: Ints, a: Ints, b: Ints) -> Ints:
    """The innermost group around both of each pair, NONE where there is none; parents have smaller numbers."""
    a, b = a.copy(), b.copy()
    while True:
        apart = a != b
        if not apart.any():
            return a
        up = apart & (a > b)
        a[up] = parent[a[up]]
        up = apart & ~up
        b[up] = parent[b[up]]
