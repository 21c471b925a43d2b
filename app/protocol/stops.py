"""Where a running backward pass is to pause: what the window sends, what the kernel reads. Knows no Qt and no socket.

The orders on the second socket, beside requests for arrays, each a JSON object:

    window -> kernel   {"stops": [...], "revision": 2}            from now on these, and no others; the newest counts
                       {"resume": "continue", "pause": 3}         go on after that pause; see `ACTIONS`
                       {"here": 3}                                the window is there (its reader answers by itself)
    kernel -> window   {"paused": {"pause": 3, "pass": 0, ...}}   again every second while it lasts
                       {"resumed": 3}                             it is over, whatever ended it
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from engine.conditions import Condition, ConditionError, parse
from engine.trace import NONE

BEFORE, AFTER = "before", "after"
CONTINUE, STEP, ABORT = ACTIONS = ("continue", "step", "abort")
LONGEST_TEXT = 1000
MOST_STOPS = 1000


class StopError(ValueError):
    """Data that is no stop, or a condition that cannot be read."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Pauses at the steps that fit everything that is set; with nothing set, at every step.

    node        a row of `trace.nodes`, or NONE
    op          the name of functions, as "MulBackward0", or ""
    title, path the code that `line`, from 1, is of, as `trace.sources` has them
    condition   as in `engine.conditions`, of the gradient that arrives and the node's value, or ""
    when        BEFORE the step runs, or AFTER it
    """

    node: int = NONE
    op: str = ""
    title: str = ""
    path: str = ""
    line: int = 0
    condition: str = ""
    when: str = BEFORE

    def to_data(self) -> dict[str, Any]:
        """Plain data for the wire."""
        return asdict(self)


def parsed(stop: Stop) -> Condition | None:
    """The stop's condition, None without one. Raises `StopError`, which says what to write instead."""
    if not stop.condition:
        return None
    try:
        return parse(stop.condition)
    except ConditionError as error:
        raise StopError(f"the condition {stop.condition!r} cannot be read: {error}") from None


def stops_from(data: object) -> tuple[Stop, ...]:
    """The stops in plain data. Raises `StopError`."""
    if not isinstance(data, Sequence) or isinstance(data, str) or len(data) > MOST_STOPS:
        raise StopError(f"stops come as a list of at most {MOST_STOPS}")
    return tuple(_stop_from(item) for item in data)


def is_pause(data: object) -> bool:
    """Whether this is what a kernel tells of a pause: its number, the pass, the step, its node, when, the stop."""
    if not isinstance(data, Mapping) or data.get("when") not in (BEFORE, AFTER):
        return False
    return all(type(data.get(name)) is int and data[name] >= NONE for name in ("pause", "pass", "step", "node", "stop"))


def _stop_from(data: object) -> Stop:
    if not isinstance(data, Mapping) or not data.keys() <= set(Stop.__dataclass_fields__):
        raise StopError("a stop has a node, an op, a line of a title and path, a condition and when")
    made = Stop(**data)
    numbers, texts = (made.node, made.line), (made.op, made.title, made.path, made.condition, made.when)
    if any(type(number) is not int for number in numbers):
        raise StopError("the node and the line of a stop are numbers")
    if any(type(text) is not str or len(text) > LONGEST_TEXT for text in texts):
        raise StopError(f"the texts of a stop have at most {LONGEST_TEXT} characters")
    if made.when not in (BEFORE, AFTER):
        raise StopError(f"a stop is {BEFORE} or {AFTER} a step, not {made.when!r}")
    parsed(made)
    return made
