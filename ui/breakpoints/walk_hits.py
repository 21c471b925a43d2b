"""Hits in the walk that is shown, worked out once for all who ask: the list, the slider's marks, the commands."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from ..stepping import Steps
from .hits import Hits

_SHARED: WeakKeyDictionary[Steps, Hits] = WeakKeyDictionary()


def hits_of(steps: Steps) -> Hits:
    """The breakpoints' hits among these steps."""
    found = _SHARED.get(steps)
    if found is None:
        found = _SHARED[steps] = Hits(steps.trace, steps.node_at, steps.arrived_at)
    return found
