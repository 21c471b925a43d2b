"""What happens inside a step of a backward pass, noted for the observer: hooks, and uses of saved tensors.

A thread notes into a list that the step it is in takes with it. Nothing is noted while there is no observer.
"""

import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from . import observe
from .trace import EventKind


class Fired(NamedTuple):
    """A hook that ran: the gradient or tensor it was given and the one that went on, both copied."""

    kind: EventKind
    name: str
    before: Any
    after: Any
    packed: Any = None  # of an unpack hook: the `Packed` it was called for


class _Local(threading.local):
    def __init__(self) -> None:
        self.fired: list[Fired] = []


_local = _Local()


def take_fired() -> list[Fired]:
    """What was noted on this thread since the last call."""
    fired, _local.fired = _local.fired, []
    return fired


def put_fired(fired: list[Fired]) -> None:
    """Put back what a pass took away when it began inside a hook."""
    _local.fired = fired


def note(kind: EventKind, hook: Callable[..., Any], before: Any, after: Any, packed: Any = None) -> None:
    """Note for the observer that a hook ran."""
    _local.fired.append(Fired(kind, hook_name(hook), before, content(after), packed))


def note_use() -> None:
    """Note for the observer that a custom function asked for its saved tensors."""
    _local.fired.append(Fired(EventKind.SAVED_USED, "", None, None))


def content(gradient: Any) -> Any:
    """A copy of a gradient's elements, or of the first gradient there is in a tuple; None without an observer."""
    if observe.observer is None:
        return None
    if isinstance(gradient, tuple):
        gradient = next((item for item in gradient if item is not None), None)
    return None if gradient is None else gradient.array.copy()


def hook_name(hook: Callable[..., Any]) -> str:
    """What a hook, or another function of the user's, is called."""
    return getattr(hook, "__name__", "<unknown>")
