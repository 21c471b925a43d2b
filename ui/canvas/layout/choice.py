"""Which proper graph of a graph is drawn: on which layers, with buses or without, and in which order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .arrays import IntArray
from .course import SOME, Course, Runner
from .layering import assign_layers, shortened
from .ordering import Order
from .proper import ProperGraph, proper_graph
from .search import best_orders
from .strands import Strands

_PLAIN_LIMIT = 20_000
_NO_LARGER = 2
"""Proper graphs without buses are looked at up to this size, and if they are no larger than so many times the other."""

_PLAINLY_LESS = 0.7
_MANY_BUSES = 1.15
"""They are drawn if their first order crosses at most this much as often; of large graphs if it crosses no more, where
they are this many times larger."""

_SMALL, _MEDIUM = 200, 600
"""Graphs up to this size have both kinds of layers race each other, or are tried with the first kind anyway."""

_MUCH_SMALLER = 0.85
"""A proper graph this much smaller needs no race."""

_LARGEST = 6000
_LONG, _OWN = 0.5, 0.8
"""Larger graphs, up to this size, are tried with short edges if they have so many dummies a node, and most of these
would be there without buses too."""

_PULLED_OFF = 0.1
"""What makes the longest inputs shorter by so much more than the longest outputs takes edges off their buses."""


def choose(strands: Strands, check: Callable[[], None]) -> tuple[ProperGraph, list[Order]]:
    """The proper graph whose best order crosses least, and its best orders.

    Nodes that have sunk to their use are right for a pass forward and its buses, short edges for most other graphs:
    they make the proper graph smaller, and the time that saves is spent on more orders of it.
    """
    n = len(strands.above)
    layer = np.array(assign_layers(strands.above, strands.below, strands.order, check), dtype=np.int64)
    graph = proper(strands, layer, check, buses=True)
    first = _first(strands, layer, graph, check) if n <= _MEDIUM else None
    if first is not None and first.crossings == 0:
        return best_orders([first])
    if n <= _MEDIUM or _worth_shortening(strands, layer, graph):
        other = np.array(shortened(layer.tolist(), strands.above, strands.below, check), dtype=np.int64)
        shorter = graph if np.array_equal(other, layer) else proper(strands, other, check, buses=True)
        if shorter.size < graph.size and not _pulled_off_buses(strands, layer, other):
            second = _first(strands, other, shorter, check)
            if first is not None and n <= _SMALL and shorter.size > _MUCH_SMALLER * graph.size:
                return best_orders([first, second] if second.crossings else [second])
            return best_orders([second], graph.size / shorter.size)
    return best_orders([first or _first(strands, layer, graph, check)])


def _first(strands: Strands, layer: IntArray, graph: ProperGraph, check: Callable[[], None]) -> Runner:
    """A first order of the proper graph with buses over these layers, or without them if that crosses far less."""
    if len(layer) > _MEDIUM:
        return _first_of_large(strands, layer, graph, check)
    with_buses = Course(graph, check).first()
    plain = plain_graph(strands, layer, graph, check) if with_buses.crossings else None
    if plain is not None:
        without = Course(plain, check).first()
        if without.crossings <= _PLAINLY_LESS * with_buses.crossings:
            return without
    return with_buses


def _first_of_large(strands: Strands, layer: IntArray, graph: ProperGraph, check: Callable[[], None]) -> Runner:
    """The same for a large graph: that without buses comes first, and only where buses make much of a difference."""
    plain = plain_graph(strands, layer, graph, check)
    without = None
    if plain is not None and plain.size > _MANY_BUSES * graph.size:
        without = Course(plain, check).first()
        without.sweep(SOME)
        if without.crossings == 0:
            return without
    with_buses = Course(graph, check).first()
    return with_buses if without is None or with_buses.crossings < without.crossings else without


def both_layerings(strands: Strands, check: Callable[[], None]) -> list[IntArray]:
    """The layers of the nodes in both ways, if those are different."""
    layer = assign_layers(strands.above, strands.below, strands.order, check)
    other = shortened(layer, strands.above, strands.below, check) if len(layer) <= _MEDIUM else layer
    return [np.array(each, dtype=np.int64) for each in ([layer] if other == layer else [layer, other])]


def _worth_shortening(strands: Strands, layer: IntArray, graph: ProperGraph) -> bool:
    """Whether many edges are long, and few of these run on buses."""
    n = len(layer)
    many = n <= _LARGEST and graph.size > (1 + _LONG) * n
    return many and graph.size > _OWN * (n + _dummies(strands, layer))


def _pulled_off_buses(strands: Strands, layer: IntArray, other: IntArray) -> bool:
    """Whether other layers shorten what runs at inputs much more than what runs at outputs, which buses share."""
    (out, into), (other_out, other_into) = _spread(strands, layer), _spread(strands, other)
    return other_out / out - other_into / into > _PULLED_OFF


def _spread(strands: Strands, layer: IntArray) -> tuple[int, int]:
    """The length of the longest output of each node, and of its longest input, in all."""
    length = layer[strands.pair_lower] - layer[strands.pair_upper] - 1
    out, into = np.ones(len(layer), dtype=np.int64), np.ones(len(layer), dtype=np.int64)
    np.maximum.at(out, strands.pair_upper, length + 1)
    np.maximum.at(into, strands.pair_lower, length + 1)
    return int(out.sum()), int(into.sum())


def _dummies(strands: Strands, layer: IntArray) -> int:
    """How many dummies there are without buses."""
    return int((layer[strands.pair_lower] - layer[strands.pair_upper] - 1).sum())


def proper(strands: Strands, layer: IntArray, check: Callable[[], None], *, buses: bool) -> ProperGraph:
    """The proper graph over these layers."""
    n = len(strands.above)
    return proper_graph(n, strands.pair_upper, strands.pair_lower, layer, strands.pair_lean, check, buses=buses)


def plain_graph(
    strands: Strands, layer: IntArray, with_buses: ProperGraph, check: Callable[[], None]
) -> ProperGraph | None:
    """The proper graph without buses, where there are any to do without and it is not much larger."""
    size = len(layer) + _dummies(strands, layer)
    if not (with_buses.chain_ends < 0).any() or size > min(_NO_LARGER * with_buses.size, _PLAIN_LIMIT):
        return None
    return proper(strands, layer, check, buses=False)
