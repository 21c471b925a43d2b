"""The columns of a trace that a picture is made of, held at one moment, so that a worker can read while it grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from engine.trace import Trace

Column = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Views of columns, no copies: tables are append-only, so rows that were there stay as they were."""

    strings: list[str]
    kind: Column
    flags: Column
    op: Column
    label: Column
    shape: Column
    dtype: Column
    owner: Column
    version: Column
    cell: Column
    scope: Column
    source: Column
    line: Column
    column: Column
    end_line: Column
    end_column: Column
    edge_kind: Column
    src: Column
    dst: Column
    slot: Column
    edge_name: Column
    name: Column  # the log of names, and the node each named from then on
    named: Column
    scope_kind: Column
    scope_parent: Column
    scope_name: Column
    scope_type: Column
    scope_source: Column
    scope_line: Column
    cell_number: Column
    cell_source: Column
    source_title: Column
    source_text: Column

    @staticmethod
    def of(trace: Trace) -> Snapshot:
        """The trace as it is now."""
        nodes, edges, names, scopes, cells = trace.nodes, trace.edges, trace.names, trace.scopes, trace.cells
        return Snapshot(
            trace.strings, nodes.kind, nodes.flags, nodes.op, nodes.label, nodes.shape, nodes.dtype, nodes.owner,
            nodes.version, nodes.cell, nodes.scope, nodes.source, nodes.line, nodes.column, nodes.end_line,
            nodes.end_column, edges.kind, edges.src, edges.dst, edges.slot, edges.name,
            names.name, names.node,
            scopes.kind, scopes.parent, scopes.name, scopes.type, scopes.source, scopes.line,
            cells.number, cells.source, trace.sources.title, trace.sources.text,
        )  # fmt: skip

    def size(self) -> tuple[int, int, int]:
        """Nodes, edges and name events: what a picture of the graph depends on."""
        return len(self.kind), len(self.src), len(self.name)
