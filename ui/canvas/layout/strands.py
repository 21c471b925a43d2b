"""Edges made ready for layering: cycles broken, self-loops set aside, parallel edges laid side by side in lanes.

Everything below works on *pairs*, the edges without repetition; a *strand* is one edge again, on its way to a route.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .arrays import BoolArray, FloatArray, IntArray, neighbour_lists
from .cycles import edges_to_reverse, topological_order

NO_SLOT = -1


@dataclass(frozen=True)
class Strands:
    """The edges of one graph that are not self-loops, each running from its upper to its lower end."""

    edge: IntArray  # (strands,) number of the edge
    upper: IntArray  # (strands,) upper end
    lower: IntArray
    turned: BoolArray  # (strands,) whether the edge points upwards, since it would close a cycle
    slot: IntArray  # (strands,) argument slot at the lower end; NO_SLOT where there is none
    lane: FloatArray  # (strands,) place beside the parallel edges, in lanes: -0.5 and 0.5 for two of them
    pair: IntArray  # (strands,) number of the pair
    pair_upper: IntArray  # (pairs,)
    pair_lower: IntArray
    pair_lanes: IntArray  # (pairs,) number of parallel edges
    pair_lean: FloatArray | None  # (pairs,) mean place of its slots in the lower end, -0.5 .. 0.5
    above: list[list[int]]  # upper neighbours of each node
    below: list[list[int]]
    order: list[int]  # all nodes, every pair pointing forward


def make_strands(n: int, src: IntArray, dst: IntArray, slot: IntArray | None, check: Callable[[], None]) -> Strands:
    """Sorts out the edges ``src -> dst`` of a graph of ``n`` nodes."""
    edge = np.flatnonzero(src != dst)
    upper, lower = src[edge], dst[edge]
    turned = np.zeros(len(edge), dtype=bool)
    keys, pair, count = np.unique(upper * n + lower, return_inverse=True, return_counts=True)
    check()
    above, below = neighbour_lists(n, keys % n, keys // n), neighbour_lists(n, keys // n, keys % n)
    order = topological_order(above, below)
    check()
    if len(order) < n:
        turned = edges_to_reverse(n, upper, lower, check)
        upper, lower = np.where(turned, lower, upper), np.where(turned, upper, lower)
        keys, pair, count = np.unique(upper * n + lower, return_inverse=True, return_counts=True)
        above, below = neighbour_lists(n, keys % n, keys // n), neighbour_lists(n, keys // n, keys % n)
        order = topological_order(above, below)
    slots = np.full(len(edge), NO_SLOT) if slot is None else np.where(turned, NO_SLOT, slot[edge])
    return Strands(
        edge,
        upper,
        lower,
        turned,
        slots,
        _lanes(pair, count, slots),
        pair,
        keys // n,
        keys % n,
        count,
        _leans(lower, slots, pair, count),
        above,
        below,
        order,
    )


def _lanes(pair: IntArray, count: IntArray, slot: IntArray) -> FloatArray:
    """Parallel edges side by side in the order of their slots, the middle of them at 0."""
    if len(pair) == len(count):
        return np.zeros(len(pair))
    order = np.lexsort((slot, pair))
    lane = np.empty(len(pair))
    lane[order] = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
    return lane - (count[pair] - 1) / 2


def _leans(lower: IntArray, slot: IntArray, pair: IntArray, count: IntArray) -> FloatArray | None:
    """Where each pair arrives in its lower end when ports lie in the order of the slots; None without slots."""
    slotted = np.flatnonzero(slot != NO_SLOT)
    if len(slotted) == 0:
        return None
    order = slotted[np.lexsort((slot[slotted], lower[slotted]))]
    inputs = np.bincount(lower[slotted])
    rank = np.arange(len(order)) - (np.cumsum(inputs) - inputs)[lower[order]]
    lean = np.zeros(len(lower))
    lean[order] = (rank + 0.5) / inputs[lower[order]] - 0.5
    return np.bincount(pair, weights=lean) / count
