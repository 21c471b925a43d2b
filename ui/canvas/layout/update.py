"""The stable update: after a change old nodes keep their x, new ones take free room near their neighbours.

The picture a person has in mind stays; the price is that it drifts from the best one, so that a layout afresh is due
now and then.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Callable
from itertools import repeat

import numpy as np

from .arrays import BoolArray, FloatArray
from .blocks import build_blocks, positions
from .crossings import Leans
from .drawing import Gaps, Previous
from .proper import ProperGraph
from .relaxation import Relaxation
from .sortable import lower_leans

_TURNS = 3

_LEAN = 20.0
"""A new input goes to the side of its slot: its wish lies up to half as much (px) off the middle of its use."""


def updated_x(
    graph: ProperGraph,
    previous: Previous,
    extents: tuple[FloatArray, FloatArray],
    spines: BoolArray,
    gaps: Gaps,
    check: Callable[[], None],
) -> FloatArray:
    """The x of the proper graph; at least one node has a previous place."""
    x = _remembered(graph, previous)
    old = ~np.isnan(x)
    rooms = Rooms(graph, x, extents, gaps)
    _place_new(graph, x.tolist(), rooms, check)
    x = np.array(rooms.x)
    order = np.lexsort((np.arange(graph.size), x, graph.layer))
    layers = [line.tolist() for line in np.split(order, np.cumsum(np.bincount(graph.layer))[:-1])]
    pos = positions(layers, graph.size)
    aligned = np.abs(x[graph.tops] - x[graph.bottoms]) < 0.5
    blocks = build_blocks(graph, layers, pos, extents, (gaps.node, gaps.edge), check, spines=spines, allowed=aligned)
    relaxation = Relaxation(graph, blocks, check)
    wishes = np.zeros(blocks.count)
    wishes[blocks.of] = x
    relaxation.settle(wishes.tolist())
    movable = np.ones(blocks.count, dtype=bool)
    movable[blocks.of[old]] = False
    for _ in range(_TURNS):
        relaxation.rearrange(movable.tolist())
    return relaxation.node_x()


def _remembered(graph: ProperGraph, previous: Previous) -> FloatArray:
    """Previous x of boxes and dummies, nan where there is none."""
    x = np.full(graph.size, np.nan)
    x[: graph.n] = previous.x
    if len(graph.chain) == 0:
        return x
    ends = np.cumsum(np.bincount(graph.chain)).tolist()
    for (a, b), start, end in zip(graph.chain_ends.tolist(), [0, *ends], ends, strict=False):
        before = previous.trunks.get((a, b))
        if before is None:
            continue
        place = np.arange(end - start)
        if a < 0:  # a bus of its lower end keeps its place counted from there
            place += len(before) - len(place)
        x[graph.n + start : graph.n + end] = before[np.clip(place, 0, len(before) - 1)]
    return x


class Rooms:
    """Which room of each layer is taken, and by what; x of what has a place, nan for the rest."""

    def __init__(self, graph: ProperGraph, x: FloatArray, extents: tuple[FloatArray, FloatArray], gaps: Gaps) -> None:
        margin = np.where(np.arange(graph.size) < graph.n, gaps.node, gaps.edge) / 2
        self.left: list[float] = (extents[0] + margin).tolist()
        self.right: list[float] = (extents[1] + margin).tolist()
        self.layer = graph.layer.tolist()
        self.x = x.tolist()
        self.taken: list[list[tuple[float, float]]] = [[] for _ in range(graph.layers)]
        for v in np.lexsort((x, graph.layer)).tolist():
            if self.x[v] == self.x[v]:
                self.taken[self.layer[v]].append(self._span(v, self.x[v]))

    def _span(self, v: int, x: float) -> tuple[float, float]:
        return x - self.left[v], x + self.right[v]

    def take(self, v: int, x: float) -> None:
        """Puts a node at ``x``."""
        self.x[v] = x
        insort(self.taken[self.layer[v]], self._span(v, x))

    def fits(self, v: int, x: float) -> bool:
        """Whether the node has room at ``x``."""
        low, high = self._span(v, x)
        taken = self.taken[self.layer[v]]
        i = bisect_left(taken, (low,))
        return not (i < len(taken) and taken[i][0] < high - 1e-6) and not (i and taken[i - 1][1] > low + 1e-6)

    def outside(self, line: list[int]) -> tuple[float, float]:
        """The x nearest on either side at which a chain runs past everything in its layers."""
        rows = [(v, self.taken[self.layer[v]]) for v in line]
        return (
            min([taken[0][0] - self.right[v] for v, taken in rows if taken], default=0.0),
            max([taken[-1][1] + self.left[v] for v, taken in rows if taken], default=0.0),
        )

    def nearest(self, v: int, wish: float) -> float:
        """The x nearest to ``wish`` at which the node has room; beyond the ends of the layer there always is."""
        if self.fits(v, wish):
            return wish
        taken = self.taken[self.layer[v]]
        left, right = self.left[v], self.right[v]
        best: float = taken[0][0] - right
        reach = taken[0][1]
        for low, high in [*taken[1:], (math.inf, math.inf)]:
            if low - reach >= left + right:
                x = min(max(wish, reach + left), low - right)
                if abs(x - wish) < abs(best - wish):
                    best = x
            reach = max(reach, high)
        return best


def _place_new(graph: ProperGraph, x: list[float], rooms: Rooms, check: Callable[[], None]) -> None:
    """Gives every new node a place, from those next to old ones outwards, each chain of dummies as a whole."""
    chains: dict[int, list[int]] = {}
    for dummy, chain in enumerate(graph.chain.tolist(), graph.n):
        if x[dummy] != x[dummy]:
            chains.setdefault(chain, []).append(dummy)
    groups = {line[0]: line for line in chains.values()}
    group_of = {dummy: line[0] for line in chains.values() for dummy in line}
    new = [v for v in range(graph.n) if x[v] != x[v]]
    for v in new:
        groups[v], group_of[v] = [v], v
    placed = rooms.x
    leans = lower_leans(graph)
    queue = [g for g, line in groups.items() if any(placed[t] == placed[t] for v in line for t in _around(graph, v))]
    queued = set(queue)
    for g in queue:  # grows while it is read
        check()
        line = groups[g]
        _place_group(graph, leans, line, rooms)
        for v in line:
            for t in _around(graph, v):
                other = group_of.get(t)
                if other is not None and other not in queued:
                    queued.add(other)
                    queue.append(other)


def _around(graph: ProperGraph, v: int) -> list[int]:
    return graph.upper[v] + graph.lower[v]


def _place_group(graph: ProperGraph, leans: Leans, line: list[int], rooms: Rooms) -> None:
    """A node goes near the mean of what is placed above it, or else below; a chain where all of it has room."""
    placed = rooms.x
    above = [placed[t] for v in line for t in graph.upper[v] if placed[t] == placed[t]]
    below = [
        placed[t] + lean * _LEAN
        for v in line
        for t, lean in zip(graph.lower[v], leans[v] if leans is not None else repeat(0.0), strict=False)
        if placed[t] == placed[t]
    ]
    near = above or below
    wish: float = sum(near) / len(near)
    if len(line) > 1:
        candidates = [wish, *below, *rooms.outside(line)]
        for v in line:
            candidates.append(rooms.nearest(v, wish))
        for x in sorted(candidates, key=lambda c: (abs(c - wish), c)):
            if all(rooms.fits(v, x) for v in line):
                wish = x
                break
    for v in line:
        rooms.take(v, rooms.nearest(v, wish))
