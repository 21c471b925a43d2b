"""What must hold for a trace from a file besides what `Trace.extend` checks, so that nothing trips over it later.

`extend` knows that references point to rows that are there. Here: that numbers are among those that mean something,
shapes can be read, sizes match, and nothing is its own ancestor. Raises `ValueError`.
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codec import DTYPES, MAX_DIMENSIONS
from engine.trace import NONE, EdgeKind, EventKind, NodeKind, PassKind, ScopeKind, Status, Trace

SHAPE = re.compile(r"(?:[0-9]{1,18}(?:,[0-9]{1,18})*)?", re.ASCII)

# Columns that hold one of a few meanings, counted from 0.
MEANINGS: dict[tuple[str, str], type] = {
    ("cells", "status"): Status, ("passes", "status"): Status, ("passes", "kind"): PassKind,
    ("nodes", "kind"): NodeKind, ("edges", "kind"): EdgeKind, ("scopes", "kind"): ScopeKind,
    ("events", "kind"): EventKind,
}  # fmt: skip

# Columns that lead to a row of the same table which must have been there before.
ANCESTORS = (("scopes", "parent"), ("passes", "outer"))

COUNTS = (
    ("cells", "number"), ("cells", "error_line"), ("nodes", "line"), ("nodes", "column"), ("nodes", "end_line"),
    ("nodes", "end_column"), ("scopes", "line"), ("passes", "line"), ("passes", "steps"), ("edges", "slot"),
    ("flows", "step"), ("flows", "target_slot"), ("arrays", "nbytes"), ("arrays", "zeros"), ("arrays", "nans"),
    ("arrays", "infs"),
)  # fmt: skip

ROUNDS = 4  # enough for what the recorder writes: only .grad and AccumulateGrad are written after what they lead to


def check_trace(trace: Trace) -> None:
    """All of it; a few milliseconds per 100,000 nodes."""
    for (table, column), meaning in MEANINGS.items():
        values = getattr(trace.table(table), column)
        if len(values) and int(values.max()) >= len(meaning):  # type: ignore[arg-type]  # an Enum class has a length
            raise ValueError(f"{table}.{column} has a value without a meaning")
    for table, column in ANCESTORS:
        values = getattr(trace.table(table), column)
        if (values >= np.arange(len(values))).any():
            raise ValueError(f"{table}.{column} goes in a circle")
    for table, column in COUNTS:
        values = getattr(trace.table(table), column)
        if len(values) and int(values.min()) < NONE:
            raise ValueError(f"{table}.{column} is negative")
    _check_shapes(trace)
    _check_steps(trace)
    check_acyclic(len(trace.nodes), trace.edges.src, trace.edges.dst)


def parsed_shape(text: str) -> tuple[int, ...] | None:
    """The sizes, or None when this is no shape that an array can have."""
    if not SHAPE.fullmatch(text):
        return None
    shape = tuple(int(size) for size in text.split(",")) if text else ()
    return shape if len(shape) <= MAX_DIMENSIONS else None


def check_truth(values: NDArray[Any]) -> None:
    """NumPy believes that a bool is 0 or 1."""
    if values.dtype.kind == "b" and values.view(np.uint8).max(initial=0) > 1:
        raise ValueError("a truth value is neither 0 nor 1")


def check_acyclic(count: int, src: NDArray[np.integer], dst: NDArray[np.integer]) -> None:
    """Data flows one way. Most edges lead to later rows; what is left when beginnings are taken away is followed."""
    if (src == NONE).any() or (dst == NONE).any():
        raise ValueError("an edge has no end")
    for _ in range(ROUNDS):
        if (src < dst).all():
            return
        reached = np.zeros(count, bool)
        reached[dst] = True
        src, dst = src[reached[src]], dst[reached[src]]
    waiting = np.bincount(dst, minlength=count)
    order = np.argsort(src, kind="stable")
    first = np.searchsorted(src[order], np.arange(count + 1)).tolist()
    targets, left = dst[order].tolist(), waiting.tolist()
    free = np.flatnonzero(waiting == 0).tolist()
    done = 0
    while free:
        node = free.pop()
        done += 1
        for target in targets[first[node] : first[node + 1]]:
            left[target] -= 1
            if left[target] == 0:
                free.append(target)
    if done != count:
        raise ValueError("the graph goes in a circle")


def _check_shapes(trace: Trace) -> None:
    arrays = trace.arrays
    for index in np.unique(trace.nodes.shape).tolist():
        if parsed_shape(trace.text(index)) is None:
            raise ValueError("a node has an unreadable shape")
    texts = len(trace.strings)
    kinds, kind = np.unique(arrays.shape.astype(np.int64) * texts + arrays.dtype, return_inverse=True)
    sizes = np.zeros(len(kinds), np.int64)
    for number, found in enumerate(kinds.tolist()):
        shape, dtype = parsed_shape(trace.text(found // texts)), trace.text(found % texts)
        size = -1 if shape is None or dtype not in DTYPES else math.prod(shape) * np.dtype(dtype).itemsize
        if not 0 <= size < 2**63:
            raise ValueError("an array has an unreadable shape or type")
        sizes[number] = size
    if (sizes[kind] != arrays.nbytes).any():
        raise ValueError("an array does not have the size it should have")


def _check_steps(trace: Trace) -> None:
    steps, flows = trace.steps, trace.flows
    if (steps.pass_ == NONE).any() or (steps.node == NONE).any() or (steps.index < 1).any():
        raise ValueError("a step belongs to no pass or no node")
    if (flows.pass_ == NONE).any() or (flows.target == NONE).any() or (flows.step < 0).any():
        raise ValueError("a gradient belongs to no pass or no node")
    counted = np.bincount(steps.pass_, minlength=len(trace.passes))
    for table in (flows, trace.arrivals):
        if len(table) and ((table.pass_ == NONE) | (table.step > counted[table.pass_] + 1)).any():  # one may be running
            raise ValueError("a gradient belongs to a step that is not there")
