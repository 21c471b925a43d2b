"""The recorded arrays under a byte budget: by reference while nobody writes to them, copied before somebody does.

Small arrays are copied at once. A large one is kept as it is; `before_write` copies it when its memory is about to
change. Past the budget the oldest values go; their statistics were made when they came. Knows nothing of tensors.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..trace import INLINE_BYTES

Array = NDArray[Any]


class ArrayStore:
    """Values by handle. Written by one thread; `get`, `trim` and the lock are for others."""

    def __init__(self, first_handle: int, budget: int) -> None:
        self.lock = threading.RLock()  # while held, no kept array is overwritten by an operation
        self.budget = budget
        self.bytes = 0
        self.dropped = 0
        self._next = first_handle
        self._kept: dict[int, Array] = {}  # oldest first
        self._roots: dict[int, _Root] = {}  # id of the array that owns the memory -> who refers to it
        self._root_of: dict[int, int] = {}  # handle -> id of its root, for arrays kept by reference
        self._handles: dict[int, int] = {}  # id(array) -> handle, while the very array is kept
        self._drops: list[int] = []

    def new_handle(self) -> int:
        """The next handle."""
        handle = self._next
        self._next += 1
        return handle

    def get(self, handle: int) -> Array | None:
        """The array, or None once it was dropped."""
        return self._kept.get(handle)

    def known(self, array: Array) -> int | None:
        """The handle under which this very array is kept by reference and unchanged, if it is."""
        handle = self._handles.get(id(array))
        return handle if handle is not None and self._kept.get(handle) is array else None

    def refers_to(self, array: Array) -> bool:
        """Whether a kept array shares memory with the owner of `array`'s memory. Any thread may ask."""
        return bool(self._roots) and id(memory_owner(array)) in self._roots

    def keep_copies(self, handles: list[int], copied: list[Array]) -> None:
        """Keep arrays of one size that nobody else has."""
        with self.lock:
            self._kept.update(zip(handles, copied, strict=True))
            self.bytes += sum(array.nbytes for array in copied)

    def keep_copy(self, handle: int, copied: Array) -> None:
        """Keep an array that nobody else has."""
        with self.lock:
            self._kept[handle] = copied
            self.bytes += copied.nbytes

    def keep_reference(self, handle: int, array: Array) -> None:
        """Keep somebody's array as it is; the memory behind it counts once, however many views are kept."""
        with self.lock:
            owner = memory_owner(array)
            root = self._roots.get(id(owner))
            if root is None:
                nbytes = owner.nbytes if isinstance(owner, np.ndarray) else array.nbytes
                root = self._roots[id(owner)] = _Root(owner, nbytes)
                self.bytes += root.nbytes
            root.handles.add(handle)
            self._kept[handle] = array
            self._root_of[handle] = id(owner)
            self._handles[id(array)] = handle

    def before_write(self, array: Array) -> None:
        """The memory behind `array` is about to change: copy what is kept of it, or give it up for the budget."""
        with self.lock:
            root = self._roots.get(id(memory_owner(array)))
            for handle in sorted(root.handles) if root is not None else ():
                kept = self._kept[handle]
                if not np.may_share_memory(kept, array):
                    continue
                self._forget_reference(handle)
                del self._kept[handle]
                if kept.nbytes > self.budget:
                    self._count_drop(handle)
                else:
                    self._make_room(kept.nbytes)
                    self.keep_copy(handle, np.array(kept))

    def trim(self, others: int = 0) -> None:
        """Drop the oldest values until the rest, and `others` bytes besides, are within the budget."""
        with self.lock:
            self._make_room(others)

    def take_drops(self) -> list[int]:
        """The handles whose values were given up since the last call."""
        with self.lock:
            drops, self._drops = self._drops, []
        return drops

    def _make_room(self, nbytes: int) -> None:
        while self._kept and self.bytes + nbytes > self.budget:
            handle = next(iter(self._kept))
            array = self._kept.pop(handle)
            if handle in self._root_of:
                self._forget_reference(handle, array)
            else:
                self.bytes -= array.nbytes
            self._count_drop(handle)

    def _count_drop(self, handle: int) -> None:
        self.dropped += 1
        self._drops.append(handle)

    def _forget_reference(self, handle: int, array: Array | None = None) -> None:
        kept = self._kept[handle] if array is None else array
        if self._handles.get(id(kept)) == handle:
            del self._handles[id(kept)]
        key = self._root_of.pop(handle)
        root = self._roots[key]
        root.handles.discard(handle)
        if not root.handles:
            del self._roots[key]
            self.bytes -= root.nbytes


class _Root:
    """The owner of some memory, and the handles of what is kept of it."""

    __slots__ = ("handles", "nbytes", "owner")

    def __init__(self, owner: Any, nbytes: int) -> None:
        self.owner = owner  # held, so that its id stays its own
        self.nbytes = nbytes
        self.handles: set[int] = set()


def memory_owner(array: Array) -> Any:
    """The object that owns the memory of `array`."""
    owner: Any = array
    while True:
        base = getattr(owner, "base", None)
        if base is None:
            return owner
        owner = base


def is_small(array: Array) -> bool:
    """Whether an array travels with the trace, and is copied at once."""
    return array.nbytes <= INLINE_BYTES
