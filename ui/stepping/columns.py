"""What both kinds of walks read off a trace's columns. Knows no Qt."""

from __future__ import annotations

import numpy as np

from engine.trace import NONE, EdgeKind, NodeKind, Trace

from .states import Floats, Ints


def sizes(trace: Trace) -> tuple[int, ...]:
    """What an index of a walk covers, to tell whether the trace has grown."""
    return tuple(len(trace.table(name)) for name in ("nodes", "edges", "steps", "flows", "arrays"))


def producer(trace: Trace, node: int) -> int:
    """The function that made the tensor `node`, or NONE."""
    found = np.flatnonzero((trace.edges.dst == node) & (trace.edges.kind == EdgeKind.OUTPUT))
    return int(trace.edges.src[found[0]]) if len(found) else NONE


def is_function(trace: Trace, node: int) -> bool:
    """Whether the engine runs this node in a backward pass."""
    return int(trace.nodes.kind[node]) in (NodeKind.FUNCTION, NodeKind.ACCUMULATE)


def norms_of(trace: Trace, handles: Ints) -> Floats:
    """Euclidean norm of each array, NaN for NONE, inf where it has elements that are not finite."""
    arrays, norms = trace.arrays, np.full(len(handles), np.nan)
    carried = handles != NONE
    known = handles[carried]
    broken = (arrays.nans[known] > 0) | (arrays.infs[known] > 0)
    norms[carried] = np.where(broken, np.inf, arrays.norm[known])
    return norms


def finite_range(norms: Floats) -> tuple[float, float]:
    """Smallest and largest finite, non-zero norm; 1 and 1 where there is none."""
    norms = norms[np.isfinite(norms) & (norms > 0)]
    return (float(norms.min()), float(norms.max())) if len(norms) else (1.0, 1.0)


def line_starts(trace: Trace, node_at: Ints) -> Ints:
    """(N,) for every step the first of the neighbouring steps that belong to its line of source, counted from 1.

    AccumulateGrad belongs to no line: it goes with the step before it.
    """
    count = len(node_at)
    if not count:
        return np.zeros(0, np.int64)
    source, line = trace.nodes.source[node_at].astype(np.int64), trace.nodes.line[node_at].astype(np.int64)
    placed = np.flatnonzero(source != NONE)
    if not len(placed):
        return np.ones(count, np.int64)
    before = np.maximum(np.searchsorted(placed, np.arange(count), side="right") - 1, 0)
    source, line = source[placed[before]], line[placed[before]]
    begins = np.ones(count, np.bool_)
    begins[1:] = (source[1:] != source[:-1]) | (line[1:] != line[:-1])
    return np.maximum.accumulate(np.where(begins, np.arange(1, count + 1), 0))
