"""Turning some edges round so that no cycle is left; layering needs a graph without cycles.

Autograd graphs have none; in-place views and graphs a user builds by hand may.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .arrays import BoolArray, IntArray, neighbour_lists


def topological_order(upper: list[list[int]], lower: list[list[int]]) -> list[int]:
    """Nodes with every edge pointing forward (Kahn 1962); shorter than the graph when there is a cycle."""
    missing = [len(above) for above in upper]
    order = [v for v, count in enumerate(missing) if count == 0]
    for v in order:  # the list grows while it is read: it is the queue as well
        for s in lower[v]:
            missing[s] -= 1
            if missing[s] == 0:
                order.append(s)
    return order


def edges_to_reverse(n: int, src: IntArray, dst: IntArray, check: Callable[[], None]) -> BoolArray:
    """Marks the edges that close a cycle in a depth-first search begun at the sources, then in node order."""
    lower = neighbour_lists(n, src, dst)
    indegree = np.bincount(dst, minlength=n)
    unseen, open_, done = 0, 1, 2
    state = bytearray(n)
    closing: set[tuple[int, int]] = set()
    for root in np.argsort(indegree > 0, kind="stable").tolist():
        if state[root] != unseen:
            continue
        check()
        state[root] = open_
        path = [(root, iter(lower[root]))]
        while path:
            v, rest = path[-1]
            for s in rest:
                if state[s] == unseen:
                    state[s] = open_
                    path.append((s, iter(lower[s])))
                    break
                if state[s] == open_:
                    closing.add((v, s))
            else:
                state[v] = done
                path.pop()
    return np.fromiter(((u, v) in closing for u, v in zip(src.tolist(), dst.tolist(), strict=True)), bool, len(src))
