"""How a session file is laid out: SQLite's own marks, the tables, and how large things may be.

`docs/session-format.md` explains it to others; whoever changes this file changes that text and, where an older program
would misread the result, `VERSION`.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

SUFFIX = ".retro"
APPLICATION_ID = 0x52_54_52_47  # "RTRG"; `file` and SQLite show it
VERSION = 1  # SQLite's user_version

# Table -> its columns with their types, then what stands at the end of its declaration. Each row ends in `crc`, a sum
# over the others.
COLUMNS: dict[str, dict[str, str]] = {
    "info": {"key": "TEXT", "value": "TEXT"},
    "totals": {"name": "TEXT", "count": "INTEGER"},
    "strings": {"first": "INTEGER", "count": "INTEGER", "size": "INTEGER", "data": "BLOB"},
    "columns": {
        "id": "INTEGER", "segment": "INTEGER", "table_name": "TEXT", "column_name": "TEXT", "type": "TEXT",
        "rows": "INTEGER", "data": "BLOB",
    },
    "small_arrays": {
        "id": "INTEGER", "dtype": "TEXT", "shape": "TEXT", "count": "INTEGER", "handles": "BLOB", "data": "BLOB",
    },
    "arrays": {"handle": "INTEGER", "part": "INTEGER", "size": "INTEGER", "data": "BLOB"},
    "transcript": {"id": "INTEGER", "count": "INTEGER", "size": "INTEGER", "data": "BLOB"},
    "parts": {"name": "TEXT", "size": "INTEGER", "data": "BLOB"},
}  # fmt: skip
KEYS = {"arrays": "handle, part"}  # of the others: the first column


def declaration(table: str) -> str:
    """The statement that makes a table; a file with other words than these is not ours."""
    columns = ", ".join(f"{name} {kind} NOT NULL" for name, kind in COLUMNS[table].items())
    key = KEYS.get(table, next(iter(COLUMNS[table])))
    rest = "" if COLUMNS[table].get(key) == "INTEGER" else " WITHOUT ROWID"
    return f"CREATE TABLE {table} ({columns}, crc INTEGER NOT NULL, PRIMARY KEY ({key})){rest}"


TABLES = {table: declaration(table) for table in COLUMNS}


def checksum(fields: Sequence[object]) -> int:
    """CRC-32 of a row: each field as bytes (numbers as text), with a zero byte after each."""
    crc = 0
    for field in fields:
        crc = zlib.crc32(field if isinstance(field, bytes) else str(field).encode("utf-8", "surrogatepass"), crc)
        crc = zlib.crc32(b"\0", crc)
    return crc


STRINGS_AT_ONCE = 4096  # per row of `strings`
ROWS_AT_ONCE = 1 << 16  # per row of `columns`: packing one must not keep the UI thread waiting
SMALL_ARRAYS_AT_ONCE = 1024  # per row of `small_arrays`, for the same reason
ARRAY_PART = 1 << 20  # bytes per row of `arrays`

# Reading stops at these; what is declared larger is not even unpacked.
LARGEST_BLOB = 64 << 20  # bytes of one value, unpacked
LARGEST_RECORD = 2 << 30  # bytes of all columns, strings and small arrays, unpacked ...
ALWAYS_ALLOWED = 64 << 20  # ... or, where that is less, this and the size of the file times
HIGHEST_RATIO = 100  # (a training loop comes to 6; zlib itself could reach 1,000)
