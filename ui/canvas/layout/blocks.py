"""Rigid vertical blocks: chains of dummies and of nodes that share one x, so that long edges come out straight.

Between two neighbouring layers the heaviest set of edges that do not cross each other is made vertical (a heaviest
increasing subsequence, found edge by edge with binary search).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .arrays import BoolArray, FloatArray, IntArray
from .proper import ProperGraph
from .starts import Layers

_INNER, _OUTER, _CHAIN, _SPINE = 16.0, 3.0, 6.0, 2.0
"""Weights of a dummy-dummy edge, an edge between a dummy and a box, the one edge between two boxes, and a spine."""


@dataclass(frozen=True)
class Blocks:
    """Which block each node of the proper graph belongs to, and how far neighbours in a layer must stay apart."""

    of: IntArray  # (size,) block of each node
    count: int
    left: IntArray  # (pairs,) block on the left of each pair of neighbours
    right: IntArray  # (pairs,)
    distance: FloatArray  # (pairs,) least distance of their x
    layer: IntArray  # (pairs,) where they need it


def positions(layers: Layers, size: int) -> IntArray:
    """Place of each node in its layer."""
    pos = np.zeros(size, dtype=np.int64)
    counts = np.fromiter(map(len, layers), np.int64, len(layers))
    nodes = np.fromiter((v for line in layers for v in line), np.int64, size)
    pos[nodes] = np.arange(size) - np.repeat(np.cumsum(counts) - counts, counts)
    return pos


def straight_edges(graph: ProperGraph, spines: BoolArray | None) -> tuple[IntArray, FloatArray]:
    """The unit edges worth a rigid block, and their weights."""
    tops, bottoms = graph.tops, graph.bottoms
    inner = (tops >= graph.n) & (bottoms >= graph.n)
    outer = ((tops >= graph.n) | (bottoms >= graph.n)) & ~inner
    below, above = np.bincount(tops, minlength=graph.size), np.bincount(bottoms, minlength=graph.size)
    chain = (below[tops] == 1) & (above[bottoms] == 1)
    weight = np.select([inner, outer, chain], [_INNER, _OUTER, _CHAIN], _SPINE)
    eligible = np.flatnonzero(inner | chain if spines is None else inner | chain | spines)
    return eligible, weight[eligible]


def build_blocks(
    graph: ProperGraph,
    layers: Layers,
    pos: IntArray,
    extents: tuple[FloatArray, FloatArray],
    gaps: tuple[float, float],
    check: Callable[[], None],
    *,
    spines: BoolArray | None = None,
    allowed: BoolArray | None = None,
) -> Blocks:
    """Joins nodes into blocks; ``extents`` is how far each node reaches left and right of its x.

    ``gaps`` is the free room between two boxes, and beside an edge.  ``spines`` marks unit edges between boxes to be
    straight beside the chains, ``allowed`` restricts the unit edges that may become rigid.
    """
    edges, weights = straight_edges(graph, spines)
    if allowed is not None:
        weights = weights[allowed[edges]]
        edges = edges[allowed[edges]]
    check()
    tops, bottoms = graph.tops[edges], graph.bottoms[edges]
    order = np.lexsort((-pos[bottoms], pos[tops], graph.layer[tops]))
    rows = zip(
        graph.layer[tops][order].tolist(),
        tops[order].tolist(),
        bottoms[order].tolist(),
        pos[bottoms][order].tolist(),
        weights[order].tolist(),
        strict=True,
    )
    root = list(range(graph.size))
    gap: list[tuple[int, int, int, float]] = []
    current = -1
    for layer, top, bottom, place, weight in rows:
        if layer != current:
            _join(gap, root)
            gap, current = [], layer
            check()
        gap.append((top, bottom, place, weight))
    _join(gap, root)
    check()
    _, of = np.unique(np.array(root, dtype=np.int64), return_inverse=True)
    return separated(graph, layers, of, extents, gaps)


def _join(gap: list[tuple[int, int, int, float]], root: list[int]) -> None:
    """Joins the ends of the heaviest set of edges, in order of their upper ends, that do not cross."""
    for k in heaviest_increasing([row[2] for row in gap], [row[3] for row in gap]):
        top, bottom = gap[k][:2]
        root[bottom] = root[top]


def heaviest_increasing(values: list[int], weights: list[float]) -> list[int]:
    """Indices, descending, of the strictly increasing subsequence with the greatest sum of weights."""
    if all(a < b for a, b in pairwise(values)):
        return list(range(len(values) - 1, -1, -1))
    before = [-1] * len(values)
    ends: list[int] = []  # values, increasing, at which a best subsequence ends,
    sums: list[float] = []  # with their weights, increasing too,
    last: list[int] = []  # and the index each ends with
    for k, (value, weight) in enumerate(zip(values, weights, strict=True)):
        i = bisect_left(ends, value)
        total = weight
        if i:
            total += sums[i - 1]
            before[k] = last[i - 1]
        j = i
        while j < len(ends) and sums[j] <= total:
            j += 1
        if j > i or i == len(ends) or ends[i] > value:
            ends[i:j], sums[i:j], last[i:j] = [value], [total], [k]
    chosen = []
    k = last[-1]
    while k >= 0:
        chosen.append(k)
        k = before[k]
    return chosen


def separated(
    graph: ProperGraph,
    layers: Layers,
    of: IntArray,
    extents: tuple[FloatArray, FloatArray],
    gaps: tuple[float, float],
) -> Blocks:
    """Adds the distances between neighbours; of several between the same two blocks the largest counts."""
    left_extent, right_extent = extents
    box_gap, edge_gap = gaps
    nodes = np.fromiter((v for line in layers for v in line), np.int64, graph.size)
    together = graph.layer[nodes[1:]] == graph.layer[nodes[:-1]]
    a, b = nodes[:-1][together], nodes[1:][together]
    distance = right_extent[a] + left_extent[b] + np.where((a < graph.n) & (b < graph.n), box_gap, edge_gap)
    left, right = of[a], of[b]
    order = np.lexsort((-distance, right, left))
    left, right, distance = left[order], right[order], distance[order]
    first = np.ones(len(left), dtype=bool)
    first[1:] = (left[1:] != left[:-1]) | (right[1:] != right[:-1])
    count = int(of.max()) + 1 if len(of) else 0
    return Blocks(of, count, left[first], right[first], distance[first], graph.layer[a][order][first])
