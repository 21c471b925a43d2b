"""What the slider writes and marks: names of steps, accumulations, breakpoints, NaN and Inf. Knows no Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, NodeKind, Trace

from ..describe import short_op
from ..naming import Names
from ..stepping import Place, Steps, nonfinite_positions

Ints = NDArray[np.int64]


class StepMarks:
    """The marks of one walk. Positions run from 0 (the beginning; of a pass the seed) to `count`.

    accumulations  positions at which a `.grad` is written
    repeated       those that add to an earlier value
    nonfinite      positions at which something with NaN or Inf is sent or written
    hits           positions at which a breakpoint stops
    failed         the position that raised, or NONE
    """

    def __init__(self, trace: Trace, steps: Steps, names: Names, hits: Ints | None = None) -> None:
        self._trace, self._steps, self._names = trace, steps, names
        self.count, self.failed = steps.count, steps.failed_at
        written = np.flatnonzero(trace.nodes.kind[steps.node_at] == NodeKind.ACCUMULATE) + 1
        self.accumulations: Ints = written if not steps.forward else np.zeros(0, np.int64)
        rows = np.flatnonzero((trace.steps.pass_ == steps.walk.pass_id) & (trace.steps.before != NONE))
        self.repeated: Ints = np.sort(steps.ran_at[trace.steps.node[rows]])
        self.nonfinite = nonfinite_positions(steps)
        self.hits: Ints = np.zeros(0, np.int64) if hits is None else hits

    @property
    def beginning(self) -> str:
        """What position 0 is called."""
        return "start" if self._steps.forward else "seed"

    def label(self, position: int) -> str:
        """`seed`, `Mean`, `x.grad`."""
        if position == 0:
            return self.beginning
        node = self._steps.node(position)
        if int(self._trace.nodes.kind[node]) == NodeKind.ACCUMULATE:
            owner = int(self._trace.nodes.owner[node])
            return f"{self._names.name(owner)}.grad" if owner != NONE else ".grad"
        return short_op(self._names.name(node))

    def now_label(self, place: Place) -> str:
        """What the knob's label says: the step, and where it is not a single whole one, how much of it."""
        if place.last == 0:
            return self.beginning
        if place.first != place.last:
            return f"{self.label(place.first)} … {self.label(place.last)} · now"
        if place.sent is not None:
            return f"{self.label(place.last)} · {place.sent} of {self._steps.contributions(place.last)} sent"
        return f"{self.label(place.last)} · now"

    def share(self, place: Place) -> float:
        """Where a place is on the line of positions: contributions lie between the step before and their own."""
        if place.sent is None or place.last == 0:
            return float(place.last)
        return place.last - 1 + (place.sent + 1) / (self._steps.contributions(place.last) + 1)

    def description(self, position: int) -> str:
        """One line on a step, for its tool tip."""
        if position == 0:
            if self._steps.forward:
                return "Start: before the first operation of the cell"
            return "Seed: the gradient that the pass starts from"
        node = self._trace.node(self._steps.node(position))
        parts = [f"Step {position:,} of {self.count:,}: {node.op}"]
        if node.label:
            parts.append(node.label)
        for positions, text in (
            (self.accumulations, f"writes {self.label(position)}"),
            (self.repeated, "adds to an earlier value"),
            (self.nonfinite, "a gradient with NaN or Inf" if not self._steps.forward else "a result with NaN or Inf"),
            (self.hits, "a breakpoint"),
        ):
            if bool(np.isin(position, positions)):
                parts.append(text)
        if position == self.failed:
            parts.append(self._steps.failed_text)
        return " · ".join(parts)


def apart(positions: Ints, spacing: float, gap: float = 2.0) -> Ints:
    """Positions without those that would be painted within `gap` pixels of the one before."""
    if not len(positions):
        return positions
    lanes = np.floor(positions * spacing / gap)
    return positions[np.flatnonzero(np.diff(lanes, prepend=-1.0) > 0)]


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
