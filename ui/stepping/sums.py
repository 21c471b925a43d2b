"""The input buffers of a pass: which contributions have come to a node, and what they add up to. Knows no Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .pass_steps import PassSteps
from .place import Place, as_place

Array = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Buffer:
    """One input buffer of a node: the array handles of what has come to its output `slot`, and how many will."""

    target: int
    slot: int
    handles: tuple[int, ...]
    count: int


def buffers(steps: PassSteps, target: int, at: Place | int) -> list[Buffer]:
    """The input buffers of `target` at a place, by slot; those to which nothing comes in this pass are left out."""
    place = as_place(at)
    sent = steps.contributions(place.last) if place.sent is None else place.sent
    found: dict[int, list[tuple[int, int]]] = {}
    for slot, step, nth, handle in steps.contributions_to(target):
        arrived = step < place.last or (step == place.last and nth <= sent)
        found.setdefault(slot, []).append((handle, arrived))
    return [
        Buffer(target, slot, tuple(handle for handle, arrived in parts if arrived), len(parts))
        for slot, parts in sorted(found.items())
    ]


def newest_target(steps: PassSteps, place: Place) -> int | None:
    """The node to which the last contribution of a place has come; None where the step has sent none yet."""
    departures = steps.departures(place.last)
    sent = len(departures) if place.sent is None else place.sent
    return departures[sent - 1][1] if sent else None


def add_up(handles: Sequence[int], value: Callable[[int], Array | None]) -> Array | None:
    """The sum in the order and dtype in which the engine adds; None for nothing, or while a part is elsewhere."""
    total: Array | None = None
    with np.errstate(all="ignore"):
        for handle in handles:
            part = value(handle)
            if part is None:
                return None
            total = part if total is None else np.add(total, part, dtype=total.dtype)
    return total
