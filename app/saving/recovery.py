"""Finds the copies of sessions that did not end as they should, newest first. Other windows' copies are locked."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ..store import StoreError
from ..store.growing import finished
from ..store.guard import open_guarded
from ..store.rows import Rows
from .autosave import remove
from .file_lock import FileLock

_log = logging.getLogger(__name__)

MOST_KEPT = 5  # older copies are removed
MOST_BYTES = 1 << 30  # ... and so are those that take more than this together


@dataclass(frozen=True, slots=True)
class Leftover:
    """A copy that nobody writes any more: when it was written last, its file's name if it had one, what is in it."""

    path: Path
    saved: datetime
    name: str
    contents: str

    @property
    def title(self) -> str:
        """`mnist.retro, 1,234 nodes, 5 cells, 23 Nov 14:05`."""
        return ", ".join(filter(None, (self.name, self.contents, f"{self.saved:%d %b %H:%M}")))


def leftovers(folder: Path) -> list[Leftover]:
    """What can be recovered. Beyond the newest few, copies are removed; what cannot be read is only left out."""
    found: list[Leftover] = []
    room = MOST_BYTES
    for number, path in enumerate(sorted(folder.glob("*.retro"), key=_age, reverse=True)):
        lock = FileLock(path)
        if not lock.take():
            continue
        try:
            room -= path.stat().st_size
            if number >= MOST_KEPT or room < 0:
                remove(path)
            else:
                found.append(_described(path))
        except (StoreError, OSError) as error:
            _log.warning("%s: %s", path, error)
        finally:
            lock.release()
    return found


def _described(path: Path) -> Leftover:
    saved = datetime.fromtimestamp(path.stat().st_mtime)
    connection = open_guarded(finished(path))
    try:
        info = dict(Rows(connection, path).select("info"))
    finally:
        connection.close()
    return Leftover(path, saved, Path(info.get("path", "")).name, info.get("contents", ""))


def _age(path: Path) -> float:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime
    return 0.0
