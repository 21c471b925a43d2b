"""One export off the UI thread: how far it is, what came of it, and that it can be cancelled."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ..background import Background
from ..export import ExportRequest, Format, export

_TOLD = 0.01  # share of the work between two words about it


class Writing(QObject):
    """`progressed(share, what)`, then `done(files)` or `failed(error)`."""

    progressed = Signal(float, str)
    done = Signal(tuple)
    failed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._work = Background(self)
        self._cancelled = threading.Event()
        self.busy = False

    def start(self, path: Path, request: ExportRequest, form: Format) -> None:
        """Write; nothing else must be under way."""
        self._cancelled = cancelled = threading.Event()
        last = -1.0

        def progress(share: float, what: str) -> None:
            nonlocal last
            if share - last >= _TOLD or share >= 1.0:
                last = share
                self.progressed.emit(share, what)

        told = replace(request, progress=progress, cancelled=cancelled.is_set)
        self.busy = True
        self._work.run(lambda: export(path, told, form), self._finish, self._fail)

    def cancel(self) -> None:
        """Let it end at its next word; older files stay."""
        self._cancelled.set()

    def _finish(self, files: tuple[Path, ...]) -> None:
        self.busy = False
        self.done.emit(files)

    def _fail(self, error: Exception) -> None:
        self.busy = False
        self.failed.emit(error)
