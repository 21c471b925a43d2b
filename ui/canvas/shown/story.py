"""What a position of a backward pass looks like on a shown graph: states of boxes and edges, and what they say.

Read from `PassSteps`, never replayed, so that stepping back shows exactly what was. Knows no Qt and no colours; the
level of an edge is its place on the logarithmic ramp locked to the whole pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, EdgeKind, NodeKind

from ...naming import Bools, Ints
from ...stepping import NEVER, EdgeState, NodeState, PassSteps, Place, Steps, add_up, as_place, buffers
from ...values import short_of
from . import captions
from .shown_graph import GROUP, ShownGraph

LEVELS = 24  # steps of the ramp that can be told apart
BROKEN = LEVELS  # the level of a gradient that is NaN or infinite
SIGNED_LEVELS = 8  # steps of each half of the signed ramp: the levels after `BROKEN` are negative, then positive

MOST_SUMMED = 48  # contributions to one node that are added up for its box, which is painted again at every step

_WIDEST = 1.2345678e-10  # a norm that takes as many characters as any

States = NDArray[np.uint8]

_TRAVELLED = np.zeros(len(EdgeState), bool)
_TRAVELLED[[EdgeState.WAITING, EdgeState.ARRIVING, EdgeState.LEAVING, EdgeState.DONE]] = True


def ramp_levels(norms: NDArray[np.float64], smallest: float, largest: float) -> NDArray[np.uint8]:
    """`theme.ramp_position` of many norms at once, in `LEVELS` steps; `BROKEN` where a norm is infinite.

    NaN stands for no gradient at all, as in `PassSteps.edge_norms`.
    """
    levels = np.zeros(len(norms), np.uint8)
    broken = np.isinf(norms)
    positive = np.isfinite(norms) & (norms > 0)
    if largest > smallest:
        share = np.log(norms[positive] / smallest) / np.log(largest / smallest)
        levels[positive] = np.rint(np.clip(share, 0, 1) * (LEVELS - 1)).astype(np.uint8)
    else:
        levels[positive] = LEVELS - 1
    levels[broken] = BROKEN
    return levels


def merged_caption(norm: float) -> str:
    """What stands beside an edge that stands for several."""
    return f"max {captions.largest_caption(norm)}"


class PassOnGraph:
    """One pass on one shown graph: everything that does not depend on the position."""

    def __init__(self, steps: Steps, graph: ShownGraph) -> None:
        self.steps, self.graph = steps, graph
        self.range = steps.magnitude_range()
        self.level = ramp_levels(graph.over_edges(steps.edge_norms(), np.fmax), *self.range)
        failed = steps.node(steps.failed_at)
        self.failed_box = int(graph.box_of[failed]) if 0 <= failed < len(graph.box_of) else NONE
        self._said: dict[tuple[int, bool], str] = {}

    def at(self, at: Place | int) -> Story:
        """The walk at a place, or at a position (0 to the number of its steps)."""
        return Story(self, as_place(at))

    @cached_property
    def _sent(self) -> tuple[Ints, Ints]:
        """Functions that send gradients, sorted, and beside each the array it sends."""
        steps, kind = self.steps, self.steps.edge_kind
        rows = np.flatnonzero((kind != EdgeKind.OUTPUT) & (kind != EdgeKind.GRAD) & (steps.edge_value != NONE))
        order = np.argsort(steps.edge_dst[rows], kind="stable")
        return steps.edge_dst[rows][order].astype(np.int64), steps.edge_value[rows][order]

    @cached_property
    def signed_level(self) -> NDArray[np.uint8]:
        """(m,) `level`, but edges that carry one finite number have a signed level."""
        steps, graph = self.steps, self.graph
        alone = np.flatnonzero((graph.count == 1) & (steps.edge_value[graph.edge] != NONE) & (self.level != BROKEN))
        arrays, handles = steps.trace.arrays, steps.edge_value[graph.edge[alone]]
        shapes, where = np.unique(arrays.shape[handles], return_inverse=True)
        one = np.array([set(steps.trace.text(int(s)).split(",")) <= {"", "1"} for s in shapes], np.bool_)[where]
        edges, values = alone[one], arrays.min[handles[one]]
        levels = self.level.copy()
        half = levels[edges].astype(np.int64) * SIGNED_LEVELS // LEVELS
        levels[edges] = (BROKEN + 1 + half + SIGNED_LEVELS * (values > 0)).astype(np.uint8)
        return levels

    def gradient(self, handle: int, *, beside: bool = False) -> str:
        """The gradient with this handle in one short word; `beside` an edge there is room for more of it."""
        key = (handle, beside)
        if key not in self._said:
            trace = self.steps.trace
            room = captions.LABEL_CHARACTERS if beside else captions.WORD_CHARACTERS
            array, value = trace.array(handle), trace.values.get(handle)
            self._said[key] = captions.gradient_caption(array, value, room=room, shaped=beside)
        return self._said[key]

    def summed(self, runner: int, place: Place) -> str:
        """What has come to a node so far, where several gradients come to it: "" while nothing has, or it is large."""
        if not isinstance(self.steps, PassSteps) or not 2 <= self.steps.arrival_count(runner) <= MOST_SUMMED:
            return ""
        found = buffers(self.steps, runner, place)
        if len(found) != 1 or found[0].count < 2 or not found[0].handles:
            return ""
        total = add_up(found[0].handles, self.steps.trace.values.get)
        if total is None or np.iscomplexobj(total):
            return ""
        told = short_of(total)
        return told.text if told.single is not None or len(told.text) <= captions.WORD_CHARACTERS else ""

    def done(self, runner: int) -> str:
        """What a node that has run says."""
        if self.steps.forward:
            handles = [handle for _, _, handle in self.steps.departures(int(self.steps.ran_at[runner]))]
        elif self.graph_kind(runner) == NodeKind.ACCUMULATE:
            handles = [int(self.step_row(runner)["added"])]
        else:
            senders, values = self._sent
            first, end = np.searchsorted(senders, [runner, runner + 1])
            handles = values[first:end].tolist()
        return captions.done_caption([self.gradient(h) for h in handles if h != NONE])

    def graph_kind(self, node: int) -> int:
        """The NodeKind of a node of the trace."""
        return int(self.steps.trace.nodes.kind[node])

    def step_row(self, node: int) -> dict[str, int]:
        """The row of `steps` in which the node runs."""
        return self.steps.step(int(self.steps.ran_at[node]))

    @cached_property
    def runs_in(self) -> Ints:
        """(n,) nodes of this pass that run in each box."""
        return self.count_in(self.steps.node_at)

    def count_in(self, nodes: Ints) -> Ints:
        """(n,) how many of these nodes of the trace are in each box."""
        box_of = self.graph.box_of
        box = box_of[nodes[nodes < len(box_of)]]
        return np.bincount(box[box != NONE], minlength=len(self.graph.node)).astype(np.int64)

    @cached_property
    def norms(self) -> NDArray[np.float64]:
        """The norm of the gradient on every edge of the trace that this picture knows, NaN where none travels."""
        return self.steps.edge_norms()

    @cached_property
    def carries(self) -> Bools:
        """(m,) whether something travels over each drawn edge at some step."""
        carries = self.graph.over_edges(~np.isnan(self.norms), np.logical_or)
        return np.asarray(carries & ~self.graph.constant if self.steps.forward else carries, np.bool_)

    def widest_caption(self, edge: int) -> str:
        """A text as wide as the widest beside a drawn edge at any step."""
        if self.graph.count[edge] > 1:
            return merged_caption(_WIDEST)
        handle = int(self.steps.edge_value[self.graph.edge[edge]])
        return self.gradient(handle, beside=True) if handle != NONE else ""

    @cached_property
    def accumulator_of(self) -> dict[int, int]:
        """AccumulateGrad of each `.grad` slot that this pass writes."""
        steps = self.steps
        rows = np.flatnonzero(steps.edge_kind == EdgeKind.GRAD)
        rows = rows[steps.ran_at[steps.edge_dst[rows]] < NEVER]
        return dict(zip(steps.edge_src[rows].tolist(), steps.edge_dst[rows].tolist(), strict=True))


@dataclass(frozen=True)
class Story:
    """A pass at one position. States are per box and per edge of the shown graph."""

    run: PassOnGraph
    place: Place

    @property
    def position(self) -> int:
        """The last step that is "now"."""
        return self.place.last

    @cached_property
    def node_state(self) -> States:
        """`NodeState` of each box."""
        return self.run.graph.node_states(self._node_states)

    @cached_property
    def _node_states(self) -> States:
        return self.run.steps.node_states(self.place)

    @cached_property
    def edge_state(self) -> States:
        """`EdgeState` of each edge."""
        return self.run.graph.edge_states(self.run.steps.edge_states(self.place))

    @cached_property
    def travelled(self) -> Bools:
        """Whether a gradient has gone over each edge."""
        return np.asarray(_TRAVELLED[self.edge_state], np.bool_)

    @cached_property
    def _rank(self) -> dict[int, int]:
        """Place of each ready node in the engine's queue, from 1."""
        return {node: place for place, node in enumerate(self.run.steps.queue(self.place).tolist(), 1)}

    @cached_property
    def missing(self) -> Ints:
        """How much each node of the trace waits for."""
        return self.run.steps.waits_for(self.place)

    @property
    def now_box(self) -> int:
        """The box of the node that runs at this position, or NONE at the seed."""
        node = self.run.steps.node(self.position)
        return int(self.run.graph.box_of[node]) if 0 <= node < len(self.run.graph.box_of) else NONE

    @property
    def box_to_follow(self) -> int:
        """The box that belongs into view: of the node that runs, at the beginning of the one that runs next."""
        if self.now_box != NONE:
            return self.now_box
        ready = next(iter(self._rank), NONE)
        return int(self.run.graph.box_of[ready]) if 0 <= ready < len(self.run.graph.box_of) else NONE

    def state_caption(self, box: int) -> str | None:
        """What the box's second line says at this position; None: what it says without a pass."""
        graph, run = self.run.graph, self.run
        if graph.kind[box] == GROUP:
            return self._group_caption(box)
        runner, state = int(graph.runner[box]), NodeState(int(self.node_state[box]))
        kind = run.graph_kind(runner)
        if run.steps.failed_at != NONE and runner == run.steps.node(run.steps.failed_at):
            return run.steps.failed_text if self.position >= run.steps.failed_at else self._coming(runner, state)
        if kind == NodeKind.GRAD:
            return self._grad_caption(runner)
        if kind == NodeKind.TENSOR and run.steps.forward and state is NodeState.WAITING:
            return "(not made yet)"
        if kind not in (NodeKind.FUNCTION, NodeKind.ACCUMULATE) or state is NodeState.OUTSIDE:
            return None
        if state is NodeState.NOW:
            return captions.now_caption(graph.text(int(graph.second[box])) if kind == NodeKind.FUNCTION else "")
        return run.done(runner) if state is NodeState.DONE else self._coming(runner, state)

    def _coming(self, runner: int, state: NodeState) -> str:
        """What a node says that has not run: its place in the queue, or how much it waits for."""
        if state is NodeState.READY:
            return f"ready #{self._rank[runner]}"
        missing, steps = int(self.missing[runner]), self.run.steps
        said = captions.waiting_caption(missing)
        count = steps.arrival_count(runner) if isinstance(steps, PassSteps) else 0
        if count > MOST_SUMMED and 0 < missing < count:
            return captions.counted_caption(count - missing, count)
        return captions.summed_caption(self.run.summed(runner, self.place), said)

    @cached_property
    def done_in(self) -> Ints:
        """(n,) nodes in each box that have run before this step."""
        return self.run.count_in(self.run.steps.node_at[: max(self.position - 1, 0)])

    @cached_property
    def largest_in(self) -> NDArray[np.float64]:
        """(n,) the largest norm of the gradients that have come to each box or gone from it so far, NaN for none."""
        graph, steps = self.run.graph, self.run.steps
        known = len(graph.box_of)
        travelled = np.flatnonzero((steps.sent_at <= self.position) & ~np.isnan(self.run.norms))
        found = np.full(len(graph.node), np.nan)
        for end in (steps.edge_src, steps.edge_dst):
            rows = travelled[end[travelled] < known]
            box = graph.box_of[end[rows]]
            np.fmax.at(found, box[box != NONE], self.run.norms[rows[box != NONE]])
        return found

    def _group_caption(self, box: int) -> str | None:
        state = NodeState(int(self.node_state[box]))
        runs = int(self.run.runs_in[box])
        if not runs:
            return None
        done = int(self.done_in[box])
        largest = captions.largest_caption(float(self.largest_in[box])) if done == runs else ""
        return captions.group_caption(state is NodeState.NOW, state is NodeState.READY, done, runs, largest)

    def _grad_caption(self, node: int) -> str | None:
        """`.grad` before the step that writes it and after; None where this pass does not write it."""
        accumulator = self.run.accumulator_of.get(node)
        if accumulator is None:
            return None
        row = self.run.step_row(accumulator)
        handle = row["after"] if row["index"] <= self.position else row["before"]
        return "(none yet)" if handle == NONE else self.run.gradient(handle)

    def edge_caption(self, edge: int) -> str:
        """The gradient on an edge of the shown graph, "" where none has travelled yet."""
        graph = self.run.graph
        if graph.count[edge] > 1:
            return self._merged_caption(edge)
        handle = int(self.run.steps.edge_value[graph.edge[edge]])
        return self.run.gradient(handle, beside=True) if self.travelled[edge] and handle != NONE else ""

    @cached_property
    def moving(self) -> tuple[Ints, Ints]:
        """The drawn edges over which something arrives at "now", and those over which it has just sent something.

        While contributions are handed on one by one, only the last of them moves.
        """
        state = self.edge_state
        arriving, leaving = np.flatnonzero(state == EdgeState.ARRIVING), np.flatnonzero(state == EdgeState.LEAVING)
        if self.place.sent is None:
            return arriving, leaving
        if self.place.sent == 0:
            return arriving, leaving[:0]
        newest = self.run.steps.departures(self.place.last)[self.place.sent - 1][0]
        stands_for = [edge for edge in leaving.tolist() if newest in self.run.graph.edges_over(edge)]
        return arriving[:0], np.array(stands_for, np.int64)

    def _merged_caption(self, edge: int) -> str:
        """The largest of the gradients that have gone over an edge that stands for several."""
        steps, rows = self.run.steps, self.run.graph.edges_over(edge)
        norms = self.run.norms[rows[steps.sent_at[rows] <= self.position]]
        norms = norms[~np.isnan(norms)]
        return merged_caption(float(norms.max())) if len(norms) else ""
