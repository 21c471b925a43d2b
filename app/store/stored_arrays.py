"""The large arrays of an open session file, read when somebody asks. Knows no Qt; may be asked from any thread."""

from __future__ import annotations

import math
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.trace import Trace

from .checks import check_truth, parsed_shape
from .errors import DamagedFileError, StoreError
from .guard import open_guarded
from .packing import unpack
from .rows import Rows

MISSING = "The values were not saved with the session."


class StoredArrays:
    """Reads arrays by handle. What a handle is (shape, dtype, size) is the trace's word, not the file's."""

    def __init__(self, path: Path, connection: sqlite3.Connection, trace: Trace) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = connection
        self._trace = trace
        self._name = path.name
        self._lock = threading.Lock()
        self._closed = False
        rows = Rows(connection, path)
        found = list(rows.keys("arrays", "WHERE part = 0"))
        self.handles = frozenset(handle for handle in found if isinstance(handle, int))
        if len(self.handles) < len(found) or not all(0 <= handle < len(trace.arrays) for handle in self.handles):
            raise rows.damaged("it has values of an array that is not there")

    def read(self, handle: int) -> NDArray[Any]:
        """The array, read-only. Raises `StoreError` when it was not saved or is damaged."""
        small = self._trace.values.get(handle)
        if small is not None:
            return small
        if handle not in self.handles:
            raise StoreError(MISSING)
        row = self._trace.row("arrays", handle)
        dtype = np.dtype(row["dtype"]).newbyteorder("<")
        shape = parsed_shape(row["shape"]) or ()
        try:
            return self._read(handle, dtype, shape)
        except (ValueError, MemoryError) as error:
            raise error if isinstance(error, StoreError) else DamagedFileError(self._name, str(error)) from None

    def close(self) -> None:
        """Let the file go and read no more; waits for what is being read."""
        with self._lock:
            self._closed = True
            self._release()

    def release(self) -> None:
        """Let the file go until somebody asks again: it is about to be replaced by one that has these arrays too."""
        with self._lock:
            self._release()

    def _release(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _rows(self) -> Rows:
        if self._closed:
            raise StoreError(MISSING)
        if self._connection is None:
            self._connection = open_guarded(self.path)
        return Rows(self._connection, self.path)

    def parts(self, handle: int) -> Iterator[tuple[int, int, int, bytes]]:
        """(handle, part, size, data) as they stand in the file, for a copy of it."""
        with self._lock:
            return iter(list(self._parts(handle)))

    def _parts(self, handle: int) -> Iterator[tuple[int, int, int, bytes]]:
        return self._rows().select("arrays", "WHERE handle = ?", (handle,))

    def _read(self, handle: int, dtype: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
        left, found = math.prod(shape), []
        with self._lock:
            for number, (_, part, size, data) in enumerate(self._parts(handle)):
                count = size // dtype.itemsize
                left -= count
                if part != number or size % dtype.itemsize or left < 0:
                    raise DamagedFileError(self._name, "the parts of an array do not fit together")
                found.append(unpack(data, dtype, count))
        if left or not found:
            raise DamagedFileError(self._name, "a part of an array is missing")
        array: NDArray[Any] = found[0] if len(found) == 1 else np.concatenate(found)
        check_truth(array)
        array = array.reshape(shape)
        array.flags.writeable = False
        return array
