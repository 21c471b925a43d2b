"""What the names in a gradient rule stand for: inputs, results, saved values; and the rule's text. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.trace import NONE, EdgeKind, NodeKind, Trace

from ..describe import Link, link, outputs
from ..naming import Names

MOST_OPERANDS = 12  # of a `stack` of thousands the first ones


@dataclass(frozen=True, slots=True)
class Operand:
    """What a name in a formula stands for: an array by handle, or a number as text."""

    title: str
    handle: int = NONE
    text: str = ""
    shape: tuple[int, ...] = ()
    node: int = NONE


def first_inputs(trace: Trace, function: int, most: int = MOST_OPERANDS) -> list[Link]:
    """The first operands of a function, by slot."""
    found = np.flatnonzero((trace.edges.dst == function) & (trace.edges.kind == EdgeKind.INPUT))
    in_order = found[np.argsort(trace.edges.slot[found], kind="stable")]
    return [link(trace, int(edge)) for edge in in_order[:most]]


def input_count(trace: Trace, function: int) -> int:
    """How many operands a function has."""
    return int(np.count_nonzero((trace.edges.dst == function) & (trace.edges.kind == EdgeKind.INPUT)))


def input_at(trace: Trace, function: int, slot: int) -> Link | None:
    """The operand in a slot."""
    edges = trace.edges
    found = np.flatnonzero((edges.dst == function) & (edges.kind == EdgeKind.INPUT) & (edges.slot == slot))
    return link(trace, int(found[0])) if len(found) else None


def operands(trace: Trace, node: int, names: Names) -> dict[str, Operand]:
    """What the names of a rule stand for: the inputs by name, the result, and what was saved (which wins)."""
    found: dict[str, Operand] = {}
    for made in outputs(trace, node)[:1]:
        found["result"] = operand(trace, made.dst, names)
    for each in first_inputs(trace, node):
        found[each.name] = operand(trace, each.src, names)
    for row in np.flatnonzero(trace.saved.node == node)[: 4 * MOST_OPERANDS]:
        saved = trace.row("saved", int(row))
        tensor = saved["tensor"]
        if tensor == NONE:
            found[saved["name"]] = Operand(saved["text"] or saved["name"], saved["value"], saved["text"])
            continue
        known = operand(trace, tensor, names)
        handle = saved["value"] if saved["value"] != NONE else known.handle
        found[saved["name"]] = Operand(known.title, handle, known.text, known.shape, tensor)
    return found


def operand(trace: Trace, node: int, names: Names) -> Operand:
    """A tensor or constant, as a formula names it."""
    row = trace.node(node)
    text = row.label if row.kind is NodeKind.CONSTANT else ""
    return Operand(names.name(node), row.value, text, row.shape, node)


def formula(trace: Trace, node: int, slot: int, name: str) -> str:
    """The text of the rule for one slot; an op with a list of operands has one rule for all of them."""
    rows = formulas(trace, node)
    by_slot = [row for row in rows if trace.formulas.slot[row] == slot]
    by_name = [row for row in rows if trace.text(int(trace.formulas.input[row])) == name]
    chosen = by_slot or by_name or (rows if len(rows) == 1 else [])
    return trace.text(int(trace.formulas.text[chosen[0]])) if chosen else ""


def formulas(trace: Trace, node: int) -> list[int]:
    """Rows of the formulas of the op that made a function."""
    rule = trace.nodes.rule[node]
    return np.flatnonzero(trace.formulas.rule == rule).tolist() if rule else []
