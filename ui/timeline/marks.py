"""What the slider writes and marks: names of steps, accumulations, NaN and Inf, titles of passes. Knows no Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, NodeKind, PassKind, Status, Trace

from ..describe import place, short_op
from ..naming import Names
from ..stepping import PassSteps
from ..values import duration

Ints = NDArray[np.int64]

_HEALTH = {
    Status.ERROR: "stopped by an error",
    Status.INTERRUPTED: "interrupted",
    Status.DIED: "the kernel ended under it",
}


class StepMarks:
    """The marks of one pass. Positions run from 0 (the seed) to `count`.

    accumulations  positions at which a `.grad` is written
    repeated       those that add to an earlier value
    nonfinite      positions at which a gradient with NaN or Inf is sent or written
    """

    def __init__(self, trace: Trace, steps: PassSteps, names: Names) -> None:
        self._trace, self._steps, self._names = trace, steps, names
        self.count = steps.count
        rows = np.flatnonzero(trace.steps.pass_ == steps.pass_id)
        written = trace.nodes.kind[steps.node_at] == NodeKind.ACCUMULATE
        self.accumulations: Ints = np.flatnonzero(written) + 1
        self.repeated: Ints = np.flatnonzero(written & (trace.steps.before[rows] != NONE)) + 1
        self.nonfinite = nonfinite_positions(trace, steps.pass_id)

    def label(self, position: int) -> str:
        """`seed`, `Mean`, `x.grad`."""
        if position == 0:
            return "seed"
        node = self._steps.node(position)
        if int(self._trace.nodes.kind[node]) == NodeKind.ACCUMULATE:
            owner = int(self._trace.nodes.owner[node])
            return f"{self._names.name(owner)}.grad" if owner != NONE else ".grad"
        return short_op(self._names.name(node))

    def description(self, position: int) -> str:
        """One line on a step, for its tool tip."""
        if position == 0:
            return "Seed: the gradient that the pass starts from"
        node = self._trace.node(self._steps.node(position))
        parts = [f"Step {position} of {self.count}: {node.op}"]
        if node.label:
            parts.append(node.label)
        if position in self.accumulations:
            parts.append(f"writes {self.label(position)}")
        if position in self.repeated:
            parts.append("adds to an earlier value")
        if position in self.nonfinite:
            parts.append("a gradient with NaN or Inf")
        return " · ".join(parts)


def nonfinite_positions(trace: Trace, pass_id: int) -> Ints:
    """Positions at which the pass sends or writes a gradient with NaN or Inf, in order."""
    flows = np.flatnonzero(trace.flows.pass_ == pass_id)
    sent = trace.flows.step[flows][_broken(trace, trace.flows.value[flows])]
    steps = np.flatnonzero(trace.steps.pass_ == pass_id)
    written = trace.steps.index[steps][_broken(trace, trace.steps.after[steps])]
    return np.unique(np.concatenate([sent, written])).astype(np.int64)


def _broken(trace: Trace, handles: Ints) -> NDArray[np.bool_]:
    if not len(trace.arrays):
        return np.zeros(len(handles), bool)
    bad = (trace.arrays.nans > 0) | (trace.arrays.infs > 0)
    return np.asarray(bad[handles] & (handles != NONE))


def finished_passes(trace: Trace) -> list[int]:
    """The passes that can be stepped, oldest first."""
    return [int(i) for i in np.flatnonzero(trace.passes.status != Status.RUNNING)]


def pass_title(trace: Trace, pass_id: int) -> str:
    """`Pass 1   out.backward()   cell 7, line 5`."""
    row = trace.row("passes", pass_id)
    call = row["title"] or ("backward()" if row["kind"] == PassKind.BACKWARD else "autograd.grad()")
    nested = "↳ " if row["parent"] != NONE else ""
    where = place(trace, row["source"], row["line"])
    return "   ".join(part for part in (f"{nested}Pass {pass_id + 1}", " ".join(call.split()), where) if part)


def pass_size(trace: Trace, pass_id: int) -> str:
    """`5 steps · 0.4 ms`."""
    row = trace.row("passes", pass_id)
    count = row["steps"]
    words = f"{count:,} step" + ("" if count == 1 else "s")
    return f"{words} · {duration(row['seconds'])}" if row["seconds"] > 0 else words


def pass_health(trace: Trace, pass_id: int) -> str:
    """What is wrong with a pass in a word or two; empty when nothing is."""
    status = Status(int(trace.passes.status[pass_id]))
    if status in _HEALTH:
        return _HEALTH[status]
    broken = nonfinite_positions(trace, pass_id)
    if len(broken) == 0:
        return ""
    return "NaN or Inf from the seed on" if broken[0] == 0 else f"NaN or Inf from step {broken[0]} on"


def label_positions(count: int, current: int, spacing: float, widest: float) -> tuple[int, list[int]]:
    """Which positions of 0..count get a label when neighbours are `spacing` pixels apart.

    Returns the stride and the positions besides `current`; those that the current one's label would touch are left
    out. `widest` is the width of a label in pixels, its gap included.
    """
    stride = 1
    for stride in _nice_strides():
        if stride * spacing >= widest:
            break
    chosen = list(range(0, count + 1, stride))
    if chosen[-1] != count:
        if (count - chosen[-1]) * spacing < widest and len(chosen) > 1:
            chosen.pop()
        chosen.append(count)
    return stride, [k for k in chosen if k != current and abs(k - current) * spacing >= widest]


def _nice_strides() -> list[int]:
    return [factor * 10**power for power in range(9) for factor in (1, 2, 5)]
