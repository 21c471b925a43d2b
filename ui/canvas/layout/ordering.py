"""The order of the nodes in each layer: barycenter sweeps and greedy switches from several start orders.

Sugiyama, Tagawa and Toda 1981; greedy switch after Eades and Kelly 1986.  Only layers whose surroundings changed since
the last sweep are looked at again, so late sweeps cost little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from .crossings import Leans, all_crossings, arrivals, gap_crossings, pair_crossings
from .proper import ProperGraph
from .starts import Layers

_SWITCH_LIMIT = 4000
"""Pairs of edges beyond which two neighbours are not compared for a switch."""

_TOGETHER = range(300, 40_000)
_FULLEST = 100
"""Gaps of graphs with so many unit edges are counted together when half of them changed, unless one is fuller."""


@dataclass
class Order:
    """An order of all layers with its number of crossings."""

    layers: Layers
    crossings: int
    gaps: list[int]
    """Crossings between each layer and the next."""

    def mirrored(self) -> Order:
        """Left and right exchanged, which changes no crossing where no edge has a slot."""
        return Order([line[::-1] for line in self.layers], self.crossings, self.gaps)


def lower_leans(graph: ProperGraph) -> Leans:
    """The leans of a graph beside its lists of lower neighbours."""
    if graph.lean is None:
        return None
    by_top: list[list[float]] = [[] for _ in range(graph.size)]
    for top, lean in zip(graph.tops.tolist(), graph.lean.tolist(), strict=True):
        by_top[top].append(lean)
    return by_top


class Sweeper:
    """Improves one order of a proper graph step by step, counting as it goes."""

    def __init__(self, graph: ProperGraph, leans: Leans, start: Layers, check: Callable[[], None]) -> None:
        self.upper, self.lower, self.leans = graph.upper, graph.lower, leans
        self.pull = [sum(line) / len(line) if line else 0.0 for line in leans] if leans is not None else None
        self.layers = [line[:] for line in start]
        self.pos = [0] * graph.size
        for line in self.layers:
            self._place(line)
        self.check = check
        self._graph = graph
        counts = np.bincount(graph.layer[graph.tops], minlength=1) if len(graph.tops) in _TOGETHER else None
        self._together = counts is not None and int(counts.max()) <= _FULLEST
        self.gaps = [0] * len(self.layers)
        self.crossings = 0
        self.recount(range(len(self.layers)))
        several = [len(line) > 1 for line in self.layers]
        self.stale = {True: several, False: several[:]}

    def order(self) -> Order:
        """A copy of the present order."""
        return Order([line[:] for line in self.layers], self.crossings, self.gaps[:])

    def restore(self, order: Order) -> None:
        """Goes back to a copy taken earlier."""
        self.layers = [line[:] for line in order.layers]
        for line in self.layers:
            self._place(line)
        self.crossings, self.gaps = order.crossings, order.gaps[:]
        several = [len(line) > 1 for line in self.layers]
        self.stale = {True: several, False: several[:]}

    def sweep(self, *, down: bool) -> bool:
        """Sorts each layer by the mean position of its neighbours in the layer above (below when not ``down``).

        Returns whether anything changed.
        """
        last = len(self.layers) - 1
        stale, changed = self.stale[down], []
        for i in range(1, last + 1) if down else range(last - 1, -1, -1):
            if stale[i]:
                self.check()
                stale[i] = False
                if self._sort(i, down=down):
                    changed.append(i)
        self.recount(changed)
        return bool(changed)

    def _sort(self, i: int, *, down: bool) -> bool:
        line, pos, pull = self.layers[i], self.pos, None if down else self.pull
        neighbours = self.upper if down else self.lower
        keys: list[float] = []
        free: list[int] = []
        for v in line:
            near = neighbours[v]
            count = len(near)
            if count == 1:
                key: float = pos[near[0]]
            elif count == 2:
                key = (pos[near[0]] + pos[near[1]]) * 0.5
            elif count:
                key = sum([pos[t] for t in near]) / count
            else:
                continue
            keys.append(key if pull is None else key + pull[v])
            free.append(v)
        sorted_free = [free[k] for k in sorted(range(len(free)), key=keys.__getitem__)]
        if sorted_free == free:
            return False
        if len(free) < len(line):  # nodes without neighbours on that side keep their place
            movable = iter(sorted_free)
            sorted_free = [next(movable) if neighbours[v] else v for v in line]
        self.layers[i] = sorted_free
        self._place(sorted_free)
        self._touch(i)
        return True

    def switch(self, rounds: int) -> None:
        """Exchanges neighbours within a layer wherever that saves a crossing."""
        last = len(self.layers) - 1
        active = {
            i for i, line in enumerate(self.layers) if len(line) > 1 and (self.gaps[i] or (i and self.gaps[i - 1]))
        }
        changed: set[int] = set()
        for _ in range(rounds):
            again: set[int] = set()
            for i in sorted(active):
                self.check()
                if self._switch_layer(i):
                    changed.add(i)
                    self._touch(i)
                    again.update((max(i - 1, 0), i, min(i + 1, last)))
            active = again
        self.recount(sorted(changed))

    def _switch_layer(self, i: int) -> bool:
        line, pos, upper, lower, leans = self.layers[i], self.pos, self.upper, self.lower, self.leans
        changed = False
        for k in range(len(line) - 1):
            u, v = line[k], line[k + 1]
            if len(upper[u]) * len(upper[v]) + len(lower[u]) * len(lower[v]) > _SWITCH_LIMIT:
                continue
            above_u: list[float] = [pos[t] for t in upper[u]]
            above_v: list[float] = [pos[t] for t in upper[v]]
            below_u, below_v = arrivals(u, lower, leans, pos), arrivals(v, lower, leans, pos)
            before = pair_crossings(above_u, above_v) + pair_crossings(below_u, below_v)
            if before and before > pair_crossings(above_v, above_u) + pair_crossings(below_v, below_u):
                line[k], line[k + 1] = v, u
                pos[u], pos[v] = k + 1, k
                changed = True
        return changed

    def _place(self, line: list[int]) -> None:
        pos = self.pos
        for k, v in enumerate(line):
            pos[v] = k

    def _touch(self, i: int) -> None:
        """The layer changed: what is sorted by it, and itself, has to be sorted anew."""
        down, up = self.stale[True], self.stale[False]
        down[i] = up[i] = True
        if i:
            up[i - 1] = len(self.layers[i - 1]) > 1
        if i + 1 < len(down):
            down[i + 1] = len(self.layers[i + 1]) > 1

    def recount(self, changed: Iterable[int]) -> None:
        """Counts the crossings beside the ``changed`` layers anew."""
        gaps = {gap for layer in changed for gap in (layer - 1, layer) if gap >= 0}
        if self._together and 2 * len(gaps) > len(self.layers):
            self.check()
            graph, pos = self._graph, np.array(self.pos)
            counts = all_crossings(graph.tops, graph.bottoms, graph.lean, graph.layer, pos, len(self.layers))
            self.gaps, self.crossings = counts.tolist(), int(counts.sum())
            return
        for i in gaps:
            self.check()
            count = gap_crossings(self.layers[i], self.lower, self.leans, self.pos)
            self.crossings += count - self.gaps[i]
            self.gaps[i] = count
