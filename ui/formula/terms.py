"""The pieces that formulas are put together from: terms that know how tightly they bind, and what joins them.

Knows nothing of the texts that rules are written in; `compose` reads those.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum

from .boxes import Box, Face, Fence, Fraction, Grid, Row, Script, Space, Text, row
from .vocabulary import GREEK


class Style(Enum):
    """How a formula is set."""

    DISPLAY = 0
    INLINE = 1


class Rank(IntEnum):
    """How tightly a term binds, to know where brackets are needed."""

    CHOICE = 0
    COMPARISON = 1
    SUM = 2
    SIGN = 3
    PRODUCT = 4
    POWER = 5
    ATOM = 6


@dataclass(frozen=True, slots=True)
class Term:
    """A box and how tightly it binds."""

    box: Box
    rank: Rank = Rank.ATOM


THIN = Space(0.17)
WIDE = Space(0.28)


def symbol(name: str, style: Style, role: str = "text") -> Box:
    """A variable: italic, Greek where it is spelled out, trailing digits lowered (`mat2` → mat₂)."""
    if style is Style.INLINE:
        return Text(name, Face.MONO, role)
    stem = name.rstrip("0123456789")
    if stem and stem != name and not stem.endswith("_"):
        return Script(symbol(stem, style, role), sub=Text(name[len(stem) :], Face.ROMAN, role))
    return Text(GREEK.get(name, name), Face.ITALIC, role)


def bracketed(term: Term, at_least: Rank) -> Box:
    """The term's box, in brackets where it binds less tightly than its place needs."""
    return term.box if term.rank >= at_least else Fence("(", term.box, ")")


def matrix(cells: tuple[tuple[str, ...], ...], style: Style, role: str = "text") -> Box:
    """A small matrix of numbers in square brackets; NaN and infinities stand out."""
    face = Face.MONO if style is Style.INLINE else Face.ROMAN

    def cell(text: str) -> Text:
        return Text(minus(text), face, "nonfinite" if text in ("NaN", "∞", "-∞") else role)

    return Fence("[", Grid(tuple(tuple(map(cell, line)) for line in cells)), "]", role)


def minus(text: str) -> str:
    """A number with a real minus sign."""
    return text.replace("-", "−")


class Pieces:
    """Terms made of terms, in one of the two styles."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.display = style is Style.DISPLAY
        self.face = Face.ROMAN if self.display else Face.MONO

    def word(self, text: str) -> Text:
        """An upright word, sign or number."""
        return Text(text, self.face)

    def joined(self, parts: Sequence[Box], sign: str) -> Row:
        """`a + b + c`."""
        joined: list[Box] = [parts[0]]
        for part in parts[1:]:
            space = WIDE if self.display else Text(" ", self.face)
            joined += [space, self.word(sign), space, part]
        return Row(tuple(joined))

    def listed(self, parts: Iterable[Box]) -> Row:
        """`a, b, c`."""
        listed: list[Box] = []
        for part in parts:
            if listed:
                listed += (self.word(","), THIN)
            listed.append(part)
        return Row(tuple(listed))

    def applied(self, head: Box, arguments: Iterable[Box]) -> Term:
        """`head(a, b)`."""
        return Term(row(head, Fence("(", self.listed(arguments), ")")))

    def signed(self, operand: Term) -> Term:
        """`−a`."""
        return Term(row(self.word("−"), bracketed(operand, Rank.PRODUCT)), Rank.SIGN)

    def total(self, left: Term, right: Term) -> Term:
        """`a + b`."""
        return Term(self.joined([left.box, bracketed(right, Rank.PRODUCT)], "+"), Rank.SUM)

    def difference(self, left: Term, right: Term) -> Term:
        """`a − b`."""
        return Term(self.joined([bracketed(left, Rank.SUM), bracketed(right, Rank.PRODUCT)], "−"), Rank.SUM)

    def product(self, left: Term, right: Term) -> Term:
        """`a · b`."""
        sides = [bracketed(left, Rank.SIGN), bracketed(right, Rank.PRODUCT)]
        return Term(self.joined(sides, "·" if self.display else "×"), Rank.PRODUCT)

    def matrix_product(self, left: Term, right: Term) -> Term:
        """`a b`; on one line `a @ b`."""
        sides = [bracketed(left, Rank.SIGN), bracketed(right, Rank.POWER)]
        return Term(row(sides[0], THIN, sides[1]) if self.display else self.joined(sides, "@"), Rank.PRODUCT)

    def quotient(self, left: Term, right: Term) -> Term:
        """A fraction; on one line `a ÷ b`."""
        if self.display:
            return Term(Fraction(left.box, right.box), Rank.PRODUCT)
        return Term(self.joined([bracketed(left, Rank.SIGN), bracketed(right, Rank.POWER)], "÷"), Rank.PRODUCT)

    def power(self, base: Term, exponent: Box) -> Term:
        """`a` to the `exponent`."""
        return Term(Script(bracketed(base, Rank.ATOM), sup=exponent), Rank.POWER)

    def transposed(self, base: Term) -> Term:
        """`aᵀ`; of a transpose `a`; the inverse's transpose has one superscript for both."""
        if isinstance(base.box, Script) and base.box.sup == self.word("T"):
            return Term(Script(base.box.base, sub=base.box.sub) if base.box.sub is not None else base.box.base)
        if isinstance(base.box, Script) and base.box.sup == self.word("−1"):
            return Term(Script(base.box.base, sup=self.word("−T"), sub=base.box.sub))
        return Term(Script(bracketed(base, Rank.ATOM), sup=self.word("T")))

    def inverse(self, base: Term) -> Term:
        """`a⁻¹`; of a transpose `a⁻ᵀ`."""
        if isinstance(base.box, Script) and base.box.sup == self.word("T"):
            return Term(Script(base.box.base, sup=self.word("−T"), sub=base.box.sub))
        return Term(Script(bracketed(base, Rank.ATOM), sup=self.word("−1")))

    def iverson(self, inner: Box) -> Term:
        """`[a = b]`: 1 where it holds, else 0."""
        return Term(Fence("[", inner, "]"))

    def reduced(self, word: str, operand: Term, over: Sequence[Box] = ()) -> Term:
        """`Σ a · b`, `mean (a · b)`; with the dims below the sign where they are told."""
        head: Box = Script(self.word(word), sub=over[0]) if over else self.word(word)
        return Term(row(head, THIN, bracketed(operand, Rank.POWER if word == "mean" else Rank.PRODUCT)), Rank.PRODUCT)

    def choice(self, cases: Sequence[tuple[Box, Box]], rest: Box, otherwise: str = "otherwise") -> Term:
        """`{ a if …; b otherwise`: pairs of a value and its condition, then what is left."""
        if not self.display:
            parts = [part for box, test in cases for part in (box, self.word(" if "), test, self.word(" else "))]
            return Term(Row((*parts, rest)), Rank.CHOICE)
        rows = [(box, row(Text("if"), WIDE, test)) for box, test in cases]
        return Term(Fence("{", Grid((*rows, (rest, Text(otherwise))), centred=False), ""))
