"""Turns operations into rows: tensors, functions, constants, edges, saved values, names. Runs when the recorder drains.

Tensors and nodes are known by id and a weak reference that proves the id is still theirs, so recording keeps no graph
alive. A tensor has a new row when its content or its `requires_grad` changed since its last one.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping
from types import CodeType
from typing import Any

from ..node import AccumulateGrad, Node, Output, ends
from ..tensor import TENSORS, Tensor
from ..trace import NONE, EdgeKind, EventKind, NodeKind
from ..version import writes_of
from .array_store import is_small
from .naming import ParameterNames, is_name
from .node_kinds import NodeKinds
from .recorded_arrays import RecordedArrays
from .recorded_objects import (
    FAILED,
    INPLACE,
    LEAF,
    REQUIRES_GRAD,
    NodeEntry,
    SavedRow,
    TensorEntry,
    flags_of,
    node_entry,
)
from .recorder_columns import Rows
from .results import inner_label
from .saved_recorder import SavedRecorder
from .source_position import NOWHERE, Site

# Plain numbers: an enumeration's `|` costs a microsecond.
TENSOR, FUNCTION, ACCUMULATE, GRAD, CONSTANT = map(int, NodeKind)
EDGE_INPUT, EDGE_OUTPUT, EDGE_ACCUMULATE, EDGE_GRAD = map(int, EdgeKind)
SEQUENCE_LIMIT = 2**63 - 1  # AccumulateGrad's number is larger than a column holds
FORGET_AFTER = 4096  # new entries before the dead are swept out


class GraphRecorder:
    """The rows of tables nodes, edges, saved, names and formulas."""

    def __init__(
        self, rows: Rows, arrays: RecordedArrays, definition: Callable[[CodeType], tuple[int, int] | None]
    ) -> None:
        self.cell = NONE
        self.scope = NONE  # of the operation that is being recorded
        self.layer = NONE  # the pass that runs, if it makes a graph
        # Checkpointed parts that run again, each inside the one before: the pass and step that asked, and the name.
        self.recomputations: list[tuple[int, int, int]] = []
        self.in_layer: list[int] = []  # functions that the running step of a create_graph pass made
        self._namespace: Mapping[str, object] = {}
        self._parameters = ParameterNames()
        self._rows = rows
        self._arrays = arrays
        self._tensors: dict[int, TensorEntry] = {}
        self._nodes: dict[int, NodeEntry] = {}
        self._origins: dict[int, tuple[weakref.ref[Tensor], Site, int, int, int]] = {}
        self._accumulates: dict[int, int] = {}  # row of a leaf -> row of its AccumulateGrad
        self.accumulate_of_edge: dict[int, int] = {}  # ACCUMULATE edge -> the row of the AccumulateGrad it comes from
        self._names: dict[str, int] = {}
        self._kinds = NodeKinds(rows, definition)
        self.saved = SavedRecorder(rows, arrays, self._entry)
        self._overwritten: tuple[weakref.ref[Tensor], Any] | None = None
        self._until_sweep = FORGET_AFTER

    # -- what the recorder calls -----------------------------------------------------------------------------------

    def begin_cell(self, namespace: Mapping[str, object]) -> None:
        """A cell begins, whose names live there; with an empty one, it ended."""
        self._namespace = namespace
        self._parameters.begin(namespace)

    def made(self, outputs: Iterable[Tensor], site: Site, inner: str | None = None) -> None:
        """An operation that is not tracked made (or overwrote) tensors here; rows follow if somebody uses them.

        `inner` as in `operation`.
        """
        if inner is not None:
            site = site._replace(text=inner_label(None, "", inner), names=())
        for number, tensor in enumerate(outputs):
            self._origins[id(tensor)] = (weakref.ref(tensor), site, number, self.cell, self.scope)
            self._count_new()

    def overwriting(self, tensor: Tensor) -> None:
        """The memory behind a tensor is about to change."""
        self._arrays.store.before_write(tensor.array)
        if self._entry(tensor) is None and is_small(tensor.array):
            self._overwritten = (weakref.ref(tensor), tensor.array.copy())

    def operation(
        self,
        node: Node,
        operands: tuple[object, ...],
        outputs: tuple[Tensor, ...],
        inplace: bool,
        site: Site,
        inner: str | None = None,
    ) -> int:
        """A tracked operation; returns the row of its function.

        `inner` is None where the result is that of the whole instruction at `site`; else the path of the module whose
        result it is, "" for none.
        """
        written = outputs[0] if inplace else None
        sources = [self._operand(operand, written, site) for operand in operands]
        flags = INPLACE if inplace else 0
        entry = self._add_function(node, site, flags, outputs[0])
        targets, names = node.next_edges, self._kinds.slot_names(node, len(sources))
        for slot, source in enumerate(sources):
            self._add_slot(entry, slot, source, names[slot], targets[slot] if slot < len(targets) else None)
        called = site
        if inner is not None:
            called = site._replace(text=inner_label(node, self._label_of(operands), inner), names=())
        for number, tensor in enumerate(outputs):
            made = self._add_tensor(tensor, site, called.label(number) if self.layer == NONE else "", flags)
            if made.output_edge == NONE:  # indices: they come from here as well, though no gradient comes back by them
                self._rows.add("edges", EDGE_OUTPUT, entry.row, made.row, number, 0)
        self.saved.save(node, entry)
        if self.layer != NONE:
            self.in_layer.append(entry.row)
        if self.recomputations:
            pass_, step, part = self.recomputations[-1]
            self._add_event(EventKind.RECOMPUTED, entry.row, part, pass_=pass_, step=step)
        return entry.row

    def retained(self, tensor: Tensor) -> None:
        """`retain_grad()` was called."""
        row = self.tensor_row(tensor)
        self._add_event(EventKind.RETAIN_GRAD, row, self._rows.string(self._name_of(tensor)))

    def tangent(self, site: Site) -> None:
        """A dual tensor was made there."""
        nothing = (NONE, NONE, 0, 0, NONE, NONE, NONE, NONE)
        self._rows.add("events", int(EventKind.TANGENT), *nothing, site.source, site.line, NONE)

    def tensor_row(self, tensor: Tensor) -> int:
        """The row of a tensor as it is now, made if need be."""
        return self._up_to_date(tensor).row

    def output_edge(self, tensor: Tensor) -> int:
        """The edge from the function that made a tensor; `NONE` for a leaf."""
        return self._up_to_date(tensor).output_edge

    def node(self, node: Node) -> NodeEntry:
        """What is known of a node of the graph, recorded now if it was made before recording began."""
        entry = self.known(node)
        if entry is not None:
            return entry
        if isinstance(node, AccumulateGrad):
            entry = node_entry(node, self._accumulate_row(self.tensor_row(node.variable)), NONE)
            self._nodes[id(node)] = entry
            return entry
        self._add_unseen(node)
        return self._nodes[id(node)]

    def failed(self, op: str, operands: Iterable[tuple[str, object]], site: Site) -> int:
        """An operation that raised: a function without a result. Returns its row."""
        sources = [(name, self._operand(operand, None, site)) for name, operand in operands]
        row = self._add_node(FUNCTION, FAILED, op, site.text, None, site)
        for slot, (name, source) in enumerate(sources):
            self._rows.add("edges", EDGE_INPUT, source, row, slot, self._rows.string(name))
        return row

    def update_names(self, namespace: Mapping[str, Tensor]) -> None:
        """Write down which names mean something else than before."""
        for name, tensor in namespace.items():
            row = self.tensor_row(tensor)
            if self._names.get(name, NONE) != row:
                self._names[name] = row
                self._rows.add("names", self._rows.string(name), row, self.cell)
        for name in [name for name in self._names if name not in namespace]:
            del self._names[name]
            self._rows.add("names", self._rows.string(name), NONE, self.cell)

    # -- tensors ---------------------------------------------------------------------------------------------------

    def _entry(self, tensor: Tensor) -> TensorEntry | None:
        entry = self._tensors.get(id(tensor))
        return entry if entry is not None and entry() is tensor else None

    def _up_to_date(self, tensor: Tensor) -> TensorEntry:
        entry = self._entry(tensor)
        if entry is not None and entry.version == writes_of(tensor) and entry.requires_grad == tensor._requires_grad:
            return entry
        origin = self._origins.get(id(tensor))
        if origin is not None and origin[0]() is tensor:
            _, site, number, cell, scope = origin
            label = site.label(number)
        else:
            site, label, cell, scope = NOWHERE, "", self.cell, NONE
        label = self._parameters.of(tensor) or label or self._name_of(tensor)
        return self._add_tensor(tensor, site, label, 0, cell, scope)

    def _label_of(self, operands: tuple[object, ...]) -> str:
        """What the first of the operands is called, if that is a tensor."""
        entry = self._entry(operands[0]) if operands and isinstance(operands[0], Tensor) else None
        return "" if entry is None else entry.label

    def _name_of(self, tensor: Tensor) -> str:
        for name, value in list(self._namespace.items()):
            if value is tensor and not name.startswith("_"):
                return name
        return ""

    def _operand(self, operand: object, written: Tensor | None, site: Site) -> int:
        """The row of an operand; of one that was overwritten, the row it had before."""
        if type(operand) not in TENSORS:
            if operand is None:
                return NONE
            return self._rows.add(
                "nodes", CONSTANT, 0, 0, self._rows.string(str(operand)), 0, 0, NONE, self.cell, self.scope, *site[:5],
                NONE, NONE, 0, 0,
            )  # fmt: skip
        assert isinstance(operand, Tensor)
        if operand is not written:
            return self.tensor_row(operand)
        entry = self._entry(operand)
        if entry is not None:
            return entry.row
        value = NONE
        if self._overwritten is not None and self._overwritten[0]() is operand:
            value = self._arrays.handle(self._overwritten[1])
        return self._add_node(TENSOR, LEAF, "", self._name_of(operand), operand, NOWHERE, value=value)

    def _add_tensor(
        self,
        tensor: Tensor,
        site: Site,
        label: str,
        flags: int,
        cell: int | None = None,
        scope: int | None = None,
    ) -> TensorEntry:
        before = self._entry(tensor)
        if before is not None and is_name(before.label):
            label = before.label  # `for p in (w, b): p.sub_(...)` overwrites w, and that is still its name
        made_by, number = ends(tensor.history())
        function = None if made_by is None else self.node(made_by)
        arrays, array, version = self._arrays, tensor.array, writes_of(tensor)
        value = arrays.handle(array)
        if scope is None:
            scope = NONE if site is NOWHERE else self.scope
        row = self._rows.add(
            "nodes", TENSOR, flags | flags_of(tensor), 0, self._rows.string(label), arrays.shape(array.shape),
            arrays.dtype(array.dtype), NONE, self.cell if cell is None else cell, scope, *site[:5], NONE, value,
            version, 0,
        )  # fmt: skip
        edge = NONE
        if function is not None:
            edge = self._rows.add("edges", EDGE_OUTPUT, function.row, row, number, 0)
            function.add_output(number, row, value)
        entry = self._tensors[id(tensor)] = TensorEntry(tensor)
        entry.label = label
        entry.row = row
        entry.value = value
        entry.output_edge = edge
        entry.version = version
        entry.requires_grad = tensor._requires_grad
        self._count_new()
        return entry

    def _accumulate_row(self, leaf: int) -> int:
        """The AccumulateGrad of a leaf, with the slot it adds to; one pair per row of the leaf."""
        row = self._accumulates.get(leaf)
        if row is None:
            gradient = self._add_node(GRAD, 0, "", "", None, NOWHERE, owner=leaf)
            row = self._add_node(
                ACCUMULATE, 0, "AccumulateGrad", "", None, NOWHERE, owner=leaf, sequence=SEQUENCE_LIMIT
            )
            self._rows.add("edges", EDGE_GRAD, gradient, row, 0, 0)
            self._accumulates[leaf] = row
        return row

    # -- functions -------------------------------------------------------------------------------------------------

    def known(self, node: Node) -> NodeEntry | None:
        """What is known of a node, None if it is not a row yet."""
        entry = self._nodes.get(id(node))
        return entry if entry is not None and entry() is node else None

    def _add_function(self, node: Node, site: Site, flags: int, output: Tensor | None) -> NodeEntry:
        string, arrays = self._rows.string, self._arrays
        label = site.text if self.layer == NONE else ""
        kind = self._kinds.known.get(type(node)) or self._kinds.meet(node)
        shape = dtype = 0
        if output is not None:
            shape, dtype = arrays.shape(output.array.shape), arrays.dtype(output.array.dtype)
        row = self._rows.add(
            "nodes", FUNCTION, flags, kind.op, string(label), shape, dtype, NONE, self.cell,
            NONE if site is NOWHERE else self.scope, *site[:5], min(node.sequence_number, SEQUENCE_LIMIT), NONE, 0,
            kind.rule,
        )  # fmt: skip
        entry = self._nodes[id(node)] = node_entry(node, row, self.layer, site)
        self._count_new()
        return entry

    def _add_slot(self, entry: NodeEntry, slot: int, source: int, name: int, target: Any) -> None:
        """The edges of one argument slot; the gradient's way is the last one."""
        edge = NONE
        if source != NONE:
            edge = self._rows.add("edges", EDGE_INPUT, source, entry.row, slot, name)
        if type(target) is AccumulateGrad:
            row = self._accumulate_row(source)
            self._nodes[id(target)] = node_entry(target, row, NONE)
            edge = self._rows.add("edges", EDGE_ACCUMULATE, row, entry.row, slot, 0)
            self.accumulate_of_edge[edge] = row
        elif target is not None and self.layer == NONE:
            before = self.known(target.node if type(target) is Output else target)
            entry.layer = max(entry.layer, before.layer if before is not None else NONE)
        entry.edges += (edge,)

    def _add_unseen(self, node: Node) -> None:
        """Nodes that no operation told of, because recording was off: their rows and those before them."""
        stack = [node]
        while stack:
            top = stack[-1]
            if self.known(top) is not None:
                stack.pop()
                continue
            ends = [end for end, _ in top.next_functions if end is not None and not isinstance(end, AccumulateGrad)]
            missing = [end for end in ends if self.known(end) is None]
            if missing:
                stack += missing
                continue
            stack.pop()
            entry = self._add_function(top, NOWHERE, 0, None)
            for slot, target in enumerate(top.next_edges):
                self._add_slot(entry, slot, self._source_of(target), 0, target)
            self.saved.save(top, entry)

    def _source_of(self, target: Node | Output | None) -> int:
        """The tensor that a slot's gradient belongs to; a row without a value where the tensor is gone."""
        if target is None:
            return NONE
        if isinstance(target, AccumulateGrad):
            return self.tensor_row(target.variable)
        node, number = (target.node, target.number) if isinstance(target, Output) else (target, 0)
        entry = self._nodes[id(node)]
        row = entry.output_row(number)
        if row == NONE:
            shape, dtype = self._arrays.shape(target.shape), self._arrays.dtype(target.dtype)
            row = self._add_node(TENSOR, REQUIRES_GRAD, "", "", None, NOWHERE, shape=(shape, dtype))
            self._rows.add("edges", EDGE_OUTPUT, entry.row, row, number, 0)
            entry.add_output(number, row)
        return row

    def _add_event(
        self,
        kind: EventKind,
        node: int,
        name: int,
        *,
        pass_: int = NONE,
        step: int = 0,
        after: int = NONE,
        saved: SavedRow | None = None,
    ) -> None:
        row, version = (NONE, NONE) if saved is None else (saved.row, saved.version)
        self._rows.add("events", int(kind), node, pass_, step, name, NONE, after, row, version, NONE, 0, NONE)

    def _add_node(
        self,
        kind: int,
        flags: int,
        op: str,
        label: str,
        tensor: Tensor | None,
        site: Site,
        *,
        owner: int = NONE,
        sequence: int = NONE,
        value: int = NONE,
        version: int = 0,
        cell: int | None = None,
        scope: int | None = None,
        shape: tuple[int, int] = (0, 0),
        rule: str = "",
    ) -> int:
        string = self._rows.string
        if tensor is not None:
            shape = (self._arrays.shape(tensor.array.shape), self._arrays.dtype(tensor.array.dtype))
        if scope is None:
            scope = NONE if site is NOWHERE else self.scope
        return self._rows.add(
            "nodes", kind, flags, string(op), string(label), *shape, owner, self.cell if cell is None else cell,
            scope, site.source, site.line, site.column, site.end_line, site.end_column, sequence, value, version,
            string(rule),
        )  # fmt: skip

    def _count_new(self) -> None:
        self._until_sweep -= 1
        if self._until_sweep:
            return
        self._tensors = {key: entry for key, entry in self._tensors.items() if entry() is not None}
        self._nodes = {key: entry for key, entry in self._nodes.items() if entry() is not None}
        self._origins = {key: entry for key, entry in self._origins.items() if entry[0]() is not None}
        self.saved.memory.sweep()
        living = len(self._tensors) + len(self._nodes) + len(self._origins)
        self._until_sweep = max(FORGET_AFTER, living)
