"""What nodes of the graph depend on, what depends on them, and how one leads to another. Pure: no Qt, no places.

The data's direction: ancestors are what a node was made from, descendants what was made from it. Distances are counted
in operations: a tensor is as far away as the function that made it (up) or that uses it (down).

    x ─► AddBackward0 ─► y ─► MulBackward0 ─► z       from z up: 1 MulBackward0, y   2 AddBackward0, x
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, NodeKind, Trace

Ints = NDArray[np.int64]

ALL = 1 << 30  # operations: as far as the graph goes


def ancestors(trace: Trace, nodes: Iterable[int], operations: int = ALL) -> set[int]:
    """The nodes themselves and what they were made from, at most so many operations away."""
    return _reached(trace, nodes, trace.edges.dst, trace.edges.src, operations)


def descendants(trace: Trace, nodes: Iterable[int], operations: int = ALL) -> set[int]:
    """The nodes themselves and what was made from them, at most so many operations away."""
    return _reached(trace, nodes, trace.edges.src, trace.edges.dst, operations)


def with_companions(trace: Trace, nodes: Iterable[int]) -> set[int]:
    """The nodes with the AccumulateGrad and the `.grad` of every leaf among them."""
    found = set(nodes)
    owner = trace.nodes.owner
    owned = np.flatnonzero(owner != NONE)
    members = np.zeros(len(owner), np.bool_)
    members[[node for node in found if 0 <= node < len(owner)]] = True
    return found.union(owned[members[owner[owned]]].tolist())


def path(trace: Trace, start: int, end: int) -> list[int]:
    """A shortest way from `start` to `end` in the data's direction, both included; empty where there is none."""
    neighbours, first = _adjacency(trace, trace.edges.src, trace.edges.dst)
    came_from = {start: NONE}
    waiting = deque((start,))
    while waiting and end not in came_from:
        node = waiting.popleft()
        for other in neighbours[first[node] : first[node + 1]]:
            if other not in came_from:
                came_from[other] = node
                waiting.append(other)
    found, node = [], end if end in came_from else NONE
    while node != NONE:
        found.append(node)
        node = came_from[node]
    return found[::-1]


def _reached(
    trace: Trace, nodes: Iterable[int], near: NDArray[np.int32], far: NDArray[np.int32], operations: int
) -> set[int]:
    """Breadth first, function by function.

    Lists, not columns: the graph of a long loop is a chain, on which NumPy would take one call per node.
    """
    neighbours, first = _adjacency(trace, near, far)
    function = (trace.nodes.kind == NodeKind.FUNCTION).tolist()
    seen = bytearray(len(function))
    frontier = [node for node in nodes if 0 <= node < len(function)]
    found: list[int] = []
    for _ in range(operations + 1):
        behind: list[int] = []  # functions one operation farther away
        while frontier:
            node = frontier.pop()
            if seen[node]:
                continue
            seen[node] = 1
            found.append(node)
            for other in neighbours[first[node] : first[node + 1]]:
                if not seen[other]:
                    (behind if function[other] else frontier).append(other)
        if not behind:
            break
        frontier = behind
    return set(found)


def _adjacency(trace: Trace, near: NDArray[np.int32], far: NDArray[np.int32]) -> tuple[list[int], list[int]]:
    """The neighbours of all nodes one after the other, and where those of each node begin."""
    order = np.argsort(near, kind="stable")
    first = np.searchsorted(near[order], np.arange(len(trace.nodes) + 1))
    return far[order].tolist(), first.tolist()
