"""Counting edge crossings between two neighbouring layers; knows only positions within layers."""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass

import numpy as np

from .arrays import BoolArray, FloatArray, IntArray, run_starts

Leans = list[list[float]] | None
"""Beside each lower neighbour, where in it the edge arrives (-0.5 .. 0.5); None where no edge has a slot."""


def gap_crossings(layer: list[int], lower: list[list[int]], leans: Leans, pos: list[int]) -> int:
    """Crossings of the unit edges that leave ``layer`` downwards, by insertion into a sorted list.

    Edges with a common end do not cross, except at two slots of one node that they reach in the wrong order.
    """
    seen: list[float] = []
    last: float = -1.0
    total = 0
    for u in layer:
        below = lower[u]
        if len(below) == 1:
            key = pos[below[0]] if leans is None else pos[below[0]] + leans[u][0]
            if key >= last:
                seen.append(key)
                last = key
            else:
                total += len(seen) - bisect_right(seen, key)
                insort(seen, key)
        elif below:
            keys = sorted(arrivals(u, lower, leans, pos))
            if keys[0] < last:
                for key in keys:
                    total += len(seen) - bisect_right(seen, key)
                for key in keys:
                    insort(seen, key)
            else:
                seen += keys
            last = seen[-1]
    return total


def arrivals(u: int, lower: list[list[int]], leans: Leans, pos: list[int]) -> list[float]:
    """Where the lower ends of the unit edges of ``u`` arrive, in units of one place in the layer."""
    if leans is None:
        return [pos[s] for s in lower[u]]
    return [pos[s] + lean for s, lean in zip(lower[u], leans[u], strict=True)]


def pair_crossings(left: list[float], right: list[float]) -> int:
    """Crossings of the edges of two neighbours, by where their other ends arrive, with ``left`` on the left."""
    count = 0
    for x in left:
        for y in right:
            if x > y:
                count += 1
    return count


@dataclass(frozen=True)
class EdgePairs:
    """All pairs of unit edges in each gap between two layers, but for gaps that are too full for that.

    With few edges in each gap comparing all pairs at once is several times faster than sorting, whatever the order is.
    """

    tops: IntArray  # (2, pairs) the upper ends of the two edges
    bottoms: IntArray  # (2, pairs)
    lean: FloatArray | None  # (pairs,) how much further to the right in its node the first edge arrives
    gap: IntArray  # (pairs,) the layer above
    full: BoolArray  # (layers,) the gaps below which layers are left out

    @staticmethod
    def of(tops: IntArray, bottoms: IntArray, lean: FloatArray | None, layer: IntArray, fullest: int) -> EdgePairs:
        """The pairs in gaps of at most ``fullest`` edges; ``layer`` is that of each node."""
        gap = layer[tops]
        counts = np.bincount(gap, minlength=int(layer.max()) + 1)
        full = counts > fullest
        order = np.argsort(gap, kind="stable")
        gap = gap[order]
        end = run_starts(counts) + counts
        following = np.where(full[gap], 0, end[gap] - np.arange(len(gap)) - 1)
        first = np.repeat(np.arange(len(gap)), following)
        second = first + 1 + np.arange(len(first)) - run_starts(following)[first]
        edges = np.stack((order[first], order[second]))
        leaning = None if lean is None else lean[edges[0]] - lean[edges[1]]
        return EdgePairs(tops[edges], bottoms[edges], leaning, gap[first], full)

    def sides(self, pos: IntArray) -> tuple[IntArray, FloatArray]:
        """How far to the right of the second edge the first one begins, and how far it ends."""
        above, below = pos[self.tops], pos[self.bottoms]
        ends: FloatArray = below[0] - below[1]
        return above[0] - above[1], ends if self.lean is None else ends + self.lean

    def crossings(self, pos: IntArray) -> IntArray:
        """The crossings in each gap, 0 in those left out; ``pos`` is the place of each node in its layer."""
        above, below = self.sides(pos)
        return np.bincount(self.gap[above * below < 0], minlength=len(self.full))
