"""How a session file is laid out: SQLite's own marks, the tables, and how large things may be.

`docs/session-format.md` explains it to others; whoever changes this file changes that text and, where an older program
would misread the result, `VERSION`.
"""

from __future__ import annotations

SUFFIX = ".retro"
APPLICATION_ID = 0x52_54_52_47  # "RTRG"; `file` and SQLite show it
VERSION = 1  # SQLite's user_version

TABLES = {
    "info": "CREATE TABLE info (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "strings": (
        "CREATE TABLE strings (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, size INTEGER NOT NULL, "
        "data BLOB NOT NULL)"
    ),
    "columns": (
        "CREATE TABLE columns (id INTEGER PRIMARY KEY, segment INTEGER NOT NULL, table_name TEXT NOT NULL, "
        "column_name TEXT NOT NULL, type TEXT NOT NULL, rows INTEGER NOT NULL, data BLOB NOT NULL)"
    ),
    "small_arrays": (
        "CREATE TABLE small_arrays (id INTEGER PRIMARY KEY, dtype TEXT NOT NULL, shape TEXT NOT NULL, "
        "count INTEGER NOT NULL, handles BLOB NOT NULL, data BLOB NOT NULL)"
    ),
    "arrays": (
        "CREATE TABLE arrays (handle INTEGER, part INTEGER, size INTEGER NOT NULL, data BLOB NOT NULL, "
        "PRIMARY KEY (handle, part)) WITHOUT ROWID"
    ),
    "transcript": (
        "CREATE TABLE transcript (id INTEGER PRIMARY KEY, count INTEGER NOT NULL, size INTEGER NOT NULL, "
        "data BLOB NOT NULL)"
    ),
    "parts": "CREATE TABLE parts (name TEXT PRIMARY KEY, size INTEGER NOT NULL, data BLOB NOT NULL) WITHOUT ROWID",
}

STRINGS_AT_ONCE = 4096  # per row of `strings`
ROWS_AT_ONCE = 1 << 20  # per row of `columns`
ARRAY_PART = 1 << 20  # bytes per row of `arrays`

# Reading stops at these; what is declared larger is not even unpacked.
LARGEST_BLOB = 64 << 20  # bytes of one value, unpacked
LARGEST_RECORD = 2 << 30  # bytes of all columns, strings and small arrays, unpacked
