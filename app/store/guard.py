"""Opens a session file for reading only, so that nothing in it can do anything. The file may be anybody's.

Before SQLite sees it: its marks and its length. Then: no writing, no journal or log beside it, no extensions, no
functions, no tables but ours in exactly our words (so no triggers, views or virtual tables), limits on sizes, and an
end to queries that do not end.
"""

from __future__ import annotations

import os
import sqlite3
import struct
from pathlib import Path

from .errors import CannotReadError, DamagedFileError, ForeignFileError, NewerFileError
from .layout import APPLICATION_ID, LARGEST_BLOB, TABLES, VERSION

MAGIC = b"SQLite format 3\0"
HEADER = 100  # bytes
MOST_WORK = 2_000  # calls of the progress handler ...
WORK = 100_000  # ... which come each time SQLite has done so many instructions
SCHEMA_ROWS = 2 * len(TABLES)  # more than there can be

LIMITS = {
    "SQLITE_LIMIT_LENGTH": LARGEST_BLOB + (1 << 20),
    "SQLITE_LIMIT_SQL_LENGTH": 10_000,
    "SQLITE_LIMIT_COLUMN": 50,
    "SQLITE_LIMIT_EXPR_DEPTH": 20,
    "SQLITE_LIMIT_COMPOUND_SELECT": 2,
    "SQLITE_LIMIT_ATTACHED": 0,
    "SQLITE_LIMIT_TRIGGER_DEPTH": 1,
    "SQLITE_LIMIT_WORKER_THREADS": 0,
}


def open_guarded(path: Path) -> sqlite3.Connection:
    """A connection that can only read our tables. Raises a `StoreError` for every other file.

    It may be used from one thread after another.
    """
    check_header(path)
    try:
        return _connect(path)
    except UnicodeDecodeError:  # SQLite's message quotes the file
        raise DamagedFileError(path.name, "its tables cannot be read") from None
    except sqlite3.Error as error:
        raise DamagedFileError(path.name, readable(error)) from None


def readable(error: Exception) -> str:
    """The first words of an error, without what it may quote of the file."""
    text = str(error).split(" - ")[0][:100]
    return text if text.isprintable() and text else type(error).__name__


def check_header(path: Path) -> int:
    """The length of the file, when that and the first bytes are those of a session file of this version or before."""
    name = path.name
    try:
        with path.open("rb") as file:
            header = file.read(HEADER)
            length = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        raise CannotReadError(f"{path} does not exist. Check the name and the folder.") from None
    except IsADirectoryError:
        raise CannotReadError(f"{path} is a folder. Choose a file inside it.") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise CannotReadError(f"{path} cannot be read: {reason}. Check its permissions.") from error
    if not length:
        raise DamagedFileError(name, "it is empty")
    if len(header) < HEADER or header[:16] != MAGIC:
        raise ForeignFileError(f"{name} is not a session of Retrograde. Choose another file.")
    (page_size,) = struct.unpack(">H", header[16:18])
    pages, version, application = (
        struct.unpack(">I", header[at : at + 4])[0] for at in (28, 60, 68)
    )  # of SQLite's file format, 1.3
    if application != APPLICATION_ID:
        raise ForeignFileError(f"{name} is a database, but not a session of Retrograde. Choose another file.")
    if version > VERSION:
        raise NewerFileError(
            f"{name} was written by a newer Retrograde (format {version}; this one reads up to {VERSION}). "
            "Update Retrograde to open it."
        )
    if version == 0:
        raise DamagedFileError(name, "it has no format number")
    size = (65_536 if page_size == 1 else page_size) * pages
    if length < size:
        raise DamagedFileError(name, f"it is cut off ({length:,} of {size:,} bytes are there)")
    return length


def _connect(path: Path) -> sqlite3.Connection:
    # `immutable` looks at no journal and takes no lock: we replace files, we never change them.
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    try:
        for name, value in LIMITS.items():
            connection.setlimit(getattr(sqlite3, name), value)
        for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON", "mmap_size = 0"):
            connection.execute(f"PRAGMA {pragma}")
        connection.text_factory = bytes
        _limit_work(connection)
        _check_tables(connection, path.name)
        connection.set_authorizer(_allow)
    except BaseException:
        connection.close()
        raise
    return connection


def _limit_work(connection: sqlite3.Connection) -> None:
    left = MOST_WORK

    def count() -> int:
        nonlocal left
        left -= 1
        return left < 0

    connection.set_progress_handler(count, WORK)


def _check_tables(connection: sqlite3.Connection, name: str) -> None:
    rows = connection.execute("SELECT type, name, sql FROM sqlite_schema").fetchmany(SCHEMA_ROWS)
    expected = {(b"table", table.encode(), statement.encode()) for table, statement in TABLES.items()}
    if set(rows) != expected or len(rows) != len(expected):
        raise DamagedFileError(name, "its tables are not those of a session")


def _allow(action: int, table: str | None, _column: str | None, _database: str | None, _source: str | None) -> int:
    """SQLite asks for every part of a statement whether it may be."""
    reads = action == sqlite3.SQLITE_READ and table in TABLES
    return sqlite3.SQLITE_OK if reads or action == sqlite3.SQLITE_SELECT else sqlite3.SQLITE_DENY
