"""How walks came out, for a list of many: read from a trace's columns without indexing any of them. Knows no Qt.

It says what `health_of` says, but for the step at which NaN or Inf first appears, which only the index knows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.trace import NONE, NodeFlag, NodeKind, Status, Trace

from ..stepping import Walk, WalkKind, operations
from .health import STOPPED, ZERO_TEXT, Ints, Mark

_NONFINITE = "NaN or Inf"


@dataclass(frozen=True, slots=True)
class Glance:
    """What the list says of a walk: its number of steps, its mark and words, whether arrays of it are gone."""

    count: int
    mark: Mark
    text: str
    dropped: bool


def glance(trace: Trace, walk: Walk) -> Glance:
    """One walk, as far as the list needs it."""
    return _forward(trace, walk.id) if walk.kind is WalkKind.FORWARD else _pass(trace, walk.id)


def _forward(trace: Trace, cell: int) -> Glance:
    ran = operations(trace, cell)
    if (trace.nodes.flags[ran] & NodeFlag.FAILED).any():
        return Glance(len(ran), Mark.FAILED, STOPPED[Status.ERROR], False)
    made = trace.nodes.value[(trace.nodes.cell == cell) & (trace.nodes.kind == NodeKind.TENSOR)]
    if _broken(trace, made):
        return Glance(len(ran), Mark.NONFINITE, _NONFINITE, False)
    return Glance(len(ran), Mark.OK, "", False)


def _pass(trace: Trace, pass_id: int) -> Glance:
    flows, steps = np.flatnonzero(trace.flows.pass_ == pass_id), np.flatnonzero(trace.steps.pass_ == pass_id)
    carried, target = trace.flows.value[flows], trace.flows.target[flows]
    kept = [getattr(trace.steps, name)[steps] for name in ("arrived", "used", "before", "added", "after")]
    handles = np.concatenate([carried, *kept])
    dropped = bool(len(trace.drops)) and bool(np.isin(handles, trace.drops.array).any())
    failed = int(trace.passes.error_node[pass_id])
    count = len(steps) + (failed != NONE and not bool((trace.steps.node[steps] == failed).any()))
    status = Status(int(trace.passes.status[pass_id]))
    if status in STOPPED:
        return Glance(count, Mark.FAILED, STOPPED[status], dropped)
    if _broken(trace, np.concatenate([carried, kept[0], kept[3], kept[4]])):
        return Glance(count, Mark.NONFINITE, _NONFINITE, dropped)
    last = (trace.nodes.kind[target] == NodeKind.ACCUMULATE) | ~np.isin(target, trace.steps.node[steps])
    ends = carried[last & (carried != NONE)]
    if len(ends) and not trace.arrays.norm[ends].any():
        return Glance(count, Mark.ZERO, ZERO_TEXT, dropped)
    return Glance(count, Mark.OK, "", dropped)


def _broken(trace: Trace, handles: Ints) -> bool:
    known = handles[handles != NONE]
    return bool((trace.arrays.nans[known] > 0).any() or (trace.arrays.infs[known] > 0).any())
