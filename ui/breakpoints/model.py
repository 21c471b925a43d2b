"""What a breakpoint is, in words and as plain data for a session file. Knows no Qt and no trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from engine.conditions import ConditionError, parse
from engine.trace import NONE


class BreakpointError(ValueError):
    """Data that is no breakpoint."""


class BreakpointKind(Enum):
    """What a breakpoint is set on."""

    NODE = "node"
    OP = "op"
    LINE = "line"
    CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """Stops at the steps that fit everything that is set.

    node        a row of `trace.nodes`, or NONE
    op          the name of functions, as "MulBackward0", or ""
    title, path the code that `line`, from 1, is of, as `trace.sources` has them; it may not have run yet
    condition   as in `engine.conditions`, or ""; alone, it is asked at every step
    """

    node: int = NONE
    op: str = ""
    title: str = ""
    path: str = ""
    line: int = 0
    condition: str = ""
    enabled: bool = True

    @property
    def kind(self) -> BreakpointKind:
        """What it is set on."""
        if self.node != NONE:
            return BreakpointKind.NODE
        if self.op:
            return BreakpointKind.OP
        return BreakpointKind.LINE if self.line else BreakpointKind.CONDITION

    @property
    def place(self) -> tuple[int, str, str, str, int, str]:
        """What makes it differ from others: two with the same place are one breakpoint."""
        return self.node, self.op, self.title, self.path, self.line, self.condition

    def to_data(self) -> dict[str, Any]:
        """Plain data, for a session file."""
        return {
            "node": self.node, "op": self.op, "title": self.title, "path": self.path, "line": self.line,
            "condition": self.condition, "enabled": self.enabled,
        }  # fmt: skip


def from_data(data: object, nodes: int) -> Breakpoint:
    """A breakpoint from plain data of a trace with so many nodes. Raises `BreakpointError`."""
    if not isinstance(data, Mapping):
        raise BreakpointError(f"a breakpoint is a mapping, not {type(data).__name__}")
    made = Breakpoint(
        _number(data, "node", NONE, nodes), _text(data, "op"), _text(data, "title"), _text(data, "path"),
        _number(data, "line", 0, 2**31), _text(data, "condition"), data.get("enabled", True) is not False,
    )  # fmt: skip
    if made.node == NONE and not (made.op or made.line or made.condition):
        raise BreakpointError("the breakpoint is set on nothing")
    if made.condition:
        try:
            parse(made.condition)
        except ConditionError as error:
            raise BreakpointError(f"the condition {made.condition!r} cannot be read: {error}") from None
    return made


def _number(data: Mapping[str, object], name: str, least: int, end: int) -> int:
    value = data.get(name, least)
    if type(value) is not int or not least <= value < end:
        raise BreakpointError(f"the breakpoint's {name} is {value!r}")
    return value


def _text(data: Mapping[str, object], name: str) -> str:
    value = data.get(name, "")
    if type(value) is not str or len(value) > 1000:
        raise BreakpointError(f"the breakpoint's {name} is {value!r:.50}")
    return value
