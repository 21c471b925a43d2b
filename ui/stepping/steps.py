"""What every walk answers, be it a backward pass or a cell's forward pass. Knows no Qt.

`at` is a `Place`, or a position: the place at which that step has handed on everything.
"""

from __future__ import annotations

from typing import Any, Protocol

from engine.trace import Trace

from .place import Place, Walk
from .states import Floats, Ints, States

Arrival = tuple[int, int, int]  # step, edge (or NONE), array handle (or NONE)
Departure = tuple[int, int, int]  # edge (or NONE), target node, array handle (or NONE)


class Steps(Protocol):
    """One walk over a trace, indexed for stepping.

    count      executed nodes, N; a node that failed is the last of them
    node_at    (N,) node of step k at index k - 1
    arrived_at (N,) array handle of the gradient that arrived at each step; NONE in a forward pass
    ran_at     (nodes,) step at which each node of the trace runs (NEVER: not in this walk)
    sent_at    (edges,) step that sends something over each edge (NEVER; 0 = before the first step)
    used_at    (edges,) step that consumes it
    edge_value (edges,) array handle of what an edge carries (NONE)
    failed_at  step that raised, NONE if none did
    """

    trace: Trace
    count: int
    node_at: Ints
    arrived_at: Ints
    ran_at: Ints
    sent_at: Ints
    used_at: Ints
    edge_value: Ints
    edge_kind: Any
    edge_src: Any
    edge_dst: Any
    failed_at: int

    @property
    def walk(self) -> Walk:
        """What is walked."""

    @property
    def forward(self) -> bool:
        """Whether what travels goes with the data; gradients go against it."""

    @property
    def failed_text(self) -> str:
        """What is said of the step `failed_at`: that it failed, or was interrupted."""

    def is_stale(self, trace: Trace) -> bool:
        """Whether `trace` has grown by anything this index covers."""

    def contributions(self, step: int) -> int:
        """How many contributions a step hands on, one by one at the grain CONTRIBUTION."""

    def line_run(self, step: int) -> tuple[int, int]:
        """First and last of the neighbouring steps that belong to one line of source with `step` (1 to N)."""

    def node_states(self, at: Place | int) -> States:
        """`NodeState` of every node of the trace."""

    def edge_states(self, at: Place | int) -> States:
        """`EdgeState` of every edge of the trace."""

    def waits_for(self, at: Place | int) -> Ints:
        """How many things each node of the trace still waits for."""

    def queue(self, at: Place | int) -> Ints:
        """The ready nodes, next one first."""

    def node(self, position: int) -> int:
        """The node that runs at `position`, or NONE at the beginning."""

    def step(self, position: int) -> dict[str, Any]:
        """`pass_`, `index`, `node`, and the handles `arrived`, `used`, `before`, `added`, `after` of a step."""

    def arrivals(self, node: int) -> list[Arrival]:
        """Every contribution that arrives at `node`, in the order of arrival."""

    def departures(self, position: int) -> list[Departure]:
        """Every contribution that step `position` sends, in the order of sending."""

    def edge_norms(self) -> Floats:
        """Euclidean norm of what each edge carries; NaN where nothing travels, inf where it is not finite."""

    def magnitude_range(self) -> tuple[float, float]:
        """Smallest and largest finite, non-zero norm of the whole walk: the ramp is locked to it."""
