"""Loads pyqtgraph in a thread, so that neither the start of the window nor a click waits for it.

Its import takes a few tenths of a second. Only `plot_view`, `plots` and `heat_picture` import it; whoever wants to
show one of those waits for `ready` first.
"""

from __future__ import annotations

import sys
from functools import cache
from threading import Thread

from PySide6.QtCore import QObject, Signal


class PlotLibrary(QObject):
    """Tells when `plots` and `heat_picture` can be imported at no cost."""

    ready = Signal()
    failed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._thread: Thread | None = None
        self.error = ""  # why it could not be loaded

    @property
    def is_ready(self) -> bool:
        """Whether it is loaded."""
        loaded = all(f"{__package__}.{name}" in sys.modules for name in ("plots", "heat_picture"))
        return loaded and (self._thread is None or not self._thread.is_alive())

    def load(self) -> None:
        """Load it unless that has been asked for; `ready` or `failed` follows."""
        if self._thread is None and not self.is_ready:
            self._thread = Thread(target=self._load, name="plot library")
            self._thread.start()

    def _load(self) -> None:
        try:
            from . import heat_picture, plots  # noqa: F401  loaded here, used in the UI thread
        except Exception as error:
            self.error = f"The plots could not be loaded: {error}"
            self.failed.emit(self.error)
        else:
            self.ready.emit()


@cache
def library() -> PlotLibrary:
    """The one of this process; it outlives every window, so that its thread always has somebody to tell."""
    return PlotLibrary()
