"""Which run of the user's code an event belongs to, told while that code runs and without keeping its frames alive.

Every frame of user code gets a `Call` as its `f_trace`, which nothing else uses while no debugger runs: it tells a
frame from all that were or will be at the same address, and goes when the frame goes. Frames of the engine and of
libraries are passed over; the one right below user code is marked, so that what it does several times (a layer of
many operations) is known to happen in one call.
"""

from __future__ import annotations

import inspect
import os
import sysconfig
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from ..trace import NONE
from .loops import Watched, watched_loops

MOST_CODES = 2000  # code objects whose loops are remembered
DIRECT = 2  # how `fresh` is told where user code called the operation itself, with nothing in between
_LIBRARIES = tuple(
    os.path.normpath(path) + os.sep
    for name, path in sysconfig.get_paths().items()
    if name in ("stdlib", "platstdlib", "purelib", "platlib")
)
_RESUMED = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_PLAIN = (int, float, str)  # items of loops that are compared by value: the next one may stand at the same address


class Call:
    """One run of a code object: where it was called from, and how far the drain (`scopes`) has followed it.

    What it begins with stands in the class: a short function pays for nothing that it does not use.
    """

    __slots__ = ("__dict__", "at", "code", "follows", "simple")

    watched: Watched | None = None
    resumed = False  # a generator or coroutine
    seen: tuple[object, ...] = ()  # the items of the watched loops, when they were looked at last

    # What follows is the drain's.
    opened_by: object = None
    row = outer = current = NONE
    last = -1
    open: list[list[int]]  # loops that run, outermost first: loop, turn, row
    modules: list[int]  # what was `current` before each module that was called from here

    def __init__(self, code: CodeType, caller: Call | None, offset: int, fresh: bool, watched: Watched | None) -> None:
        self.code, self.caller, self.offset, self.fresh = code, caller, offset, fresh
        self.simple = True
        if watched is not None or (code.co_flags & _RESUMED and caller is not None):
            self.simple = False
            self.watched = watched
            self.resumed = bool(code.co_flags & _RESUMED) and caller is not None
            # The last instruction, and the pairs of it and the next one between which there is nothing to look at.
            self.at, self.follows = -1, _NOTHING if watched is None or self.resumed else watched.follows

    def __call__(self, frame: object, event: str, argument: object) -> Call:
        """A debugger that starts later takes this for the frame's trace function, and hears nothing."""
        return self


class _Met:
    """The mark of the engine's frames; see `Call.__call__`."""

    def __call__(self, frame: object, event: str, argument: object) -> _Met:
        return self


class CallMark:
    """The mark of a call of the engine's in which a pass began: passes with the same mark belong together."""

    def __init__(self, function: str) -> None:
        self.function = function  # what the user called
        self.first = NONE  # the row of the first of the passes
        self.met = False  # whether something else than a pass happened in the call

    def __call__(self, frame: object, event: str, argument: object) -> CallMark:
        """See `Call`."""
        return self


_MET = _Met()
_NOTHING: set[tuple[int, int]] = set()
UNKNOWN = Call(compile("", "", "exec"), None, 0, False, None)


class Calls:
    """Finds the call that an event belongs to.

    `looked` is told of the watched loop that has turned, `resumed` of the call that resumed a generator, by which
    instruction, and whether for the first time there.
    """

    def __init__(
        self,
        is_engine: Callable[[str], bool],
        looked: Callable[[Call, str], None],
        resumed: Callable[[Call, Call, int, bool], None],
    ) -> None:
        self._is_engine, self._looked, self._resumed = is_engine, looked, resumed
        self._passed_over: dict[str, bool] = {}
        self._watched: dict[int, tuple[CodeType, Watched | None]] = {}

    def place(self, frame: Any, below: FrameType | None) -> tuple[Call, int, int]:
        """The call of the nearest user code, its instruction, and whether this happens there for the first time.

        The last is `DIRECT` where the code called the operation itself. `below` is the frame that `frame` called on
        the way to the event, None if that is the operation itself.
        """
        while self.passes_over(frame.f_code.co_filename) and frame.f_back is not None:
            below, frame = frame, frame.f_back
        call = frame.f_trace
        if type(call) is not Call:
            call = self._call(frame)
        fresh = DIRECT if below is None else is_new(below)
        offset = frame.f_lasti
        if fresh and not call.simple:
            self.look(frame, call, offset)
        return call, offset, fresh

    def _call(self, frame: Any) -> Call:
        """The call of a frame of user code, and before it those of all that called it."""
        new: list[tuple[Any, Any, Any]] = []
        known: Call | None = None
        while True:
            if frame.f_trace is not None:
                known = frame.f_trace if type(frame.f_trace) is Call else UNKNOWN  # a debugger's frame has no scope
                break
            below, caller = None, None if _is_module(frame) else frame.f_back
            while caller is not None and self.passes_over(caller.f_code.co_filename):
                below, caller = caller, caller.f_back
            new.append((frame, caller, below))
            if caller is None:
                break
            frame = caller
        for frame, caller, below in reversed(new):
            known = self._made(frame, known, caller, below)
        assert known is not None
        return known

    def _made(self, frame: Any, known: Call | None, caller: Any, below: Any) -> Call:
        """A new call for a frame, which the frame `caller`, whose call is `known`, called by way of `below`."""
        offset, fresh = 0, False
        if caller is not None and known is not None:
            offset, fresh = caller.f_lasti, below is None or is_new(below)
            if fresh and not known.simple:
                self.look(caller, known, offset)
        call = frame.f_trace = Call(frame.f_code, known, offset, fresh, self._loops(frame.f_code))
        return call

    def look(self, frame: Any, call: Call, offset: int) -> None:
        """Tell what the order of instructions does not: which outer loop has another item, who resumed a generator."""
        if call.resumed:
            caller = frame.f_back
            below = None
            while caller is not None and self.passes_over(caller.f_code.co_filename):
                below, caller = caller, caller.f_back
            if caller is not None:
                by = caller.f_trace if type(caller.f_trace) is Call else self._call(caller)
                self._resumed(call, by, caller.f_lasti, below is None or is_new(below))
        before, call.at = call.at, offset
        watched = call.watched
        if watched is None:
            return
        seen = _items(frame, watched)
        if before >= 0:
            for (name, mask), old, new in zip(watched.items, call.seen, seen, strict=True):
                if old != new and mask[before // 2] and mask[offset // 2]:
                    self._looked(call, name)
                    break
            watched.met(before, offset)
        call.seen = seen

    def _loops(self, code: CodeType) -> Watched | None:
        known = self._watched.get(id(code))
        if known is None:
            if len(self._watched) >= MOST_CODES:
                self._watched.clear()
            known = self._watched[id(code)] = (code, watched_loops(code))  # keeping the code keeps its id its own
        return known[1]

    def passes_over(self, filename: str) -> bool:
        """Whether the code of a file is the engine's or a library's."""
        known = self._passed_over.get(filename)
        if known is None:
            library = filename.startswith("<frozen") or os.path.normpath(filename).startswith(_LIBRARIES)
            known = self._passed_over[filename] = library or self._is_engine(filename)
        return known


def is_new(below: Any) -> bool:
    """Whether a frame of the engine, right below user code, is met for the first time. It is marked."""
    mark = below.f_trace
    if mark is not None:
        if mark.__class__ is CallMark and not mark.met:
            mark.met = True
            return True
        return False
    below.f_trace = _MET
    return True


def mark_of_call(below: Any) -> CallMark:
    """The mark of the engine's frame right below user code, in which a pass begins."""
    mark = below.f_trace
    if type(mark) is not CallMark:
        name = below.f_code.co_qualname.split(".<locals>")[0].rpartition(".")[2]
        made = CallMark(name.removeprefix("tensor_"))
        made.met = mark is not None
        mark = below.f_trace = made
    return mark


def _is_module(frame: Any) -> bool:
    return not frame.f_code.co_flags & inspect.CO_OPTIMIZED and frame.f_locals is frame.f_globals


def _items(frame: Any, watched: Watched) -> tuple[object, ...]:
    names = frame.f_locals
    values = [names.get(name) for name, _ in watched.items]
    return tuple(value if type(value) in _PLAIN else id(value) for value in values)
