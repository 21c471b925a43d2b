"""Keeps a copy of the session in the state folder while the window lives, for when it does not end as it should.

After each cell, and every minute while one runs, what was added since goes to a thread, which writes it; the UI thread
only takes views of columns. A session in which nothing ran has no copy. A clean end removes it.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from engine.trace import Batch

from .array_collector import ArrayCollector
from .file_lock import FileLock
from .session import Session
from .store import Growth
from .store.growing import GrowingFile, files_of
from .store.stored_arrays import StoredArrays
from .transcript import Entry

_log = logging.getLogger(__name__)

PERIOD = 60_000  # ms between two copies while a cell runs
PAUSE = 1_000  # ms after a cell, in which further ones may end
ROOM_FOR_ARRAYS = 0.75  # of the largest size: rows must have some left when arrays have filled theirs
FOLDER = "autosave"


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

    written = Signal()  # an addition is on the disk
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
        self._collector: ArrayCollector | None = None
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
        trace, first = self._session.trace, self._arrays_done
        batch, transcript = self._growth.take(trace), self._session.transcript.take()
        if batch is None and not transcript:
            return
        addition = _Addition(batch, transcript, self._parts(), self._info())
        if not self._full:
            stored = self._session.arrays.stored
            skipped = stored.handles if stored is not None else frozenset()
            handles = [handle for handle in self._session.arrays.live(first) if handle not in skipped]
            addition.arrays = self._collector = ArrayCollector(self._session.arrays, handles, self) if handles else None
            addition.copied = stored if first == 0 else None
        self._arrays_done = len(trace.arrays)
        self._busy = True
        self._started()
        self._additions.put(addition)

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
        if self._collector is not None:
            self._collector.cancel()
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
            while (addition := additions.get()) is not None:
                self._write_one(file, addition)
                self.written.emit()
        except Exception as error:  # the window must live on without its copy
            _log.exception("autosave ended")
            self.stopped.emit(f"The session is not saved by itself any more: {error}")
        finally:
            if file is not None:
                file.close()

    def _write_one(self, file: GrowingFile, addition: _Addition) -> None:
        if file.size() > self._largest:
            raise OSError(f"the copy has reached its largest size, {self._largest >> 20:,} MiB. Save the session.")
        file.add(addition.batch, addition.transcript, addition.parts, addition.info)
        room = ROOM_FOR_ARRAYS * self._largest
        if addition.copied is not None:
            for handle in sorted(addition.copied.handles):
                if file.size() < room and not self._stopping.is_set():
                    file.add(copied=addition.copied.parts(handle))
        for handle, array in addition.arrays or ():
            if file.size() + array.nbytes < room:
                file.add(arrays=[(handle, array)])
            else:
                self._full = True
                break


def remove(path: Path) -> None:
    """Remove a copy with all that is beside it."""
    for file in files_of(path):
        try:
            file.unlink(missing_ok=True)
        except OSError:
            _log.warning("cannot remove %s", file)
