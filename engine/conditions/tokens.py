"""Splits a condition into words, numbers, shapes and signs, each with the place where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto


class ConditionError(ValueError):
    """A condition that cannot be understood; `place` counts characters from 0."""

    def __init__(self, message: str, place: int) -> None:
        super().__init__(message)
        self.place = place


class TokenKind(Enum):
    """What a token is."""

    NUMBER = auto()
    NAME = auto()
    SHAPE = auto()
    TEXT = auto()
    SIGN = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `text` is as typed, but for shapes ("64,10") and quoted texts (without quotes)."""

    kind: TokenKind
    text: str
    place: int


MOST_CHARACTERS = 500
_PATTERN = re.compile(
    r"""\s*(?:
        (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<shape>\(\s*\)|\(\s*\d+\s*,\s*\)|\(\s*\d+(?:\s*,\s*\d+)+\s*,?\s*\)|\[\s*(?:\d+(?:\s*,\s*\d+)*)?\s*\])
      | (?P<magnitude>max\s*\|\s*g\s*\||min\s*\|\s*g\s*\||\|\s*g\s*\|)
      | (?P<name>[A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_][A-Za-z_0-9]*)*)
      | (?P<text>"[^"]*"|'[^']*')
      | (?P<sign><=|>=|==|!=|≤|≥|≠|&&|\|\||[-+*/<>()=!])
    )""",
    re.VERBOSE,
)
_SPELLED = {"≤": "<=", "≥": ">=", "≠": "!=", "=": "==", "&&": "and", "||": "or", "!": "not"}
_MAGNITUDES = {"max|g|": "maxabs", "min|g|": "minabs", "|g|": "norm"}


def tokens(text: str) -> list[Token]:
    """The tokens of `text`, the last of kind END. Raises `ConditionError` at the first character that fits nothing."""
    if len(text) > MOST_CHARACTERS:
        raise ConditionError(f"a condition may have {MOST_CHARACTERS} characters; this one has {len(text)}", 0)
    found: list[Token] = []
    place, end = 0, len(text.rstrip())
    while place < end:
        match = _PATTERN.match(text, place)
        if match is None:
            place += len(text[place:]) - len(text[place:].lstrip())
            raise ConditionError(f"{text[place]!r} is not part of a condition", place)
        kind = str(match.lastgroup)
        found.append(_token(kind, match.group(kind), match.start(kind)))
        place = match.end()
    return [*found, Token(TokenKind.END, "", end)]


def _token(kind: str, text: str, place: int) -> Token:
    if kind == "number":
        return Token(TokenKind.NUMBER, text, place)
    if kind == "shape":
        return Token(TokenKind.SHAPE, ",".join(re.findall(r"\d+", text)), place)
    if kind == "magnitude":
        return Token(TokenKind.NAME, _MAGNITUDES["".join(text.split())], place)
    if kind == "name":
        return Token(TokenKind.NAME, text, place)
    if kind == "text":
        return Token(TokenKind.TEXT, text[1:-1], place)
    word = _SPELLED.get(text, text)
    return Token(TokenKind.NAME if word.isalpha() else TokenKind.SIGN, word, place)
