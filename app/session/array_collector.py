"""Fetches large arrays one after the other for a thread that writes them, without filling the memory.

The thread iterates over the collector; each array is asked for in the UI thread, a few ahead, and handed over when the
kernel has sent it. What cannot be had is left out and counted.
"""

from __future__ import annotations

import queue
from collections.abc import Iterator
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.trace import NONE

from .array_access import ArrayAccess

MOST_AHEAD = 64  # arrays that are asked for before the first of them is written ...
BYTES_AHEAD = 16 << 20  # ... or, of large ones, so many bytes
PATIENCE = 30.0  # seconds to wait for one; a kernel that computes still answers


class ArrayCollector(QObject):
    """Made in the UI thread; iterated over once, in another one."""

    _wanted = Signal(int)  # one of so many bytes is on its way into the file

    def __init__(self, access: ArrayAccess, handles: list[int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._access = access
        self._left = iter(handles)
        self._count = len(handles)
        self._ahead = self._bytes_ahead = 0
        self._asked: dict[int, int] = {}  # request -> handle
        self._arrived: queue.SimpleQueue[tuple[int, NDArray[Any] | None]] = queue.SimpleQueue()
        self.missing = 0
        self._wanted.connect(self._ask_next)
        access.slice_arrived.connect(self._take)
        access.slice_failed.connect(self._fail)
        self._ask_ahead()

    def __iter__(self) -> Iterator[tuple[int, NDArray[Any]]]:
        for done in range(self._count):
            try:
                handle, array = self._arrived.get(timeout=PATIENCE)
            except queue.Empty:  # nobody answers any more
                self.missing += self._count - done
                return
            if handle == NONE:
                return
            self._wanted.emit(self._access.size(handle))
            if array is None:
                self.missing += 1
            else:
                yield handle, array

    def cancel(self) -> None:
        """Let the thread that iterates end at once."""
        self._left = iter(())
        self._arrived.put((NONE, None))

    def _ask_next(self, size: int) -> None:
        self._ahead -= 1
        self._bytes_ahead -= size
        self._ask_ahead()

    def _ask_ahead(self) -> None:
        while self._ahead < MOST_AHEAD and self._bytes_ahead < BYTES_AHEAD:
            handle = next(self._left, NONE)
            if handle == NONE:
                return
            self._ahead += 1
            self._bytes_ahead += self._access.size(handle)
            present = self._access.present(handle)
            if present is not None:
                self._arrived.put((handle, present))
            else:
                shape = self._access.shape(handle)
                self._asked[self._access.fetch_slice(handle, tuple((0, size, 1) for size in shape))] = handle

    def _take(self, number: int, array: Any) -> None:
        if number in self._asked:
            self._arrived.put((self._asked.pop(number), array))

    def _fail(self, number: int, _why: str) -> None:
        if number in self._asked:
            self._arrived.put((self._asked.pop(number), None))
