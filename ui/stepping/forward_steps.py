"""The state of a cell's forward pass at any place: its operations in the order they ran. Knows no Qt.

Step k runs an operation: what it consumes arrives over INPUT edges, and each of its results is a contribution that
leaves over an OUTPUT edge and appears. Position 0 is the moment before the first operation.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from engine.trace import NONE, EdgeKind, EventKind, NodeFlag, NodeKind, Trace

from .columns import finite_range, line_starts, norms_of, sizes
from .moments import Moments, starts_of
from .place import Place, Walk, WalkKind, as_place
from .states import NEVER, Floats, Ints, NodeState, States
from .steps import Arrival, Departure


def operations(trace: Trace, cell: int) -> Ints:
    """The operations recorded in a cell, in order. What a backward pass computed again for itself is none of them."""
    mine = (trace.nodes.cell == cell) & (trace.nodes.kind == NodeKind.FUNCTION)
    again = trace.events.node[trace.events.kind == EventKind.RECOMPUTED]
    mine[again[again != NONE]] = False
    return np.flatnonzero(mine)


class ForwardSteps:
    """The operations of one cell, indexed for stepping; see `Steps` for what the columns mean."""

    forward = True

    def __init__(self, trace: Trace, cell: int) -> None:
        self.trace, self.cell = trace, cell
        self.walk = Walk(WalkKind.FORWARD, cell)
        self._sizes = sizes(trace)
        # As long as the trace is now: pictures keep asking this index while the trace grows.
        self.edge_kind, self.edge_src, self.edge_dst = trace.edges.kind, trace.edges.src, trace.edges.dst
        self.node_at: Ints = operations(trace, cell)
        self.count = len(self.node_at)
        self.arrived_at: Ints = np.full(self.count, NONE, np.int64)
        failed = np.flatnonzero(trace.nodes.flags[self.node_at] & NodeFlag.FAILED)
        self.failed_at = int(failed[-1]) + 1 if len(failed) else NONE
        self.ran_at = np.full(len(trace.nodes), NEVER, np.int64)
        self.ran_at[self.node_at] = np.arange(1, self.count + 1)
        self._index_edges()

    @property
    def failed_text(self) -> str:
        """What is said of the step `failed_at`: an interrupt ends a cell between two operations."""
        return "failed here"

    def is_stale(self, trace: Trace) -> bool:
        """Whether `trace` has grown by anything this index covers."""
        return trace is not self.trace or sizes(trace) != self._sizes

    def _index_edges(self) -> None:
        trace, edges, nodes = self.trace, len(self.trace.edges), len(self.trace.nodes)
        self.sent_at, self.used_at, self.edge_value, sent, used = (np.full(edges, NEVER, np.int64) for _ in range(5))
        self.edge_value[:] = NONE
        outputs = self._edges_of(EdgeKind.OUTPUT, self.edge_src)
        inputs = self._edges_of(EdgeKind.INPUT, self.edge_dst)
        self._outputs, self._inputs = outputs, inputs
        maker, user = self.ran_at[self.edge_src[outputs]], self.ran_at[self.edge_dst[inputs]]
        self._output_starts: Ints = np.searchsorted(maker, np.arange(self.count + 2))
        starts = starts_of(np.diff(self._output_starts))
        runs, ready, made, made_at = (np.full(nodes, NEVER, np.int64) for _ in range(4))
        runs[self.node_at] = starts[1:-1]
        appears = starts[maker] + 1 + np.arange(len(outputs)) - self._output_starts[maker]
        results, operands = self.edge_dst[outputs], self.edge_src[inputs]
        made[operands], made_at[operands] = 0, 0  # what was there before the cell began ...
        made[results], made_at[results] = appears, maker  # ... and what it makes
        self.sent_at[outputs] = self.used_at[outputs] = maker
        sent[outputs], used[outputs] = appears, starts[maker]
        self.sent_at[inputs], self.used_at[inputs] = made_at[operands], user
        sent[inputs], used[inputs] = made[operands], starts[user]
        values = trace.nodes.value.astype(np.int64)
        self.edge_value[outputs], self.edge_value[inputs] = values[results], values[operands]
        ready[self.node_at] = 0
        np.maximum.at(ready, self.edge_dst[inputs], made[operands])
        own = np.zeros(edges, np.bool_)
        own[outputs] = True
        self._made, self._input_moment = made, made[operands]
        self._moments = Moments(starts, runs, ready, sent, used, own, own)

    def _edges_of(self, kind: EdgeKind, end: Ints) -> Ints:
        """The edges of a kind at the walk's operations, in the order of these."""
        mine = np.flatnonzero(self.edge_kind == kind)
        mine = mine[self.ran_at[end[mine]] < NEVER]
        return mine[np.argsort(self.ran_at[end[mine]], kind="stable")]

    @cached_property
    def _line_starts(self) -> Ints:
        return line_starts(self.trace, self.node_at)

    # -- state at a place ----------------------------------------------------------------------------------------

    def contributions(self, step: int) -> int:
        """How many results an operation has."""
        return self._moments.contributions(step)

    def line_run(self, step: int) -> tuple[int, int]:
        """First and last of the neighbouring steps of the line of source that `step` belongs to."""
        first = int(self._line_starts[step - 1])
        return first, int(np.searchsorted(self._line_starts, first, side="right"))

    def node_states(self, at: Place | int) -> States:
        """`NodeState` of every node of the trace: a tensor waits until it is made."""
        place = as_place(at)
        states = self._moments.node_states(place)
        _, _, end = self._moments.span(place)
        states[self._made < NEVER] = NodeState.WAITING
        states[self._made <= end] = NodeState.DONE
        return states

    def edge_states(self, at: Place | int) -> States:
        """`EdgeState` of every edge of the trace."""
        return self._moments.edge_states(as_place(at))

    def waits_for(self, at: Place | int) -> Ints:
        """How many operands of each operation are not made yet."""
        _, _, end = self._moments.span(as_place(at))
        late = self.edge_dst[self._inputs[self._input_moment > end]]
        return np.asarray(np.bincount(late, minlength=len(self.ran_at)), np.int64)

    def queue(self, at: Place | int) -> Ints:
        """The operations whose operands are there, in the order in which the program runs them."""
        place = as_place(at)
        _, _, end = self._moments.span(place)
        later = self.node_at[place.last :]
        return later[self._moments.ready[later] <= end]

    def node(self, position: int) -> int:
        """The operation that runs at `position`, or NONE before the first."""
        return int(self.node_at[position - 1]) if 1 <= position <= self.count else NONE

    def step(self, position: int) -> dict[str, Any]:
        """As of a pass: no gradient arrives at an operation."""
        handles = dict.fromkeys(("arrived", "used", "before", "added", "after"), NONE)
        return {"pass_": NONE, "index": position, "node": self.node(position), **handles}

    def arrivals(self, node: int) -> list[Arrival]:
        """(step that made it, edge, array handle) of every operand of `node`, in the order of its slots."""
        step = int(self.ran_at[node])
        rows = self._inputs[slice(*np.searchsorted(self.used_at[self._inputs], [step, step + 1]))]
        return [(int(self.sent_at[e]), int(e), int(self.edge_value[e])) for e in rows] if step < NEVER else []

    def departures(self, position: int) -> list[Departure]:
        """(edge, tensor, array handle) of every result of step `position`."""
        rows = self._outputs[self._output_starts[position] : self._output_starts[position + 1]]
        return [(int(e), int(self.edge_dst[e]), int(self.edge_value[e])) for e in rows]

    # -- magnitudes ----------------------------------------------------------------------------------------------

    def edge_norms(self) -> Floats:
        """Euclidean norm of the tensor on each edge; NaN where none travels. Non-finite ones give inf."""
        return norms_of(self.trace, self.edge_value)

    def magnitude_range(self) -> tuple[float, float]:
        """Smallest and largest finite, non-zero norm of the whole forward pass: the ramp is locked to it."""
        return finite_range(self.edge_norms())
