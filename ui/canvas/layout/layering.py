"""Which layer each node lies on: longest paths first, then every node sinks towards its use, or rises to its inputs.

Sinking brings parameters and constants down beside the function that takes them, instead of a row of leaves at the
top with long edges.  Knows nothing of sizes or of the order inside a layer.
"""

from __future__ import annotations

from collections.abc import Callable

HUB = 8
"""A node with this many inputs gathers them on a bus; what feeds it alone has nothing to gain by sinking."""

_RISING_ROUNDS = 8


def assign_layers(
    upper: list[list[int]], lower: list[list[int]], order: list[int], check: Callable[[], None]
) -> list[int]:
    """Layer of each node, 0 at the top; every edge points to a larger layer.  ``order`` is a topological one."""
    layer = _longest_paths(lower, order)
    check()
    limit = _sink_limits(upper, lower, order, layer)
    check()
    for v in reversed(order):
        below = lower[v]
        if below:
            room = min([layer[s] for s in below]) - 1
            layer[v] = min(room, limit[v])
    check()
    return _without_gaps(layer)


def risen(
    layer: list[int], upper: list[list[int]], lower: list[list[int]], order: list[int], check: Callable[[], None]
) -> list[int]:
    """The same layers with nodes of more inputs than outputs as high as they can be, so that edges are shorter in all.

    That is good for graphs in which results wait for long to be used, such as a backward pass of a backward pass; and
    bad where inputs come over buses, which pass anyway. In rounds, since one node makes room for another.
    """
    layer = layer[:]
    for _ in range(_RISING_ROUNDS):
        check()
        before = layer[:]
        for v in order:
            if upper[v] and len(upper[v]) > len(lower[v]):
                layer[v] = min(layer[v], max([layer[p] for p in upper[v]]) + 1)
        for v in reversed(order):
            if lower[v] and len(lower[v]) >= len(upper[v]):
                layer[v] = max(layer[v], min([layer[s] for s in lower[v]]) - 1)
        if layer == before:
            break
    return _without_gaps(layer)


def _longest_paths(lower: list[list[int]], order: list[int]) -> list[int]:
    layer = [0] * len(order)
    for v in order:
        below = layer[v] + 1
        for s in lower[v]:
            if layer[s] < below:  # noqa: PLR1730 - a call to max() would slow this loop by half
                layer[s] = below
    return layer


def _sink_limits(upper: list[list[int]], lower: list[list[int]], order: list[int], layer: list[int]) -> list[int]:
    """How deep each node may sink.

    One of the many inputs of a hub stays where it was computed: the hub's bus passes there anyway, while its own
    inputs would become longer, each on its own.  What hangs on such an input stays with it.
    """
    unlimited = len(order)
    limit = [unlimited] * len(order)
    for v in order:
        if not upper[v]:
            continue
        below = lower[v]
        if len(below) == 1 and len(upper[below[0]]) >= HUB:
            limit[v] = layer[v]
            continue
        deepest = min([limit[p] + 1 if len(lower[p]) == 1 else unlimited for p in upper[v]])
        limit[v] = max(deepest, layer[v])
    return limit


def _without_gaps(layer: list[int]) -> list[int]:
    """The same layers numbered without empty ones."""
    rank = {old: new for new, old in enumerate(sorted(set(layer)))}
    return [rank[i] for i in layer]
