"""The x of every node: tries orders and blocks, relaxes them, and takes the drawing that reads best."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .arrays import BoolArray, FloatArray
from .blocks import Blocks, build_blocks, positions
from .breaking import break_blocks
from .drawing import Gaps
from .ordering import Order
from .proper import ProperGraph
from .relaxation import Relaxation

NOTICED = 40.0
"""A box that moves further than this (px) is noticed to have moved."""

_PROJECTIONS = 6

_SLACK = 1.15
"""A drawing wider than this many times the least width is drawn in: long slanting staircases become upright."""

_SPINE_FREE = 1.3
"""Straight spines are kept unasked in a drawing not wider than this many times its widest layer."""

_SPINE_PRICE = 1.3
"""How much wider than without them a drawing with straight spines may be."""

_BROAD = 1.3
_BROKEN = 1.2
"""Drawings that must be broader than so many times their widest layer are broken until they need this at most."""

_BREAKING_LIMIT = 600
"""Graphs with more boxes keep their straight lines: breaking them takes time for every staircase."""

_WIDTH_WEIGHT = 8.0
"""A pixel of width counts as much as this many pixels of edges, measured sideways."""


def best_coordinates(
    graph: ProperGraph,
    orders: list[Order],
    extents: tuple[FloatArray, FloatArray],
    spines: BoolArray,
    gaps: Gaps,
    check: Callable[[], None],
    old_x: FloatArray | None = None,
) -> FloatArray:
    """The x of the proper graph: of equally good orders the one drawn narrowest and with the shortest edges.

    With the previous x of the boxes (nan for new ones) what counts first is how few of them move.
    """
    best: tuple[tuple[int, float], FloatArray] | None = None
    for order in orders:
        x = _spined_or_plain(graph, order, extents, spines, gaps, check)
        length = float(np.abs(x[graph.tops] - x[graph.bottoms]).sum())
        moved = 0 if old_x is None else _moved(x[: graph.n], old_x)
        cost = moved, length + _WIDTH_WEIGHT * float(np.ptp(x))
        if best is None or cost < best[0]:
            best = cost, x
    if best is None:
        raise ValueError("there are no coordinates without an order")
    x = best[1]
    leftmost = float((x - extents[0]).min())
    return x - leftmost


def _moved(x: FloatArray, old_x: FloatArray) -> int:
    """How many boxes are moved, beyond what the picture as a whole is."""
    shift = (x - old_x)[~np.isnan(old_x)]
    return int(np.count_nonzero(np.abs(shift - np.median(shift)) > NOTICED)) if len(shift) else 0


def _spined_or_plain(
    graph: ProperGraph,
    order: Order,
    extents: tuple[FloatArray, FloatArray],
    spines: BoolArray,
    gaps: Gaps,
    check: Callable[[], None],
) -> FloatArray:
    """Straight spines unless they make the drawing much wider; in small graphs other lines are bent for it too."""
    pos = positions(order.layers, graph.size)
    room = gaps.node, gaps.edge

    def start(blocks: Blocks) -> tuple[Relaxation, float]:
        relaxation = Relaxation(graph, blocks, check)
        return relaxation, relaxation.start()

    relaxation, width = start(build_blocks(graph, order.layers, pos, extents, room, check, spines=spines))
    widest_layer = _widest_layer(graph, extents, gaps)
    if width > _SPINE_FREE * widest_layer:
        plain, plain_width = start(build_blocks(graph, order.layers, pos, extents, room, check))
        if width > _SPINE_PRICE * plain_width:
            relaxation, width = plain, plain_width
    if graph.n <= _BREAKING_LIMIT and width > _BROAD * widest_layer:
        blocks = break_blocks(graph, order.layers, relaxation.blocks, extents, room, _BROKEN * widest_layer, check)
        relaxation, width = start(blocks)
    for _ in range(_PROJECTIONS):
        relaxation.project()
    relaxation.slide(rightwards=False)
    relaxation.slide(rightwards=True)
    relaxation.rearrange(relaxation.satellites)
    if np.ptp(relaxation.x) > _SLACK * width:
        relaxation.narrow(_SLACK * width)
        relaxation.rearrange(relaxation.satellites)
    return relaxation.node_x()


def _widest_layer(graph: ProperGraph, extents: tuple[FloatArray, FloatArray], gaps: Gaps) -> float:
    """The width that the widest layer needs at least."""
    gap = np.where(np.arange(graph.size) < graph.n, gaps.node, gaps.edge)
    return float(np.bincount(graph.layer, weights=extents[0] + extents[1] + gap).max())
