"""Memory while a large graph is laid out: Python's cycle collector paused, and large lists given back in pieces.

The layout makes hundreds of thousands of short lists and not one reference cycle.  Left alone, the collector walks
over all of them, and over the caller's graph, several times: a third of the time, and 100 ms a time in which no other
thread, so not the window either, can run.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

_lock = Lock()
_pauses = 0
_was_enabled = True
_PIECE = 1000


@contextmanager
def collector_paused() -> Iterator[None]:
    """No collection until the last of the layouts that run at the same time is through."""
    global _pauses, _was_enabled  # noqa: PLW0603 - the collector is one for the whole process
    with _lock:
        if _pauses == 0:
            _was_enabled = gc.isenabled()
            gc.disable()
        _pauses += 1
    try:
        yield
    finally:
        with _lock:
            _pauses -= 1
            if _pauses == 0 and _was_enabled:
                gc.enable()


def let_go(*lists: list[Any]) -> None:
    """Empties lists of lists that nobody needs any more, in pieces.

    Given back in one go, a hundred thousand lists keep every other thread waiting for 20 ms.
    """
    for each in lists:
        while each:
            del each[-_PIECE:]
