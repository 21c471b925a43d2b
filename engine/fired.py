"""What happens inside a step of a backward pass, noted for the observer: hooks, and uses of saved tensors.

A thread notes into a list that the step it is in takes with it. Nothing is noted while there is no observer.
"""

import threading
from collections.abc import Callable
from functools import partial
from types import CodeType
from typing import Any, NamedTuple

from . import observe
from .trace import EventKind


class Fired(NamedTuple):
    """A hook that ran: the gradient or tensor it was given and the one that went on, both copied.

    Of a node's hook they are tuples of what it was given and what went on.
    """

    kind: EventKind
    name: str
    before: Any
    after: Any
    packed: Any = None  # of an unpack hook: the `Packed` it was called for
    code: CodeType | None = None  # of the hook, where it is written in Python
    slot: int = 0  # of a tensor's hook: which output of the node the tensor is


class _Local(threading.local):
    def __init__(self) -> None:
        self.fired: list[Fired] = []


_local = _Local()


def noted() -> list[Fired]:
    """What was noted on this thread and not taken: always the same list, to look at whether it is empty."""
    return _local.fired


def take_fired() -> list[Fired]:
    """What was noted on this thread since the last call."""
    fired = _local.fired[:]
    _local.fired.clear()
    return fired


def put_fired(fired: list[Fired]) -> None:
    """Put back what a pass took away when it began inside a hook."""
    _local.fired[:] = fired


def note(kind: EventKind, hook: Callable[..., Any], before: Any, after: Any, packed: Any = None, slot: int = 0) -> None:
    """Note for the observer that a hook ran."""
    _local.fired.append(Fired(kind, hook_name(hook), before, content(after), packed, hook_code(hook), slot))


def note_use() -> None:
    """Note for the observer that a custom function asked for its saved tensors."""
    _local.fired.append(Fired(EventKind.SAVED_USED, "", None, None))


def content(gradient: Any) -> Any:
    """A copy of a gradient's elements, or of each in a tuple; None without an observer."""
    if observe.observer is None:
        return None
    if isinstance(gradient, tuple):
        return tuple([None if item is None else item.array.copy() for item in gradient])
    return None if gradient is None else gradient.array.copy()


def hook_code(hook: Any) -> CodeType | None:
    """The code of a hook: of a function, a method, what wraps or partially calls one, or an object that is called."""
    for _ in range(8):  # wrappers of wrappers end
        inner = hook.func if isinstance(hook, partial) else getattr(hook, "__wrapped__", None)
        if inner is None:
            break
        hook = inner
    code = getattr(hook, "__code__", None)
    if code is None and not isinstance(hook, type):
        code = getattr(vars(type(hook)).get("__call__"), "__code__", None)
    return code if isinstance(code, CodeType) else None


def hook_name(hook: Callable[..., Any]) -> str:
    """What a hook, or another function of the user's, is called."""
    return getattr(hook, "__name__", "<unknown>")
