"""No error of our own goes by in silence: it is written to the log, and the window says so in one line.

Qt calls Python slots from C++ and would only print what they raise.
"""

from __future__ import annotations

import logging
import logging.handlers
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

_log = logging.getLogger("retrograde")


@contextmanager
def log_in(folder: Path) -> Iterator[Path]:
    """Write warnings and errors to a file in `folder`, at most two of 1 MiB; gives its path."""
    path = folder / "retrograde.log"
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=1 << 20, backupCount=1, encoding="utf-8", delay=True)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    try:
        yield path
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()


@contextmanager
def errors_told(tell: Callable[[str], None]) -> Iterator[None]:
    """Send what nobody catches, in any thread, to the log and one line of it to `tell`."""
    old_hook, old_thread_hook = sys.excepthook, threading.excepthook

    def on_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            old_hook(kind, error, trace)
            return
        _log.error("not caught", exc_info=(kind, error, trace))
        tell(f"Something went wrong inside Retrograde: {kind.__name__}: {error}. The log has the details.")

    def on_thread_error(details: threading.ExceptHookArgs) -> None:
        if details.exc_value is not None:
            on_error(details.exc_type, details.exc_value, details.exc_traceback)

    sys.excepthook, threading.excepthook = on_error, on_thread_error
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = old_hook, old_thread_hook
