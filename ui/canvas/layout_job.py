"""Layouts off the UI thread: one at a time, the newest wanted one next, the previous picture stays until it is done.

A graph that grows while a layout runs does not cancel it (a loop would never see a picture): the newest growth waits.
Another trace or another view does cancel it.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal, SignalInstance

from .drawing import Drawing, lay_out
from .fonts import Fonts
from .layout import LayoutCancelled, Orientation
from .shown_graph import View
from .snapshot import Snapshot

SLOW_MS = 300  # from here on the window says what it is doing


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be laid out; `fresh` ones start without regard to the last layout."""

    snapshot: Snapshot
    view: View
    orientation: Orientation
    fresh: bool


class _Task(QRunnable):
    """One layout in the pool's thread."""

    def __init__(self, request: Request, previous: Drawing | None, finished: SignalInstance) -> None:
        super().__init__()
        self._request, self._previous, self._finished = request, previous, finished
        self._cancelled = threading.Event()
        self.cancel: Callable[[], None] = self._cancelled.set

    def run(self) -> None:
        """Emits (task, drawing, error); both are None after a cancellation."""
        request, drawing, error = self._request, None, None
        try:
            drawing = lay_out(
                request.snapshot,
                Fonts(),
                view=request.view,
                orientation=request.orientation,
                previous=self._previous,
                cancelled=self._cancelled.is_set,
            )
        except LayoutCancelled:
            drawing = None
        except Exception:
            error = traceback.format_exc()
        self._finished.emit(self, drawing, error)


class LayoutJob(QObject):
    """Runs layouts for one canvas."""

    ready = Signal(object)  # Drawing
    slow = Signal(bool)  # a layout takes longer than `SLOW_MS`; it is over
    failed = Signal(str)  # traceback; the last picture stays
    _finished = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._task: _Task | None = None
        self._waiting: Request | None = None
        self._last: Drawing | None = None
        self._finished.connect(self._finish)
        self._patience = QTimer(self, interval=SLOW_MS, singleShot=True)
        self._patience.timeout.connect(lambda: self.slow.emit(True))

    @property
    def busy(self) -> bool:
        """Whether a layout is under way or waits."""
        return self._task is not None

    def request(self, request: Request) -> None:
        """Lay this out as soon as possible; an older request that has not begun is forgotten."""
        if self._waiting is not None and self._waiting.fresh:
            request = Request(request.snapshot, request.view, request.orientation, fresh=True)
        self._waiting = request
        if self._task is None:
            self._start()
        elif request.fresh:
            self._task.cancel()

    def close(self) -> None:
        """Cancel and wait for the thread; nothing is emitted any more."""
        self._waiting = None
        self.blockSignals(True)
        if self._task is not None:
            self._task.cancel()
        self._patience.stop()
        self._pool.waitForDone()

    def _start(self) -> None:
        request, self._waiting = self._waiting, None
        if request is None:
            return
        if request.fresh:
            self._last = None
        self._task = _Task(request, self._last, self._finished)
        self._task.setAutoDelete(False)
        if not self._patience.isActive():
            self._patience.start()
        self._pool.start(self._task)

    def _finish(self, task: object, drawing: Drawing | None, error: str | None) -> None:
        if task is not self._task:
            return
        self._task = None
        outdated = self._waiting is not None and self._waiting.fresh
        if drawing is not None and not outdated:
            self._last = drawing
            self.ready.emit(drawing)
        if error is not None:
            self.failed.emit(error)
        if self._waiting is None:
            self._patience.stop()
            self.slow.emit(False)
        else:
            self._start()
