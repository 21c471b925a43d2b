"""Gradients that arrive at a tensor, one contribution after the other, and their sum so far. Knows no Qt.

The engine adds the contributions of one place from left to right, in the order of the rows of `flows`.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, EdgeKind, NodeKind, Trace

from ..describe import outputs
from ..naming import Names
from ..stepping import PassSteps, Place, as_place

FIRST, LAST = 2, 4  # contributions that are shown of many
MOST_PLACES = 4  # where gradients of one step arrive
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Arrival:
    """What has arrived at one tensor so far.

    `parts` are (step, array) in order, of `count` in all: of many the first and the last ones. `total` is their sum
    where it is recorded; `missing` contributions are still to come. `handles` are the arrays of all that came.
    """

    title: str
    tensor: int
    parts: tuple[tuple[int, int], ...]
    total: int
    missing: int
    count: int = 0
    senders: tuple[str, ...] = ()
    handles: tuple[int, ...] = ()

    @property
    def hidden(self) -> int:
        """How many contributions are left out after the first `FIRST`."""
        return max(self.count - len(self.parts), 0)


def arrivals(trace: Trace, steps: PassSteps, at: Place | int, names: Names) -> tuple[list[Arrival], int]:
    """Where the gradients of the step of `at` arrive, each place once; and how many places are left out."""
    place = as_place(at)
    mine = _sent_by(trace, steps, place.last)[: place.sent]
    ends = np.stack([trace.flows.target[mine], trace.flows.target_slot[mine]], axis=1)
    if not len(ends):
        return [], 0
    _, first = np.unique(ends, axis=0, return_index=True)
    shown = ends[np.sort(first)[-MOST_PLACES:]].tolist()
    found = [arrival(trace, steps, target, slot, place, names) for target, slot in shown]
    return found, len(first) - len(shown)


def arrival(trace: Trace, steps: PassSteps, target: int, slot: int, at: Place | int, names: Names) -> Arrival:
    """What arrived at output `slot` of the function `target` up to `at`."""
    place, flows = as_place(at), trace.flows
    rows = np.flatnonzero((flows.pass_ == steps.pass_id) & (flows.target == target) & (flows.target_slot == slot))
    late = _sent_by(trace, steps, place.last)[place.sent :] if place.sent is not None else rows[:0]
    came = rows[(flows.step[rows] <= place.last) & ~np.isin(rows, late)]
    missing, handles = len(rows) - len(came), flows.value[came]
    shown = np.arange(len(came)) if len(came) <= FIRST + LAST else np.r_[0:FIRST, len(came) - LAST : len(came)]
    at_steps = flows.step[came[shown]]
    total = int(handles[0]) if len(came) == 1 else NONE
    ran = int(steps.ran_at[target])
    if missing == 0 and slot == 0 and 1 <= ran <= steps.count and (arrived := steps.step(ran)["arrived"]) != NONE:
        total = arrived
    tensor = output_tensor(trace, target, slot)
    return Arrival(
        names.name(tensor) if tensor != NONE else names.name(target),
        tensor,
        tuple(zip(at_steps.tolist(), handles[shown].tolist(), strict=True)),
        total,
        missing,
        len(came),
        tuple(names.with_output(steps.node(k)) if k else "the seed" for k in at_steps.tolist()),
        tuple(handles.tolist()),
    )


def _sent_by(trace: Trace, steps: PassSteps, step: int) -> Ints:
    """Rows of the contributions that a step hands on, in order."""
    return np.flatnonzero((trace.flows.pass_ == steps.pass_id) & (trace.flows.step == step))


def output_tensor(trace: Trace, function: int, slot: int) -> int:
    """The tensor whose gradient arrives at output `slot` of `function`; the leaf for `AccumulateGrad`."""
    if int(trace.nodes.kind[function]) == NodeKind.ACCUMULATE:
        return int(trace.nodes.owner[function])
    return next((made.dst for made in outputs(trace, function) if made.slot == slot), NONE)


def seeds(trace: Trace, steps: PassSteps, names: Names) -> list[Arrival]:
    """The gradients that the pass was given, at its roots."""
    flows = trace.flows
    rows = np.flatnonzero((flows.pass_ == steps.pass_id) & (flows.step == 0))
    found = []
    for row in rows[:MOST_PLACES]:
        edge, handle = int(flows.edge[row]), int(flows.value[row])
        root = NONE
        if edge != NONE and int(trace.edges.kind[edge]) == EdgeKind.OUTPUT:
            root = int(trace.edges.dst[edge])
        if root == NONE:
            root = output_tensor(trace, int(flows.target[row]), int(flows.target_slot[row]))
        title = names.name(root) if root != NONE else names.name(int(flows.target[row]))
        found.append(Arrival(title, root, ((0, handle),), handle, 0, 1))
    return found


class RunningSums:
    """Sums of contributions in the engine's order and dtype; those of the place asked last are kept."""

    def __init__(self) -> None:
        self._trace: ref[Trace] | None = None  # handles are numbers of one trace
        self._handles: tuple[int, ...] = ()
        self._asked: tuple[int, ...] = ()  # the last ones whose sums were known: one place is asked several times
        self._sums: NDArray[np.generic] | None = None  # after each of the contributions

    def after(self, trace: Trace, handles: tuple[int, ...], count: int) -> NDArray[np.generic] | None:
        """The sum of the first `count` of the arrays; None while one of them is not here."""
        if self._trace is None or self._trace() is not trace:
            self._trace, self._handles, self._asked, self._sums = ref(trace), (), (), None
        if handles is not self._asked:
            if self._handles[: len(handles)] != handles and not self._add(trace, handles):
                return None
            self._asked = handles
        return self._sums[count - 1] if self._sums is not None and 0 < count <= len(handles) else None

    def _add(self, trace: Trace, handles: tuple[int, ...]) -> bool:
        """Go on from the sums that are known, where these are the first of `handles`."""
        known = len(self._handles)
        before = self._sums if known and handles[:known] == self._handles else None
        values = [trace.values.get(handle) for handle in handles[known if before is not None else 0 :]]
        parts = [value for value in values if value is not None]
        if len(parts) < len(values) or len({part.shape for part in parts}) != 1:
            return False
        with np.errstate(all="ignore"):
            start = [] if before is None else [before[-1]]
            sums = np.add.accumulate(np.stack([*start, *parts]), axis=0, dtype=parts[0].dtype)
        self._handles = handles
        self._sums = sums if before is None else np.concatenate([before, sums[1:]])
        return True
