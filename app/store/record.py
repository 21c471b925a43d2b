"""Puts the trace together again from the rows of a session file: strings, columns and small arrays.

Columns that this version does not know are left out; those that an older version did not have get "nothing": 0, "" or
no row. `Trace.extend` and `checks` decide whether it all fits together.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codec import DTYPES
from engine.trace import INLINE_BYTES, NONE, REFERENCES, REWRITTEN, SCHEMA, Batch, Columns, Trace, column_dtype

from .checks import check_trace, check_truth, parsed_shape
from .errors import DamagedFileError
from .layout import ALWAYS_ALLOWED, HIGHEST_RATIO, LARGEST_BLOB, LARGEST_RECORD
from .packing import unpack, unpack_json
from .rows import Rows

KINDS = frozenset(kind for columns in SCHEMA.values() for kind in columns.values())


class Room:
    """How much may still be unpacked: a small file can declare more than any memory holds."""

    def __init__(self, rows: Rows, file_size: int) -> None:
        self._rows = rows
        self._left = min(LARGEST_RECORD, ALWAYS_ALLOWED + HIGHEST_RATIO * file_size)

    def take(self, size: int) -> None:
        """Raises when it is too much."""
        self._left -= size
        if self._left < 0 or size > LARGEST_BLOB:
            raise self._rows.damaged("it claims to hold more than any session can")


def read_trace(rows: Rows, file_size: int) -> Trace:
    """The trace of a file of so many bytes. Raises `DamagedFileError`."""
    room = Room(rows, file_size)
    trace = Trace()
    try:
        runs = list(_small_arrays(rows, room))
        values = {handle: value for run in runs for handle, value in run.values()}
        trace.extend(Batch(_tables(rows, room), _strings(rows, room), values))
        check_trace(trace)
        for run in runs:
            run.check(trace)
    except DamagedFileError:
        raise
    except ValueError as error:
        raise rows.damaged(str(error)) from None
    return trace


@dataclass(frozen=True, slots=True)
class Run:
    """Small arrays of one dtype and shape; `stack` has them along its first dimension."""

    dtype: str
    shape: str
    handles: NDArray[Any]
    stack: NDArray[Any]

    def values(self) -> Iterator[tuple[int, NDArray[Any]]]:
        """(handle, array)."""
        return zip(
            self.handles.tolist(), self.stack if self.stack.ndim > 1 else map(np.asarray, self.stack), strict=True
        )

    def check(self, trace: Trace) -> None:
        """The rows of these arrays must say the same of them."""
        for column, text in (("shape", self.shape), ("dtype", self.dtype)):
            for index in np.unique(getattr(trace.arrays, column)[self.handles]).tolist():
                if trace.text(index) != text:
                    raise ValueError("an array is not of the shape and type it should have")


def _strings(rows: Rows, room: Room) -> list[str]:
    strings: list[str] = []
    for first, count, size, data in rows.select("strings"):
        room.take(size)
        some = unpack_json(data, size)
        if first != len(strings) + 1 or not isinstance(some, list) or len(some) != count:
            raise rows.damaged("texts are missing")
        if not all(isinstance(text, str) for text in some):
            raise rows.damaged("a text is no text")
        strings += map(_sound, some)
    return strings


def _sound(text: str) -> str:
    """Without halves of characters, which a window could not show."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _tables(rows: Rows, room: Room) -> dict[str, Columns]:
    segments: dict[str, dict[int, Columns]] = {name: defaultdict(dict) for name in SCHEMA}
    for _, segment, name, column, kind, count, data in rows.select("columns"):
        if kind not in KINDS:
            raise rows.damaged(f"column {name[:40]}.{column[:40]} has an unknown type")
        if SCHEMA.get(name, {}).get(column, kind) != kind:
            raise rows.damaged(f"column {name}.{column} has the wrong type")
        if column in SCHEMA.get(name, {}):
            room.take(count * column_dtype(kind).itemsize)
            segments[name][segment][column] = unpack(data, column_dtype(kind), count)
    return {name: _joined(rows, name, list(found.values())) for name, found in segments.items() if found}


def _joined(rows: Rows, name: str, segments: list[Columns]) -> Columns:
    whole = [_completed(rows, name, segment) for segment in segments]
    joined = {column: np.concatenate([segment[column] for segment in whole]) for column in SCHEMA[name]}
    return _latest(rows, name, joined) if name in REWRITTEN else joined


def _completed(rows: Rows, name: str, segment: Columns) -> Columns:
    counts = {len(values) for values in segment.values()}
    if len(counts) != 1:
        raise rows.damaged(f"the columns of {name} differ in length")
    count = counts.pop()
    return {column: segment[column] if column in segment else _nothing(name, column, count) for column in SCHEMA[name]}


def _nothing(name: str, column: str, count: int) -> NDArray[Any]:
    refers = (name, column) in REFERENCES
    return np.full(count, NONE if refers else 0, column_dtype(SCHEMA[name][column]))


def _latest(rows: Rows, name: str, columns: Columns) -> Columns:
    """Rows that were written again: the last one of each id counts."""
    ids, last = np.unique(columns["id"][::-1], return_index=True)
    if len(ids) and (ids[0] != 0 or ids[-1] != len(ids) - 1):
        raise rows.damaged(f"rows of {name} are missing")
    chosen = len(columns["id"]) - 1 - last
    return {column: values[chosen] for column, values in columns.items()}


def _small_arrays(rows: Rows, room: Room) -> Iterator[Run]:
    for _, dtype_name, shape_text, count, handles, data in rows.select("small_arrays"):
        shape = parsed_shape(shape_text)
        if dtype_name not in DTYPES or shape is None:
            raise rows.damaged("an array has an unknown type or shape")
        dtype = np.dtype(dtype_name).newbyteorder("<")
        size = math.prod(shape)
        if size * dtype.itemsize > INLINE_BYTES:
            raise rows.damaged("an array is larger than a small one can be")
        room.take(count * (8 + size * dtype.itemsize))
        flat = unpack(data, dtype, count * size)
        check_truth(flat)
        yield Run(dtype_name, shape_text, unpack(handles, np.dtype("<i8"), count), flat.reshape(count, *shape))
