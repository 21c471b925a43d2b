"""Ports: where on the border of its box each edge begins or ends.

An edge to a node straight above or below keeps the middle, so that chains stay straight; the others take ports beside
it, in the order of their slots or, without slots, in the order that makes them cross least.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import BoolArray, FloatArray, IntArray
from .proper import ProperGraph
from .strands import NO_SLOT, Strands

PORT_GAP = 16.0
"""Distance of two ports (px) where the box is wide enough."""

_CORNER = 12.0
"""Ports keep this far from the corners (px)."""

_STRAIGHT = 0.5
"""Ends whose x differ by less count as straight above each other (px)."""


@dataclass(frozen=True)
class Ports:
    """The x of the upper and of the lower end of each strand."""

    upper: FloatArray
    lower: FloatArray


def place_ports(graph: ProperGraph, strands: Strands, x: FloatArray, width: FloatArray, lane_gap: float) -> Ports:
    """Ports for all strands; ``x`` is that of the proper graph, ``width`` that of the boxes."""
    first, last = graph.first[strands.pair], graph.last[strands.pair]
    bus_at_upper, bus_at_lower = _on_bus(graph, first)
    lane = strands.lane * lane_gap
    own = np.arange(len(strands.edge)) + graph.size
    slotless = strands.slot == NO_SLOT

    next_x = np.where(first >= 0, x[first] + np.where(bus_at_upper | bus_at_lower, 0.0, lane), x[strands.lower] + lane)
    upper = _side(strands.upper, np.where(bus_at_upper, first, own), next_x, np.zeros(len(own)), strands.lane, x, width)
    next_x = np.where(first >= 0, x[last] + np.where(bus_at_upper | bus_at_lower, 0.0, lane), x[strands.upper] + lane)
    rank = _ranks(graph.n, strands, slotless, next_x)
    lower = _side(strands.lower, np.where(bus_at_lower & slotless, last, own), next_x, rank, strands.lane, x, width)
    return Ports(upper, lower)


def _ranks(n: int, strands: Strands, slotless: BoolArray, next_x: FloatArray) -> FloatArray:
    """The order at lower ends: by slot; edges without one go left or right of those with, whichever side they are on.

    Where no edge has a slot all ranks are alike.
    """
    slotted = strands.lower[~slotless]
    count = np.bincount(slotted, minlength=n)
    middle = np.bincount(slotted, weights=next_x[~slotless], minlength=n) / np.maximum(count, 1)
    beside = np.where(next_x < middle[strands.lower], -1.0, np.inf)
    return np.where(count[strands.lower] == 0, 0.0, np.where(slotless, beside, strands.slot))


def _on_bus(graph: ProperGraph, first: IntArray) -> tuple[BoolArray, BoolArray]:
    """Whether each strand runs on a bus of its upper end, and of its lower end."""
    if len(graph.chain) == 0:
        none = np.zeros(len(first), dtype=bool)
        return none, none
    ends = graph.chain_ends[graph.chain[np.maximum(first - graph.n, 0)]]
    return (first >= 0) & (ends[:, 1] < 0), (first >= 0) & (ends[:, 0] < 0)


def _side(
    node: IntArray,
    port: IntArray,
    next_x: FloatArray,
    rank: FloatArray,
    lane: FloatArray,
    x: FloatArray,
    width: FloatArray,
) -> FloatArray:
    """Ports on one side of the boxes: strands with one ``port`` number share it; order by rank, next x and lane."""
    if len(node) == 0:
        return np.zeros(0)
    order = np.lexsort((port, lane, next_x, rank, node))
    sorted_node, sorted_port = node[order], port[order]
    new_node = np.ones(len(order), dtype=bool)
    new_node[1:] = sorted_node[1:] != sorted_node[:-1]
    new_port = new_node.copy()
    new_port[1:] |= sorted_port[1:] != sorted_port[:-1]
    index = np.cumsum(new_port) - 1
    begin = index[new_node]  # first port of each box that has any
    box = np.cumsum(new_node) - 1
    place = index - begin[box]
    count = np.diff(np.append(begin, index[-1] + 1))

    straight = np.abs(next_x[order] - lane[order] * PORT_GAP - x[sorted_node]) < _STRAIGHT
    anchors = np.bincount(box, weights=straight)
    middle = (count - 1) / 2
    anchored = anchors > 0
    middle[anchored] = (np.bincount(box, weights=straight * place) / np.maximum(anchors, 1))[anchored]

    middle = middle[box]
    box_width = width[sorted_node]
    room = box_width / 2 - np.minimum(_CORNER, box_width / 4)
    farthest = np.where(place < middle, middle, count[box] - 1 - middle)
    gap = np.minimum(PORT_GAP, room / np.maximum(farthest, 1e-9))
    result = np.empty(len(order))
    result[order] = x[sorted_node] + (place - middle) * gap
    return result
