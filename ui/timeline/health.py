"""How a walk came out: whether it failed, carries NaN or Inf, or nothing but zeros. Knows no Qt."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, NodeKind, Status

from ..stepping import PassSteps, Steps, nonfinite_positions

STOPPED = {
    Status.ERROR: "stopped by an error",
    Status.INTERRUPTED: "interrupted",
    Status.DIED: "the kernel ended under it",
    Status.RUNNING: "still running",
}


ZERO_TEXT = "every gradient it ends with is zero"

Ints = NDArray[np.int64]


class Mark(Enum):
    """The mark of a walk, from good to bad."""

    OK = "ok"
    ZERO = "all zero"
    NONFINITE = "not finite"
    FAILED = "failed"


class Health(NamedTuple):
    """A mark, what is wrong in a few words ("" where nothing is), and the first position with NaN or Inf, or NONE."""

    mark: Mark
    text: str
    first_nonfinite: int = NONE


def health_of(steps: Steps) -> Health:
    """The worst that can be said of a walk; where it is not finite is said of failed ones too."""
    broken = nonfinite_positions(steps)
    first = int(broken[0]) if len(broken) else NONE
    status = _status(steps)
    if status in STOPPED:
        return Health(Mark.FAILED, STOPPED[status], first)
    if first != NONE:
        where = ("the seed" if isinstance(steps, PassSteps) else "the beginning") if first == 0 else f"step {first:,}"
        return Health(Mark.NONFINITE, f"NaN or Inf from {where} on", first)
    if isinstance(steps, PassSteps) and _all_zero(steps):
        return Health(Mark.ZERO, ZERO_TEXT)
    return Health(Mark.OK, "")


def _status(steps: Steps) -> Status:
    if isinstance(steps, PassSteps):
        return Status(int(steps.trace.passes.status[steps.pass_id]))
    return Status.ERROR if steps.failed_at != NONE else Status.OK


def _all_zero(steps: PassSteps) -> bool:
    """Whether what comes to the leaves, or is caught for the caller, has no element but zeros."""
    trace, flows = steps.trace, steps.trace.flows
    rows = steps.flow_rows
    target = flows.target[rows]
    last = (trace.nodes.kind[target] == NodeKind.ACCUMULATE) | (steps.ran_at[target] > steps.count)
    handles = flows.value[rows][last]
    handles = handles[handles != NONE]
    arrays = trace.arrays
    quiet = (arrays.norm[handles] == 0) & (arrays.nans[handles] == 0) & (arrays.infs[handles] == 0)
    return bool(len(handles)) and bool(np.all(quiet))


def arrays_dropped(steps: PassSteps) -> bool:
    """Whether the byte budget has made the recorder give up some of the pass's arrays."""
    trace = steps.trace
    if not len(trace.drops):
        return False
    rows = np.flatnonzero(trace.steps.pass_ == steps.pass_id)
    handles = [trace.flows.value[steps.flow_rows]]
    handles += [getattr(trace.steps, name)[rows] for name in ("arrived", "used", "before", "added", "after")]
    return bool(np.isin(np.unique(np.concatenate(handles)), trace.drops.array).any())
