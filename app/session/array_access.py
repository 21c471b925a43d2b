"""Brings recorded arrays that are not here: from the kernel, or from the session file that was opened.

What was recorded before `first_live` is gone with an older kernel, unless the file has it. Fetched arrays stay in
`trace.values` within a budget.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QThreadPool, QTimer, Signal

from engine.trace import INLINE_BYTES, NONE, Trace

from ..protocol.wire import Slices
from ..store.stored_arrays import MISSING
from .link import Link

if TYPE_CHECKING:
    from ..store.stored_arrays import StoredArrays

FETCHED_BUDGET = 256 << 20  # bytes of fetched arrays that stay in this process
GONE = "The kernel that had the values is gone."


class ArrayAccess(QObject):
    """Answers come as signals, also where the array is here already."""

    arrived = Signal(int)  # `trace.values` has this array now
    slice_arrived = Signal(int, object)  # number of the request, the array
    failed = Signal(int, str)  # handle, why
    slice_failed = Signal(int, str)  # number of the request, why
    _read = Signal(int, object, str)  # from a thread that reads the file

    def __init__(self, trace: Trace, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._trace, self._link = trace, link
        self._asked: dict[int, tuple[int, Slices]] = {}
        self._fetched: OrderedDict[int, int] = OrderedDict()  # handle -> bytes, oldest first
        self._first_live = 0
        self._closed = False
        self._number = 0  # of the requests to the file, which count down
        self._threads = QThreadPool(self)
        self._threads.setMaxThreadCount(1)
        self.stored: StoredArrays | None = None
        link.answered.connect(self._take)
        link.failed.connect(self._take_failure)
        self._read.connect(self._take_stored)

    def set_trace(self, trace: Trace, stored: StoredArrays | None) -> None:
        """Serve another trace, whose arrays stand in a file."""
        self.kernel_gone()
        self._trace, self._first_live = trace, len(trace.arrays)
        self._fetched.clear()
        if self.stored is not None:
            self.stored.close()
        self.stored = stored

    def kernel_gone(self) -> None:
        """Nobody has the large arrays recorded so far, nor answers what was asked."""
        self._first_live = len(self._trace.arrays)
        for number in [number for number in self._asked if number >= 0]:
            self._take_failure(number, GONE)

    def close(self) -> None:
        """Let the file go; whoever asks from now on is told that nothing is there."""
        self._closed = True
        self._threads.waitForDone()
        if self.stored is not None:
            self.stored.close()

    def fetch(self, handle: int) -> None:
        """Ask for a whole array; `arrived` follows, or `failed`. What is here already arrives at once."""
        if handle in self._trace.values:
            if handle in self._fetched:
                self._fetched.move_to_end(handle)
            self.arrived.emit(handle)
        elif all(asked != (handle, ()) for asked in self._asked.values()):
            self._ask(handle, ())

    def fetch_slice(self, handle: int, slices: Slices) -> int:
        """Ask for a part, (start, stop, step) per dimension; `slice_arrived` brings it with this number."""
        return self._ask(handle, slices)

    def live(self, first: int = 0) -> list[int]:
        """Handles from `first` on of the large arrays that can still be had from here or from the kernel."""
        arrays, kept = self._trace.arrays, np.zeros(len(self._trace.arrays), bool)
        kept[self._first_live :] = True
        kept[self._trace.drops.array] = False
        kept[[handle for handle in self._fetched if handle < len(kept)]] = True
        kept[:first] = False
        return [int(handle) for handle in np.flatnonzero(kept & (arrays.nbytes > INLINE_BYTES))]

    def large_count(self) -> int:
        """How many large arrays were recorded, wherever they are."""
        return int(np.count_nonzero(self._trace.arrays.nbytes > INLINE_BYTES))

    def present(self, handle: int) -> NDArray[Any] | None:
        """The array where it is here already."""
        return self._trace.values.get(handle)

    def size(self, handle: int) -> int:
        """The bytes of an array."""
        return int(self._trace.arrays.nbytes[handle])

    def shape(self, handle: int) -> tuple[int, ...]:
        """The sizes of an array."""
        return self._trace.array(handle).shape

    def _ask(self, handle: int, slices: Slices) -> int:
        stored = self.stored
        in_file = stored is not None and handle in stored.handles
        if self._closed or in_file or handle < self._first_live:
            self._number -= 1
            number = self._number
            self._asked[number] = (handle, slices)
            if self._closed or stored is None or not in_file:
                # Later, when who asks knows the number.
                QTimer.singleShot(0, self, lambda: self._take_failure(number, GONE if stored is None else MISSING))
                return number
            self._threads.start(lambda: self._read_stored(number, stored, handle, slices))
            return number
        number = self._link.request(handle, slices)
        self._asked[number] = (handle, slices)
        return number

    def _read_stored(self, number: int, stored: StoredArrays, handle: int, slices: Slices) -> None:
        try:
            array = stored.read(handle)
            self._read.emit(number, array[tuple(slice(*part) for part in slices)] if slices else array, "")
        except (ValueError, IndexError) as error:
            self._read.emit(number, None, str(error))

    def _take_stored(self, number: int, array: Any, why: str) -> None:
        if array is None:
            self._take_failure(number, why)
        else:
            self._take(number, array)

    def _take(self, number: int, array: Any) -> None:
        handle, slices = self._asked.pop(number, (NONE, ()))
        if handle == NONE:
            return
        if slices:
            self.slice_arrived.emit(number, array)
            return
        self._trace.values[handle] = array
        self._fetched[handle] = array.nbytes
        while len(self._fetched) > 1 and sum(self._fetched.values()) > FETCHED_BUDGET:
            oldest, _ = self._fetched.popitem(last=False)
            del self._trace.values[oldest]
        self.arrived.emit(handle)

    def _take_failure(self, number: int, why: str) -> None:
        handle, slices = self._asked.pop(number, (NONE, ()))
        if handle == NONE:
            return
        if slices:
            self.slice_failed.emit(number, why)
        self.failed.emit(handle, why)
