"""A session file that grows while its session runs: each addition is one transaction of SQLite, with its own log.

A process that dies at any moment leaves a file with every finished addition. `finished(path)` brings the log into the
file, so that `open_session` can read it. Knows no Qt; one thread uses it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from engine.trace import Batch

from ..session.transcript import Entry
from .errors import CannotReadError, CannotSaveError
from .saving import facts
from .writer import Writer


class GrowingFile:
    """Made new; raises `CannotSaveError`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._connection = sqlite3.connect(path, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")  # an addition survives the machine too
            self._connection.execute("BEGIN IMMEDIATE")
            self._writer = Writer(self._connection)
            self._writer.write_info(facts())
            self._writer.write_totals()
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise CannotSaveError(f"{path} cannot be written: {error}. Check the folder.") from error

    def add(
        self,
        batch: Batch | None = None,
        transcript: Iterable[Entry] = (),
        parts: Mapping[str, Any] | None = None,
        info: Mapping[str, str] | None = None,
        arrays: Iterable[tuple[int, Any]] = (),
        copied: Iterable[tuple[int, int, int, bytes]] = (),
    ) -> None:
        """All of it or nothing. Raises `CannotSaveError`."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            if batch is not None:
                self._writer.write_batch(batch)
            self._writer.write_transcript(list(transcript))
            self._writer.write_parts(parts or {})
            self._writer.write_info({**facts(), **(info or {})})
            for row in copied:
                self._writer.copy_array(*row)
            for handle, array in arrays:
                self._writer.write_array(handle, array)
            self._writer.write_totals()
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise CannotSaveError(f"{self.path} cannot be written: {error}. Check the space on the disk.") from error

    def size(self) -> int:
        """Bytes on the disk, with the log."""
        return sum(path.stat().st_size for path in files_of(self.path))

    def close(self) -> None:
        """Let the file go; the log goes into it."""
        self._connection.close()


def files_of(path: Path) -> list[Path]:
    """The file and what SQLite keeps beside it, as far as they are there."""
    beside = [path, *(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm", "-journal"))]
    return [file for file in beside if file.exists()]


def finished(path: Path) -> Path:
    """Bring what a dead process left in the log into the file. Raises `CannotReadError`."""
    try:
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA journal_mode = DELETE")
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise CannotReadError(f"{path.name} cannot be recovered: {error}. Its folder is {path.parent}.") from error
    return path
