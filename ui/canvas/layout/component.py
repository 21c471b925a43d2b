"""One connected graph, laid out from top to bottom: all steps of the layered layout in their order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .arrays import BoolArray, FloatArray, IntArray
from .choice import both_layerings, choose, plain_graph, proper
from .collector import let_go
from .coordinates import NOTICED, best_coordinates
from .drawing import Drawing, Gaps, Previous, Problem, Routes, Trunks
from .ports import place_ports
from .proper import ProperGraph
from .routes import LOOP_GAP, LOOP_REACH, Bands, draw_loops, draw_strands
from .spines import spine_edges
from .strands import Strands, make_strands
from .update import updated_x

LANE_GAP = 16.0
"""Distance (px) of parallel edges."""

_AFRESH_LIMIT = 1500
"""Updates of graphs up to this size are laid out afresh first, to see whether that moves anything."""

_FEW, _FEW_OF = 10, 0.1
"""So many old nodes, and such a part of them, may move in an update for the sake of a better drawing."""


def lay_out(problem: Problem, gaps: Gaps, check: Callable[[], None], previous: Previous | None = None) -> Drawing:
    """Lays out a connected graph: afresh, or as an update where afresh would move much of what was there before."""
    strands = make_strands(problem.n, problem.src, problem.dst, problem.slot, check)
    drawing = _lay_out(problem, strands, gaps, check, previous)
    let_go(strands.above, strands.below)
    return drawing


def _lay_out(
    problem: Problem,
    strands: Strands,
    gaps: Gaps,
    check: Callable[[], None],
    previous: Previous | None,
) -> Drawing:
    if previous is None:
        return _afresh(problem, strands, gaps, check, None)
    new = int(np.isnan(previous.x).sum())
    if 2 * new > problem.n or (new > 0 and problem.n <= _AFRESH_LIMIT):
        drawing = _aligned(_afresh(problem, strands, gaps, check, previous), previous)
        if 2 * new > problem.n or _moved_little(drawing, previous):
            return drawing
    layer = min(both_layerings(strands, check), key=lambda layer: _out_of_line(layer, previous))
    return _aligned(_updated(problem, strands, layer, gaps, check, previous), previous)


def _out_of_line(layer: IntArray, previous: Previous) -> int:
    """How many old nodes were not at the height of most of those that are on their layer now."""
    old = np.flatnonzero(~np.isnan(previous.y))
    old = old[np.lexsort((previous.y[old], layer[old]))]
    if not len(old):
        return 0
    counts = np.bincount(layer[old])
    counts = counts[counts > 0]
    middles = previous.y[old][np.cumsum(counts) - counts + counts // 2]
    return int((np.abs(previous.y[old] - np.repeat(middles, counts)) > NOTICED).sum())


def _afresh(
    problem: Problem,
    strands: Strands,
    gaps: Gaps,
    check: Callable[[], None],
    previous: Previous | None,
) -> Drawing:
    """The best drawing; of equally good ones that which is most like the previous one."""
    graph, orders = choose(strands, check)
    if previous is not None and graph.lean is None:
        orders = orders + [order.mirrored() for order in orders]
    old_x = None if previous is None else previous.x
    spines = spine_edges(graph, strands)
    check()
    x = best_coordinates(graph, orders, node_extents(problem, graph, strands), spines, gaps, check, old_x)
    drawing = draw(problem, graph, strands, x, gaps, check)
    let_go(graph.upper, graph.lower, *(order.layers for order in orders))
    return drawing


def _updated(
    problem: Problem,
    strands: Strands,
    layer: IntArray,
    gaps: Gaps,
    check: Callable[[], None],
    previous: Previous,
) -> Drawing:
    """The previous drawing with the new nodes put in."""
    graph = _as_before(strands, layer, previous, check)
    spines = spine_edges(graph, strands)
    x = updated_x(graph, previous, node_extents(problem, graph, strands), spines, gaps, check)
    drawing = draw(problem, graph, strands, x, gaps, check)
    let_go(graph.upper, graph.lower)
    return drawing


def _moved_little(drawing: Drawing, previous: Previous) -> bool:
    """Whether hardly any of the old nodes is far from its old place."""
    shift = np.maximum(np.abs(drawing.x - previous.x), np.abs(drawing.y - previous.y))
    old = ~np.isnan(shift)
    return bool((shift[old] > NOTICED).sum() <= min(_FEW, _FEW_OF * old.sum()))


def _as_before(strands: Strands, layer: IntArray, previous: Previous, check: Callable[[], None]) -> ProperGraph:
    """The proper graph for an update: without buses if the last drawing did without and that is still affordable."""
    with_buses = proper(strands, layer, check, buses=True)
    if previous.trunks and not any(-1 in ends for ends in previous.trunks):
        return plain_graph(strands, layer, with_buses, check) or with_buses
    return with_buses


def _aligned(drawing: Drawing, previous: Previous) -> Drawing:
    """Moved so that half of the old nodes lie to either side of their old places: the picture as a whole stays."""
    old = ~np.isnan(previous.x)
    if not old.any():
        return drawing
    dx, dy = np.median(previous.x[old] - drawing.x[old]), np.median(previous.y[old] - drawing.y[old])
    return drawing.moved(float(dx), float(dy))


def node_extents(problem: Problem, graph: ProperGraph, strands: Strands) -> tuple[FloatArray, FloatArray]:
    """How far each node of the proper graph reaches to the left and to the right of its x."""
    left = np.zeros(graph.size)
    left[: graph.n] = problem.width / 2
    if len(graph.chain) and strands.pair_lanes.max() > 1:
        own: BoolArray = np.all(graph.chain_ends >= 0, axis=1)
        long = np.flatnonzero(graph.first >= 0)
        chain = graph.chain[graph.first[long] - graph.n]
        lanes = np.zeros(len(own))
        lanes[chain] = np.where(own[chain], (strands.pair_lanes[long] - 1) / 2, 0.0)
        left[graph.n :] = lanes[graph.chain] * LANE_GAP
    right = left.copy()
    loops = np.bincount(problem.src[problem.src == problem.dst], minlength=graph.n)
    right[: graph.n] += np.where(loops > 0, LOOP_REACH + LOOP_GAP * (loops - 1), 0.0)
    return left, right


def draw(
    problem: Problem,
    graph: ProperGraph,
    strands: Strands,
    x: FloatArray,
    gaps: Gaps,
    check: Callable[[], None],
) -> Drawing:
    """From the x of the proper graph to centres and routes."""
    n = problem.n
    band = np.zeros(graph.layers)
    np.maximum.at(band, graph.layer[:n], problem.height)
    top = np.concatenate(([0.0], np.cumsum(band + gaps.layer)[:-1]))
    y = (top + band / 2)[graph.layer[:n]]
    check()
    ports = place_ports(graph, strands, x, problem.width, LANE_GAP)
    check()
    px, py, count = draw_strands(graph, strands, ports, Bands(top, top + band), (x, y, problem.height), LANE_GAP)

    check()
    loops = np.flatnonzero(problem.src == problem.dst)
    loop_x, loop_y = draw_loops(problem.src[loops], x, y, problem.width, problem.height)
    start, stop = np.zeros(len(problem.src), dtype=np.int64), np.zeros(len(problem.src), dtype=np.int64)
    stop[strands.edge] = np.cumsum(count)
    start[strands.edge] = stop[strands.edge] - count
    start[loops] = len(px) + 4 * np.arange(len(loops))
    stop[loops] = start[loops] + 4
    routes = Routes(np.concatenate((px, loop_x)), np.concatenate((py, loop_y)), start, stop)
    return Drawing(x[:n], y, routes, _trunks(graph, x))


def _trunks(graph: ProperGraph, x: FloatArray) -> Trunks:
    """The x of the dummies of each chain."""
    if len(graph.chain) == 0:
        return {}
    pieces = np.split(x[graph.n :], np.cumsum(np.bincount(graph.chain))[:-1])
    return {(a, b): piece for (a, b), piece in zip(graph.chain_ends.tolist(), pieces, strict=True)}
