"""What is certain about a pass and worth a look: a sentence each, with the node and step to go to. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.trace import NONE, NodeKind, Trace

from ..describe import accumulator, tensor_of
from ..naming import Names
from ..stepping import PassSteps, producer
from ..values import is_uniform, number

MOST = 3  # cards at a time
TIMES = {2: "twice", 3: "three times", 4: "four times"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence; a click selects `node` and moves to `position`."""

    text: str
    node: int
    position: int
    serious: bool = False


def findings(trace: Trace, steps: PassSteps | None, position: int, node: int, names: Names) -> list[Finding]:
    """What holds at `position`, the gravest first: of the whole pass, and of the node that is inspected."""
    if steps is None:
        return []
    found = [
        *first_nonfinite(trace, steps, names),
        *arrives_more_than_once(trace, steps, position, node, names),
        *accumulated(trace, steps, node, names),
    ]
    return found[:MOST]


def first_nonfinite(trace: Trace, steps: PassSteps, names: Names) -> list[Finding]:
    """Where the first gradient with NaN or Inf was born."""
    flows = np.flatnonzero(trace.flows.pass_ == steps.pass_id)
    values = trace.flows.value[flows]
    if not len(flows) or not len(trace.arrays):
        return []
    broken = (values != NONE) & ((trace.arrays.nans[values] > 0) | (trace.arrays.infs[values] > 0))
    bad = flows[broken]
    if not len(bad):
        return []
    first = bad[np.argmin(trace.flows.step[bad])]
    array = trace.array(int(trace.flows.value[first]))
    what = " and ".join(word for word, count in (("NaN", array.nans), ("Inf", array.infs)) if count)
    step = int(trace.flows.step[first])
    if step == 0:
        return [Finding(f"The seed gradient itself has {what}.", int(trace.flows.target[first]), 0, serious=True)]
    node = steps.node(step)
    text = f"The gradient has {what} here first: {names.with_output(node)}, step {step}."
    return [Finding(text, node, step, serious=True)]


def arrives_more_than_once(trace: Trace, steps: PassSteps, position: int, node: int, names: Names) -> list[Finding]:
    """That several gradients are added up at the inspected tensor, with their numbers."""
    tensor = tensor_of(trace, node)
    function = _receiver(trace, tensor) if tensor != NONE else NONE
    if function == NONE:
        return []
    arrivals = steps.arrivals(function)
    if len(arrivals) < 2 or arrivals[-1][0] > position:
        return []
    label = trace.node(steps.node(arrivals[-1][0])).label if arrivals[-1][0] else ""
    where = f"{names.name(tensor)} ({label})" if label and len(arrivals) == 2 else names.name(tensor)
    count = TIMES.get(len(arrivals), f"{len(arrivals)} times")
    return [Finding(f"Gradient arrives {count} at {where}{_numbers(trace, arrivals)}.", tensor, arrivals[-1][0])]


def _numbers(trace: Trace, arrivals: list[tuple[int, int, int]]) -> str:
    arrays = [trace.array(handle) for _, _, handle in arrivals if handle != NONE]
    if len(arrays) != len(arrivals) or len(arrays) > 4 or not all(map(is_uniform, arrays)):
        return ""
    return ": " + " + ".join(number(array.min) for array in arrays)


def accumulated(trace: Trace, steps: PassSteps, node: int, names: Names) -> list[Finding]:
    """Leaves whose `.grad` held a value before; the inspected one first."""
    rows = np.flatnonzero((trace.steps.pass_ == steps.pass_id) & (trace.steps.before != NONE))
    if not len(rows):
        return []
    owners = trace.nodes.owner[trace.steps.node[rows]]
    mine = np.flatnonzero(owners == tensor_of(trace, node)) if node != NONE else np.zeros(0, np.int64)
    chosen = int(rows[mine[0]]) if len(mine) else int(rows[0])
    step = trace.row("steps", chosen)
    leaf = int(trace.nodes.owner[step["node"]])
    others = len(rows) - 1
    more = f" (and {others} more {'leaf' if others == 1 else 'leaves'})" if others else ""
    text = f"{names.name(leaf)}.grad accumulated over an earlier value{more}. Forgot zero_grad()?"
    return [Finding(text, leaf, step["index"])]


def _receiver(trace: Trace, tensor: int) -> int:
    """The function at which the gradients of a tensor arrive."""
    if int(trace.nodes.kind[tensor]) != NodeKind.TENSOR:
        return NONE
    made_by = producer(trace, tensor)
    return made_by if made_by != NONE else accumulator(trace, tensor)
