"""What the recorder remembers of tensors and nodes without keeping them alive, and how it describes them."""

from __future__ import annotations

import weakref
from typing import NamedTuple

from ..node import Node
from ..tensor import Tensor
from ..trace import NONE, NodeFlag
from .source_position import NOWHERE, Site

# Plain numbers: an enumeration's `|` costs a microsecond.
LEAF, REQUIRES_GRAD, RETAINS_GRAD, VIEW, INPLACE, PARAMETER, FAILED = map(int, NodeFlag)


class TensorEntry(weakref.ref[Tensor]):
    """A weak reference to a tensor (one object, where there are many), and what is known of it: its newest row."""

    __slots__ = ("label", "output_edge", "requires_grad", "row", "value", "version")

    label: str
    row: int
    value: int
    output_edge: int
    version: int
    requires_grad: bool


class SavedRow(NamedTuple):
    """A row of the table `saved`: its number, its name (a string's index) and its version."""

    row: int
    name: int
    version: int


class NodeEntry(weakref.ref[Node]):
    """A weak reference to a node, and what is known of it: its row, edges by slot, rows of outputs, its pass."""

    __slots__ = ("edges", "layer", "others", "output", "packed", "row", "saved", "site", "value")

    row: int
    layer: int
    edges: tuple[int, ...]
    output: int  # the newest row of output 0; most nodes have no other
    others: dict[int, int] | None
    value: int  # the handle of output 0's value
    saved: tuple[SavedRow, ...]  # what a pass can use and free; empty once it was freed
    site: Site  # where the user's code made it
    packed: dict[int, SavedRow] | None  # id of a `Packed` -> which of `saved` it is

    def add_output(self, number: int, row: int, value: int = NONE) -> None:
        """From now on output `number` is known as `row`; its value has that handle."""
        if number == 0:
            self.output, self.value = row, value
        else:
            self.others = {**(self.others or {}), number: row}

    def output_row(self, number: int) -> int:
        """The row of output `number`; `NONE` if there is none."""
        return self.output if number == 0 else (self.others or {}).get(number, NONE)


def node_entry(node: Node, row: int, layer: int, site: Site = NOWHERE) -> NodeEntry:
    """What is known of a new node; its edges and outputs follow."""
    entry = NodeEntry(node)
    entry.row = row
    entry.layer = layer
    entry.site = site
    entry.edges = ()
    entry.output = entry.value = NONE
    entry.others = None
    entry.saved = ()
    entry.packed = None
    return entry


def slot_name(node: Node, slot: int) -> str:
    """What the argument in a slot is called: "self", "other", "tensors[2]"."""
    inputs = node.row.inputs
    if node.row.joint:
        return f"{inputs[0]}[{slot}]"
    known = inputs if slot < len(inputs) else ("self", "other")  # CopySlices takes the written value besides
    return known[slot] if slot < len(known) else ""


def flags_of(tensor: Tensor) -> int:
    """What holds for a tensor now, as `NodeFlag`."""
    flags = 0
    if tensor._fn is None and (tensor._meta is None or not tensor._meta.outdated):
        flags |= LEAF
    if tensor._requires_grad:
        flags |= REQUIRES_GRAD
    if tensor._meta is not None:
        if tensor._meta.retains_grad:
            flags |= RETAINS_GRAD
        if tensor._meta.base is not None:
            flags |= VIEW
    if type(tensor).__name__ == "Parameter":
        flags |= PARAMETER
    return flags
