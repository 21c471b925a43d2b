"""Who is connected to whom in a trace's graph, and where it was made: read from its columns. Knows no Qt."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from engine.trace import NONE, EdgeKind, NodeKind, Trace

_BACKWARD = re.compile(r"Backward\d*$")


class Link(NamedTuple):
    """One edge of the graph."""

    edge: int
    kind: EdgeKind
    src: int
    dst: int
    slot: int
    name: str


def tensor_of(trace: Trace, node: int) -> int:
    """The tensor a node stands for: a function's first output, the leaf of `AccumulateGrad` and `.grad`, itself."""
    kind = int(trace.nodes.kind[node])
    if kind in (NodeKind.ACCUMULATE, NodeKind.GRAD):
        return int(trace.nodes.owner[node])
    if kind == NodeKind.FUNCTION:
        made = outputs(trace, node)
        return made[0].dst if made else NONE
    return node


def function_of(trace: Trace, node: int) -> int:
    """The function that runs for a node in a backward pass: what made a tensor, a leaf's `AccumulateGrad`, or NONE."""
    kind = int(trace.nodes.kind[node])
    if kind in (NodeKind.FUNCTION, NodeKind.ACCUMULATE):
        return node
    if kind == NodeKind.GRAD:
        return accumulator(trace, int(trace.nodes.owner[node]))
    made = np.flatnonzero((trace.edges.dst == node) & (trace.edges.kind == EdgeKind.OUTPUT))
    return int(trace.edges.src[made[0]]) if len(made) else accumulator(trace, node)


def inputs(trace: Trace, function: int) -> list[Link]:
    """The operands of a function, by slot."""
    found = _links(trace, np.flatnonzero((trace.edges.dst == function) & (trace.edges.kind == EdgeKind.INPUT)))
    return sorted(found, key=lambda link: link.slot)


def outputs(trace: Trace, function: int) -> list[Link]:
    """The tensors a function made, by output number."""
    found = _links(trace, np.flatnonzero((trace.edges.src == function) & (trace.edges.kind == EdgeKind.OUTPUT)))
    return sorted(found, key=lambda link: link.slot)


def consumers(trace: Trace, tensor: int) -> list[Link]:
    """Every slot a tensor went into."""
    return _links(trace, np.flatnonzero((trace.edges.src == tensor) & (trace.edges.kind == EdgeKind.INPUT)))


def link(trace: Trace, edge: int) -> Link:
    """Edge `edge`, spelled out."""
    edges = trace.edges
    return Link(
        edge,
        EdgeKind(int(edges.kind[edge])),
        int(edges.src[edge]),
        int(edges.dst[edge]),
        int(edges.slot[edge]),
        trace.text(int(edges.name[edge])),
    )


def accumulator(trace: Trace, leaf: int) -> int:
    """The `AccumulateGrad` of a leaf, or NONE."""
    nodes = trace.nodes
    found = np.flatnonzero((nodes.owner == leaf) & (nodes.kind == NodeKind.ACCUMULATE))
    return int(found[-1]) if len(found) else NONE


def short_op(op: str) -> str:
    """`MulBackward0` → `Mul`."""
    return _BACKWARD.sub("", op) or op


def place(trace: Trace, source: int, line: int) -> str:
    """`cell 7, line 5`, as far as it is known; the first part is the source's title, as the script pane shows it."""
    title = trace.text(int(trace.sources.title[source])) if source != NONE else ""
    return ", ".join(part for part in (title, f"line {line}" if line > 0 else "") if part)


def _links(trace: Trace, edges: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> list[Link]:
    return [link(trace, int(edge)) for edge in edges]
