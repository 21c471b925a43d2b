"""The state of a backward pass at any position, read from the trace's columns without replaying. Knows no Qt.

Position 0 is the seed; at position k the node of step k is "now". Every question is a comparison of k with arrays that
say at which step something happens, so that stepping back restores exactly what was.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, EdgeKind, NodeKind, Trace

NEVER = np.iinfo(np.int32).max

Ints = NDArray[np.int64]


class NodeState(IntEnum):
    """A node's part in the pass at a position."""

    OUTSIDE = 0  # no gradient comes here in this pass
    WAITING = 1  # some gradients have not arrived yet
    READY = 2  # all have arrived; in the engine's queue
    NOW = 3
    DONE = 4


class EdgeState(IntEnum):
    """An edge's part in the pass at a position."""

    OUTSIDE = 0
    PENDING = 1  # a gradient will travel here later
    WAITING = 2  # a gradient has travelled and waits at its end
    ARRIVING = 3  # its gradient is what "now" consumes
    LEAVING = 4  # "now" has just sent its gradient here
    DONE = 5


class PassSteps:
    """One pass of a trace, indexed for stepping.

    count      executed nodes, N
    node_at    node of step k at index k - 1
    ran_at     step at which each node of the trace runs (NEVER: not in this pass)
    sent_at    step that sends a gradient over each edge (NEVER; 0 = the seed)
    used_at    step that consumes what an edge carried
    edge_value array handle of the gradient that an edge carries (NONE)
    """

    def __init__(self, trace: Trace, pass_id: int) -> None:
        self.trace, self.pass_id = trace, pass_id
        self._sizes = _sizes(trace)
        # As long as the trace is now: pictures keep asking this index while the trace grows.
        self.edge_kind, self.edge_src, self.edge_dst = trace.edges.kind, trace.edges.src, trace.edges.dst
        self._step_rows = np.flatnonzero(trace.steps.pass_ == pass_id)
        self._flow_rows = np.flatnonzero(trace.flows.pass_ == pass_id)
        self.count = len(self._step_rows)
        self.node_at: Ints = trace.steps.node[self._step_rows].astype(np.int64)
        self.ran_at = np.full(len(trace.nodes), NEVER, np.int64)
        self.ran_at[self.node_at] = np.arange(1, self.count + 1)
        self._flow_target: Ints = trace.flows.target[self._flow_rows].astype(np.int64)
        self._flow_step: Ints = trace.flows.step[self._flow_rows].astype(np.int64)
        self._flow_edge: Ints = trace.flows.edge[self._flow_rows].astype(np.int64)
        self._flow_value: Ints = trace.flows.value[self._flow_rows].astype(np.int64)
        self._targets: Ints = np.unique(self._flow_target)
        self._ready_at = self._last_arrivals()
        self._index_edges()

    def is_stale(self, trace: Trace) -> bool:
        """Whether `trace` has grown by anything this index covers."""
        return trace is not self.trace or _sizes(trace) != self._sizes

    def _last_arrivals(self) -> Ints:
        ready = np.full(len(self.trace.nodes), NEVER, np.int64)
        ready[self._targets] = 0
        np.maximum.at(ready, self._flow_target, self._flow_step)
        return ready

    def _index_edges(self) -> None:
        """Contributions travel over INPUT and ACCUMULATE edges; their sum over the OUTPUT edge into the function.

                 sum                    contribution (slot 0)
        AddBackward0 ◄── OUTPUT ── y ◄── INPUT ── MulBackward0
        """
        trace, edges = self.trace, self.trace.edges
        self.sent_at = np.full(len(edges), NEVER, np.int64)
        self.used_at = np.full(len(edges), NEVER, np.int64)
        self.edge_value = np.full(len(edges), NONE, np.int64)
        output = edges.kind == EdgeKind.OUTPUT
        made = edges.src[output]
        self.sent_at[output] = self._ready_at[made]
        self.used_at[output] = self.ran_at[made]
        arrived = np.full(len(trace.nodes), NONE, np.int64)
        arrived[self.node_at] = trace.steps.arrived[self._step_rows]
        self.edge_value[output] = arrived[made]
        grad = edges.kind == EdgeKind.GRAD
        accumulated = np.full(len(trace.nodes), NONE, np.int64)
        accumulated[self.node_at] = trace.steps.added[self._step_rows]
        self.sent_at[grad] = self.used_at[grad] = self.ran_at[edges.dst[grad]]
        self.edge_value[grad] = accumulated[edges.dst[grad]]
        drawn = (self._flow_edge != NONE) & (self._flow_step > 0)
        over = self._flow_edge[drawn]
        self.sent_at[over] = self._flow_step[drawn]
        self.used_at[over] = self.ran_at[self._flow_target[drawn]]
        self.edge_value[over] = self._flow_value[drawn]

    # -- state at a position -------------------------------------------------------------------------------------

    def node_states(self, position: int) -> NDArray[np.uint8]:
        """`NodeState` of every node of the trace at `position`. Tensors follow the function that made them."""
        ran, ready = self.ran_at, self._ready_at
        states = np.full(len(ran), NodeState.OUTSIDE, np.uint8)
        inside = ready < NEVER
        states[inside] = NodeState.WAITING
        states[(ready <= position) & (ran > position)] = NodeState.READY
        states[ran < position] = NodeState.DONE
        states[ran == position] = NodeState.NOW
        self._follow(states, position)
        return states

    def _follow(self, states: NDArray[np.uint8], position: int) -> None:
        """A tensor's gradient is complete when its function is ready, and `x.grad` is written by AccumulateGrad."""
        output = np.flatnonzero(self.edge_kind == EdgeKind.OUTPUT)
        of_function = states[self.edge_src[output]]
        # A tensor never is "now": the glow belongs to the node that runs.
        states[self.edge_dst[output]] = np.where(of_function == NodeState.NOW, NodeState.DONE, of_function)
        grad = np.flatnonzero(self.edge_kind == EdgeKind.GRAD)
        written = self.ran_at[self.edge_dst[grad]]
        states[self.edge_src[grad]] = np.where(
            written <= position, NodeState.DONE, np.where(written < NEVER, NodeState.WAITING, NodeState.OUTSIDE)
        )

    def edge_states(self, position: int) -> NDArray[np.uint8]:
        """`EdgeState` of every edge of the trace at `position`."""
        sent, used = self.sent_at, self.used_at
        states = np.full(len(sent), EdgeState.OUTSIDE, np.uint8)
        states[sent < NEVER] = EdgeState.PENDING
        contribution = self.edge_kind != EdgeKind.OUTPUT
        # An OUTPUT edge shows the whole sum, so it lights up only when its last part has arrived.
        states[(sent <= position) & (used > position)] = EdgeState.WAITING
        states[used < position] = EdgeState.DONE
        states[(used == position) & (sent < position)] = EdgeState.ARRIVING
        if position == 0:
            states[sent == 0] = EdgeState.ARRIVING
        else:
            states[contribution & (sent == position)] = EdgeState.LEAVING
        return states

    def waits_for(self, position: int) -> Ints:
        """How many gradients each node of the trace still waits for at `position`."""
        late = self._flow_target[self._flow_step > position]
        return np.asarray(np.bincount(late, minlength=len(self.ran_at)), np.int64)

    def queue(self, position: int) -> Ints:
        """The ready nodes at `position`, next one first."""
        functions = self._targets
        ready = functions[(self._ready_at[functions] <= position) & (self.ran_at[functions] > position)]
        return np.asarray(ready[np.argsort(self.ran_at[ready], kind="stable")], np.int64)

    def node(self, position: int) -> int:
        """The node that runs at `position`, or NONE at the seed."""
        return int(self.node_at[position - 1]) if 1 <= position <= self.count else NONE

    def step(self, position: int) -> dict[str, Any]:
        """The row of `trace.steps` for step `position` (1 to count)."""
        return dict(self.trace.row("steps", int(self._step_rows[position - 1])))

    def arrivals(self, node: int) -> list[tuple[int, int, int]]:
        """(step, edge, array handle) of every contribution that arrives at `node`, in the order of arrival."""
        rows = np.flatnonzero(self._flow_target == node)
        return [(int(self._flow_step[r]), int(self._flow_edge[r]), int(self._flow_value[r])) for r in rows]

    def departures(self, position: int) -> list[tuple[int, int, int]]:
        """(edge, target node, array handle) of every contribution that step `position` sends."""
        rows = np.flatnonzero(self._flow_step == position)
        return [(int(self._flow_edge[r]), int(self._flow_target[r]), int(self._flow_value[r])) for r in rows]

    def edge_norms(self) -> NDArray[np.float64]:
        """Euclidean norm of the gradient on each edge; NaN where none travels. Non-finite gradients give inf."""
        arrays = self.trace.arrays
        norms = np.full(len(self.edge_value), np.nan)
        carried = self.edge_value != NONE
        handles = self.edge_value[carried]
        broken = (arrays.nans[handles] > 0) | (arrays.infs[handles] > 0)
        norms[carried] = np.where(broken, np.inf, arrays.norm[handles])
        return norms

    def magnitude_range(self) -> tuple[float, float]:
        """Smallest and largest finite, non-zero gradient norm of the whole pass: the ramp is locked to it."""
        norms = self.edge_norms()
        norms = norms[np.isfinite(norms) & (norms > 0)]
        return (float(norms.min()), float(norms.max())) if len(norms) else (1.0, 1.0)


def producer(trace: Trace, node: int) -> int:
    """The function that made the tensor `node`, or NONE."""
    found = np.flatnonzero((trace.edges.dst == node) & (trace.edges.kind == EdgeKind.OUTPUT))
    return int(trace.edges.src[found[0]]) if len(found) else NONE


def is_function(trace: Trace, node: int) -> bool:
    """Whether the engine runs this node in a backward pass."""
    return int(trace.nodes.kind[node]) in (NodeKind.FUNCTION, NodeKind.ACCUMULATE)


def _sizes(trace: Trace) -> tuple[int, ...]:
    return tuple(len(trace.table(name)) for name in ("nodes", "edges", "steps", "flows", "arrays"))
