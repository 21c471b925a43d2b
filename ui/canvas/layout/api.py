"""The layered layout behind networkx's signature; turns graphs into arrays and arrays into dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .arrays import FloatArray
from .collector import collector_paused
from .core import Orientation, layout_arrays
from .drawing import Drawing, Gaps, Previous, Problem
from .strands import NO_SLOT

if TYPE_CHECKING:
    import networkx as nx  # needs 0.15 s to load, and only the caller's graph is of it

Node = Hashable
Point = tuple[float, float]

DEFAULT_SIZE = (100.0, 30.0)


@dataclass(frozen=True)
class LayoutState:
    """What an update needs to know of the last layout; hand it back as ``prev``."""

    orientation: Orientation
    pos: dict[Node, Point]
    trunks: dict[tuple[Node | None, Node | None], FloatArray]


def layered_layout(
    G: nx.DiGraph,  # noqa: N803 - networkx's own name for the parameter
    *,
    size: Mapping[Any, tuple[float, float]] | None = None,
    info: dict[str, Any] | None = None,
    prev: LayoutState | None = None,
    orientation: Orientation = "top-to-bottom",
    layer_gap: float = Gaps.layer,
    node_gap: float = Gaps.node,
    cancelled: Callable[[], bool] | None = None,
) -> dict[Any, Point]:
    """Places the nodes of a directed graph in layers, sources first, and routes its edges between them.

    Args:
        G: a DiGraph or MultiDiGraph.  The edge attribute ``slot`` (int) orders the ports of the edges into a node.
        size: width and height (px) of each box; without it the node attribute ``size``, else 100 x 30.
        info: receives ``routes``, {edge: [(x, y), ...]} from border to border, where an edge is ``(u, v)``, or
            ``(u, v, key)`` in a multigraph; ``bounds`` (left, top, right, bottom); and ``state`` for the next update.
        prev: the ``state`` of an earlier layout; old nodes then keep their place unless pushed, new ones take free
            room near their neighbours.
        orientation: "top-to-bottom", or "left-to-right" with slots in order from top to bottom.
        layer_gap: free room (px) between layers.
        node_gap: free room (px) between boxes of a layer.
        cancelled: asked every few milliseconds from the calling thread.

    Returns:
        The centre of each box; y grows downwards.

    Raises:
        LayoutCancelled: once ``cancelled()`` is true.
        ValueError: for an unknown orientation.
    """
    with collector_paused():
        return _layered_layout(G, size, info, prev, orientation, Gaps(layer=layer_gap, node=node_gap), cancelled)


def _layered_layout(
    G: nx.DiGraph,  # noqa: N803 - as above
    size: Mapping[Any, tuple[float, float]] | None,
    info: dict[str, Any] | None,
    prev: LayoutState | None,
    orientation: Orientation,
    gaps: Gaps,
    cancelled: Callable[[], bool] | None,
) -> dict[Any, Point]:
    nodes = list(G)
    index = {v: i for i, v in enumerate(nodes)}
    edges = list(G.edges(keys=True)) if G.is_multigraph() else list(G.edges())
    given = {} if size is None else size
    sizes = [given.get(v) or data.get("size") or DEFAULT_SIZE for v, data in G.nodes(data=True)]
    boxes = np.array(sizes, dtype=np.float64).reshape(-1, 2)
    slots = [NO_SLOT if slot is None else slot for *_, slot in G.edges(data="slot")]
    problem = Problem(
        src=np.fromiter((index[edge[0]] for edge in edges), np.int64, len(edges)),
        dst=np.fromiter((index[edge[1]] for edge in edges), np.int64, len(edges)),
        width=boxes[:, 0].copy(),
        height=boxes[:, 1].copy(),
        slot=np.array(slots, dtype=np.int64) if any(slot != NO_SLOT for slot in slots) else None,
    )
    previous = _previous(prev, index) if prev is not None and prev.orientation == orientation else None
    drawing = layout_arrays(problem, gaps, previous=previous, orientation=orientation, cancelled=cancelled)
    pos: dict[Any, Point] = dict(zip(nodes, zip(drawing.x.tolist(), drawing.y.tolist(), strict=True), strict=True))
    if info is not None:
        info["routes"] = _routes(drawing, edges)
        info["bounds"] = drawing.bounds(problem)
        info["state"] = _state(drawing, nodes, pos, orientation)
    return pos


def _routes(drawing: Drawing, edges: list[tuple[Any, ...]]) -> dict[tuple[Any, ...], list[Point]]:
    routes = drawing.routes
    points = list(zip(routes.x.tolist(), routes.y.tolist(), strict=True))
    spans = zip(edges, routes.start.tolist(), routes.stop.tolist(), strict=True)
    return {edge: points[start:stop] for edge, start, stop in spans}


def _state(drawing: Drawing, nodes: list[Any], pos: dict[Any, Point], orientation: Orientation) -> LayoutState:
    trunks = {(nodes[a] if a >= 0 else None, nodes[b] if b >= 0 else None): x for (a, b), x in drawing.trunks.items()}
    return LayoutState(orientation, dict(pos), trunks)


def _previous(state: LayoutState, index: dict[Any, int]) -> Previous | None:
    """The last layout by the numbers of the present graph; None when nothing of it is left."""
    missing = (np.nan, np.nan)
    old = np.array([state.pos.get(v, missing) for v in index], dtype=np.float64).reshape(-1, 2)
    if np.isnan(old).all():
        return None
    trunks = {
        (-1 if a is None else index[a], -1 if b is None else index[b]): x
        for (a, b), x in state.trunks.items()
        if (a is None or a in index) and (b is None or b in index)
    }
    return Previous(old[:, 0], old[:, 1], trunks)
