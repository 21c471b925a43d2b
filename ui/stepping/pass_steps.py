"""The state of a backward pass at any place, read from the trace's columns without replaying. Knows no Qt.

Position 0 is the seed; at position k the node of step k is "now". Every question is a comparison with columns of
moments (`moments.py`), or a slice of rows sorted once.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from engine.trace import NONE, EdgeKind, NodeFlag, NodeKind, Status, Trace

from .columns import finite_range, line_starts, norms_of, sizes
from .moments import Moments, starts_of
from .place import Place, Walk, WalkKind, as_place
from .states import NEVER, Floats, Ints, NodeState, States
from .steps import Arrival, Departure


class PassSteps:
    """One pass of a trace, indexed for stepping; see `Steps` for what the columns mean.

    A node whose rule raised is the last step, although it was never finished: `failed_at` names it.
    """

    forward = False

    def __init__(self, trace: Trace, pass_id: int) -> None:
        self.trace, self.pass_id = trace, pass_id
        self.walk = Walk(WalkKind.PASS, pass_id)
        self._sizes, self._status = sizes(trace), int(trace.passes.status[pass_id])
        # As long as the trace is now: pictures keep asking this index while the trace grows.
        self.edge_kind, self.edge_src, self.edge_dst = trace.edges.kind, trace.edges.src, trace.edges.dst
        self._step_rows = np.flatnonzero(trace.steps.pass_ == pass_id)
        self.node_at: Ints = trace.steps.node[self._step_rows].astype(np.int64)
        self.arrived_at: Ints = trace.steps.arrived[self._step_rows].astype(np.int64)
        self.failed_at = self._add_failed_step()
        self.count = len(self.node_at)
        self.ran_at = np.full(len(trace.nodes), NEVER, np.int64)
        self.ran_at[self.node_at] = np.arange(1, self.count + 1)
        self._index_flows()
        self._index_edges()

    def _add_failed_step(self) -> int:
        """The recorder writes a step when it is finished: one that raised has no row."""
        trace, failed = self.trace, int(self.trace.passes.error_node[self.pass_id])
        if failed == NONE or int(trace.nodes.kind[failed]) not in (NodeKind.FUNCTION, NodeKind.ACCUMULATE):
            return NONE
        known = np.flatnonzero(self.node_at == failed)
        if len(known):
            return int(known[0]) + 1
        self.node_at = np.append(self.node_at, failed)
        self.arrived_at = np.append(self.arrived_at, NONE)
        return len(self.node_at)

    @property
    def failed_text(self) -> str:
        """What is said of the step `failed_at`: that it failed, or was interrupted."""
        return "interrupted here" if self._status == Status.INTERRUPTED else "failed here"

    def is_stale(self, trace: Trace) -> bool:
        """Whether `trace` has grown by anything this index covers, or the pass has ended, perhaps at a node."""
        return (
            trace is not self.trace
            or sizes(trace) != self._sizes
            or int(trace.passes.status[self.pass_id]) != self._status
        )

    # -- index ---------------------------------------------------------------------------------------------------

    def _index_flows(self) -> None:
        """Flows in the order of their moments; `_flow_starts[k]` is the first of step k."""
        flows = self.trace.flows
        rows = np.flatnonzero(flows.pass_ == self.pass_id)
        rows = rows[np.argsort(flows.step[rows], kind="stable")]
        self.flow_rows: Ints = rows
        self._flow_step: Ints = flows.step[rows].astype(np.int64)
        self._flow_target: Ints = flows.target[rows].astype(np.int64)
        self._flow_edge: Ints = flows.edge[rows].astype(np.int64)
        self._flow_value: Ints = flows.value[rows].astype(np.int64)
        self._flow_starts: Ints = np.searchsorted(self._flow_step, np.arange(self.count + 2))
        self._starts = starts_of(np.diff(self._flow_starts))
        within = np.arange(len(rows)) - self._flow_starts[self._flow_step]
        self._flow_moment: Ints = self._starts[self._flow_step] + 1 + within
        self._by_target: Ints = np.argsort(self._flow_target, kind="stable")
        self._targets_sorted: Ints = self._flow_target[self._by_target]
        targets = np.unique(self._flow_target)
        self._in_order: Ints = targets[np.argsort(self.ran_at[targets], kind="stable")]

    def _index_edges(self) -> None:
        """Contributions travel over INPUT and ACCUMULATE edges; their sum over the OUTPUT edge into the function.

                 sum                    contribution (slot 0)
        AddBackward0 ◄── OUTPUT ── y ◄── INPUT ── MulBackward0
        """
        trace, edges, nodes = self.trace, len(self.trace.edges), len(self.trace.nodes)
        self.sent_at, self.used_at = np.full(edges, NEVER, np.int64), np.full(edges, NEVER, np.int64)
        self.edge_value = np.full(edges, NONE, np.int64)
        sent, used = np.full(edges, NEVER, np.int64), np.full(edges, NEVER, np.int64)
        runs, ready, ready_at = (np.full(nodes, NEVER, np.int64) for _ in range(3))
        runs[self.node_at] = self._starts[1:-1]
        # Written in the order of time, so that the last arrival stays.
        ready[self._flow_target], ready_at[self._flow_target] = self._flow_moment, self._flow_step
        rows = self._step_rows
        arrived, added = np.full(nodes, NONE, np.int64), np.full(nodes, NONE, np.int64)
        arrived[trace.steps.node[rows]] = trace.steps.arrived[rows]
        added[trace.steps.node[rows]] = trace.steps.added[rows]
        if self.failed_at == self.count and len(self.arrivals(self.node(self.count))) == 1:
            # The step that raised has no row: its one contribution is what arrived.
            arrived[self.node(self.count)] = self.arrivals(self.node(self.count))[0][2]
        differentiable = (trace.nodes.flags[trace.edges.dst] & NodeFlag.REQUIRES_GRAD) != 0  # indices are not
        output = np.flatnonzero((self.edge_kind == EdgeKind.OUTPUT) & differentiable)
        made_by = self.edge_src[output]
        self.sent_at[output], self.used_at[output] = ready_at[made_by], self.ran_at[made_by]
        sent[output], used[output] = ready[made_by], runs[made_by]
        self.edge_value[output] = arrived[made_by]
        grad = np.flatnonzero(self.edge_kind == EdgeKind.GRAD)
        writer = self.edge_dst[grad]
        self.sent_at[grad] = self.used_at[grad] = self.ran_at[writer]
        sent[grad] = used[grad] = runs[writer]
        self.edge_value[grad] = added[writer]
        drawn = np.flatnonzero((self._flow_edge != NONE) & (self._flow_step > 0))
        over, target = self._flow_edge[drawn], self._flow_target[drawn]
        self.sent_at[over], self.used_at[over] = self._flow_step[drawn], self.ran_at[target]
        sent[over], used[over] = self._flow_moment[drawn], runs[target]
        self.edge_value[over] = self._flow_value[drawn]
        is_grad = np.asarray(self.edge_kind == EdgeKind.GRAD)
        leaves = np.asarray(self.edge_kind != EdgeKind.OUTPUT)
        self._moments = Moments(self._starts, runs, ready, sent, used, leaves, is_grad)
        self._outputs, self._grads = output, grad

    @cached_property
    def _line_starts(self) -> Ints:
        return line_starts(self.trace, self.node_at)

    @cached_property
    def _catches(self) -> bool:
        """A pass that came to its end has nobody left to run: who has its gradient then only caught it."""
        return int(self.trace.passes.status[self.pass_id]) == Status.OK

    # -- state at a place ----------------------------------------------------------------------------------------

    def contributions(self, step: int) -> int:
        """How many gradients a step hands on."""
        return self._moments.contributions(step)

    def line_run(self, step: int) -> tuple[int, int]:
        """First and last of the neighbouring steps of the line of source that `step` belongs to."""
        first = int(self._line_starts[step - 1])
        return first, int(np.searchsorted(self._line_starts, first, side="right"))

    def node_states(self, at: Place | int) -> States:
        """`NodeState` of every node of the trace. Tensors follow the function that made them."""
        place = as_place(at)
        states = self._moments.node_states(place)
        if self._catches:
            states[(states == NodeState.READY) & (self.ran_at == NEVER)] = NodeState.DONE
        self._follow(states, place)
        return states

    def _follow(self, states: States, place: Place) -> None:
        """A tensor's gradient is complete when its function is ready, and `x.grad` is written by AccumulateGrad."""
        of_function = states[self.edge_src[self._outputs]]
        # A tensor never is "now": the glow belongs to the node that runs.
        states[self.edge_dst[self._outputs]] = np.where(of_function == NodeState.NOW, NodeState.DONE, of_function)
        written = self.ran_at[self.edge_dst[self._grads]]
        states[self.edge_src[self._grads]] = np.where(
            written <= place.last, NodeState.DONE, np.where(written < NEVER, NodeState.WAITING, NodeState.OUTSIDE)
        )

    def edge_states(self, at: Place | int) -> States:
        """`EdgeState` of every edge of the trace."""
        return self._moments.edge_states(as_place(at))

    def waits_for(self, at: Place | int) -> Ints:
        """How many gradients each node of the trace still waits for."""
        _, _, end = self._moments.span(as_place(at))
        late = self._flow_target[np.searchsorted(self._flow_moment, end, side="right") :]
        return np.asarray(np.bincount(late, minlength=len(self.ran_at)), np.int64)

    def queue(self, at: Place | int) -> Ints:
        """The ready nodes, next one first."""
        _, ran, end = self._moments.span(as_place(at))
        nodes, moments = self._in_order, self._moments
        ready = (moments.ready[nodes] <= end) & (moments.runs[nodes] > ran)
        if self._catches:
            ready &= self.ran_at[nodes] < NEVER
        return nodes[ready]

    def node(self, position: int) -> int:
        """The node that runs at `position`, or NONE at the seed."""
        return int(self.node_at[position - 1]) if 1 <= position <= self.count else NONE

    def step(self, position: int) -> dict[str, Any]:
        """The row of `trace.steps` for step `position` (1 to count); without arrays for the step that raised."""
        if position > len(self._step_rows):
            handles = dict.fromkeys(("arrived", "used", "before", "added", "after"), NONE)
            return {"pass_": self.pass_id, "index": position, "node": self.node(position), **handles}
        return dict(self.trace.row("steps", int(self._step_rows[position - 1])))

    def _flows(self, rows: Ints) -> zip[tuple[int, int, int, int]]:
        columns = (self._flow_step, self._flow_edge, self._flow_target, self._flow_value)
        return zip(*(column[rows].tolist() for column in columns), strict=True)

    def arrivals(self, node: int) -> list[Arrival]:
        """(step, edge, array handle) of every contribution that arrives at `node`, in the order of arrival."""
        first, end = np.searchsorted(self._targets_sorted, [node, node + 1])
        return [(step, edge, value) for step, edge, _, value in self._flows(self._by_target[first:end])]

    def arrival_count(self, node: int) -> int:
        """How many contributions come to `node` in the whole pass."""
        first, end = np.searchsorted(self._targets_sorted, [node, node + 1])
        return int(end - first)

    def contributions_to(self, node: int) -> list[tuple[int, int, int, int]]:
        """(slot, step, its place among the step's, array handle) of every contribution to `node`, as they arrive."""
        first, end = np.searchsorted(self._targets_sorted, [node, node + 1])
        rows = self._by_target[first:end]
        slots = self.trace.flows.target_slot[self.flow_rows[rows]].tolist()
        places = (rows - self._flow_starts[self._flow_step[rows]] + 1).tolist()
        return list(zip(slots, self._flow_step[rows].tolist(), places, self._flow_value[rows].tolist(), strict=True))

    def departures(self, position: int) -> list[Departure]:
        """(edge, target node, array handle) of every contribution that step `position` sends, in that order."""
        rows = np.arange(self._flow_starts[position], self._flow_starts[position + 1])
        return [(edge, target, value) for _, edge, target, value in self._flows(rows)]

    # -- magnitudes ----------------------------------------------------------------------------------------------

    def edge_norms(self) -> Floats:
        """Euclidean norm of the gradient on each edge; NaN where none travels. Non-finite gradients give inf."""
        return norms_of(self.trace, self.edge_value)

    def magnitude_range(self) -> tuple[float, float]:
        """Smallest and largest finite, non-zero gradient norm of the whole pass: the ramp is locked to it."""
        return finite_range(self.edge_norms())
