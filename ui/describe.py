"""What people call the nodes of a graph, and who is connected to whom: read from the trace's columns. Knows no Qt."""

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


class Names:
    """The names of a trace's nodes: a variable that holds the tensor now, else what the code called it."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._rows = len(trace.names)
        self._current: dict[int, list[str]] = {}
        last = dict(zip(trace.names.name.tolist(), trace.names.node.tolist(), strict=True))
        for name, node in last.items():
            if node != NONE:
                self._current.setdefault(node, []).append(trace.text(name))

    def is_stale(self, trace: Trace) -> bool:
        """Whether names were bound since."""
        return trace is not self.trace or len(trace.names) != self._rows

    def title(self, node: int) -> str:
        """`y`, `y * y`, `MulBackward0`, `x.grad`, `3`."""
        row = self.trace.node(node)
        if row.kind is NodeKind.GRAD:
            return f"{self.title(row.owner)}.grad" if row.owner != NONE else ".grad"
        if row.kind in (NodeKind.FUNCTION, NodeKind.ACCUMULATE):
            return row.op
        names = self._current.get(node)
        # The code's own word for a tensor beats a later alias; an alias beats an expression or nothing.
        if names and row.label not in names and not row.label.isidentifier():
            return names[0]
        return row.label or "tensor"

    def with_output(self, node: int) -> str:
        """`MulBackward0 (z)`, `AccumulateGrad (x)`: a function and what it made or serves."""
        title = self.title(node)
        owner = tensor_of(self.trace, node)
        return f"{title} ({self.title(owner)})" if owner not in (NONE, node) else title


def tensor_of(trace: Trace, node: int) -> int:
    """The tensor a node stands for: a function's first output, the leaf of `AccumulateGrad` and `.grad`, itself."""
    kind = int(trace.nodes.kind[node])
    if kind in (NodeKind.ACCUMULATE, NodeKind.GRAD):
        return int(trace.nodes.owner[node])
    if kind == NodeKind.FUNCTION:
        made = outputs(trace, node)
        return made[0].dst if made else NONE
    return node


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


def place(trace: Trace, cell: int, line: int) -> str:
    """`cell 7, line 5`, as far as it is known."""
    parts = []
    if cell != NONE:
        parts.append(f"cell {int(trace.cells.number[cell])}")
    if line > 0:
        parts.append(f"line {line}")
    return ", ".join(parts)


def _links(trace: Trace, edges: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> list[Link]:
    return [link(trace, int(edge)) for edge in edges]
