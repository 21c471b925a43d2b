"""Counting edge crossings between two neighbouring layers; knows only positions within layers."""

from __future__ import annotations

from bisect import bisect_right, insort

import numpy as np

from .arrays import FloatArray, IntArray, run_starts

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


def all_crossings(
    tops: IntArray, bottoms: IntArray, lean: FloatArray | None, layer: IntArray, pos: IntArray, gaps: int
) -> IntArray:
    """The same for all ``gaps`` at once: edges sorted by their upper ends, each compared with those that follow it.

    As many passes over all edges as the fullest gap has edges: for graphs of many layers with few edges in each gap.
    """
    gap = layer[tops]
    places = int(pos.max()) + 2
    arrival = pos[bottoms] if lean is None else pos[bottoms] + lean
    order = np.lexsort((arrival, gap * places + pos[tops]))
    counts = np.bincount(gap, minlength=gaps)
    key = (gap * places + arrival)[order]  # an edge of a later gap never arrives before one of an earlier gap
    found = np.zeros(len(key), dtype=np.int64)
    for step in range(1, int(counts.max(initial=0))):
        found[:-step] += key[:-step] > key[step:]
    total = np.zeros(gaps, dtype=np.int64)
    filled = counts > 0
    if filled.any():
        total[filled] = np.add.reduceat(found, run_starts(counts)[filled])
    return total


def pair_crossings(left: list[float], right: list[float]) -> int:
    """Crossings of the edges of two neighbours, by where their other ends arrive, with ``left`` on the left."""
    count = 0
    for x in left:
        for y in right:
            if x > y:
                count += 1
    return count
