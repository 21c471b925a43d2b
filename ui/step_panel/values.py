"""Recorded arrays in few characters, for the panel: what is small is fetched when it is to be written."""

from __future__ import annotations

from engine.trace import NONE

from ..values import ShortValue, is_small, shape, short, short_of
from ..view_state import ViewState
from .arrivals import Arrival, RunningSums

FETCHED_PARTS = 8  # contributions that are fetched to add them up ...
FETCHED_BYTES = 1 << 16  # ... where each is no larger


class Values:
    """Looks up arrays of a `ViewState` by handle."""

    def __init__(self, view_state: ViewState) -> None:
        self._state = view_state
        self._sums = RunningSums()

    def short(self, handle: int) -> ShortValue | None:
        """The short form of an array; its elements are asked for only where they would be written."""
        if handle == NONE:
            return None
        array = self._state.trace.array(handle)
        told = short(array, None)
        if told.single is not None or told.text == "empty" or not is_small(array.shape):
            return told
        value = self._state.value(handle)
        return None if value is None and not self._dropped(handle) else short(array, value)

    def told(self, handle: int) -> str:
        """An array in a sentence: its elements, or norm and shape."""
        value = self.short(handle)
        if value is None:
            return "…" if handle != NONE else "none"
        return f"{value.text} {shape(value.shape)}" if value.shape else value.text

    def changed(self, before: int, after: int) -> str:
        """`[1, 2] → [2, 4], norm 2.236 → 4.472`."""
        first, second = self.short(before), self.short(after)
        if first is None or second is None or first.text == second.text:
            return f"{self.told(before)} → {self.told(after)}"
        norms = f"norm {self._norm(before)} → {self._norm(after)}" if first.exact and first.shape else ""
        return ", ".join(part for part in (f"{first.text} → {second.text}", norms) if part)

    def sum_of(self, arrival: Arrival, count: int) -> ShortValue | None:
        """The sum of the first `count` contributions, in the engine's order; None while they are not here."""
        return self._summed(arrival.handles, count)

    def add(self, handles: list[int]) -> ShortValue | None:
        """The sum of all of them."""
        return self._summed(tuple(handles), len(handles))

    def _summed(self, handles: tuple[int, ...], count: int) -> ShortValue | None:
        arrays = self._state.trace.arrays
        if len(handles) <= FETCHED_PARTS and all(arrays.nbytes[handle] <= FETCHED_BYTES for handle in handles):
            for handle in handles:
                self._state.value(handle)
        found = self._sums.after(self._state.trace, handles, count)
        return None if found is None else short_of(found)

    def _norm(self, handle: int) -> str:
        return f"{self._state.trace.array(handle).norm:.4g}"

    def _dropped(self, handle: int) -> bool:
        return bool((self._state.trace.drops.array == handle).any())
