"""Keeps a copy of the session in the state folder while the window lives, for when it does not end as it should.

After each cell, and every minute while one runs, what was added since goes to a thread, which writes it; the UI thread
only takes views of columns. Large arrays follow when no cell runs, and wait for rows that come meanwhile. A session in
which nothing ran has no copy. A clean end removes it.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from engine.trace import Batch

from ..session.array_collector import ArrayCollector
from ..session.session import Session
from ..session.transcript import Entry
from ..store import Growth
from ..store.growing import GrowingFile, files_of
from ..store.stored_arrays import StoredArrays
from .file_lock import FileLock

_log = logging.getLogger(__name__)

PERIOD = 60_000  # ms between two copies while a cell runs
PAUSE = 1_000  # ms after a cell, in which further ones may end
ROOM_FOR_ARRAYS = 0.75  # of the largest size: rows must have some left when arrays have filled theirs
ARRAYS_AT_ONCE = 32  # written in one transaction

_Fetched = Iterator[tuple[int, Any]]  # (handle, array)


@dataclass(slots=True)
class _Addition:
    batch: Batch | None = None
    transcript: list[Entry] = field(default_factory=list)
    parts: dict[str, Any] = field(default_factory=dict)
    info: dict[str, str] = field(default_factory=dict)
    arrays: ArrayCollector | None = None
    copied: StoredArrays | None = None


class Autosave(QObject):
    """The copy of one window's session. `parts` and `info` say what belongs to it besides the record."""

    written = Signal()  # the rows of an addition are on the disk
    complete = Signal()  # and so are the arrays that there is room for
    stopped = Signal(str)  # why there will be no further additions

    def __init__(
        self,
        session: Session,
        folder: Path,
        parts: Callable[[], dict[str, Any]],
        info: Callable[[], dict[str, str]],
        *,
        largest: int,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._folder, self._parts, self._info = session, folder, parts, info
        self._largest = largest
        self._path: Path | None = None
        self._lock: FileLock | None = None
        self._thread: threading.Thread | None = None
        self._additions: queue.SimpleQueue[_Addition | None] = queue.SimpleQueue()
        self._busy = self._again = self._ended = self._full = False
        self._growth, self._arrays_done = Growth(), 0
        self._collectors: list[ArrayCollector] = []
        self._stopping = threading.Event()
        self._after_cell = QTimer(self, interval=PAUSE, singleShot=True)
        self._after_cell.timeout.connect(self.save)
        self._minute = QTimer(self, interval=PERIOD)
        self._minute.timeout.connect(self.save)
        self._minute.start()
        session.cell_finished.connect(self._on_cell)
        session.trace_replaced.connect(self._on_replaced)
        self.written.connect(self._on_written)
        self.stopped.connect(self._on_stopped)

    @property
    def path(self) -> Path | None:
        """The copy, once there is one."""
        return self._path

    def save(self) -> None:
        """Write what was added since; what comes while that happens follows after it."""
        if self._ended or not len(self._session.trace.cells):
            return
        if self._busy:
            self._again = True
            return
        batch, transcript = self._growth.take(self._session.trace), self._session.transcript.take()
        addition = _Addition(batch, transcript, self._parts(), self._info())
        if not self._full and self._session.state in ("idle", "dead"):
            self._add_arrays(addition)
        if batch is None and not transcript and addition.arrays is None:
            return
        self._busy = True
        self._started()
        self._additions.put(addition)

    def _add_arrays(self, addition: _Addition) -> None:
        access, first = self._session.arrays, self._arrays_done
        stored = access.stored
        skipped = stored.handles if stored is not None else frozenset()
        handles = [handle for handle in access.live(first) if handle not in skipped]
        if handles:
            addition.arrays = ArrayCollector(access, handles, self)
            self._collectors.append(addition.arrays)
        addition.copied = stored if first == 0 else None
        self._arrays_done = len(self._session.trace.arrays)

    def end(self, *, keep: bool = False) -> None:
        """No further additions; the copy is removed, unless it is to be kept."""
        if not self._ended:
            self._ended = True
            self._after_cell.stop()
            self._minute.stop()
        self._finish_file(keep=keep)

    # -- the file --------------------------------------------------------------------------------------------------

    def _started(self) -> None:
        if self._thread is not None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path = self._folder / f"{os.getpid()}-{uuid.uuid4().hex[:8]}.retro"
        self._lock = FileLock(path)
        self._lock.take()
        additions = self._additions
        self._thread = threading.Thread(target=self._write, args=(path, additions), name="autosave", daemon=True)
        self._thread.start()

    def _finish_file(self, *, keep: bool) -> None:
        thread, path, lock = self._thread, self._path, self._lock
        if thread is None or path is None or lock is None:
            return
        self._stopping.set()
        for collector in self._collectors:
            collector.cancel()
        self._collectors = []
        self._additions.put(None)
        thread.join()
        self._stopping.clear()
        self._thread = self._path = self._lock = None
        self._additions = queue.SimpleQueue()
        self._busy = self._again = self._full = False
        if not keep:
            remove(path)
        lock.release()

    def _on_cell(self, _row: int) -> None:
        self._after_cell.start()

    def _on_replaced(self) -> None:
        """Another session is in the window: the copy of the one before is not wanted any more."""
        if not self._ended:
            self._finish_file(keep=False)
            self._growth, self._arrays_done = Growth(), 0

    def _on_written(self) -> None:
        self._busy = False
        if self._again:
            self._again = False
            self.save()

    def _on_stopped(self, _why: str) -> None:
        self._ended = True
        self._busy = False

    # -- the writing thread ----------------------------------------------------------------------------------------

    def _write(self, path: Path, additions: queue.SimpleQueue[_Addition | None]) -> None:
        file: GrowingFile | None = None
        try:
            file = GrowingFile(path)
            fetched: deque[_Fetched] = deque()
            while True:
                waiting = bool(fetched)
                self._write_arrays(file, fetched, additions)
                if waiting and not fetched:
                    self.complete.emit()
                addition = additions.get()
                if addition is None:
                    return
                self._write_rows(file, addition)
                self.written.emit()
                if addition.arrays is not None:
                    fetched.append(iter(addition.arrays))
        except Exception as error:  # the window must live on without its copy
            _log.exception("autosave ended")
            self.stopped.emit(f"The session is not saved by itself any more: {error}")
        finally:
            if file is not None:
                file.close()

    def _write_rows(self, file: GrowingFile, addition: _Addition) -> None:
        if file.size() > self._largest:
            raise OSError(f"the copy has reached its largest size, {self._largest >> 20:,} MiB. Save the session.")
        file.add(addition.batch, addition.transcript, addition.parts, addition.info)
        stored = addition.copied
        for handle in sorted(stored.handles) if stored is not None else ():
            if stored is not None and self._has_room(file, 0) and not self._stopping.is_set():
                file.add(copied=stored.parts(handle))

    def _write_arrays(
        self,
        file: GrowingFile,
        fetched: deque[Iterator[tuple[int, Any]]],
        additions: queue.SimpleQueue[_Addition | None],
    ) -> None:
        """Arrays that have been fetched, until there are rows to write."""
        while fetched and additions.empty() and not self._full:
            some = list(islice(fetched[0], ARRAYS_AT_ONCE))
            if not some:
                fetched.popleft()
            room = [(handle, array) for handle, array in some if self._has_room(file, array.nbytes)]
            self._full = len(room) < len(some)
            file.add(arrays=room)

    def _has_room(self, file: GrowingFile, more: int) -> bool:
        return file.size() + more < ROOM_FOR_ARRAYS * self._largest


def remove(path: Path) -> None:
    """Remove a copy with all that is beside it."""
    for file in files_of(path):
        try:
            file.unlink(missing_ok=True)
        except OSError:
            _log.warning("cannot remove %s", file)
