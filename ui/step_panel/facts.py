"""What happened at one step, gathered from the trace: formulas, operands, arrivals, saved tensors. Knows no Qt.

Arrays appear as handles; their values, where they are wanted, are looked up by whoever shows them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.trace import NONE, EdgeKind, NodeKind, PassFlag, Trace

from ..describe import Link, inputs, link, outputs, place, tensor_of
from ..formula.fold import number_of
from ..formula.syntax import operands as arithmetic, parse
from ..naming import Names
from ..stepping import PassSteps
from ..values import shape
from .reasons import listing, next_in_queue, why_now


@dataclass(frozen=True, slots=True)
class Operand:
    """What a name in a formula stands for: an array by handle, or a number as text."""

    title: str
    handle: int = NONE
    text: str = ""
    shape: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """The gradient of one operand: its rule and what was sent."""

    slot: int
    name: str
    title: str
    tensor: int
    formula: str
    sent: int
    undone: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """What has arrived at one tensor up to this step: (step, array) in order, and their sum where it is recorded."""

    title: str
    tensor: int
    parts: tuple[tuple[int, int], ...]
    total: int
    missing: int


@dataclass(frozen=True, slots=True)
class Saved:
    """A tensor or number that the function kept for its backward; `aside`: a size or a switch, no operand."""

    name: str
    title: str
    version: int
    line: int
    freed: bool
    aside: bool


@dataclass(frozen=True, slots=True)
class Accumulation:
    """`before + added = after` of a leaf's `.grad`; `before` is NONE when there was none."""

    title: str
    before: int
    added: int
    after: int


@dataclass(frozen=True, slots=True)
class StepFacts:
    """One position of a pass. `node` is NONE at the seed."""

    position: int
    count: int
    node: int
    op: str = ""
    label: str = ""
    place: str = ""
    arrived: int = NONE
    used: int = NONE
    hooked: bool = False  # a hook changed the gradient: `used` is not `arrived`
    input_title: str = ""  # the first operand
    operands: dict[str, Operand] = field(default_factory=dict)
    slots: tuple[Slot, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    accumulation: Accumulation | None = None
    saved: tuple[Saved, ...] = ()
    why: str = ""
    next: str = ""
    seeds: tuple[Arrival, ...] = ()


def gather(trace: Trace, steps: PassSteps, position: int, names: Names) -> StepFacts:
    """The facts of `position` (0: the seed)."""
    if position == 0:
        seeds = tuple(_seeds(trace, steps, names))
        return StepFacts(
            0,
            steps.count,
            NONE,
            seeds=seeds,
            place=_pass_place(trace, steps.pass_id),
            why=f"The pass starts here, at {listing([seed.title for seed in seeds])}." if seeds else "",
            next=next_in_queue(trace, steps, 0, names),
        )
    node = steps.node(position)
    row, step = trace.node(node), steps.step(position)
    accumulation = None
    if row.kind is NodeKind.ACCUMULATE:
        title = f"{names.name(row.owner)}.grad"
        accumulation = Accumulation(title, step["before"], step["added"], step["after"])
    return StepFacts(
        position=position,
        count=steps.count,
        node=node,
        op=row.op,
        label=names.name(row.owner) if accumulation is not None and row.owner != NONE else row.label,
        place=place(trace, *_origin(trace, node)),
        arrived=step["arrived"],
        used=step["used"],
        hooked=not _same_array(trace, step["arrived"], step["used"]),
        input_title=next((names.name(item.src) for item in inputs(trace, node)), ""),
        operands=operands(trace, node, names),
        slots=tuple(_slots(trace, steps, position, names)),
        arrivals=tuple(_arrivals(trace, steps, position, names)),
        accumulation=accumulation,
        saved=tuple(_saved(trace, steps.pass_id, node, names)),
        why=why_now(trace, steps, position, names),
        next=next_in_queue(trace, steps, position, names),
    )


# -- formula ---------------------------------------------------------------------------------------------------------


def operands(trace: Trace, node: int, names: Names) -> dict[str, Operand]:
    """What the names of a rule stand for: the inputs by name, the result, and what was saved (which wins)."""
    found: dict[str, Operand] = {}
    for made in outputs(trace, node)[:1]:
        found["result"] = _operand(trace, made.dst, names)
    for operand in inputs(trace, node):
        found[operand.name] = _operand(trace, operand.src, names)
    for row in np.flatnonzero(trace.saved.node == node):
        saved = trace.row("saved", int(row))
        tensor = saved["tensor"]
        if tensor == NONE:
            found[saved["name"]] = Operand(saved["text"] or saved["name"], saved["value"], saved["text"])
            continue
        known = _operand(trace, tensor, names)
        handle = saved["value"] if saved["value"] != NONE else known.handle
        found[saved["name"]] = Operand(known.title, handle, known.text, known.shape)
    return found


def _operand(trace: Trace, node: int, names: Names) -> Operand:
    row = trace.node(node)
    text = row.label if row.kind is NodeKind.CONSTANT else ""
    return Operand(names.name(node), row.value, text, row.shape)


def formula(trace: Trace, node: int, slot: int, name: str) -> str:
    """The text of the rule for one slot; an op with a list of operands has one rule for all of them."""
    rows = _formulas(trace, node)
    by_slot = [row for row in rows if trace.formulas.slot[row] == slot]
    by_name = [row for row in rows if trace.text(int(trace.formulas.input[row])) == name]
    chosen = by_slot or by_name or (rows if len(rows) == 1 else [])
    return trace.text(int(trace.formulas.text[chosen[0]])) if chosen else ""


def _formulas(trace: Trace, node: int) -> list[int]:
    """Rows of the formulas of the op that made a function."""
    rule = trace.nodes.rule[node]
    return np.flatnonzero(trace.formulas.rule == rule).tolist() if rule else []


def _slots(trace: Trace, steps: PassSteps, position: int, names: Names) -> list[Slot]:
    found = []
    for edge, _, handle in steps.departures(position):
        if edge == NONE:
            continue
        over = link(trace, edge)
        tensor = tensor_of(trace, over.src)
        # The way to an AccumulateGrad carries no name; the operand's own edge into the slot does.
        name = over.name or next((item.name for item in inputs(trace, over.dst) if item.slot == over.slot), "")
        rule = formula(trace, over.dst, over.slot, name)
        undone = _undone(trace, over, tensor, rule)
        found.append(Slot(over.slot, name, names.name(tensor), tensor, rule, handle, undone))
    return sorted(found, key=lambda slot: slot.slot)


def _undone(trace: Trace, over: Link, tensor: int, rule: str) -> str:
    """In words, how the gradient got from the shape of the result to the shape of the operand; often nothing."""
    made = outputs(trace, over.dst)
    if not made or tensor == NONE:
        return ""
    result, operand = trace.node(made[0].dst).shape, trace.node(tensor).shape
    if ("expand(" in rule or "restore(" in rule) and result != operand:
        return f"spread: {shape(result)} → {shape(operand)}"
    shapes = [trace.node(item.src).shape for item in inputs(trace, over.dst)]
    if "@" in rule or "mm(" in rule or "matmul(" in rule or not _broadcast_to(shapes, result):
        return ""
    return undone_broadcast(result, operand)


def _broadcast_to(shapes: Sequence[tuple[int, ...]], result: tuple[int, ...]) -> bool:
    try:
        return len(shapes) > 1 and np.broadcast_shapes(*shapes) == result
    except ValueError:
        return False


def undone_broadcast(result: tuple[int, ...], operand: tuple[int, ...]) -> str:
    """`summed over dim 0: (64, 3) → (3,)`, or nothing when the shapes agree."""
    if result == operand or len(operand) > len(result):
        return ""
    padded = (1,) * (len(result) - len(operand)) + operand
    extra = len(result) - len(operand)
    dims = [i for i, (have, want) in enumerate(zip(result, padded, strict=True)) if i < extra or have != want]
    word = "dim" if len(dims) == 1 else "dims"
    return f"summed over {word} {', '.join(map(str, dims))}: {shape(result)} → {shape(operand)}"


# -- arrivals --------------------------------------------------------------------------------------------------------


def _arrivals(trace: Trace, steps: PassSteps, position: int, names: Names) -> list[Arrival]:
    """Where the step's gradients arrive, each place once, with everything that came there so far."""
    flows = trace.flows
    mine = np.flatnonzero((flows.pass_ == steps.pass_id) & (flows.step == position))
    found = []
    for target, slot in dict.fromkeys((int(flows.target[r]), int(flows.target_slot[r])) for r in mine):
        found.append(arrival(trace, steps, target, slot, position, names))
    return found


def arrival(trace: Trace, steps: PassSteps, target: int, slot: int, position: int, names: Names) -> Arrival:
    """What arrived at output `slot` of the function `target` up to `position`."""
    flows = trace.flows
    rows = np.flatnonzero((flows.pass_ == steps.pass_id) & (flows.target == target) & (flows.target_slot == slot))
    parts = tuple((int(flows.step[r]), int(flows.value[r])) for r in rows if flows.step[r] <= position)
    missing = len(rows) - len(parts)
    total = parts[0][1] if len(parts) == 1 else NONE
    ran = int(steps.ran_at[target])
    if missing == 0 and slot == 0 and 1 <= ran <= steps.count:
        total = steps.step(ran)["arrived"]
    tensor = output_tensor(trace, target, slot)
    return Arrival(names.name(tensor) if tensor != NONE else names.name(target), tensor, parts, total, missing)


def output_tensor(trace: Trace, function: int, slot: int) -> int:
    """The tensor whose gradient arrives at output `slot` of `function`; the leaf for `AccumulateGrad`."""
    if int(trace.nodes.kind[function]) == NodeKind.ACCUMULATE:
        return int(trace.nodes.owner[function])
    return next((made.dst for made in outputs(trace, function) if made.slot == slot), NONE)


def _seeds(trace: Trace, steps: PassSteps, names: Names) -> list[Arrival]:
    flows = trace.flows
    rows = np.flatnonzero((flows.pass_ == steps.pass_id) & (flows.step == 0))
    found = []
    for row in rows:
        edge, handle = int(flows.edge[row]), int(flows.value[row])
        root = NONE
        if edge != NONE and int(trace.edges.kind[edge]) == EdgeKind.OUTPUT:
            root = int(trace.edges.dst[edge])
        if root == NONE:
            root = output_tensor(trace, int(flows.target[row]), int(flows.target_slot[row]))
        title = names.name(root) if root != NONE else names.name(int(flows.target[row]))
        found.append(Arrival(title, root, ((0, handle),), handle, 0))
    return found


def _saved(trace: Trace, pass_id: int, node: int, names: Names) -> list[Saved]:
    kept = PassFlag(int(trace.passes.flags[pass_id])) & (PassFlag.RETAIN_GRAPH | PassFlag.CREATE_GRAPH)
    line = int(trace.nodes.line[node])
    found = []
    for row in np.flatnonzero(trace.saved.node == node):
        saved = trace.row("saved", int(row))
        tensor = saved["tensor"]
        title = names.name(tensor) if tensor != NONE else saved["text"]
        version = saved["version"] if tensor != NONE else NONE
        aside = tensor == NONE and saved["value"] == NONE and not _is_operand(trace, node, saved["name"], saved["text"])
        found.append(Saved(saved["name"], title, version, line, freed=not kept, aside=aside))
    return found


def _is_operand(trace: Trace, node: int, name: str, text: str) -> bool:
    """Whether a saved number takes part in the arithmetic: a factor, an exponent, but no dimension or size."""
    if number_of(text) is None or name.endswith("_sym_numel") or name in ("dim", "index", "dim0", "dim1", "dim2"):
        return False
    rules = [parse(trace.text(int(trace.formulas.text[row]))) for row in _formulas(trace, node)]
    return not rules or any(name in arithmetic(rule) for rule in rules if rule is not None)


def _same_array(trace: Trace, first: int, second: int) -> bool:
    """Whether two arrays are the same, or cannot be told apart by their statistics."""
    if first == second or NONE in (first, second):
        return True
    return trace.array(first)[1:] == trace.array(second)[1:]


def _origin(trace: Trace, node: int) -> tuple[int, int]:
    """Source and line that made a node; those of the leaf for its `AccumulateGrad`."""
    row = trace.node(node)
    if row.kind is NodeKind.ACCUMULATE and row.owner != NONE:
        row = trace.node(row.owner)
    return row.source, row.line


def _pass_place(trace: Trace, pass_id: int) -> str:
    row = trace.row("passes", pass_id)
    return place(trace, row["source"], row["line"])


def numel(shape: tuple[int, ...]) -> int:
    """Number of elements."""
    return math.prod(shape)
