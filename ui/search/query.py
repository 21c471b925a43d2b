"""What is typed into the search, as terms that must all hold. Pure text: knows no trace, no Qt.

    relu layers.0                both words, in a name, an op or an expression, in any case
    "y"                          exactly this, not `y * y`
    /^fc[12]$/                   a regular expression; /.../i for any case
    -op:mul is:leaf line:3-7     not; what holds for a node; numbers: 12  >12  <=12  3-7
    shape:(64,*)                 sizes, * for any

`parse` never raises: what cannot be understood is said in `Query.problem`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import Enum
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import regex

# What may stand after `is:`, in the words of the window.
FLAGS = (
    "leaf", "param", "view", "inplace", "requires_grad", "retains_grad", "failed", "former", "tensor", "function",
    "accumulate", "grad", "constant", "nonfinite", "nan", "inf",
)  # fmt: skip


class Field(Enum):
    """What a term is about; the value is the word before the colon."""

    ANY = ""
    NAME = "name"
    OP = "op"
    DTYPE = "dtype"
    MODULE = "module"
    SHAPE = "shape"
    LINE = "line"
    CELL = "cell"
    GRAD = "grad"
    IS = "is"


PATTERN_BUDGET = 0.2  # s for all texts of a search; 100,000 different ones take 0.1

NUMBERS = frozenset({Field.LINE, Field.CELL, Field.GRAD})
_FIELDS = {field.value: field for field in Field if field is not Field.ANY}


@dataclass(frozen=True, slots=True)
class Text:
    """Part of a text in any case, or with `exact` the whole of it as written."""

    text: str
    exact: bool = False

    def holds(self, text: str) -> bool:
        """Whether `text` is meant."""
        return text == self.text if self.exact else self.text.casefold() in text.casefold()


class PatternTooSlowError(Exception):
    """A pattern that takes longer than anybody waits: some take years on thirty characters."""


class Pattern:
    """A regular expression that is found anywhere in a text, with a budget of time for all texts of one search.

    `regex` and not `re`: only it can be stopped, and neither lets another thread run meanwhile.
    """

    def __init__(self, pattern: regex.Pattern[str]) -> None:
        self._pattern = pattern
        self._left = PATTERN_BUDGET

    def holds(self, text: str) -> bool:
        """Whether `text` is meant. Raises `PatternTooSlowError` once the budget is used up."""
        started = perf_counter()
        try:
            found = self._pattern.search(text, timeout=max(self._left, 1e-3))
        except TimeoutError:
            raise PatternTooSlowError from None
        self._left -= perf_counter() - started
        if self._left < 0:
            raise PatternTooSlowError
        return found is not None


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`; `open_low` and `open_high` leave the ends out."""

    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False


@dataclass(frozen=True, slots=True)
class Sizes:
    """A shape; None is any size."""

    sizes: tuple[int | None, ...]


Value = Text | Pattern | Range | Sizes


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. `negated`: it must not hold."""

    field: Field
    value: Value
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Terms that must all hold, or the `problem` that keeps them from being used, in words for people."""

    terms: tuple[Term, ...] = ()
    problem: str = ""


class _ProblemError(ValueError):
    """What is wrong with a word."""


# A word: minus, field, and a value that is quoted, a pattern, in brackets, or without spaces.
_WORD = re.compile(
    r"""\s*(?P<word>(?P<minus>-)?(?:(?P<field>[A-Za-z_]+):)?
    (?:"(?P<quoted>[^"]*)(?:"|$)
      |/(?P<pattern>(?:\\.|[^/\\])+)/(?P<anycase>i?)(?=\s|$)
      |(?P<brackets>[(\[][^)\]]*[)\]])(?=\s|$)
      |(?P<plain>\S*)))""",
    re.VERBOSE,
)
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_COMPARED = re.compile(rf"(?P<sign>>=|<=|>|<|=)?\s*(?P<number>{_NUMBER}|inf)")
_BETWEEN = re.compile(rf"(?P<low>{_NUMBER})-(?P<high>{_NUMBER})")


def parse(text: str) -> Query:
    """The terms of what was typed."""
    terms, at = [], 0
    try:
        while text[at:].strip():
            word = _WORD.match(text, at)
            if word is None or word.end() == at:  # cannot happen: `plain` takes whatever there is
                break
            at = word.end()
            terms.append(_term(word))
    except _ProblemError as problem:
        return Query((), str(problem))
    return Query(tuple(terms))


def _term(word: re.Match[str]) -> Term:
    name = word["field"]
    if word["minus"] and name is None and not any(word[part] for part in ("quoted", "pattern", "brackets", "plain")):
        return Term(Field.ANY, Text("-"))
    field = Field.ANY if name is None else _field(name)
    return Term(field, _value(field, word), bool(word["minus"]))


def _field(name: str) -> Field:
    found = _FIELDS.get(name.casefold())
    if found is None:
        known = " ".join(f"{word}:" for word in _FIELDS)
        raise _ProblemError(f"There is no “{name}:”. There is {known} (In quotes it is found as text.)")
    return found


def _value(field: Field, word: re.Match[str]) -> Value:
    if field is Field.IS:
        return _flag(_plain(word))
    if word["pattern"] is not None:
        if field in NUMBERS:
            raise _ProblemError(_wants_number(field, f"/{word['pattern']}/"))
        return _pattern(word["pattern"], any_case=bool(word["anycase"]))
    if field in NUMBERS:
        return _range(field, _plain(word))
    if field is Field.SHAPE:
        return _sizes(_plain(word))
    if word["quoted"] is not None:
        return Text(word["quoted"], exact=True)
    text = _plain(word)
    if not text and field is not Field.ANY:
        raise _ProblemError(f"Write what to look for after “{field.value}:”.")
    return Text(text)


def _plain(word: re.Match[str]) -> str:
    for part in ("quoted", "brackets", "plain"):
        if word[part] is not None:
            return str(word[part])
    return str(word["pattern"])


def _pattern(text: str, *, any_case: bool) -> Pattern:
    import regex  # 35 ms, for those who search by pattern

    try:
        return Pattern(regex.compile(text.replace("\\/", "/"), regex.IGNORECASE if any_case else 0))
    except (regex.error, OverflowError, RecursionError) as error:
        where = getattr(error, "pos", None)
        place = f", at character {where + 1}" if where is not None else ""
        raise _ProblemError(f"The pattern /{text}/ cannot be used: {getattr(error, 'msg', error)}{place}.") from None


def _flag(text: str) -> Text:
    if text.casefold() not in FLAGS:
        known = " ".join(FLAGS)
        said = f"Nothing is known about “is:{text}”." if text else "Write what a node is after “is:”."
        raise _ProblemError(f"{said} There is {known}.")
    return Text(text.casefold(), exact=True)


def _range(field: Field, text: str) -> Range:
    between, compared = _BETWEEN.fullmatch(text), _COMPARED.fullmatch(text)
    if between is not None:
        low, high = float(between["low"]), float(between["high"])
        return Range(min(low, high), max(low, high))
    if compared is None:
        raise _ProblemError(_wants_number(field, text))
    number, sign = float(compared["number"]), compared["sign"] or "="
    if sign == "=":
        return Range(number, number)
    if sign in (">", ">="):
        return Range(low=number, open_low=sign == ">")
    return Range(high=number, open_high=sign == "<")


def _wants_number(field: Field, text: str) -> str:
    example = ">1e3" if field is Field.GRAD else "12 or 3-7"
    but = f", not “{text}”" if text else ""
    return f"“{field.value}:” takes a number, such as {field.value}:{example}{but}."


def _sizes(text: str) -> Sizes:
    """`(2, 3)`, `[2,3]`, `2,3`, `2x3`; `()` is a tensor without dims."""
    inside = text.strip("()[] ").rstrip(",")
    if not inside:
        if not text:
            raise _ProblemError("“shape:” takes sizes, such as shape:(2,3), shape:(64,*) or shape:().")
        return Sizes(())
    sizes: list[int | None] = []
    for part in re.split(r"\s*[,x×]\s*|\s+", inside):
        if part in ("*", "?"):
            sizes.append(None)
        elif part.isdecimal() and part.isascii() and len(part) < 20:
            sizes.append(int(part))
        else:
            raise _ProblemError(f"“shape:” takes sizes, such as shape:(2,3) or shape:(64,*), not “{text}”.")
    return Sizes(tuple(sizes))
