"""The clock of a walk: when each node runs and each edge carries, finer than steps. Knows no trace and no Qt.

Step k begins at moment `starts[k]`, when its node runs; its m contributions travel at `starts[k] + 1` to
`starts[k] + m`. Whatever is asked about a place is a comparison with columns of moments, so that any place is as near
as the next one, and stepping back restores exactly what was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .place import Place
from .states import NEVER, Bools, EdgeState, Ints, NodeState, States


def starts_of(sent: Ints) -> Ints:
    """(N + 2,) the moment at which each step begins, and the one after the last; `sent`: contributions per step."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sent + 1)]).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Moments:
    """Columns of moments, NEVER where nothing happens.

    starts   (N + 2,) see `starts_of`
    runs     (nodes,) the node runs
    ready    (nodes,) the last thing it needs arrives
    sent     (edges,) something travels over the edge
    used     (edges,) it is consumed
    leaves   (edges,) what travels here leaves "now", rather than being a sum that waits at the next node
    own      (edges,) written by the node that runs, consumed by nobody
    """

    starts: Ints
    runs: Ints
    ready: Ints
    sent: Ints
    used: Ints
    leaves: Bools
    own: Bools

    def contributions(self, step: int) -> int:
        """How many contributions a step sends; 0 is the seed's step."""
        return int(self.starts[step + 1] - self.starts[step] - 1)

    def span(self, place: Place) -> tuple[int, int, int]:
        """The moments at which the first and the last node of a place run, and at which the place ends."""
        ran = int(self.starts[place.last])
        sent = self.contributions(place.last) if place.sent is None else place.sent
        return int(self.starts[place.first]), ran, ran + sent

    def node_states(self, place: Place) -> States:
        """`NodeState` of every node that runs or is waited for; others are OUTSIDE."""
        begin, ran, end = self.span(place)
        states = np.full(len(self.runs), NodeState.OUTSIDE, np.uint8)
        states[self.ready < NEVER] = NodeState.WAITING
        states[(self.ready <= end) & (self.runs > ran)] = NodeState.READY
        states[self.runs <= ran] = NodeState.NOW
        states[self.runs < begin] = NodeState.DONE
        return states

    def edge_states(self, place: Place) -> States:
        """`EdgeState` of every edge."""
        begin, ran, end = self.span(place)
        sent, used = self.sent, self.used
        travelled, recent = sent <= end, sent >= begin
        states = np.full(len(sent), EdgeState.OUTSIDE, np.uint8)
        states[sent < NEVER] = EdgeState.PENDING
        # What waits for a node, be it a sum, lights up only when its last part has arrived.
        states[travelled & (used > ran)] = EdgeState.WAITING
        states[travelled & (used <= ran)] = EdgeState.ARRIVING
        states[used < begin] = EdgeState.DONE
        if place.last == 0 and self.contributions(0):
            states[travelled] = EdgeState.ARRIVING  # the seed
        elif place.last:
            states[travelled & recent & self.leaves & (self.own | (used > ran))] = EdgeState.LEAVING
        return states
