"""The rows of a guarded session file as plain values, each with the type it must have. Knows no trace."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from .errors import DamagedFileError


class Rows:
    """Queries of one connection. All errors come out as `DamagedFileError`."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self._connection = connection
        self.name = name

    def select(self, table: str, where: str = "", values: tuple[object, ...] = (), **columns: str) -> Iterator[Any]:
        """Tuples of the named columns in the order of the table's key; `column="integer" | "text" | "blob"`."""
        statement = f"SELECT {', '.join(columns)} FROM {table} {where}"
        kinds = list(columns.values())
        try:
            for row in self._connection.execute(statement, values):
                yield tuple(self._typed(value, kind) for value, kind in zip(row, kinds, strict=True))
        except (sqlite3.Error, UnicodeDecodeError, OverflowError, MemoryError) as error:
            raise self.damaged(str(error) or type(error).__name__) from None

    def damaged(self, what: str) -> DamagedFileError:
        """The error to raise when a row means nothing."""
        return DamagedFileError(self.name, what)

    def _typed(self, value: Any, kind: str) -> Any:
        if isinstance(value, int) and kind == "integer" and value >= 0:
            return value
        if isinstance(value, bytes) and kind != "integer":
            return value.decode() if kind == "text" else value
        raise self.damaged("a field has a value of the wrong type")
