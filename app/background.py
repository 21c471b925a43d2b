"""Runs a function off the UI thread and brings its result, or its error, back to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

T = TypeVar("T")


class Background(QObject):
    """One task at a time matters: the result of an older one that is overtaken is dropped."""

    _ended = Signal(int, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._done: Callable[[object], None] = _ignore
        self._failed: Callable[[Exception], None] = _ignore
        self._ended.connect(self._deliver)

    def run(self, task: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        """Run `task` in a thread; then `done(result)` or `failed(error)` here."""
        self._number += 1
        self._done, self._failed = done, failed  # type: ignore[assignment]  # both belong to the task with this number
        QThreadPool.globalInstance().start(_Task(self._number, task, self._ended.emit))

    def _deliver(self, number: int, result: object, error: Exception | None) -> None:
        if number != self._number:
            return
        if error is not None:
            self._failed(error)
        else:
            self._done(result)


class _Task(QRunnable):
    def __init__(self, number: int, task: Callable[[], object], ended: Callable[[int, object, object], None]) -> None:
        super().__init__()
        self._number, self._task, self._ended = number, task, ended

    def run(self) -> None:
        """Called by Qt in a thread of the pool."""
        try:
            result, error = self._task(), None
        except Exception as raised:
            result, error = None, raised
        self._ended(self._number, result, error)


def _ignore(_: object) -> None:
    """Nothing was asked for yet."""
