"""Which edges between boxes of neighbouring layers are worth a straight line: the spines of the drawing.

 h   W          The main line of a computation runs straight down and what little joins it comes from the side,
 |  /           as one would draw it by hand; where two branches are about alike, both lean in.
mul
"""

from __future__ import annotations

import numpy as np

from .arrays import BoolArray, FloatArray, IntArray
from .proper import ProperGraph
from .strands import Strands

_DOMINANT = 1.5
"""A branch is the main one when it holds this many times as much as all the others beside it together."""

_LEAST = 4.0
"""A branch smaller than this is never the main one: a leaf and a short chain lean in together."""

_MOST = 1e15
"""Branches that share nodes count them more than once; the sums stop here instead of overflowing."""


def spine_edges(graph: ProperGraph, strands: Strands) -> BoolArray:
    """Marks the unit edges between two boxes that are the main line at both of their ends.

    A long edge is a rival of the short ones beside it only where it is a branch of its own; one that skips a part of
    the main line is none.
    """
    a, b = strands.pair_upper, strands.pair_lower
    above = _branch_sizes(strands.order, strands.above)[a]
    below = _branch_sizes(strands.order[::-1], strands.below)[b]
    short = graph.first < 0
    main_input = _main(np.ones(len(a), dtype=bool), b, above, graph.n)
    main_output = _main(np.ones(len(a), dtype=bool), a, below, graph.n)
    spine = short & _main(short | main_output, b, above, graph.n) & _main(short | main_input, a, below, graph.n)
    return np.isin(graph.tops * graph.size + graph.bottoms, a[spine] * graph.size + b[spine])


def _branch_sizes(order: list[int], towards: list[list[int]]) -> FloatArray:
    """How much hangs on each node in one direction, itself included."""
    size = [1.0] * len(order)
    for v in order:
        total = 1.0
        for t in towards[v]:
            total += size[t]
        size[v] = total if total < _MOST else _MOST
    return np.array(size)


def _main(rivals: BoolArray, joint: IntArray, branch: FloatArray, n: int) -> BoolArray:
    """Whether each edge is the main one among the ``rivals`` that meet at its ``joint``."""
    count = np.bincount(joint[rivals], minlength=n)[joint]
    total = np.bincount(joint[rivals], weights=branch[rivals], minlength=n)[joint]
    main: BoolArray = (count == 1) | ((branch >= _LEAST) & (branch > _DOMINANT * (total - branch)))
    return main
