"""What all orders of one proper graph are sorted by and counted with, prepared once."""

from __future__ import annotations

import numpy as np

from .arrays import BoolArray, IntArray
from .crossings import EdgePairs, Leans
from .proper import ProperGraph

_FULLEST = 80
"""Gaps with more edges are counted one by one, by sorting."""

_TOGETHER = 60_000
"""In graphs with more unit edges each gap is counted on its own, which leaves other threads their turn."""

Pull = tuple[int, int, float]
"""Two nodes whose places make the key of a node that has them for neighbours, and what is added to these."""


def lower_leans(graph: ProperGraph) -> Leans:
    """The leans of a graph beside its lists of lower neighbours."""
    if graph.lean is None:
        return None
    by_top: list[list[float]] = [[] for _ in range(graph.size)]
    for top, lean in zip(graph.tops.tolist(), graph.lean.tolist(), strict=True):
        by_top[top].append(lean)
    return by_top


class Side:
    """What the layers are sorted by in one direction: the neighbours above in sweeps down, below in sweeps up."""

    def __init__(
        self, graph: ProperGraph, neighbours: list[list[int]], ends: IntArray, leaning: list[float] | None
    ) -> None:
        self.neighbours = neighbours
        self.leaning = leaning = leaning or [0] * graph.size
        self.pulls: list[Pull] = [
            (near[0], near[-1], lean) if near else (0, 0, 0) for near, lean in zip(neighbours, leaning, strict=True)
        ]
        degree = np.bincount(ends, minlength=graph.size)
        self.movable = self._layers(graph, degree > 0, 2)
        self.bound = self._layers(graph, degree == 0, 1)
        self.many = self._layers(graph, degree > 2, 1)

    @staticmethod
    def _layers(graph: ProperGraph, nodes: BoolArray, least: int) -> list[bool]:
        """For each layer whether it has so many of these nodes."""
        found: list[bool] = (np.bincount(graph.layer, weights=nodes) >= least).tolist()
        return found


class Sortable:
    """What all orders of one proper graph are sorted and counted by."""

    def __init__(self, graph: ProperGraph) -> None:
        self.graph = graph
        self.upper, self.lower = graph.upper, graph.lower
        self.leans = leans = lower_leans(graph)
        leaning = [2 * sum(line) / len(line) if line else 0.0 for line in leans] if leans is not None else None
        self.sides = {
            True: Side(graph, graph.upper, graph.bottoms, None),
            False: Side(graph, graph.lower, graph.tops, leaning),
        }
        small = len(graph.tops) <= _TOGETHER
        self.pairs = EdgePairs.of(graph.tops, graph.bottoms, graph.lean, graph.layer, _FULLEST) if small else None
        self.full: list[int] = np.flatnonzero(self.pairs.full).tolist() if self.pairs is not None else []
