"""The vocabulary shared by recorder, window, file and export: what happened, as plain columns.

Tables are append-only NumPy columns over interned strings; rows are read through light frozen views. Only `cells`,
`passes` and `meter` may be written again (they change state while they run). No behaviour lives here, and no Qt.

The graph is stored in the direction of the data:

    x.grad ──GRAD──► AccumulateGrad ──ACCUMULATE──► AddBackward0 ──OUTPUT──► y
    x ────────────────INPUT (slot 0)───────────────►

so a gradient always travels against an edge: over ACCUMULATE (or INPUT) edges out of a function's slot, and over the
OUTPUT edge from a tensor into the function that made it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

NONE = -1  # "no row" in every reference column
INLINE_BYTES = 512  # arrays up to this size travel with the trace; larger ones are fetched by handle


class TraceError(ValueError):
    """A batch that does not fit the trace: wrong columns, wrong lengths or references to rows that do not exist."""


class NodeKind(IntEnum):
    """What a node of the graph is."""

    TENSOR = 0
    FUNCTION = 1
    ACCUMULATE = 2  # AccumulateGrad; `owner` is its leaf
    GRAD = 3  # the .grad slot of the leaf `owner`
    CONSTANT = 4  # a Python number used as an operand


class NodeFlag(IntFlag):
    """What holds for a tensor (or function) when it was recorded."""

    LEAF = 1
    REQUIRES_GRAD = 2
    RETAINS_GRAD = 4
    VIEW = 8
    INPLACE = 16  # the op that made it wrote over its operand
    PARAMETER = 32
    FAILED = 64  # the op or step that raised


class EdgeKind(IntEnum):
    """What an edge of the graph is; see the picture in the module's docstring."""

    INPUT = 0
    OUTPUT = 1
    ACCUMULATE = 2
    GRAD = 3


class Status(IntEnum):
    """How far a cell or a pass has come."""

    RUNNING = 0
    OK = 1
    ERROR = 2
    INTERRUPTED = 3
    DIED = 4  # the kernel ended under it


class PassKind(IntEnum):
    """The call that made a pass."""

    BACKWARD = 0
    GRAD = 1


class EventKind(IntEnum):
    """What happened beside operations and steps."""

    RETAIN_GRAD = 0  # retain_grad() of the tensor `node`
    TENSOR_HOOK = 1  # a hook of a tensor that is an output of the function `node`, or of its leaf
    PRE_HOOK = 2  # a hook of the function itself, before it ran ...
    POST_HOOK = 3  # ... and after; its gradients are those of the first operand that has one
    ACCUMULATE_HOOK = 4  # a hook after .grad was added to; its gradients are .grad
    SAVED_USED = 5  # the step asked for what `node` had saved as `saved`, which was at `version`
    SAVED_FREED = 6  # after the step, all that `node` had saved was let go
    PACKED = 7  # the pack hook `name` was given what `node` saved; `after` is what it made, where that is a tensor
    UNPACKED = 8  # the unpack hook `name` gave `after` in the step
    RECOMPUTATION = 9  # the step asked the checkpointed part `name`, to which `node` belongs, to run again
    RECOMPUTED = 10  # `node` was made by that: pass, step and name are those of its RECOMPUTATION
    SAVED_WRITTEN = 11  # `name`, at `line`, wrote in place over memory that `node` had saved; `version` is that after
    SAVED_STALE = 12  # the step asked for `saved`, and refused it because of that: it is at `version` now
    SAVED_GONE = 13  # the step asked for what `node` had saved, which was freed before
    LAYER = 14  # `node` was made by that step of a pass that creates a graph
    TANGENT = 15  # at `source` and `line`, the first such of the cell, a dual tensor was made: forward mode, no pass


class ScopeKind(IntEnum):
    """What a scope is: something that ran, in which operations happened."""

    MODULE = 0  # one call of an nn.Module: `name` is its path below the module that called it, `type` its class
    CALL = 1  # one call of a function of the user's: `name` is its qualified name, `line` where its code begins
    ITERATION = 2  # one turn of a loop in which something happened: `name` counts those from 0, `line` is the loop's


class PassFlag(IntFlag):
    """The keywords the call was made with."""

    RETAIN_GRAPH = 1
    CREATE_GRAPH = 2


# Column types: "str" columns hold indices into `Trace.strings`; a column named after a table refers to its rows.
SCHEMA: dict[str, dict[str, str]] = {
    "sources": {"title": "str", "text": "str", "path": "str"},
    "cells": {
        "id": "i4", "source": "i4", "number": "i4", "request": "str", "status": "u1", "started": "f8", "seconds": "f8",
        "error_type": "str", "error_message": "str", "error_source": "i4", "error_line": "i4", "error_node": "i4",
    },
    "nodes": {
        "kind": "u1", "flags": "u4", "op": "str", "label": "str", "shape": "str", "dtype": "str", "owner": "i4",
        "cell": "i4", "scope": "i4", "source": "i4", "line": "i4", "column": "i4", "end_line": "i4",
        "end_column": "i4", "sequence": "i8", "value": "i8", "version": "i4", "rule": "str",
    },
    "scopes": {
        "kind": "u1", "parent": "i4", "name": "str", "type": "str", "source": "i4", "line": "i4", "cell": "i4",
    },
    "edges": {"kind": "u1", "src": "i4", "dst": "i4", "slot": "i4", "name": "str"},
    "saved": {"node": "i4", "name": "str", "tensor": "i4", "value": "i8", "version": "i4", "text": "str"},
    "names": {"name": "str", "node": "i4", "cell": "i4"},
    "formulas": {"rule": "str", "slot": "i4", "input": "str", "text": "str"},
    "passes": {
        "id": "i4", "cell": "i4", "source": "i4", "line": "i4", "title": "str", "kind": "u1", "flags": "u1",
        "root": "i4", "parent": "i4", "status": "u1", "steps": "i4", "seconds": "f8",
        "error_type": "str", "error_message": "str", "error_node": "i4", "thread": "str", "outer": "i4",
        "started": "f8", "function": "str", "call": "i4",
    },
    "steps": {
        "pass_": "i4", "index": "i4", "node": "i4", "arrived": "i8", "used": "i8",
        "before": "i8", "added": "i8", "after": "i8",
    },
    "flows": {"pass_": "i4", "step": "i4", "edge": "i4", "target": "i4", "target_slot": "i4", "value": "i8"},
    "events": {
        "kind": "u1", "node": "i4", "pass_": "i4", "step": "i4", "name": "str", "before": "i8", "after": "i8",
        "saved": "i4", "version": "i4", "source": "i4", "line": "i4", "slot": "i4",
    },
    "arrivals": {"pass_": "i4", "step": "i4", "output": "i4", "arrived": "i8", "used": "i8"},
    "definitions": {"rule": "str", "source": "i4", "line": "i4", "end_line": "i4"},
    "arrays": {
        "shape": "str", "dtype": "str", "nbytes": "i8", "norm": "f8", "mean": "f8", "std": "f8", "min": "f8",
        "max": "f8", "zeros": "i8", "nans": "i8", "infs": "i8",
    },
    "drops": {"array": "i8"},
    "meter": {"id": "i4", "bytes": "i8", "budget": "i8", "dropped": "i8"},
}  # fmt: skip

# Tables whose rows are written again, by id.
REWRITTEN = frozenset({"cells", "passes", "meter"})

# Which table a reference column points into.
REFERENCES: dict[tuple[str, str], str] = {
    ("cells", "source"): "sources", ("cells", "error_source"): "sources", ("cells", "error_node"): "nodes",
    ("nodes", "owner"): "nodes", ("nodes", "cell"): "cells", ("nodes", "scope"): "scopes",
    ("nodes", "source"): "sources", ("nodes", "value"): "arrays",
    ("scopes", "parent"): "scopes", ("scopes", "source"): "sources", ("scopes", "cell"): "cells",
    ("edges", "src"): "nodes", ("edges", "dst"): "nodes",
    ("saved", "node"): "nodes", ("saved", "tensor"): "nodes", ("saved", "value"): "arrays",
    ("names", "node"): "nodes", ("names", "cell"): "cells",
    ("passes", "cell"): "cells", ("passes", "source"): "sources", ("passes", "root"): "nodes",
    ("passes", "parent"): "passes", ("passes", "error_node"): "nodes", ("passes", "outer"): "passes",
    ("steps", "pass_"): "passes", ("steps", "node"): "nodes",
    ("steps", "arrived"): "arrays", ("steps", "used"): "arrays", ("steps", "before"): "arrays",
    ("steps", "added"): "arrays", ("steps", "after"): "arrays",
    ("flows", "pass_"): "passes", ("flows", "edge"): "edges", ("flows", "target"): "nodes",
    ("flows", "value"): "arrays",
    ("events", "node"): "nodes", ("events", "pass_"): "passes",
    ("events", "before"): "arrays", ("events", "after"): "arrays", ("events", "saved"): "saved",
    ("events", "source"): "sources", ("definitions", "source"): "sources", ("passes", "call"): "passes",
    ("arrivals", "pass_"): "passes", ("arrivals", "arrived"): "arrays", ("arrivals", "used"): "arrays",
    ("drops", "array"): "arrays",
}  # fmt: skip

Columns = dict[str, NDArray[Any]]


def column_dtype(kind: str) -> np.dtype[Any]:
    """The NumPy dtype of a column type of `SCHEMA`; strings are indices."""
    return np.dtype("<i4" if kind == "str" else "<" + kind if kind != "u1" else "u1")


@dataclass(slots=True)
class Batch:
    """What is added to a trace in one go: rows per table, new strings, and the values of small arrays by handle."""

    tables: dict[str, Columns] = field(default_factory=dict)
    strings: list[str] = field(default_factory=list)
    values: dict[int, NDArray[Any]] = field(default_factory=dict)


class Table:
    """One append-only table; `table.column` is a read-only view of a column, as long as the table."""

    __slots__ = ("_columns", "_name", "_size")

    def __init__(self, name: str) -> None:
        self._name = name  # no public attribute here: every one would hide a column of that name
        self._size = 0
        self._columns = {column: np.zeros(16, column_dtype(kind)) for column, kind in SCHEMA[name].items()}

    def __len__(self) -> int:
        return self._size

    def __getattr__(self, column: str) -> NDArray[Any]:
        try:
            view = self._columns[column][: self._size]
        except KeyError:
            raise AttributeError(f"table {self._name!r} has no column {column!r}") from None
        view.flags.writeable = False
        return view

    def _reserve(self, size: int) -> None:
        for column, values in self._columns.items():
            if len(values) < size:
                grown = np.zeros(max(size, 2 * len(values)), values.dtype)
                grown[: self._size] = values[: self._size]
                self._columns[column] = grown

    def _append(self, rows: Columns, count: int) -> None:
        self._reserve(self._size + count)
        for column, values in rows.items():
            self._columns[column][self._size : self._size + count] = values
        self._size += count

    def _rewrite(self, rows: Columns, ids: NDArray[Any]) -> None:
        size = max(self._size, int(ids.max()) + 1)
        self._reserve(size)
        for column, values in rows.items():
            self._columns[column][ids] = values
        self._size = size


class NodeView(NamedTuple):
    """One node, with its strings spelled out. Lines and columns count from 1 and 0 as Python's do; 0 = unknown.

    `rule` is the key of a function's formulas: ops of one grad_fn name may have different ones (add with alpha).
    """

    id: int
    kind: NodeKind
    flags: NodeFlag
    op: str
    label: str
    shape: tuple[int, ...]
    dtype: str
    owner: int
    cell: int
    scope: int
    source: int
    line: int
    column: int
    end_line: int
    end_column: int
    sequence: int
    value: int
    version: int
    rule: str


class ArrayView(NamedTuple):
    """Shape, size in bytes and statistics of a recorded array. Statistics run over the finite elements."""

    id: int
    shape: tuple[int, ...]
    dtype: str
    nbytes: int
    norm: float
    mean: float
    std: float
    min: float
    max: float
    zeros: int
    nans: int
    infs: int


class Trace:
    """Everything recorded in one session. Grows only through `extend`, which takes a batch whole or not at all."""

    sources: Table
    cells: Table
    nodes: Table
    scopes: Table
    edges: Table
    saved: Table
    names: Table
    formulas: Table
    passes: Table
    steps: Table
    flows: Table
    events: Table
    arrivals: Table
    definitions: Table
    arrays: Table
    drops: Table
    meter: Table

    def __init__(self) -> None:
        self.strings: list[str] = [""]
        self.values: dict[int, NDArray[Any]] = {}
        for name in SCHEMA:
            setattr(self, name, Table(name))

    def table(self, name: str) -> Table:
        """The table of that name; `KeyError` for a name the schema does not have."""
        if name not in SCHEMA:
            raise KeyError(name)
        found: Table = getattr(self, name)
        return found

    def counts(self) -> dict[str, int]:
        """Rows per table and interned strings: where a recorder that continues this trace must start."""
        return {"strings": len(self.strings), **{name: len(self.table(name)) for name in SCHEMA}}

    def extend(self, batch: Batch) -> None:
        """Add a batch. Raises `TraceError`, and changes nothing, when any of it does not fit."""
        sizes = self._checked_sizes(batch)
        self.strings += batch.strings
        for name, rows in batch.tables.items():
            count = sizes[name]
            if count and name in REWRITTEN:
                self.table(name)._rewrite(rows, rows["id"])
            elif count:
                self.table(name)._append(rows, count)
        self.values.update(batch.values)

    def _checked_sizes(self, batch: Batch) -> dict[str, int]:
        sizes = {name: _checked_length(name, rows) for name, rows in batch.tables.items()}
        after = {name: len(self.table(name)) + sizes.get(name, 0) for name in SCHEMA}
        for name in REWRITTEN & sizes.keys():
            after[name] = _checked_ids(name, batch.tables[name], len(self.table(name)))
        string_count = len(self.strings) + len(batch.strings)
        for name, rows in batch.tables.items():
            for column, kind in SCHEMA[name].items():
                target = REFERENCES.get((name, column))
                if kind == "str":
                    _check_range(name, column, rows[column], 0, string_count)
                elif target is not None:
                    _check_range(name, column, rows[column], NONE, after[target])
        if any(not 0 <= handle < after["arrays"] for handle in batch.values):
            raise TraceError("a value belongs to an array that is not in the trace")
        return sizes

    # -- rows as frozen views ------------------------------------------------------------------------------------

    def text(self, index: int) -> str:
        """The interned string `index`."""
        return self.strings[index]

    def node(self, index: int) -> NodeView:
        """Node `index` with its strings spelled out."""
        row = self._row("nodes", index)
        row["kind"], row["flags"] = NodeKind(row["kind"]), NodeFlag(row["flags"])
        return NodeView(id=index, **(row | {"shape": parse_shape(row["shape"])}))

    def array(self, handle: int) -> ArrayView:
        """Shape and statistics of the array `handle`."""
        row = self._row("arrays", handle)
        return ArrayView(id=handle, **(row | {"shape": parse_shape(row["shape"])}))

    def row(self, table: str, index: int) -> Mapping[str, Any]:
        """Any row as a mapping of plain Python values, strings spelled out."""
        return self._row(table, index)

    def _row(self, name: str, index: int) -> dict[str, Any]:
        table = self.table(name)
        if not 0 <= index < len(table):
            raise IndexError(f"{name} has no row {index}")
        row = {column: table._columns[column][index].item() for column in SCHEMA[name]}
        return {c: self.strings[v] if SCHEMA[name][c] == "str" else v for c, v in row.items()}


def parse_shape(text: str) -> tuple[int, ...]:
    """`"2,3"` → `(2, 3)`; the empty text is a 0-d shape."""
    return tuple(int(size) for size in text.split(",")) if text else ()


def shape_text(shape: Iterable[int]) -> str:
    """`(2, 3)` → `"2,3"`, as shapes are stored."""
    return ",".join(map(str, shape))


def _checked_length(name: str, rows: Columns) -> int:
    if name not in SCHEMA:
        raise TraceError(f"the trace has no table {name!r}")
    if rows.keys() != SCHEMA[name].keys():
        raise TraceError(f"table {name!r} takes the columns {', '.join(SCHEMA[name])}")
    lengths = {len(values) for values in rows.values() if values.ndim == 1}
    if len(lengths) != 1 or any(values.ndim != 1 for values in rows.values()):
        raise TraceError(f"the columns of table {name!r} differ in length")
    for column, kind in SCHEMA[name].items():
        if rows[column].dtype != column_dtype(kind):
            raise TraceError(f"column {name}.{column} must be {column_dtype(kind)}, not {rows[column].dtype}")
    return lengths.pop()


def _checked_ids(name: str, rows: Columns, size: int) -> int:
    """Ids may name old rows or the next new ones, without a gap; returns the table's size afterwards."""
    ids = rows["id"]
    new = np.unique(ids[ids >= size])
    if len(ids) and (ids.min() < 0 or not np.array_equal(new, np.arange(size, size + len(new)))):
        raise TraceError(f"the ids of table {name!r} leave a gap")
    return size + len(new)


def _check_range(name: str, column: str, values: NDArray[Any], low: int, end: int) -> None:
    if len(values) and (values.min() < low or values.max() >= end):
        raise TraceError(f"{name}.{column} refers to a row that is not there")
