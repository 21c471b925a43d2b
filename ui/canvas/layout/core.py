"""The layout on arrays: splits a graph into components, lays each out, and sets them side by side.

The canvas may call this directly; the networkx signature is in ``api``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from .arrays import FloatArray, IntArray, run_starts
from .cancellation import checkpoint
from .collector import collector_paused
from .component import lay_out
from .drawing import Drawing, Gaps, Previous, Problem, Routes, Trunks
from .packing import component_labels, pack

Orientation = Literal["top-to-bottom", "left-to-right"]

_COMPONENT_GAP = 48.0

_ASPECT = 1.6
"""Width over height that a drawing of many components aims at, about that of a window."""


def layout_arrays(
    problem: Problem,
    gaps: Gaps | None = None,
    *,
    previous: Previous | None = None,
    orientation: Orientation = "top-to-bottom",
    cancelled: Callable[[], bool] | None = None,
) -> Drawing:
    """Lays out any directed graph.

    Cycles, self-loops, parallel edges and unconnected parts are all right.  With ``previous``, the drawing of an
    earlier state of the graph, old nodes keep their place unless pushed.

    Raises:
        LayoutCancelled: once ``cancelled()`` is true; it is asked every few milliseconds.
        ValueError: for an unknown orientation, and for an edge between boxes that are not there.
    """
    if orientation not in get_args(Orientation):
        raise ValueError(f"unknown orientation {orientation!r}: use 'top-to-bottom' or 'left-to-right'")
    _check_edges(problem)
    gaps = gaps or Gaps()
    check = checkpoint(cancelled)
    check()
    with collector_paused():
        if orientation == "top-to-bottom":
            return _lay_out_all(problem, gaps, previous, _ASPECT, check)
        turned = Problem(problem.src, problem.dst, problem.height, problem.width, problem.slot)
        before = None if previous is None else Previous(previous.y, previous.x, previous.trunks)
        drawing = _lay_out_all(turned, gaps, before, 1 / _ASPECT, check)
        routes = Routes(drawing.routes.y, drawing.routes.x, drawing.routes.start, drawing.routes.stop)
        return Drawing(drawing.y, drawing.x, routes, drawing.trunks)


def _check_edges(problem: Problem) -> None:
    for ends in (problem.src, problem.dst):
        if len(ends) and not 0 <= int(ends.min()) <= int(ends.max()) < problem.n:
            raise ValueError(f"an edge joins boxes that are not there: they are numbered from 0 to {problem.n - 1}")


@dataclass(frozen=True)
class _Part:
    """One component: its nodes and edges in the whole graph, and itself as a graph of its own."""

    nodes: IntArray
    edges: IntArray
    problem: Problem
    previous: Previous | None

    def fingerprint(self) -> tuple[bytes, ...]:
        """Equal for components that are drawn alike."""
        problem = self.problem
        arrays = (problem.src, problem.dst, problem.width, problem.height, problem.slot)
        return tuple(b"" if array is None else array.tobytes() for array in arrays)


def _lay_out_all(
    problem: Problem, gaps: Gaps, previous: Previous | None, aspect: float, check: Callable[[], None]
) -> Drawing:
    if problem.n == 0:
        none = np.zeros(0, dtype=np.int64)
        return Drawing(np.zeros(0), np.zeros(0), Routes(np.zeros(0), np.zeros(0), none, none))
    parts = _split(problem, previous)
    drawings = []
    known: dict[tuple[bytes, ...], Drawing] = {}  # what a loop or a repeated cell makes is laid out once
    for part in parts:
        check()
        key = part.fingerprint()
        drawing = known.get(key) if part.previous is None else None
        if drawing is None:
            drawing = _lay_out_part(part, gaps, check)
            if part.previous is None:
                known[key] = drawing
        drawings.append(drawing)
    return _join(problem, parts, _arrange(parts, drawings, aspect))


def _lay_out_part(part: _Part, gaps: Gaps, check: Callable[[], None]) -> Drawing:
    problem, previous = part.problem, part.previous
    if problem.n > 1 or len(part.edges):
        return lay_out(problem, gaps, check, previous)
    none = np.zeros(0, dtype=np.int64)
    x, y = (problem.width / 2, problem.height / 2) if previous is None else (previous.x, previous.y)
    return Drawing(x, y, Routes(np.zeros(0), np.zeros(0), none, none))


def _split(problem: Problem, previous: Previous | None) -> list[_Part]:
    """The connected components in the order of their first nodes."""
    label = component_labels(problem.n, problem.src, problem.dst)
    if not label.any():
        return [_Part(np.arange(problem.n), np.arange(len(problem.src)), problem, previous)]
    first, component = np.unique(label, return_inverse=True)
    nodes = np.argsort(component, kind="stable")
    local = np.empty(problem.n, dtype=np.int64)
    sizes = np.bincount(component)
    local[nodes] = np.arange(problem.n) - run_starts(sizes)[component[nodes]]
    edge_component = component[problem.src]
    edges = np.argsort(edge_component, kind="stable")
    node_parts = np.split(nodes, np.cumsum(sizes)[:-1])
    edge_parts = np.split(edges, np.cumsum(np.bincount(edge_component, minlength=len(first)))[:-1])
    trunks = _split_trunks(previous, component, local, len(first))
    parts = []
    for number, (own, lines) in enumerate(zip(node_parts, edge_parts, strict=True)):
        part = Problem(
            local[problem.src[lines]],
            local[problem.dst[lines]],
            problem.width[own],
            problem.height[own],
            None if problem.slot is None else problem.slot[lines],
        )
        before = None
        if previous is not None and not np.isnan(previous.x[own]).all():
            before = Previous(previous.x[own], previous.y[own], trunks[number])
        parts.append(_Part(own, lines, part, before))
    return parts


def _split_trunks(previous: Previous | None, component: IntArray, local: IntArray, count: int) -> list[Trunks]:
    trunks: list[Trunks] = [{} for _ in range(count)]
    if previous is not None:
        for (a, b), x in previous.trunks.items():
            key = (int(local[a]) if a >= 0 else -1, int(local[b]) if b >= 0 else -1)
            trunks[int(component[max(a, b)])][key] = x
    return trunks


def _arrange(parts: list[_Part], drawings: list[Drawing], aspect: float) -> list[Drawing]:
    """New components are packed together; beside old ones, which stay unless another has grown into them."""
    old = [i for i, part in enumerate(parts) if part.previous is not None]
    new = [i for i, part in enumerate(parts) if part.previous is None]
    arranged = drawings[:]
    taken = _kept_apart(parts, arranged, old)
    frames = [drawings[i].bounds(parts[i].problem) for i in new]
    corners = pack([(right - left, bottom - top) for left, top, right, bottom in frames], _COMPONENT_GAP, aspect)
    left, top = 0.0, 0.0
    if len(taken):
        left, top = float(taken[:, 2].max()) + _COMPONENT_GAP, float(taken[:, 1].min())
    for i, frame, corner in zip(new, frames, corners, strict=True):
        arranged[i] = drawings[i].moved(left + corner[0] - frame[0], top + corner[1] - frame[1])
    return arranged


def _kept_apart(parts: list[_Part], drawings: list[Drawing], old: list[int]) -> FloatArray:
    """Moves old components to the right, off those before them, in place; returns their frames."""
    taken = np.zeros((len(old), 4))
    for count, i in enumerate(old):
        frame = np.array(drawings[i].bounds(parts[i].problem))
        shift = 0.0
        while True:
            others = taken[:count]
            beside = (others[:, 0] < frame[2] + shift) & (others[:, 2] > frame[0] + shift)
            touched = beside & (others[:, 1] < frame[3]) & (others[:, 3] > frame[1])
            if not touched.any():
                break
            shift = float(others[touched, 2].max()) + _COMPONENT_GAP - frame[0]
        if shift:
            drawings[i] = drawings[i].moved(shift, 0.0)
        taken[count] = frame + np.array([shift, 0.0, shift, 0.0])
    return taken


def _join(problem: Problem, parts: list[_Part], drawings: list[Drawing]) -> Drawing:
    """One drawing of the whole graph from those of its components."""
    if len(parts) == 1:
        return drawings[0]
    x, y = np.empty(problem.n), np.empty(problem.n)
    start, stop = np.zeros(len(problem.src), dtype=np.int64), np.zeros(len(problem.src), dtype=np.int64)
    trunks: Trunks = {}
    offset = 0
    for part, drawing in zip(parts, drawings, strict=True):
        x[part.nodes], y[part.nodes] = drawing.x, drawing.y
        start[part.edges], stop[part.edges] = drawing.routes.start + offset, drawing.routes.stop + offset
        offset += len(drawing.routes.x)
        for (a, b), line in drawing.trunks.items():
            trunks[int(part.nodes[a]) if a >= 0 else -1, int(part.nodes[b]) if b >= 0 else -1] = line
    points_x = np.concatenate([drawing.routes.x for drawing in drawings])
    points_y = np.concatenate([drawing.routes.y for drawing in drawings])
    return Drawing(x, y, Routes(points_x, points_y, start, stop), trunks)
