"""Where NaN and Inf come from in a walk, and which way they go. Knows no Qt."""

from __future__ import annotations

import numpy as np

from engine.trace import NONE, EdgeKind, NodeKind

from .pass_steps import PassSteps
from .states import Bools, Ints
from .steps import Steps


def nonfinite_positions(steps: Steps) -> Ints:
    """Positions at which something with NaN or Inf is sent or written, ascending; 0 is the seed."""
    found = [steps.sent_at[np.isinf(steps.edge_norms())]]
    if isinstance(steps, PassSteps):
        trace = steps.trace
        rows = steps.flow_rows  # a contribution need not have an edge that is drawn, and `.grad` may overflow
        found.append(trace.flows.step[rows][_broken(steps, trace.flows.value[rows])])
        written = np.flatnonzero(trace.steps.pass_ == steps.pass_id)
        found.append(trace.steps.index[written][_broken(steps, trace.steps.after[written])])
    positions = np.unique(np.concatenate(found)).astype(np.int64)
    return positions[positions <= steps.count]


def nonfinite_path(steps: Steps, position: int) -> list[int]:
    """The nodes of the trace over which NaN and Inf travel from `position` on, up to the parameters."""
    broken = np.isinf(steps.edge_norms()) & (steps.sent_at >= position) & (steps.sent_at <= steps.count)
    ends = [steps.edge_src[broken], steps.edge_dst[broken]]
    reached = np.unique(np.concatenate(ends)).astype(np.int64)
    grads = np.flatnonzero(steps.edge_kind == EdgeKind.GRAD)
    written = steps.edge_src[grads[np.isin(steps.edge_dst[grads], reached)]]
    nodes = steps.trace.nodes
    owners = nodes.owner[reached[nodes.kind[reached] == NodeKind.ACCUMULATE]]
    found = [*reached.tolist(), *written.tolist(), *owners.tolist(), steps.node(position)]
    return [node for node in dict.fromkeys(found) if node != NONE]


def _broken(steps: Steps, handles: Ints) -> Bools:
    arrays = steps.trace.arrays
    if not len(arrays):
        return np.zeros(len(handles), np.bool_)
    bad = (arrays.nans > 0) | (arrays.infs > 0)
    return np.asarray(bad[handles] & (handles != NONE), np.bool_)
