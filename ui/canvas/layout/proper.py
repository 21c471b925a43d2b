"""The proper graph: long edges cut into unit edges by dummy nodes, many long edges of one node sharing one chain.

w -+--> f1             w            A weight used at every time step has T long edges; cut one by one they
   +---------> f2      |\\           take O(T^2) dummies and every sweep drowns in them.  As a bus, one chain
   +-------------> f3  o f1         of dummies runs past all the targets and each edge leaves it where it
                       |\\           arrives, as on a circuit diagram.
                       o f2
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .arrays import FloatArray, IntArray, neighbour_lists, run_starts

BUS = 4
"""From this many long edges at one end on, the edges share one chain of dummy nodes."""


@dataclass(frozen=True)
class ProperGraph:
    """Nodes ``0 .. n-1`` are boxes, ``n .. size-1`` dummies; dummies of one chain are numbered downwards."""

    n: int
    layer: IntArray  # (size,)
    tops: IntArray  # (units,) upper end of each unit edge
    bottoms: IntArray  # (units,)
    lean: FloatArray | None  # (units,) where in the lower end the edge arrives, -0.5 .. 0.5; None where it is all one
    first: IntArray  # (edges,) dummy next to the upper end, -1 for an edge between neighbouring layers
    last: IntArray  # (edges,) dummy next to the lower end
    chain: IntArray  # (size - n,) number of the chain each dummy belongs to
    chain_ends: IntArray  # (chains, 2) the nodes a chain belongs to; -1 for the open end of a bus
    upper: list[list[int]]
    lower: list[list[int]]

    @property
    def size(self) -> int:
        """Boxes and dummies together."""
        return len(self.layer)

    @property
    def layers(self) -> int:
        """Number of layers."""
        return int(self.layer.max()) + 1 if len(self.layer) else 0


def proper_graph(
    n: int,
    src: IntArray,
    dst: IntArray,
    layer: IntArray,
    lean: FloatArray | None,
    check: Callable[[], None],
    *,
    buses: bool,
) -> ProperGraph:
    """Cuts the edges ``src -> dst`` (acyclic, no two alike) at every layer they pass."""
    long = np.flatnonzero(layer[dst] - layer[src] > 1)
    first = np.full(len(src), -1, dtype=np.int64)
    last = first.copy()
    if len(long) == 0:
        return _joined(n, layer, src, dst, lean, first, last, first[:0], np.zeros((0, 2), dtype=np.int64))
    ends = _chain_ends(n, src[long], dst[long], buses=buses)
    keys = (ends[:, 0] + 1) * (n + 1) + ends[:, 1] + 1
    _, representative, chain_of = np.unique(keys, return_index=True, return_inverse=True)
    chain_ends = ends[representative]
    top = np.full(len(chain_ends), np.iinfo(np.int64).max)
    bottom = np.zeros(len(chain_ends), dtype=np.int64)
    np.minimum.at(top, chain_of, layer[src[long]] + 1)
    np.maximum.at(bottom, chain_of, layer[dst[long]] - 1)
    length = bottom - top + 1
    start = n + run_starts(length)
    chain = np.repeat(np.arange(len(length)), length)
    dummies = np.arange(n, n + len(chain))
    dummy_layer = dummies - start[chain] + top[chain]
    first[long] = start[chain_of] + layer[src[long]] + 1 - top[chain_of]
    last[long] = start[chain_of] + layer[dst[long]] - 1 - top[chain_of]
    inner = dummies[1:][chain[1:] == chain[:-1]]

    check()
    tops = np.where(first < 0, src, last)
    heads, into = np.unique(tops * n + dst, return_inverse=True)
    tails = np.unique(src[long] * (n + len(chain)) + first[long])
    unit_lean = None
    if lean is not None:
        mean = np.bincount(into, weights=lean) / np.bincount(into)
        unit_lean = np.concatenate((mean, np.zeros(len(tails) + len(inner))))
    check()
    return _joined(
        n,
        np.concatenate((layer, dummy_layer)),
        np.concatenate((heads // n, tails // (n + len(chain)), inner - 1)),
        np.concatenate((heads % n, tails % (n + len(chain)), inner)),
        unit_lean,
        first,
        last,
        chain,
        chain_ends,
    )


def _chain_ends(n: int, src: IntArray, dst: IntArray, *, buses: bool) -> IntArray:
    """Which chain each long edge runs on, named by its ends: a bus has one end only, the other is -1."""
    ends = np.stack((src, dst), axis=1)
    if buses:
        at_source, at_target = np.bincount(src, minlength=n)[src], np.bincount(dst, minlength=n)[dst]
        shared = np.maximum(at_source, at_target) >= BUS
        by_source = at_source >= at_target
        ends[shared & by_source, 1] = -1
        ends[shared & ~by_source, 0] = -1
    return ends


def _joined(
    n: int,
    layer: IntArray,
    tops: IntArray,
    bottoms: IntArray,
    lean: FloatArray | None,
    first: IntArray,
    last: IntArray,
    chain: IntArray,
    chain_ends: IntArray,
) -> ProperGraph:
    if lean is not None:  # neighbours in the order of the slots: a good start for every walk through the graph
        order = np.argsort(lean, kind="stable")
        tops, bottoms, lean = tops[order], bottoms[order], lean[order]
    upper, lower = neighbour_lists(len(layer), bottoms, tops), neighbour_lists(len(layer), tops, bottoms)
    return ProperGraph(n, layer, tops, bottoms, lean, first, last, chain, chain_ends, upper, lower)
