"""Rows on their way into a batch: numbers per table, strings interned, all of it handed over at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..trace import SCHEMA, Batch, Columns, column_dtype

# Rows wait as one flat list of numbers: a tuple per row would make the garbage collector visit them again and again.
_NUMBER = {name: np.float64 if "f8" in columns.values() else np.int64 for name, columns in SCHEMA.items()}


class Rows:
    """Collects new rows of a trace that has `start` rows already, as `Trace.counts()` says."""

    def __init__(self, start: Mapping[str, int]) -> None:
        self._counts = {name: start[name] for name in SCHEMA}
        self._waiting: dict[str, list[float]] = {name: [] for name in SCHEMA}
        self._strings: dict[str, int] = {"": 0}
        self._string_count = start["strings"]
        self._new_strings: list[str] = []
        self.values: dict[int, NDArray[Any]] = {}

    def string(self, text: str) -> int:
        """The index of a string, which is sent once."""
        index = self._strings.get(text)
        if index is None:
            index = self._strings[text] = self._string_count
            self._string_count += 1
            self._new_strings.append(text)
        return index

    def add(self, table: str, *row: float) -> int:
        """Append a row, its columns in the order of the schema and strings as indices; returns its number."""
        number = self._counts[table]
        self._counts[table] = number + 1
        self._waiting[table].extend(row)
        return number

    def new_id(self, table: str) -> int:
        """The number of the next row of a table that is written by id; the row follows with `write`."""
        number = self._counts[table]
        self._counts[table] = number + 1
        return number

    def write(self, table: str, *row: float) -> None:
        """Write, or write again, a row of a table whose first column is its id."""
        self._waiting[table].extend(row)

    def take(self) -> Batch | None:
        """Everything new as one batch, or None."""
        tables = {name: _columns(name, numbers) for name, numbers in self._waiting.items() if numbers}
        if not tables and not self._new_strings:
            return None
        batch = Batch(tables, self._new_strings, self.values)
        self._waiting = {name: [] for name in SCHEMA}
        self._new_strings, self.values = [], {}
        return batch


def _columns(name: str, numbers: list[float]) -> Columns:
    columns = SCHEMA[name]
    turned = np.array(numbers, _NUMBER[name]).reshape(-1, len(columns)).T
    return {
        column: values.astype(column_dtype(kind))
        for (column, kind), values in zip(columns.items(), turned, strict=True)
    }
