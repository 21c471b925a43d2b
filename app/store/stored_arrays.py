"""The large arrays of an open session file, read when somebody asks. Knows no Qt; may be asked from any thread."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.trace import Trace

from .checks import check_truth, parsed_shape
from .errors import StoreError
from .packing import unpack
from .rows import Rows

MISSING = "The values were not saved with the session."


class StoredArrays:
    """Reads arrays by handle. What a handle is (shape, dtype, size) is the trace's word, not the file's."""

    def __init__(self, rows: Rows, trace: Trace) -> None:
        self._rows, self._trace = rows, trace
        self._lock = threading.Lock()
        self._closed = False
        self.handles = frozenset(rows.keys("arrays", "WHERE part = 0"))
        known = len(trace.arrays)
        if not all(isinstance(handle, int) and 0 <= handle < known for handle in self.handles):
            raise rows.damaged("it has values of an array that is not there")

    def read(self, handle: int) -> NDArray[Any]:
        """The array, read-only. Raises `StoreError` when it was not saved or is damaged."""
        small = self._trace.values.get(handle)
        if small is not None:
            return small
        if handle not in self.handles or self._closed:
            raise StoreError(MISSING)
        row = self._trace.row("arrays", handle)
        dtype = np.dtype(row["dtype"]).newbyteorder("<")
        shape = parsed_shape(row["shape"]) or ()
        try:
            return self._read(handle, dtype, shape)
        except (ValueError, MemoryError) as error:
            raise error if isinstance(error, StoreError) else self._rows.damaged(str(error)) from None

    def close(self) -> None:
        """Read no more; waits for what is being read."""
        with self._lock:
            self._closed = True

    def parts(self, handle: int) -> Iterator[tuple[int, int, int, bytes]]:
        """(handle, part, size, data) as they stand in the file, for a copy of it."""
        with self._lock:
            if self._closed:
                raise StoreError(MISSING)
            return iter(list(self._parts(handle)))

    def _parts(self, handle: int) -> Iterator[tuple[int, int, int, bytes]]:
        return self._rows.select("arrays", "WHERE handle = ?", (handle,))

    def _read(self, handle: int, dtype: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
        left, found = math.prod(shape), []
        with self._lock:
            if self._closed:
                raise StoreError(MISSING)
            for number, (_, part, size, data) in enumerate(self._parts(handle)):
                count = size // dtype.itemsize
                left -= count
                if part != number or size % dtype.itemsize or left < 0:
                    raise self._rows.damaged("the parts of an array do not fit together")
                found.append(unpack(data, dtype, count))
        if left or not found:
            raise self._rows.damaged("a part of an array is missing")
        array: NDArray[Any] = found[0] if len(found) == 1 else np.concatenate(found)
        check_truth(array)
        array = array.reshape(shape)
        array.flags.writeable = False
        return array
