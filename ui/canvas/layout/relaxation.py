"""Blocks pulled to the median of their neighbours and kept apart, in the order of their layers.

Knows blocks and distances only; which blocks there are and how often to pull is decided in ``coordinates``.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import numpy as np

from .arrays import FloatArray, IntArray, neighbour_lists
from .blocks import Blocks
from .proper import ProperGraph

Distances = list[list[tuple[int, float]]]

_PULLS = 2
"""Pulls after a drawing has been drawn in."""


class Relaxation:
    """Block positions with their wishes and their distances; x is a list, one entry a block."""

    def __init__(self, graph: ProperGraph, blocks: Blocks, check: Callable[[], None]) -> None:
        self.blocks, self.check = blocks, check
        check()
        self.after = distances(blocks.count, blocks.left, blocks.right, blocks.distance)
        self.before = distances(blocks.count, blocks.right, blocks.left, blocks.distance)
        check()
        self.order = self._left_to_right()
        check()
        self.near, self.satellites = _pulls(graph, blocks)
        self.x = [0.0] * blocks.count

    def _left_to_right(self) -> list[int]:
        missing = [len(line) for line in self.before]
        order = [b for b, count in enumerate(missing) if count == 0]
        for b in order:  # grows while it is read
            for c, _ in self.after[b]:
                missing[c] -= 1
                if missing[c] == 0:
                    order.append(c)
        return order

    def start(self) -> float:
        """Midway between packing everything to the left and to the right; returns the least width there can be."""
        self.check()
        left = self._pushed_right([0.0] * self.blocks.count)
        widest = max(left, default=0.0)
        right = self._pushed_left([widest] * self.blocks.count)
        self.x = [(a + b) * 0.5 for a, b in zip(left, right, strict=True)]
        return widest

    def wish(self, b: int) -> float:
        """The median of the neighbours' x, or the own place without neighbours."""
        near, x = self.near[b], self.x
        count = len(near)
        if count == 1:
            return x[near[0]]
        if count == 2:
            return (x[near[0]] + x[near[1]]) * 0.5
        if count == 0:
            return x[b]
        places = sorted([x[t] for t in near])
        middle = count // 2
        return places[middle] if count % 2 else (places[middle - 1] + places[middle]) * 0.5

    def project(self) -> None:
        """All blocks to their wishes at once; where they collide, midway between giving way to either side."""
        self.check()
        wishes = [self.wish(b) for b in range(self.blocks.count)]
        self.settle(wishes)

    def settle(self, wishes: list[float]) -> None:
        """The feasible x midway between pushing ``wishes`` apart to the right and to the left."""
        pushed_right = self._pushed_right(wishes[:])
        self.check()
        pushed_left = self._pushed_left(wishes[:])
        self.x = [(a + b) * 0.5 for a, b in zip(pushed_right, pushed_left, strict=True)]

    def slide(self, *, rightwards: bool) -> None:
        """Block by block to the wish, as far as the neighbours leave room."""
        self.check()
        x = self.x
        for b in self.order if rightwards else reversed(self.order):
            wish = self.wish(b)
            for c, distance in self.before[b]:
                if wish < x[c] + distance:  # noqa: PLR1730 - a call to max() would slow this loop by half
                    wish = x[c] + distance
            for c, distance in self.after[b]:
                if wish > x[c] - distance:  # noqa: PLR1730 - as above
                    wish = x[c] - distance
            x[b] = wish

    def rearrange(self, free: list[bool]) -> None:
        """Settles the ``free`` blocks anew, evenly around their wishes; all others stay."""
        x = self.x
        lowest = self._pushed_right([-inf if loose else here for loose, here in zip(free, x, strict=True)])
        highest = self._pushed_left([inf if loose else here for loose, here in zip(free, x, strict=True)])
        self.check()
        self.settle([min(max(self.wish(b), lowest[b]), highest[b]) if loose else x[b] for b, loose in enumerate(free)])

    def narrow(self, width: float) -> None:
        """Draws all blocks into a frame of this width, at least the least there can be, where most of them are."""
        self.check()
        leftmost = np.array(self._pushed_right([0.0] * self.blocks.count))
        rightmost = np.array(self._pushed_left([width] * self.blocks.count))
        frame = float(np.median(np.array(self.x) - (leftmost + rightmost) / 2))
        leftmost += frame
        rightmost += frame
        self.settle(np.clip(self.x, leftmost, rightmost).tolist())
        for _ in range(_PULLS):
            wishes = [self.wish(b) for b in range(self.blocks.count)]
            self.settle(np.clip(wishes, leftmost, rightmost).tolist())

    def _pushed_right(self, x: list[float]) -> list[float]:
        for b in self.order:
            here = x[b]
            for c, distance in self.after[b]:
                if x[c] < here + distance:  # noqa: PLR1730 - as above
                    x[c] = here + distance
        return x

    def _pushed_left(self, x: list[float]) -> list[float]:
        for b in reversed(self.order):
            here = x[b]
            for c, distance in self.before[b]:
                if x[c] > here - distance:  # noqa: PLR1730 - as above
                    x[c] = here - distance
        return x

    def node_x(self) -> FloatArray:
        """The x of each node of the proper graph."""
        return np.array(self.x)[self.blocks.of]


def _pulls(graph: ProperGraph, blocks: Blocks) -> tuple[list[list[int]], list[bool]]:
    """The neighbours that pull at each block, and which blocks are satellites.

    A satellite has a single neighbour, larger than itself: it goes to this host and does not pull at it.  Else a main
    line would lean towards the side where more parameters stand, instead of standing among them.
    """
    tops, bottoms = blocks.of[graph.tops], blocks.of[graph.bottoms]
    between = tops != bottoms
    block = np.concatenate((tops[between], bottoms[between]))
    neighbour = np.concatenate((bottoms[between], tops[between]))
    size = np.bincount(blocks.of, minlength=blocks.count)
    lowest, highest = np.full(blocks.count, blocks.count), np.full(blocks.count, -1)
    np.minimum.at(lowest, block, neighbour)
    np.maximum.at(highest, block, neighbour)
    alone = np.flatnonzero(lowest == highest)
    host = lowest[alone]
    satellite = np.zeros(blocks.count, dtype=bool)
    satellite[alone] = (size[host] > size[alone]) | ((size[host] == size[alone]) & (host < alone))
    pulls = ~satellite[neighbour]
    return neighbour_lists(blocks.count, block[pulls], neighbour[pulls]), satellite.tolist()


def distances(count: int, tails: IntArray, heads: IntArray, distance: FloatArray) -> Distances:
    """For each block those beside it on one side, with the least distance of their x."""
    order = np.argsort(tails, kind="stable")
    pairs = list(zip(heads[order].tolist(), distance[order].tolist(), strict=True))
    ends = np.cumsum(np.bincount(tails, minlength=count)).tolist()
    return [pairs[start:end] for start, end in zip([0, *ends], ends, strict=False)]
