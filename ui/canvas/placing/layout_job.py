"""Layouts off the UI thread: one at a time, the newest wanted one next, the previous picture stays until it is done.

A graph that grows while a layout runs does not cancel it (a loop would never see a picture): the newest growth waits.
Another trace or another view does cancel it.
"""

from __future__ import annotations

import threading
import traceback
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal

from ...grouping.opening import Opening, opened
from ...shown_state import ShownState
from ...snapshot import Snapshot
from ..layout import LayoutCancelled, Orientation
from ..other_layouts import LAYERED, LayoutRefused
from ..picture.drawing import Drawing, lay_out
from ..picture.fonts import Fonts
from ..shown.shown_graph import View

SLOW_MS = 300  # from here on the window says what it is doing


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be laid out; `fresh` ones start without regard to the last layout."""

    snapshot: Snapshot
    view: View
    shown: ShownState
    orientation: Orientation
    fresh: bool
    opening: Opening = Opening.CHOSEN
    kind: str = LAYERED


class _Messenger(QObject):
    """Carries a task's result to the UI thread. It lives as long as its task, whatever happens to the canvas."""

    finished = Signal(object, object, object)  # task, Drawing or None, traceback or LayoutRefused or None


class _Task(QRunnable):
    """One layout in the pool's thread."""

    def __init__(self, request: Request, previous: Drawing | None, closed: threading.Event) -> None:
        super().__init__()
        self.messenger = _Messenger()
        self._request, self._previous, self._closed = request, previous, closed
        self._cancelled = threading.Event()
        self.setAutoDelete(False)

    @property
    def request(self) -> Request:
        """What is being laid out."""
        return self._request

    def cancel(self) -> None:
        """Let the layout stop at its next checkpoint."""
        self._cancelled.set()

    def _stopped(self) -> bool:
        return self._cancelled.is_set() or self._closed.is_set()

    def run(self) -> None:
        """Lay out and report; drawing and error are both None after a cancellation."""
        request, drawing = self._request, None
        error: str | LayoutRefused | None = None
        known = self._previous.graph.groups if self._previous is not None else None
        try:
            shown = opened(request.snapshot, request.shown, request.opening, known)
            drawing = lay_out(
                request.snapshot,
                Fonts(),
                view=request.view,
                shown=shown,
                orientation=request.orientation,
                kind=request.kind,
                previous=self._previous,
                cancelled=self._stopped,
            )
        except LayoutCancelled:
            drawing = None
        except LayoutRefused as refusal:
            error = refusal
        except Exception:  # whatever went wrong in this thread must reach the window
            error = traceback.format_exc()
        self.messenger.finished.emit(self, drawing, error)


class LayoutJob(QObject):
    """Runs layouts for one canvas."""

    ready = Signal(object)  # Drawing
    slow = Signal(bool)  # a layout takes longer than `SLOW_MS`; it is over
    failed = Signal(str)  # traceback; the last picture stays
    refused = Signal(str)  # why the wanted kind of layout cannot draw this graph; the last picture stays
    stopped = Signal()  # by `stop`; the last picture stays

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(1)
        self._closed = threading.Event()
        self.destroyed.connect(self._closed.set)
        self._task: _Task | None = None
        self._waiting: Request | None = None
        self._last: Drawing | None = None
        self._done: Request | None = None
        self._afresh = True
        self._patience = QTimer(self, interval=SLOW_MS, singleShot=True)
        self._patience.timeout.connect(lambda: self.slow.emit(True))

    @property
    def busy(self) -> bool:
        """Whether a layout is under way or waits."""
        return self._task is not None

    @property
    def waiting(self) -> bool:
        """Whether a newer request waits for the layout under way."""
        return self._waiting is not None

    @property
    def done(self) -> Request | None:
        """The request of the newest drawing."""
        return self._done

    @property
    def afresh(self) -> bool:
        """Whether the newest drawing did not grow from the one before: it was laid out afresh or has other groups."""
        return self._afresh

    def stop(self) -> None:
        """Let the layout under way go, and what waits: the person would rather look at the last picture."""
        self._waiting = None
        if self._task is not None:
            self._task.cancel()

    def request(self, request: Request) -> None:
        """Lay this out as soon as possible; an older request that has not begun is forgotten."""
        if self._waiting is not None:
            if self._waiting.fresh:
                request = replace(request, fresh=True)
            if self._waiting.opening is Opening.REGROUPED and request.shown.grouping is self._waiting.shown.grouping:
                request = replace(request, opening=Opening.REGROUPED)
        if self._closed.is_set():
            return
        self._waiting = request
        if self._task is None:
            self._start()
        elif request.fresh:
            self._task.cancel()

    def close(self) -> None:
        """Cancel and wait for the thread; nothing is emitted any more."""
        self._closed.set()
        self._waiting = None
        self.blockSignals(True)
        self._patience.stop()
        self._pool.waitForDone()

    def _start(self) -> None:
        request, self._waiting = self._waiting, None
        if request is None:
            return
        if request.fresh:
            self._last = None
        self._task = _Task(request, self._last, self._closed)
        self._task.messenger.finished.connect(self._finish)
        if not self._patience.isActive():
            self._patience.start()
        self._pool.start(self._task)

    def _finish(self, task: object, drawing: Drawing | None, error: str | LayoutRefused | None) -> None:
        if self._task is None or task is not self._task:
            return
        request, self._task = self._task.request, None
        outdated = self._waiting is not None and self._waiting.fresh
        if drawing is not None and not outdated:
            self._afresh = self._last is None or self._last.shown != drawing.shown
            self._last, self._done = drawing, request
            self.ready.emit(drawing)
        if self._waiting is None:
            self._patience.stop()
            self.slow.emit(False)
            if drawing is None and error is None:
                self.stopped.emit()
        else:
            self._start()
        if isinstance(error, LayoutRefused):
            self.refused.emit(str(error))
        elif error is not None:
            self.failed.emit(error)
