"""A parsed condition: a small tree of operations that can be asked of one set of facts or of columns of them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol


class Facts(Protocol):
    """`"grad.norm"` -> a number, or a column of numbers."""

    def __getitem__(self, name: str, /) -> Any:
        """The fact of that name."""


Evaluate = Callable[[Facts], Any]


@dataclass(frozen=True, slots=True)
class Condition:
    """What was typed, and which facts it asks for, as `"grad.norm"`."""

    text: str
    asks: frozenset[str]
    evaluate: Evaluate

    def holds(self, facts: Facts) -> Any:
        """True or False; for columns of facts, a column of them. `facts` must have every name in `asks`."""
        return self.evaluate(facts)


def constant(value: float | str) -> Evaluate:
    """A number or a text."""
    return lambda _facts: value


def fact(name: str) -> Evaluate:
    """What the facts say under `name`."""
    return lambda facts: facts[name]


def combined(function: Callable[[Any, Any], Any], left: Evaluate, right: Evaluate) -> Evaluate:
    """`function` of two parts. Both are asked: a column has rows where the first decides and rows where it does not."""
    return lambda facts: function(left(facts), right(facts))


def negated(part: Evaluate) -> Evaluate:
    """Not `part`."""
    return lambda facts: operator.ne(part(facts), True)


def minus(part: Evaluate) -> Evaluate:
    """The number with the other sign."""
    return lambda facts: operator.neg(part(facts))


def magnitude(part: Evaluate) -> Evaluate:
    """The number without its sign."""
    return lambda facts: operator.abs(part(facts))
