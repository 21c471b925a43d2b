"""Where somebody stands: which walk, at what grain, at which place of it. Plain values; knows no trace and no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engine.trace import NONE


class WalkKind(Enum):
    """What is walked."""

    PASS = "pass"  # the gradients of one backward() or autograd.grad()
    FORWARD = "forward"  # the operations of one cell


@dataclass(frozen=True, slots=True)
class Walk:
    """What is being walked: the pass or the cell `id`; NONE: nothing."""

    kind: WalkKind
    id: int

    @property
    def pass_id(self) -> int:
        """The pass, NONE for a forward walk."""
        return self.id if self.kind is WalkKind.PASS else NONE


NO_WALK = Walk(WalkKind.PASS, NONE)


class Grain(Enum):
    """How far one step goes; the value is what people call it."""

    CONTRIBUTION = "contribution"  # the node runs, then each of its gradients arrives by itself
    NODE = "node"
    LINE = "line"  # neighbouring steps of one line of source
    PASS = "pass"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a walk: the nodes of steps `first` to `last` are "now".

    The two differ at the grains LINE and PASS only; 0 and 0 are the beginning. `sent` is how many contributions of step
    `last` have been handed on, None for all of them: contribution j has travelled at `sent >= j`, counted from 1.
    """

    first: int
    last: int
    sent: int | None = None


BEGINNING = Place(0, 0)


def as_place(at: Place | int) -> Place:
    """A position is the place at which its step has handed on everything."""
    return at if isinstance(at, Place) else Place(at, at)
