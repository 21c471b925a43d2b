"""Which layer each node lies on: longest paths first, then every node sinks towards its use; or edges are made short.

Sinking brings parameters and constants down beside the function that takes them, instead of a row of leaves at the
top with long edges.  Knows nothing of sizes or of the order inside a layer.
"""

from __future__ import annotations

from collections.abc import Callable

HUB = 8
"""A node with this many inputs gathers them on a bus; what feeds it alone has nothing to gain by sinking."""

_ROUNDS = 12
_TAKEN = 32
_OFTEN = 100
"""Rounds of shortening, nodes that move together at most, and nodes between two checks."""


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


def shortened(layer: list[int], upper: list[list[int]], lower: list[list[int]], check: Callable[[], None]) -> list[int]:
    """The same layers with nodes moved wherever that makes the edges shorter in all, in rounds.

    A node with more inputs than outputs is better off higher, one with more outputs lower. It takes along what stands
    in its way, a set joined by edges that cannot be shorter, if the set as a whole gains by it. On autograd graphs that
    comes to the least length there can be (as network simplex: Gansner, Koutsofios, North and Vo 1993) in few rounds.
    That is good for graphs in which results wait for long to be used, such as a backward pass of a backward pass; and
    bad where inputs come over buses, which pass anyway.
    """
    layer = layer[:]
    gain = [len(above) - len(below) for above, below in zip(upper, lower, strict=True)]
    back = [-each for each in gain]
    rising, sinking = ([v for v, each in enumerate(gains) if each > 0] for gains in (gain, back))
    for _ in range(_ROUNDS):
        moved: set[int] = set()
        _shift_all(rising, layer, upper, gain, -1, moved, check)
        _shift_all(sinking, layer, lower, back, 1, moved, check)
        if not moved:
            break
        near = moved.union(*(upper[v] for v in moved), *(lower[v] for v in moved))
        near = near.union(*(upper[v] for v in near), *(lower[v] for v in near))
        rising, sinking = ([v for v in sorted(near) if gains[v] > 0] for gains in (gain, back))
    top = min(layer)
    return _without_gaps([each - top for each in layer])


def _shift_all(
    nodes: list[int],
    layer: list[int],
    ahead: list[list[int]],
    gain: list[int],
    sign: int,
    moved: set[int],
    check: Callable[[], None],
) -> None:
    """Moves each of these nodes as long as that gains anything; ``moved`` receives all that did move."""
    for count, v in enumerate(nodes):
        if count % _OFTEN == 0:
            check()
        while shifted := _shift(v, layer, ahead, gain, sign):
            moved.update(shifted)


def _shift(v: int, layer: list[int], ahead: list[list[int]], gain: list[int], sign: int) -> list[int]:
    """Moves a node, with what stands in its way, ``ahead`` as far as there is room; returns what moved, if it gains."""
    taken, queue, total = {v}, [v], gain[v]
    for w in queue:  # grows while it is read
        next_layer = layer[w] + sign
        for t in ahead[w]:
            if layer[t] == next_layer and t not in taken:
                taken.add(t)
                queue.append(t)
                total += gain[t]
        if len(queue) > _TAKEN:
            return []
    if total <= 0:  # so something is ahead of the set as a whole: a set with nothing ahead has nothing to gain
        return []
    room = min([sign * (layer[t] - layer[w]) for w in queue for t in ahead[w] if t not in taken]) - 1
    for w in queue:
        layer[w] += sign * room
    return queue


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
