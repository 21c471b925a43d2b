"""Saves a session as a file in one move: whatever goes wrong, at any moment, the old file or the new one is there.

A part file in the same folder is filled, brought to the disk and moved over the old one. Knows no Qt.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from engine.trace import Batch

from ..session.transcript import Entry
from ..version import __version__
from .errors import CannotSaveError
from .writer import Writer

PART = ".part"
OLD_PART = 24 * 3600.0  # seconds after which nobody can still be writing a part file


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into a file. `arrays` is read while writing, so it may wait for them.

    batch       the whole trace, from its beginning
    transcript  pieces of the console's text
    parts       values of JSON by name: view, document, breakpoints, ...
    info        short facts for whoever looks into the file
    arrays      (handle, array) of large arrays
    copied      (handle, part, size, data) of arrays as another session file has them
    """

    batch: Batch
    transcript: list[Entry] = field(default_factory=list)
    parts: dict[str, Any] = field(default_factory=dict)
    info: dict[str, str] = field(default_factory=dict)
    arrays: Iterable[tuple[int, NDArray[Any]]] = ()
    copied: Iterable[tuple[int, int, int, bytes]] = ()


def save_session(path: Path | str, contents: Contents, *, before_move: Callable[[], object] | None = None) -> Path:
    """Write a session file; returns the path that was written, with links followed. Raises `CannotSaveError`.

    `before_move` is called when the new file is complete: the place to close the old one where the system demands it.
    """
    path = Path(path)
    try:
        path = path.resolve()
        _remove_old_parts(path)
        part = path.with_name(f".{path.name}.{os.getpid()}{PART}")
        try:
            _write(part, contents)
            if before_move is not None:
                before_move()
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except (OSError, sqlite3.Error) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise CannotSaveError(f"{path} cannot be written: {reason}. Choose another place with Save as.") from error
    return path


def facts() -> dict[str, str]:
    """What stands in every file for whoever looks into it."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {"program": "Retrograde", "program_version": __version__, "written": now}


def _write(part: Path, contents: Contents) -> None:
    part.unlink(missing_ok=True)
    with new_file(part) as writer:
        writer.write_info({**facts(), **contents.info})
        writer.write_batch(contents.batch)
        writer.write_transcript(contents.transcript)
        writer.write_parts(contents.parts)
        for row in contents.copied:
            writer.copy_array(*row)
        for handle, array in contents.arrays:
            writer.write_array(handle, array)
        writer.write_totals()
    with part.open("rb+") as file:
        os.fsync(file.fileno())


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[Writer]:
    """A writer on a file that nobody else reads yet: it needs neither journal nor locks."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN")
        yield Writer(connection)
        connection.execute("COMMIT")
    finally:
        connection.close()


def _remove_old_parts(path: Path) -> None:
    """What a process that was killed while saving this file has left behind."""
    limit = time.time() - OLD_PART
    for part in path.parent.glob(f".{_literal(path.name)}.*{PART}"):
        with contextlib.suppress(OSError):
            if part.stat().st_mtime < limit:
                part.unlink()


def _literal(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _sync_folder(folder: Path) -> None:
    """The move itself must reach the disk too, where folders can be opened."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
