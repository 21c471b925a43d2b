"""Stopping a layout that nobody waits for any more; knows nothing of threads or of what is laid out."""

from __future__ import annotations

from collections.abc import Callable


class LayoutCancelled(Exception):  # noqa: N818 - a request that was granted, not an error
    """Raised inside a layout when its ``cancelled`` callable returned true."""


OFTEN = 4096
"""Loops over single nodes check once in so many steps, a few milliseconds of work."""


def never() -> None:
    """The checkpoint of a layout that cannot be cancelled."""


def checkpoint(cancelled: Callable[[], bool] | None) -> Callable[[], None]:
    """A function to call every few milliseconds of work; it raises `LayoutCancelled` once ``cancelled()`` is true."""
    if cancelled is None:
        return never

    def check() -> None:
        if cancelled():
            raise LayoutCancelled

    return check
