"""What a step sends over each slot: the rule, the array, and what became of its shape. From the trace; knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.trace import NONE, EdgeKind, NodeFlag, Trace

from ..describe import link, tensor_of
from ..naming import Names
from ..stepping import PassSteps
from .broadcast import undone
from .hooks import Hook
from .operands import formula, input_at

MOST_SLOTS = 5  # of a node with thousands of operands
TRACKED = int(NodeFlag.REQUIRES_GRAD)


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
    made: int = NONE  # what the node made, where a hook changed it before it was sent


def sent_over(trace: Trace, steps: PassSteps, position: int) -> tuple[list[tuple[int, int]], int]:
    """(edge, array) of what the step sends first, and how many more; of a step that failed what it would have sent."""
    flows = trace.flows
    rows = np.flatnonzero((flows.pass_ == steps.pass_id) & (flows.step == position) & (flows.edge != NONE))
    if len(rows) or position != steps.failed_at:
        shown = rows[:MOST_SLOTS]
        return list(zip(flows.edge[shown].tolist(), flows.value[shown].tolist(), strict=True)), len(rows) - len(shown)
    edges, node = trace.edges, steps.node(position)
    into = np.flatnonzero((edges.dst == node) & ((edges.kind == EdgeKind.INPUT) | (edges.kind == EdgeKind.ACCUMULATE)))
    into = into[edges.slot[into] < MOST_SLOTS]
    tracked = [e for e in into.tolist() if trace.nodes.flags[tensor_of(trace, int(edges.src[e]))] & TRACKED]
    by_slot = {int(edges.slot[e]): e for e in tracked}  # the way of the gradient is the last edge of a slot
    return [(edge, NONE) for edge in by_slot.values()], 0


def slots_over(trace: Trace, sent: list[tuple[int, int]], hooks: tuple[Hook, ...], names: Names) -> tuple[Slot, ...]:
    """The gradients that are `sent`, as (edge, array), by slot."""
    found = []
    for edge, handle in sent:
        over = link(trace, edge)
        tensor = tensor_of(trace, over.src)
        # The way to an AccumulateGrad carries no name; the operand's own edge into the slot does.
        operand = None if over.name else input_at(trace, over.dst, over.slot)
        name = over.name or (operand.name if operand is not None else "")
        rule = formula(trace, over.dst, over.slot, name)
        changed = (hook.before for hook in hooks if hook.post and hook.changed and hook.slot == over.slot)
        title, how = names.name(tensor), undone(trace, over, tensor, rule)
        found.append(Slot(over.slot, name, title, tensor, rule, handle, how, next(changed, NONE)))
    return tuple(sorted(found, key=lambda slot: slot.slot))
