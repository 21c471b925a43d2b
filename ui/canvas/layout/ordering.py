"""The order of the nodes in each layer: barycenter sweeps and greedy switches.

Sugiyama, Tagawa and Toda 1981; greedy switch after Eades and Kelly 1986.  Only layers whose surroundings changed since
the last sweep are looked at again, so late sweeps cost little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from .crossings import arrivals, gap_crossings, pair_crossings
from .sortable import Side, Sortable
from .starts import Layers

_SWITCH_LIMIT = 4000
"""Pairs of edges beyond which two neighbours are not compared for a switch."""

_MOST_OF = 6
"""The gaps are counted all at once when more than one in so many changed."""


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


class Sweeper:
    """Improves one order of a proper graph step by step, counting as it goes."""

    def __init__(self, sortable: Sortable, start: Layers, check: Callable[[], None]) -> None:
        self.sortable, self.check = sortable, check
        self.layers = start[:]
        self.pos = [0] * sortable.graph.size
        self._place_all()
        self.gaps = [0] * len(self.layers)
        self.crossings = 0
        self.recount(range(len(self.layers)))

    def _place_all(self) -> None:
        pos = self.pos
        for line in self.layers:
            for k, v in enumerate(line):
                pos[v] = k
        self.stale = {down: side.movable[:] for down, side in self.sortable.sides.items()}

    def order(self) -> Order:
        """The present order; its lines are never changed."""
        return Order(self.layers[:], self.crossings, self.gaps[:])

    def restore(self, order: Order) -> None:
        """Goes back to an earlier order."""
        for i, (line, now) in enumerate(zip(order.layers, self.layers, strict=True)):
            if line is not now:
                self.replace(i, line)
        self.crossings, self.gaps = order.crossings, order.gaps[:]

    def sweep(self, *, down: bool) -> bool:
        """Sorts each layer by the mean position of its neighbours in the layer above (below when not ``down``).

        Returns whether anything changed.
        """
        last = len(self.layers) - 1
        layers, stale, check = self.layers, self.stale[down], self.check
        side = self.sortable.sides[down]
        changed = []
        for i in range(1, last + 1) if down else range(last - 1, -1, -1):
            if stale[i]:
                check()
                stale[i] = False
                line = self._sorted(layers[i], side, bound=side.bound[i], many=side.many[i])
                if line is not None:
                    self.replace(i, line)
                    changed.append(i)
        self.recount(changed)
        return bool(changed)

    def _sorted(self, line: list[int], side: Side, *, bound: bool, many: bool) -> list[int] | None:
        """The line in its new order, None where that is the old one."""
        pos, neighbours, leaning = self.pos, side.neighbours, side.leaning
        free = [v for v in line if neighbours[v]] if bound else line
        keys: list[float]
        if many:  # twice the mean place
            keys = [2 * sum([pos[t] for t in neighbours[v]]) / len(neighbours[v]) + leaning[v] for v in free]
        else:
            keys = [pos[a] + pos[b] + lean for a, b, lean in map(side.pulls.__getitem__, free)]
        if keys == sorted(keys):
            return None
        free = sorted(free, key=dict(zip(free, keys, strict=True)).__getitem__)
        if not bound:
            return free
        movable = iter(free)  # nodes without neighbours on that side keep their place
        return [next(movable) if neighbours[v] else v for v in line]

    def replace(self, i: int, line: list[int]) -> None:
        """Gives a layer another order: what is sorted by it, and itself, has to be sorted anew."""
        layers, pos = self.layers, self.pos
        layers[i] = line
        for k, v in enumerate(line):
            pos[v] = k
        down, up = self.stale[True], self.stale[False]
        sorted_down, sorted_up = self.sortable.sides[True].movable, self.sortable.sides[False].movable
        down[i], up[i] = sorted_down[i], sorted_up[i]
        if i:
            up[i - 1] = sorted_up[i - 1]
        if i + 1 < len(down):
            down[i + 1] = sorted_down[i + 1]

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
                    again.update((max(i - 1, 0), i, min(i + 1, last)))
            active = again
        self.recount(sorted(changed))

    def _switch_layer(self, i: int) -> bool:
        line, pos, changed = self.layers[i][:], self.pos, False
        upper, lower, leans = self.sortable.upper, self.sortable.lower, self.sortable.leans
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
                changed = True
        if changed:
            self.replace(i, line)
        return changed

    def recount(self, changed: Iterable[int]) -> None:
        """Counts the crossings beside the ``changed`` layers anew."""
        beside = {gap for layer in changed for gap in (layer - 1, layer) if gap >= 0}
        if not beside:
            return
        sortable, gaps = self.sortable, sorted(beside)
        if sortable.pairs is not None and _MOST_OF * len(beside) > len(self.layers):
            self.check()
            self.gaps = sortable.pairs.crossings(np.array(self.pos)).tolist()
            gaps = sortable.full
        for i in gaps:
            self.check()
            self.gaps[i] = gap_crossings(self.layers[i], sortable.lower, sortable.leans, self.pos)
        self.crossings = sum(self.gaps)
