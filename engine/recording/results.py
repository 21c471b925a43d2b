"""Which results of an instruction of the user's code are what it leaves behind, and what the others are called.

`h = net(x)` runs many operations, and only the result of the last one is `h`. Whether an operation was the last one
shows in the first event after it that has a place in the code. Knows events by their places only; runs when the
recorder drains.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from ..node import Node
from .calls import DIRECT, Call
from .naming import is_name

LOOK_BACK = 8  # events at the end of what waits in which an operation may be the last one that has a place
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BACKWARD = re.compile(r"Backward\d*$")


class Verdict(Enum):
    """What an event tells about the operation before it."""

    NOTHING = "has no place"
    INNER = "the same instruction goes on"
    LAST = "the instruction is over"


class Results:
    """Reads the places of events: `places` tells for each kind of event where its call, instruction and `fresh` stand.

    Of an operation, what it wrote in place stands before them.

    `operations` are the kinds that make results, `ends` those that end every instruction. A kind is known by the very
    object that its events begin with.
    """

    def __init__(self, places: Mapping[Any, int], operations: Sequence[object], ends: Sequence[object]) -> None:
        self._kept = (*places, *ends)  # so that their ids stay theirs
        self._places = {id(kind): start for kind, start in places.items()}
        self._operations, self._ends = frozenset(map(id, operations)), frozenset(map(id, ends))

    def is_inner(self, events: list[Any], index: int, waiting: list[Any]) -> bool:
        """Whether the instruction of the operation `events[index]` goes on after it; `waiting` follows `events`.

        An operation after which nothing happened yet is taken for the last one.
        """
        call, at, fresh = self._place(events[index])
        if fresh is DIRECT:
            return False
        for place in range(index + 1, len(events)):
            told = self._verdict(events[place], call, at)
            if told is not Verdict.NOTHING:
                return told is Verdict.INNER
        for event in waiting[:LOOK_BACK]:
            told = self._verdict(event, call, at)
            if told is not Verdict.NOTHING:
                return told is Verdict.INNER
        return False

    def undecided(self, waiting: list[Any], count: int) -> int:
        """How many of the newest of the first `count` events are to wait for the next one.

        They begin with an operation of which only that tells more. What was written in place keeps its name anyway.
        """
        for place in range(count - 1, max(count - LOOK_BACK, 0) - 1, -1):
            event = waiting[place]
            if event.__class__ is not tuple:
                continue
            kind = id(event[0])
            if kind in self._operations:
                start = self._places[kind]
                return 0 if event[start + 2] is DIRECT or event[start - 1] else count - place
            if kind in self._places or kind in self._ends:
                return 0
        return 0

    def _place(self, event: Any) -> Any:
        """(call, instruction, fresh), or None."""
        start = self._places.get(id(event[0])) if event.__class__ is tuple else None
        return None if start is None else event[start : start + 3]

    def _verdict(self, event: Any, call: Call, at: int) -> Verdict:
        place = self._place(event)
        if place is None:
            return Verdict.LAST if event.__class__ is tuple and id(event[0]) in self._ends else Verdict.NOTHING
        there, offset, fresh = place
        while there is not None and there is not call:
            there, offset, fresh = there.caller, there.offset, there.fresh
        return Verdict.INNER if there is call and offset == at and not fresh else Verdict.LAST


def inner_label(node: Node | None, operand: str, module: str) -> str:
    """What a result that nobody stored is called: `net.0(…)`, `t(net.0.weight)`, `relu(…)`.

    `module` is the path of the module whose last operation it is, `operand` what the first operand is called.
    """
    if module:
        return f"{module}(…)"
    if node is None:
        return ""
    word = _WORDS.sub("_", _BACKWARD.sub("", node.name())).lower()
    return f"{word}({operand if is_name(operand) else '…'})"
