"""Sifting: each node tried at the places beside its own, and left where the edges cross least.

Matuszewski, Schoenfeld and Molitor 1999. It finds what switches of neighbours do not: a node that would have to pass
one neighbour at a loss to gain by passing the next. What each two nodes of a layer lose by their order follows from
the pairs of their edges, for all layers at once; then every second layer can be sifted, since between two of those lies
one that stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import BoolArray, FloatArray, IntArray
from .crossings import EdgePairs
from .ordering import Sweeper
from .proper import ProperGraph

_REACH = 20
"""Places to either side that are tried."""

_FULLEST = 400
"""Layers beside gaps with more edges are left as they are."""


@dataclass(frozen=True)
class _Half:
    """Pairs of edges by their other ends, and where their ends in every second layer are counted."""

    first: IntArray
    second: IntArray
    lean: FloatArray | None
    cell: IntArray
    sign: IntArray


class Sifter:
    """Sifts orders of one proper graph."""

    def __init__(self, graph: ProperGraph, pairs: EdgePairs | None) -> None:
        if pairs is None or pairs.full.any():
            pairs = EdgePairs.of(graph.tops, graph.bottoms, graph.lean, graph.layer, _FULLEST)
        self.pairs = pairs
        self.layer = graph.layer
        count = np.bincount(graph.layer)
        self.nodes = np.argsort(graph.layer, kind="stable")
        self.start = np.cumsum(count) - count
        self.local = np.empty(graph.size, dtype=np.int64)
        self.local[self.nodes] = np.arange(graph.size) - self.start[graph.layer[self.nodes]]
        fixed = pairs.full.copy()
        fixed[1:] |= pairs.full[:-1]
        self.width = np.where(fixed, 0, count)
        self.end = np.cumsum(self.width**2)
        self.base = self.end - self.width**2
        self.cells = int(self.end[-1])
        even = pairs.gap % 2 == 0
        self.halves = self._half(even, ~even), self._half(~even, even)

    def _half(self, below: BoolArray, above: BoolArray) -> _Half:
        """What every second layer is sifted by: pairs of edges in the gaps below these layers and above them."""
        pairs = self.pairs
        ends = np.concatenate((pairs.tops[:, below], pairs.bottoms[:, above]), axis=1)
        others = np.concatenate((pairs.bottoms[:, below], pairs.tops[:, above]), axis=1)
        lean = None
        if pairs.lean is not None:
            lean = np.concatenate((pairs.lean[below], np.zeros(int(above.sum()))))
        first, second = self.local[ends[0]], self.local[ends[1]]
        layer = self.layer[ends[0]]
        width = self.width[layer]
        cell = self.base[layer] + np.minimum(first, second) * width + np.maximum(first, second)
        sign = np.sign(second - first)
        counted = (width > 0) & (sign != 0)
        lean = None if lean is None else lean[counted]
        return _Half(others[0][counted], others[1][counted], lean, cell[counted], sign[counted])

    def losses(self, pos: IntArray, half: _Half) -> FloatArray:
        """For each two nodes of a layer how many more crossings their edges have with the first one on the left."""
        apart: FloatArray | IntArray = pos[half.first] - pos[half.second]
        if half.lean is not None:
            apart = apart + half.lean
        weights = np.sign(apart) * half.sign
        return np.asarray(np.bincount(half.cell, weights=weights, minlength=self.cells), dtype=np.float64)

    def sift(self, sweeper: Sweeper, rounds: int) -> None:
        """Sifts the layers in which there are nodes in the wrong order, in turn every second one."""
        changed: set[int] = set()
        idle = 0
        for turn in range(2 * rounds):
            sweeper.check()
            moved = self._sift_every_second(sweeper, turn % 2)
            changed.update(moved)
            idle = 0 if moved else idle + 1
            if idle == 2:
                break
        sweeper.recount(sorted(changed))

    def _sift_every_second(self, sweeper: Sweeper, remainder: int) -> list[int]:
        pos = np.array(sweeper.pos)
        losses = self.losses(pos, self.halves[remainder])
        cells = np.flatnonzero(losses)
        layer = np.searchsorted(self.end, cells, "right")
        low, high = np.divmod(cells - self.base[layer], self.width[layer])
        low_pos, high_pos = pos[self.nodes[self.start[layer] + low]], pos[self.nodes[self.start[layer] + high]]
        wrong = losses[cells] * (high_pos - low_pos) > 0
        movers: dict[int, set[int]] = {}
        for i, a, b in zip(layer[wrong].tolist(), low[wrong].tolist(), high[wrong].tolist(), strict=True):
            movers.setdefault(i, set()).update((a, b))
        moved = []
        for i, nodes in movers.items():
            width, base = int(self.width[i]), int(self.base[i])
            upper = losses[base : base + width * width].reshape(width, width)
            members = self.nodes[self.start[i] : self.start[i] + width].tolist()
            local = self.local[sweeper.layers[i]].tolist()
            order = _sifted(local, nodes, (upper - upper.T).tolist())
            if order != local:
                sweeper.replace(i, [members[v] for v in order])
                moved.append(i)
        return moved


def _sifted(order: list[int], movers: set[int], losses: list[list[float]]) -> list[int]:
    """An order with ``movers`` sifted; ``losses[a][b]`` is what a loses when it stands left of b."""
    order = order[:]
    for v in [v for v in order if v in movers]:
        here = order.index(v)
        loss = losses[v]
        best, to, saved = 0.0, here, 0.0
        for place in range(here - 1, max(here - _REACH, 0) - 1, -1):
            saved -= loss[order[place]]
            if saved > best:
                best, to = saved, place
        saved = 0.0
        for place in range(here + 1, min(here + _REACH + 1, len(order))):
            saved += loss[order[place]]
            if saved > best:
                best, to = saved, place
        if to != here:
            order.insert(to, order.pop(here))
    return order
