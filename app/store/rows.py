"""The rows of a guarded session file as plain values, each with the type it must have. Knows no trace."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .errors import DamagedFileError
from .guard import readable
from .layout import COLUMNS, KEYS, checksum


class Rows:
    """Queries of one connection. All errors come out as `DamagedFileError`."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self.name = path.name

    def select(self, table: str, rest: str = "", values: tuple[object, ...] = ()) -> Iterator[Any]:
        """The rows of a table as tuples of its columns, in the order of its key, each with its checksum tested."""
        columns = COLUMNS[table]
        kinds, key = list(columns.values()), KEYS.get(table, next(iter(columns)))
        statement = f"SELECT {', '.join(columns)}, crc FROM {table} {rest} ORDER BY {key}"
        try:
            for *fields, crc in self._connection.execute(statement, values):
                row = tuple(self._typed(value, kind) for value, kind in zip(fields, kinds, strict=True))
                if crc != checksum(row):
                    raise self.damaged("a row does not match its checksum")
                yield row
        except (sqlite3.Error, UnicodeDecodeError, OverflowError, MemoryError) as error:
            raise self.damaged(readable(error)) from None

    def check_totals(self) -> None:
        """Whether all rows are there that were written: a damaged file may lose whole pages of them."""
        totals = dict(self.select("totals"))
        for table in COLUMNS.keys() - {"totals"}:
            if totals.get(table, 0) != sum(1 for _ in self.keys(table)):
                raise self.damaged(f"rows of its table {table} are missing")

    def keys(self, table: str, rest: str = "") -> Iterator[int | bytes]:
        """The first column alone, which is quick where the rest is large."""
        key = next(iter(COLUMNS[table]))
        try:
            for (value,) in self._connection.execute(f"SELECT {key} FROM {table} {rest} ORDER BY {key}"):
                yield value
        except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
            raise self.damaged(readable(error)) from None

    def damaged(self, what: str) -> DamagedFileError:
        """The error to raise when a row means nothing."""
        return DamagedFileError(self.name, what)

    def _typed(self, value: Any, kind: str) -> Any:
        if isinstance(value, int) and kind == "INTEGER" and value >= 0:
            return value
        if isinstance(value, bytes) and kind != "INTEGER":  # texts come as bytes from a guarded connection
            return value.decode() if kind == "TEXT" else value
        raise self.damaged("a field has a value of the wrong type")
