"""Gives each recorded array its handle, its row of statistics and its place in the store. Knows no graph.

Arrays are collected while the recorder works through what is pending and settled together at its end: small ones of a
shape at once, which is ten times cheaper than one by one.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..trace import NONE, shape_text
from .array_store import ArrayStore, is_small
from .recorder_columns import Rows
from .statistics import Statistics, of_array, of_stack

Array = NDArray[Any]


class RecordedArrays:
    """Handles for arrays; `settle` makes their rows."""

    def __init__(self, rows: Rows, first_handle: int, budget: int) -> None:
        self.store = ArrayStore(first_handle, budget)
        self._rows = rows
        self._small: list[tuple[int, Array]] = []
        self._large: list[tuple[int, Array]] = []
        self._numbers: list[Any] = []
        self._recent: dict[int, int] = {}  # id of an array in the lists above -> its handle
        self._shapes: dict[tuple[int, ...], int] = {}
        self._dtypes: dict[np.dtype[Any], int] = {}
        self._meter: tuple[int, int] | None = None

    def handle(self, value: Any) -> int:
        """The handle of an array, a tensor or a NumPy scalar; `NONE` for None."""
        if value is None:
            return NONE
        known = self._recent.get(id(value))
        if known is not None:
            return known
        array: Array = value if type(value) is np.ndarray else getattr(value, "array", value)
        if array is not value:
            known = self._recent.get(id(array))
            if known is not None:
                return known
        key = id(array)
        if type(array) is not np.ndarray:  # NumPy's numbers; the list keeps it, so its id stays its own
            self._numbers.append(array)
            array = np.asarray(array)
        if is_small(array):
            handle = self.store.new_handle()
            self._small.append((handle, array))
        else:
            found = self.store.known(array)
            if found is not None:
                return found
            handle = self.store.new_handle()
            self.store.keep_reference(handle, array)
            self._large.append((handle, array))
        self._recent[key] = handle
        return handle

    def shape(self, shape: tuple[int, ...]) -> int:
        """The string of a shape."""
        index = self._shapes.get(shape)
        if index is None:
            index = self._shapes[shape] = self._rows.string(shape_text(shape))
        return index

    def dtype(self, dtype: np.dtype[Any]) -> int:
        """The string of a dtype; NumPy works `dtype.name` out anew each time, for microseconds."""
        index = self._dtypes.get(dtype)
        if index is None:
            index = self._dtypes[dtype] = self._rows.string(dtype.name)
        return index

    def settle(self, waiting: int = 0) -> None:
        """Copy what is small, make the rows of all that is new, keep to the budget and say what it costs.

        `waiting` bytes of the budget are taken by arrays that are still to come.
        """
        if self._recent:
            add, shape, dtype = self._rows.add, self.shape, self.dtype
            for _, array, found in sorted(self._settled(), key=_handle):
                add("arrays", shape(array.shape), dtype(array.dtype), array.nbytes, *found)
            self._small, self._large, self._recent, self._numbers = [], [], {}, []
        self.store.trim(waiting)
        for handle in self.store.take_drops():
            self._rows.add("drops", handle)
        meter = (self.store.bytes, self.store.dropped)
        if meter != self._meter:
            self._meter = meter
            self._rows.write("meter", 0, self.store.bytes, self.store.budget, self.store.dropped)

    def _settled(self) -> list[tuple[int, Array, Statistics]]:
        done = [(handle, array, of_array(array)) for handle, array in self._large]
        groups: dict[Any, list[tuple[int, Array]]] = defaultdict(list)
        for handle, array in self._small:
            groups[array.dtype, array.shape].append((handle, array))
        for members in groups.values():
            stack = np.array([array for _, array in members])
            copies = list(stack) if stack.ndim > 1 else [np.asarray(number) for number in stack]
            self.store.keep_copies([handle for handle, _ in members], copies)
            for (handle, _), kept, found in zip(members, copies, of_stack(stack), strict=True):
                self._rows.values[handle] = kept
                done.append((handle, kept, found))
        return done


def _handle(settled: tuple[int, Array, Statistics]) -> int:
    return settled[0]
