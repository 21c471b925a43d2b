"""Writes rows into a session file that is open: batches of a trace, arrays, transcript, parts. Knows no trace.

The same writer serves a whole save and an autosave that grows. The caller decides about transactions and files.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.trace import SCHEMA, Batch, Columns, column_dtype, shape_text

from ..session.transcript import Entry
from .layout import (
    APPLICATION_ID,
    ARRAY_PART,
    COLUMNS,
    ROWS_AT_ONCE,
    SMALL_ARRAYS_AT_ONCE,
    STRINGS_AT_ONCE,
    TABLES,
    VERSION,
    checksum,
)
from .packing import pack, pack_array, pack_json

_INSERT = {
    table: f"INSERT INTO {table} VALUES ({', '.join('?' * (len(columns) + 1))})" for table, columns in COLUMNS.items()
}


class Writer:
    """One connection to a new file, whose tables it makes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._strings = 1  # every trace has "" as its first
        self._segment = 0
        self._totals = dict.fromkeys(COLUMNS, 0)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        for statement in TABLES.values():
            connection.execute(statement)

    def write_info(self, info: Mapping[str, str]) -> None:
        """Short facts for whoever looks into the file; nothing is read from them."""
        for fact in info.items():
            self._replace("info", *fact)

    def write_batch(self, batch: Batch) -> None:
        """What was added to the trace since the last call, as one segment."""
        for start in range(0, len(batch.strings), STRINGS_AT_ONCE):
            some = batch.strings[start : start + STRINGS_AT_ONCE]
            self._add("strings", self._strings + start, len(some), *pack_json(some))
        self._strings += len(batch.strings)
        for name, rows in batch.tables.items():
            self._write_columns(name, rows)
        self._segment += 1
        self._write_values(batch.values)

    def write_array(self, handle: int, array: NDArray[Any]) -> None:
        """A large array, in parts that are compressed one by one."""
        flat = np.ascontiguousarray(array).reshape(-1)
        size = max(1, ARRAY_PART // flat.dtype.itemsize)
        for part, start in enumerate(range(0, len(flat), size)):
            some = flat[start : start + size]
            self._add("arrays", handle, part, some.nbytes, pack_array(some))

    def copy_array(self, handle: int, part: int, size: int, data: bytes) -> None:
        """A part of an array as another session file has it."""
        self._add("arrays", handle, part, size, data)

    def write_transcript(self, entries: Sequence[Entry]) -> None:
        """Further pieces of the console's text."""
        if entries:
            self._add("transcript", self._totals["transcript"], len(entries), *pack_json(list(entries)))

    def write_parts(self, parts: Mapping[str, Any]) -> None:
        """Values of JSON by name; a name that is there already gets the new value."""
        for name, value in parts.items():
            self._replace("parts", name, *pack_json(value))

    def write_totals(self) -> None:
        """How many rows there are, with which a reader knows that none is lost. The last thing of each transaction."""
        for table, count in self._totals.items():
            if table != "totals":
                self._replace("totals", table, count)

    def _write_columns(self, name: str, rows: Columns) -> None:
        count = len(next(iter(rows.values())))
        for start in range(0, count, ROWS_AT_ONCE):
            for column, kind in SCHEMA[name].items():
                values = rows[column][start : start + ROWS_AT_ONCE].astype(column_dtype(kind), copy=False)
                number = self._totals["columns"]
                self._add("columns", number, self._segment, name, column, kind, len(values), pack(values))
            self._segment += 1

    def _write_values(self, values: Mapping[int, NDArray[Any]]) -> None:
        """Arrays of one dtype and shape are one row: read back, they are slices of one array."""
        groups: dict[tuple[np.dtype[Any], tuple[int, ...]], list[int]] = defaultdict(list)
        for handle, value in values.items():
            groups[value.dtype, value.shape].append(handle)
        for (dtype, shape), handles in groups.items():
            facts = dtype.name, shape_text(shape)
            for start in range(0, len(handles), SMALL_ARRAYS_AT_ONCE):
                some = handles[start : start + SMALL_ARRAYS_AT_ONCE]
                stack = np.stack([values[handle] for handle in some])
                packed = pack(np.array(some, "<i8")), pack_array(stack)
                self._add("small_arrays", self._totals["small_arrays"], *facts, len(some), *packed)

    def _add(self, table: str, *row: object) -> None:
        self._connection.execute(_INSERT[table], (*row, checksum(row)))
        self._totals[table] += 1

    def _replace(self, table: str, *row: object) -> None:
        """Write a row whose key may be there already."""
        key = next(iter(COLUMNS[table]))
        known = self._connection.execute(f"DELETE FROM {table} WHERE {key} = ?", row[:1]).rowcount
        self._totals[table] -= known
        self._add(table, *row)
