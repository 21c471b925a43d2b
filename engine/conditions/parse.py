"""Reads a condition. Recursive descent over a grammar of our own, one method a rule:

    any        = every ("or" every)*
    every      = single ("and" single)*
    single     = "not" single | comparison
    comparison = sum (("<" | "<=" | ">" | ">=" | "==" | "!=") sum)*          a < b < c as in mathematics
    sum        = product (("+" | "-") product)*
    product    = factor ("*" factor | "/" number)*
    factor     = "-" factor | "abs" factor | number | shape | text | name | "(" any ")"
    name       = ["grad." | "value."] fact | "all zero" | "any zero" | "all finite"

Knows no facts but their names and kinds. Nesting is bounded, so that a hostile text cannot exhaust the stack.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import Any

from . import condition as made
from .condition import Condition, Evaluate
from .facts import GRADIENT, NOT_OF_ARRAYS, NUMBERS, TEXTS, TRUTHS, VALUE
from .tokens import ConditionError, Token, TokenKind, tokens

__all__ = ["ConditionError", "parse"]

DEEPEST = 40
_COMPARE = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
_DTYPES = frozenset({"float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"})
_ALIASES = {"count": "numel", "size": "numel", "absmax": "maxabs", "NaN": "nan", "Inf": "inf"}


class _Kind(Enum):
    NUMBER = "a number"
    TEXT = "a text"
    TRUTH = "true or false"


@dataclass(frozen=True, slots=True)
class _Part:
    kind: _Kind
    evaluate: Evaluate
    place: int
    fact: str = ""  # the fact's name, where the part is just one
    bare: bool = False  # a word that stands for itself, as float32


def parse(text: str) -> Condition:
    """The condition in `text`. Raises `ConditionError`, which says what was expected and where."""
    reader = _Reader(tokens(text))
    if reader.now.kind is TokenKind.END:
        raise ConditionError("type a condition, for example norm > 1e3, or nan", 0)
    part = reader.any()
    reader.expect_end()
    _must_be(part, _Kind.TRUTH)
    return Condition(text.strip(), frozenset(reader.asks), part.evaluate)


class _Reader:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._place = 0
        self._depth = 0
        self.asks: set[str] = set()

    @property
    def now(self) -> Token:
        return self._tokens[self._place]

    def _take(self, *words: str) -> Token | None:
        token = self.now
        if token.kind in (TokenKind.SIGN, TokenKind.NAME) and token.text in words:
            self._place += 1
            return token
        return None

    def expect_end(self) -> None:
        if self.now.kind is not TokenKind.END:
            raise ConditionError(f"expected and, or, or the end, not {self.now.text!r}", self.now.place)

    # -- the rules -----------------------------------------------------------------------------------------------

    def any(self) -> _Part:
        part = self._every()
        while self._take("or"):
            part = _truths(operator.or_, part, self._every())
        return part

    def _every(self) -> _Part:
        part = self._single()
        while self._take("and"):
            part = _truths(operator.and_, part, self._single())
        return part

    def _single(self) -> _Part:
        token = self._take("not")
        if token is None:
            return self._comparison()
        self._deeper(token)
        part = self._single()
        self._depth -= 1
        _must_be(part, _Kind.TRUTH)
        return _Part(_Kind.TRUTH, made.negated(part.evaluate), token.place)

    def _comparison(self) -> _Part:
        left = self._sum()
        holds: Evaluate | None = None
        while sign := self._take(*_COMPARE):
            right = self._sum()
            _comparable(left, sign, right)
            link = made.combined(_COMPARE[sign.text], left.evaluate, right.evaluate)
            holds = link if holds is None else made.combined(operator.and_, holds, link)
            left = right
        return left if holds is None else _Part(_Kind.TRUTH, holds, left.place)

    def _sum(self) -> _Part:
        part = self._product()
        while sign := self._take("+", "-"):
            right = self._product()
            function = operator.add if sign.text == "+" else operator.sub
            part = self._numbers(made.combined(function, part.evaluate, right.evaluate), part, right)
        return part

    def _product(self) -> _Part:
        part = self._factor()
        while sign := self._take("*", "/"):
            if sign.text == "/":
                part = self._divided(part)
                continue
            right = self._factor()
            part = self._numbers(made.combined(operator.mul, part.evaluate, right.evaluate), part, right)
        return part

    def _divided(self, part: _Part) -> _Part:
        token = self.now
        if token.kind is not TokenKind.NUMBER or float(token.text) == 0:
            raise ConditionError("divide by a number other than 0; to compare two facts, multiply", token.place)
        self._place += 1
        return self._numbers(made.combined(operator.truediv, part.evaluate, made.constant(float(token.text))), part)

    def _numbers(self, evaluate: Evaluate, *parts: _Part) -> _Part:
        for part in parts:
            _must_be(part, _Kind.NUMBER)
        return _Part(_Kind.NUMBER, evaluate, parts[0].place)

    def _factor(self) -> _Part:
        token = self.now
        if self._take("-", "abs"):
            self._deeper(token)
            part = self._factor()
            self._depth -= 1
            function = made.minus if token.text == "-" else made.magnitude
            return self._numbers(function(part.evaluate), part)
        if self._take("("):
            self._deeper(token)
            part = self.any()
            self._depth -= 1
            if not self._take(")"):
                raise ConditionError("expected ) to close this bracket", token.place)
            return part
        return self._leaf(token)

    def _leaf(self, token: Token) -> _Part:
        if token.kind is TokenKind.END:
            raise ConditionError("the condition ends where a number or a fact was expected", token.place)
        self._place += 1
        if token.kind is TokenKind.NUMBER:
            return _Part(_Kind.NUMBER, made.constant(float(token.text)), token.place)
        if token.kind in (TokenKind.SHAPE, TokenKind.TEXT):
            return _Part(_Kind.TEXT, made.constant(token.text), token.place)
        if token.kind is TokenKind.NAME:
            return self._name(token)
        raise ConditionError(f"expected a number or a fact, not {token.text!r}", token.place)

    def _name(self, token: Token) -> _Part:
        subject, dot, name = token.text.rpartition(".")
        if token.text in ("all", "any") and self.now.kind is TokenKind.NAME:
            name = self._quantified(token)
        elif dot and subject not in (GRADIENT, VALUE):
            raise ConditionError(f"write {GRADIENT}.{name} or {VALUE}.{name}", token.place)
        name = _ALIASES.get(name, name)
        if subject == VALUE and name in NOT_OF_ARRAYS:
            raise ConditionError(f"{name} belongs to the step, not to a value; write {name}", token.place)
        kinds = {_Kind.NUMBER: NUMBERS, _Kind.TEXT: TEXTS, _Kind.TRUTH: TRUTHS}
        kind = next((kind for kind, names in kinds.items() if name in names), None)
        if kind is None:
            return self._word(token, name)
        asked = name if name in NOT_OF_ARRAYS else f"{subject or GRADIENT}.{name}"
        self.asks.add(asked)
        return _Part(kind, made.fact(asked), token.place, fact=name)

    def _quantified(self, token: Token) -> str:
        """`all zero`, `any zero`, `all finite`."""
        word = self.now
        known = {("all", "zero"): "allzero", ("any", "zero"): "anyzero", ("all", "zeros"): "allzero",
                 ("any", "nan"): "nan", ("any", "inf"): "inf", ("all", "finite"): "finite"}  # fmt: skip
        found = known.get((token.text, word.text))
        if found is None:
            raise ConditionError(f"expected zero or finite after {token.text}, not {word.text!r}", word.place)
        self._place += 1
        return found

    def _word(self, token: Token, name: str) -> _Part:
        """A word that is no fact: a dtype or the name of an op may stand without quotes after `==`."""
        before = self._tokens[self._place - 2] if self._place >= 2 else None
        if "." not in token.text and (name in _DTYPES or (before is not None and before.text in ("==", "!="))):
            return _Part(_Kind.TEXT, made.constant(token.text), token.place, bare=True)
        close = get_close_matches(name, [*NUMBERS, *TEXTS, *TRUTHS], 1)
        hint = f"; did you mean {close[0]}?" if close else f". There are {', '.join([*NUMBERS, *TEXTS, *TRUTHS])}."
        raise ConditionError(f"there is no fact {name!r}{hint}", token.place)

    def _deeper(self, token: Token) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ConditionError(f"brackets and signs may be nested {DEEPEST} deep", token.place)


def _truths(function: Callable[[Any, Any], Any], left: _Part, right: _Part) -> _Part:
    _must_be(left, _Kind.TRUTH)
    _must_be(right, _Kind.TRUTH)
    return _Part(_Kind.TRUTH, made.combined(function, left.evaluate, right.evaluate), left.place)


def _must_be(part: _Part, kind: _Kind) -> None:
    if part.kind is kind:
        return
    if kind is _Kind.TRUTH:
        example = {"shape": "== (64, 10)", "dtype": "== float32", "op": "== MulBackward0"}.get(part.fact, "> 1e3")
        name, asked = part.fact or "this", part.fact or "norm"
        raise ConditionError(f"{name} is {part.kind.value}; compare it, for example {asked} {example}", part.place)
    raise ConditionError(f"expected {kind.value} here, not {part.kind.value}", part.place)


def _comparable(left: _Part, sign: Token, right: _Part) -> None:
    if left.fact == "shape" and right.kind is _Kind.NUMBER:
        raise ConditionError("write a shape of one size with a comma, as (3,)", right.place)
    if left.kind is not right.kind or left.kind is _Kind.TRUTH:
        raise ConditionError(f"{left.kind.value} cannot be compared with {right.kind.value}", sign.place)
    if left.kind is _Kind.TEXT and sign.text not in ("==", "!="):
        raise ConditionError(f"texts and shapes compare with == or !=, not with {sign.text}", sign.place)
    if right.bare and not left.fact:
        raise ConditionError("put a text into quotes", right.place)
