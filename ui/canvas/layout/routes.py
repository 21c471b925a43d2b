"""The course of every edge: from port to port, through the free gaps between layers and straight through layers.

   +------+   +--+        Inside a layer an edge runs vertically in room of its own, and turns only in the gap
   +--+---+   |  |        below: it can clip no box, however tall its neighbours are.
      |       +--+
      |_____                                (drawn with a slanted line from port to port)
+-----+  +--+--+
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import BoolArray, FloatArray, IntArray, run_starts
from .ports import Ports
from .proper import ProperGraph
from .strands import Strands

_SAME = 0.05
_STEADY = 0.5
"""Dummies whose x differ by less than this (px) are one straight line."""

LOOP_REACH = 14.0
LOOP_GAP = 8.0
"""How far (px) the first self-loop stands out to the right of its box, and each further one beyond it."""


@dataclass(frozen=True)
class Bands:
    """The strip of each layer that its boxes occupy (px)."""

    top: FloatArray
    bottom: FloatArray


def draw_strands(
    graph: ProperGraph,
    strands: Strands,
    ports: Ports,
    bands: Bands,
    boxes: tuple[FloatArray, FloatArray, FloatArray],
    lane_gap: float,
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Points of all strands one after the other and the number of points of each, in the direction of the edges.

    ``boxes`` are the x of the proper graph, and y and height of the boxes.
    """
    x, y, height = boxes
    upper, lower = strands.upper, strands.lower
    upper_layer, lower_layer = graph.layer[upper], graph.layer[lower]
    run_first, run_last, owner, runs = _runs(graph, strands, x)
    count = 4 + 2 * runs
    start = run_starts(count)
    stop = start + count
    px, py = np.empty(int(count.sum())), np.empty(int(count.sum()))
    px[start], py[start] = ports.upper, y[upper] + height[upper] / 2
    px[start + 1], py[start + 1] = ports.upper, bands.bottom[upper_layer]
    px[stop - 2], py[stop - 2] = ports.lower, bands.top[lower_layer]
    px[stop - 1], py[stop - 1] = ports.lower, y[lower] - height[lower] / 2
    if len(owner):
        at = start[owner] + 2 + 2 * (np.arange(len(owner)) - run_starts(runs)[owner])
        px[at] = px[at + 1] = x[run_first] + _chain_lane(graph, strands)[owner] * lane_gap
        py[at], py[at + 1] = bands.top[graph.layer[run_first]], bands.bottom[graph.layer[run_last]]
    keep = _corners(px, py, start, stop)
    px, py = px[keep], py[keep]
    count = np.add.reduceat(keep, start) if len(start) else count
    return *_directed(px, py, count, strands.turned), count


def _runs(graph: ProperGraph, strands: Strands, x: FloatArray) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Straight runs of dummies along the strands: first and last dummy, strand, and number of runs of each strand."""
    first, last = graph.first[strands.pair], graph.last[strands.pair]
    bends = np.flatnonzero(np.abs(np.diff(x)) > _STEADY) + 1
    low, high = np.searchsorted(bends, first, "right"), np.searchsorted(bends, last, "right")
    runs = np.where(first >= 0, high - low + 1, 0)
    owner = np.repeat(np.arange(len(first)), runs)
    if len(owner) == 0:
        return owner, owner, owner, runs
    place = np.arange(len(owner)) - run_starts(runs)[owner]
    padded = np.append(bends, -1)
    bend = low[owner] + place
    run_first = np.where(place == 0, first[owner], padded[np.minimum(bend - 1, len(bends))])
    run_last = np.where(place == runs[owner] - 1, last[owner], padded[np.minimum(bend, len(bends))] - 1)
    return run_first, run_last, owner, runs


def _chain_lane(graph: ProperGraph, strands: Strands) -> FloatArray:
    """Parallel edges keep their lanes on a chain of their own; on a bus there is one line for all."""
    first = graph.first[strands.pair]
    ends = graph.chain_ends[graph.chain[np.maximum(first - graph.n, 0)]]
    return np.where((ends >= 0).all(axis=1), strands.lane, 0.0)


def _corners(px: FloatArray, py: FloatArray, start: IntArray, stop: IntArray) -> BoolArray:
    """Which points are needed: the ends, and wherever the line does not simply go on vertically."""
    keep = np.ones(len(px), dtype=bool)
    if len(px) < 3:
        return keep
    vertical = np.abs(np.diff(px)) < _SAME
    repeated = vertical & (np.abs(np.diff(py)) < _SAME)
    keep[1:-1] = ~(vertical[1:] & vertical[:-1]) & ~repeated[:-1]
    keep[start] = True
    keep[stop - 1] = True
    keep[stop - 2] &= ~repeated[stop - 2]
    return keep


def _directed(px: FloatArray, py: FloatArray, count: IntArray, turned: BoolArray) -> tuple[FloatArray, FloatArray]:
    """The points of turned strands the other way round, since an edge is drawn from its source."""
    if not turned.any():
        return px, py
    start = run_starts(count)
    along = np.arange(len(px))
    back = np.repeat(2 * start + count - 1, count) - along
    source = np.where(np.repeat(turned, count), back, along)
    return px[source], py[source]


def draw_loops(
    node: IntArray, x: FloatArray, y: FloatArray, width: FloatArray, height: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Four points for each self-loop of ``node``, on the right side of the box, nested where there are several."""
    nest = loop_nest(node)
    depth = np.bincount(node)[node] if len(node) else nest
    side = x[node] + width[node] / 2
    out = side + LOOP_REACH + LOOP_GAP * nest
    reach = height[node] * (0.15 + 0.25 * (nest + 1) / np.maximum(depth, 1))
    top, bottom = y[node] - reach, y[node] + reach
    return np.stack((side, out, out, side), axis=1).ravel(), np.stack((top, top, bottom, bottom), axis=1).ravel()


def loop_nest(node: IntArray) -> IntArray:
    """Which loop of its node each one is: 0 for the innermost."""
    order = np.argsort(node, kind="stable")
    count = np.bincount(node)
    nest = np.empty(len(node), dtype=np.int64)
    nest[order] = np.arange(len(node)) - (np.cumsum(count) - count)[node[order]] if len(node) else 0
    return nest
