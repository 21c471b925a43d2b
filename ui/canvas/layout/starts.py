"""Start orders for the crossing reduction: walks through the graph that fill each layer from left to right.

A depth-first walk keeps what belongs together side by side and draws trees without crossings; which walk starts best
depends on the kind of graph, so there are several.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from .cancellation import OFTEN
from .proper import ProperGraph

Neighbours = list[list[int]]
Layers = list[list[int]]

_SMALL = 1000
"""In larger proper graphs two of the walks are hardly ever the best ones."""


def start_orders(graph: ProperGraph, check: Callable[[], None]) -> Iterator[Layers]:
    """Orders of the layers, computed one at a time as they are asked for, the most promising first."""
    upper, lower = graph.upper, graph.lower
    layer_of = graph.layer.tolist()
    check()
    downwards = sorted(range(graph.size), key=layer_of.__getitem__)
    upwards = sorted(range(graph.size), key=[-i for i in layer_of].__getitem__)
    walks: list[Callable[[], Layers]] = [
        lambda: depth_first(upwards, _backwards(upper), lower, layer_of, check),
        lambda: breadth_first(downwards, upper, lower, layer_of, check),
        lambda: breadth_first(upwards, upper, lower, layer_of, check),
        lambda: depth_first(upwards, upper, lower, layer_of, check),
    ]
    if graph.size <= _SMALL:
        walks.insert(2, lambda: depth_first(downwards, _backwards(upper), _backwards(lower), layer_of, check))
        walks.append(lambda: depth_first(upwards, _backwards(upper), _backwards(lower), layer_of, check))
    for walk in walks:
        yield walk()


def shuffled_orders(graph: ProperGraph, count: int, check: Callable[[], None]) -> Iterator[Layers]:
    """More start orders, by walks that take neighbours in a random order: the same one every time."""
    random = Random(1)
    layer_of = graph.layer.tolist()
    for number in range(count):
        upper = [random.sample(line, len(line)) if len(line) > 1 else line for line in graph.upper]
        lower = [random.sample(line, len(line)) if len(line) > 1 else line for line in graph.lower]
        starts = random.sample(range(graph.size), graph.size)
        if number % 3 == 2:
            starts.sort(key=layer_of.__getitem__)
            yield depth_first(starts, upper, lower, layer_of, check)
        else:
            starts.sort(key=[-i for i in layer_of].__getitem__)
            yield breadth_first(starts, upper, lower, layer_of, check)


def _backwards(neighbours: Neighbours) -> Neighbours:
    return [line[::-1] for line in neighbours]


def depth_first(
    starts: list[int], soon: Neighbours, late: Neighbours, layer_of: list[int], check: Callable[[], None]
) -> Layers:
    """Walks from each start; of what is next to a node the last of ``soon`` comes first, ``late`` after all of it."""
    layers: Layers = [[] for _ in range(max(layer_of) + 1)]
    seen = bytearray(len(layer_of))
    visited = 0
    for start in starts:
        if seen[start]:
            continue
        stack = [start]
        while stack:
            v = stack.pop()
            if not seen[v]:
                if visited % OFTEN == 0:
                    check()
                visited += 1
                seen[v] = True
                layers[layer_of[v]].append(v)
                stack += late[v]
                stack += soon[v]
    return layers


def breadth_first(
    starts: list[int], upper: Neighbours, lower: Neighbours, layer_of: list[int], check: Callable[[], None]
) -> Layers:
    """Walks outwards from each start in rings."""
    layers: Layers = [[] for _ in range(max(layer_of) + 1)]
    seen = bytearray(len(layer_of))
    for start in starts:
        if seen[start]:
            continue
        seen[start] = True
        ring = [start]
        for step, v in enumerate(ring):  # grows while it is read: it is the queue as well
            if step % OFTEN == 0:
                check()
            layers[layer_of[v]].append(v)
            for t in upper[v] + lower[v]:
                if not seen[t]:
                    seen[t] = True
                    ring.append(t)
    return layers
