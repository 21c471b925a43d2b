"""What a trace has got since it was last written. Cheap enough for the UI thread: no column is copied that stays.

Tables are append-only, so views of their columns stay as they are while a writer thread reads them; only rows that are
written again (`REWRITTEN`) are copied.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.trace import INLINE_BYTES, REWRITTEN, SCHEMA, Batch, Columns, Trace


class Growth:
    """Remembers how far one trace has been written; a new one starts at its beginning."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {"strings": 1}  # every trace has ""
        self._written: dict[str, Columns] = {}

    def take(self, trace: Trace) -> Batch | None:
        """The batch that brings a reader up to date, or None. The next call starts where this one ended."""
        tables: dict[str, Columns] = {}
        for name in SCHEMA:
            rows = self._changed(trace, name) if name in REWRITTEN else self._added(trace, name)
            if rows is not None:
                tables[name] = rows
        first = self._counts["strings"]
        batch = Batch(tables, trace.strings[first:], self._values(trace))
        self._counts = trace.counts()
        return batch if tables or batch.strings else None

    def _added(self, trace: Trace, name: str) -> Columns | None:
        first, table = self._counts.get(name, 0), trace.table(name)
        if len(table) == first:
            return None
        return {column: getattr(table, column)[first:] for column in SCHEMA[name]}

    def _changed(self, trace: Trace, name: str) -> Columns | None:
        table = trace.table(name)
        now = {column: getattr(table, column).copy() for column in SCHEMA[name]}
        before = self._written.get(name)
        self._written[name] = now
        if before is None:
            return now if len(table) else None
        rows = _differing(before, now)
        return {column: values[rows] for column, values in now.items()} if len(rows) else None

    def _values(self, trace: Trace) -> dict[int, NDArray[Any]]:
        """The small arrays of the new rows; larger ones are fetched one by one."""
        first, sizes, values = self._counts.get("arrays", 0), trace.arrays.nbytes, trace.values
        if first == 0:  # nearly all of them
            large = values.keys() & set(np.flatnonzero(sizes > INLINE_BYTES).tolist())
            return {handle: values[handle] for handle in values.keys() - large} if large else values.copy()
        small = np.flatnonzero(sizes[first:] <= INLINE_BYTES) + first
        return {handle: values[handle] for handle in small.tolist() if handle in values}


def _differing(before: Columns, now: Columns) -> NDArray[Any]:
    """Indices of rows of `now` that are new or not as they were."""
    known = len(next(iter(before.values())))
    differs = np.ones(len(next(iter(now.values()))), bool)
    differs[:known] = False
    for column, values in now.items():
        old, new = before[column], values[:known]
        if values.dtype.kind == "f":  # by their bits, or NaN would differ from itself
            old, new = old.view("<i8"), new.view("<i8")
        differs[:known] |= new != old
    return np.flatnonzero(differs)
