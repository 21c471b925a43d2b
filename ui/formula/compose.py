"""From the text of a gradient rule (`-grad * self / (other * other)`) to boxes. Parsed by `ast`, never evaluated.

Two styles: *display* is mathematics (fractions stacked, sums as Σ, transposes as superscripts); *inline* is one line
beside live numbers (`g × other`). Names are looked up among terms, so the same text serves symbols and numbers.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum

from .boxes import Box, Face, Fence, Fraction, Grid, Radical, Row, Script, Space, Text, row
from .syntax import mentions, parse, starts_with_minus, without_minus
from .vocabulary import (
    ACTORS,
    COMPARE_CALLS,
    COMPARISONS,
    CONSTANTS,
    GREEK,
    MATRIX_PRODUCTS,
    MOVES,
    SAME_NUMBERS,
    SPELLED,
    TRANSPOSES,
)


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


Terms = Mapping[str, Term]

THIN = Space(0.17)
WIDE = Space(0.28)


def compose(text: str, terms: Terms, style: Style) -> Term:
    """The boxes of a formula; a text that cannot be parsed is set as it stands."""
    tree = parse(text)
    if tree is None:
        return Term(Text(text, Face.MONO))
    return _Composer(terms, style).term(tree)


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


class _Composer:
    def __init__(self, terms: Terms, style: Style) -> None:
        self._terms, self._style = terms, style
        self._display = style is Style.DISPLAY
        self._face = Face.ROMAN if self._display else Face.MONO

    def term(self, node: ast.expr) -> Term:
        known = self._terms.get(ast.unparse(node)) if isinstance(node, ast.Name | ast.Attribute | ast.Call) else None
        if known is not None:
            return known
        match node:
            case ast.Name(id=name):
                return self._name(name)
            case ast.Constant(value=value):
                known_number = CONSTANTS.get(value) if isinstance(value, float) else None
                return Term(self._word(known_number or minus(str(value))))
            case ast.UnaryOp():
                return self._unary(node)
            case ast.BinOp():
                return self._binary(node)
            case ast.Compare(left=left, ops=ops, comparators=others):
                return self._comparison(left, ops, others)
            case ast.BoolOp():
                return Term(self._condition(node), Rank.COMPARISON)
            case ast.IfExp(test=test, body=body, orelse=other):
                return self._cases(test, body, other)
            case ast.Call():
                return self._call(node)
            case ast.Attribute(value=value, attr=attr):
                return self._function(attr, [value], [])
            case ast.Subscript(value=value, slice=index):
                return self._subscript(self.term(value), index)
            case ast.Tuple(elts=items) | ast.List(elts=items):
                return Term(Fence("(", self._listed([self.term(item).box for item in items]), ")"))
            case _:
                return Term(Text(ast.unparse(node), Face.MONO))

    def _name(self, name: str) -> Term:
        stem = name.removesuffix("_sym_numel")
        if stem != name:
            return self._function("numel", [ast.Name(stem)], [])
        return Term(symbol(name, self._style))

    # -- operators -----------------------------------------------------------------------------------------------

    def _unary(self, node: ast.UnaryOp) -> Term:
        operand = self.term(node.operand)
        if isinstance(node.op, ast.USub):
            return Term(row(self._word("−"), bracketed(operand, Rank.PRODUCT)), Rank.SIGN)
        if isinstance(node.op, ast.Not | ast.Invert):
            return Term(row(self._word("¬"), bracketed(operand, Rank.ATOM)), Rank.PRODUCT)
        return operand

    def _binary(self, node: ast.BinOp) -> Term:
        if starts_with_minus(node):
            # -a * b / c is the same number as -(a * b / c), and reads better with the sign outside the fraction.
            return Term(row(self._word("−"), bracketed(self.term(without_minus(node)), Rank.PRODUCT)), Rank.SIGN)
        left, right = self.term(node.left), self.term(node.right)
        match node.op:
            case ast.Add():
                return Term(self._joined([left.box, bracketed(right, Rank.PRODUCT)], "+"), Rank.SUM)
            case ast.Sub():
                return Term(self._joined([bracketed(left, Rank.SUM), bracketed(right, Rank.PRODUCT)], "−"), Rank.SUM)
            case ast.Mult():
                return Term(self._product(left, right), Rank.PRODUCT)
            case ast.MatMult():
                return self._matrix_product(left, right)
            case ast.Div():
                return self._quotient(left, right)
            case ast.Pow():
                return self._power(left, right)
            case ast.FloorDiv():
                return Term(Fence("⌊", self._quotient(left, right).box, "⌋"))
            case ast.Mod():
                return Term(self._joined([bracketed(left, Rank.POWER), bracketed(right, Rank.POWER)], "mod"), Rank.SUM)
            case ast.BitAnd() | ast.BitOr():
                return Term(self._condition(node), Rank.COMPARISON)
            case _:
                return Term(Text(ast.unparse(node), Face.MONO))

    def _product(self, left: Term, right: Term) -> Box:
        sides = [bracketed(left, Rank.SIGN), bracketed(right, Rank.PRODUCT)]
        return self._joined(sides, "·" if self._display else "×")

    def _matrix_product(self, left: Term, right: Term) -> Term:
        sides = [bracketed(left, Rank.SIGN), bracketed(right, Rank.POWER)]
        return Term(row(sides[0], THIN, sides[1]) if self._display else self._joined(sides, "@"), Rank.PRODUCT)

    def _quotient(self, left: Term, right: Term) -> Term:
        if self._display:
            return Term(Fraction(left.box, right.box), Rank.PRODUCT)
        return Term(self._joined([bracketed(left, Rank.SIGN), bracketed(right, Rank.POWER)], "÷"), Rank.PRODUCT)

    def _power(self, base: Term, exponent: Term) -> Term:
        return Term(Script(bracketed(base, Rank.ATOM), sup=exponent.box), Rank.POWER)

    def _comparison(self, left: ast.expr, ops: list[ast.cmpop], others: list[ast.expr]) -> Term:
        parts = [bracketed(self.term(left), Rank.SUM)]
        for op, other in zip(ops, others, strict=True):
            sign = COMPARISONS.get(type(op), "?")
            parts += [WIDE, self._word(sign), WIDE, bracketed(self.term(other), Rank.SUM)]
        # Used as a factor a comparison counts as 1 or 0: Iverson's brackets.
        return Term(Fence("[", Row(tuple(parts)), "]"))

    # -- calls ---------------------------------------------------------------------------------------------------

    def _call(self, node: ast.Call) -> Term:
        match node.func:
            case ast.Name(id=name):
                return self._function(name, node.args, node.keywords)
            case ast.Attribute(value=ast.Name(id="torch" | "math" | "F"), attr=name):
                return self._function(name, node.args, node.keywords)
            case ast.Attribute(value=value, attr=name):
                return self._function(name, [value, *node.args], node.keywords)
            case _:
                return Term(Text(ast.unparse(node), Face.MONO))

    def _function(self, name: str, arguments: list[ast.expr], keywords: list[ast.keyword]) -> Term:
        if name == "where" and len(arguments) == 3:
            return self._cases(*arguments)
        terms = [self.term(argument) for argument in arguments]
        if name in SAME_NUMBERS and terms:
            return terms[0]
        if name == "masked_fill" and len(arguments) == 3:
            return self._cases(arguments[1], arguments[2], arguments[0])
        if name in MOVES or (name.endswith("_back") and not mentions(arguments[1:], ("self", "result"))):
            return self._move(name, terms)
        if name in TRANSPOSES and terms:
            return Term(Script(bracketed(terms[0], Rank.ATOM), sup=self._word("T")))
        if name in MATRIX_PRODUCTS and len(terms) == 2:
            return self._matrix_product(*terms)
        if name in COMPARE_CALLS and len(arguments) == 2:
            parts = [bracketed(term, Rank.SUM) for term in terms]
            return Term(Fence("[", self._joined(parts, COMPARE_CALLS[name]), "]"))
        if name == "freedom" and len(terms) == 3:
            # The correction that nobody gave is not saved: it is 1.
            less = self._word("1") if terms[2].box == symbol("correction", self._style) else terms[2].box
            return Term(self._joined([symbol("n", self._style), less], "−"), Rank.SUM)
        if self._display:
            drawn = self._drawn_function(name, terms, keywords)
            if drawn is not None:
                return drawn
        if name.endswith("_back"):
            # The tensors that take part; sizes and dimensions would drown them.
            taking = [(a, t) for a, t in zip(arguments, terms, strict=True) if mentions([a], ACTORS)]
            terms, keywords = [term for _, term in taking], []
        words: list[Box] = [row(self._word(f"{k.arg}="), self.term(k.value).box) for k in keywords if k.arg is not None]
        if name == "mean_over":
            name, terms = "mean", terms[:1]
        head = Text(SPELLED.get(name, name) if self._display else name, self._face)
        return Term(row(head, Fence("(", self._listed([term.box for term in terms] + words), ")")), Rank.ATOM)

    def _move(self, name: str, terms: list[Term]) -> Term:
        """Elements put elsewhere; the way back of a move is written as its transpose, which it is."""
        stem = name.removesuffix("_back")
        head: Box = Text(stem, self._face)
        if stem != name:
            head = Script(head, sup=self._word("T"))
        return Term(row(head, Fence("(", terms[0].box if terms else Text(""), ")")))

    def _drawn_function(self, name: str, terms: list[Term], keywords: list[ast.keyword]) -> Term | None:
        """The functions that mathematics writes with signs of its own."""
        match name, terms:
            case "mul", [a, b]:
                return Term(self._product(a, b), Rank.PRODUCT)
            case "div", [a, b]:
                return self._quotient(a, b)
            case "neg", [a]:
                return Term(row(self._word("−"), bracketed(a, Rank.PRODUCT)), Rank.SIGN)
            case "exp", [a]:
                return Term(Script(Text("e", Face.ITALIC), sup=a.box), Rank.POWER)
            case "sqrt", [a]:
                return Term(Radical(a.box))
            case "rsqrt", [a]:
                return self._quotient(Term(self._word("1")), Term(Radical(a.box)))
            case "reciprocal", [a]:
                return self._quotient(Term(self._word("1")), a)
            case "square", [a]:
                return self._power(a, Term(self._word("2")))
            case "pow", [a, b]:
                return self._power(a, b)
            case "abs", [a]:
                return Term(Fence("|", a.box, "|"))
            case "norm", [a, *_]:
                return Term(Fence("‖", a.box, "‖"))
            case "log2" | "log10", [a]:
                head = Script(Text("log"), sub=Text(name.removeprefix("log")))
                return Term(row(head, THIN, bracketed(a, Rank.ATOM)), Rank.POWER)
            case "log" | "sin" | "cos" | "tan" | "sinh" | "cosh" | "tanh" | "sgn" | "sign", [a]:
                return Term(row(Text(SPELLED.get(name, name)), THIN, bracketed(a, Rank.ATOM)), Rank.POWER)
            case "dot", [a, b]:
                return Term(self._product(a, b), Rank.PRODUCT)
            case "mean_over", [a, *_]:
                return self._reduced("mean", a, [], [])
            case "sum" | "mean", [a, *over]:
                return self._reduced(name, a, over, keywords)
            case "sum_to" | "sum_dims", [a, *over]:
                return self._reduced("sum", a, over if name == "sum_dims" else [], [])
            case "outer_of", [a, b]:
                return self._matrix_product(a, Term(Script(bracketed(b, Rank.ATOM), sup=self._word("T"))))
            case "threshold_backward", [a, value, *_]:
                test = row(Text("if"), WIDE, bracketed(value, Rank.SUM), WIDE, Text(">"), WIDE, Text("0"))
                rows = ((a.box, test), (Text("0"), Text("otherwise")))
                return Term(Fence("{", Grid(rows, centred=False), ""))
            case "zeros_like", [_]:
                return Term(self._word("0"))
            case "product_of_others", [a, *_]:
                head = Script(Text("∏"), sub=Text("j ≠ i"))
                return Term(row(head, THIN, Script(bracketed(a, Rank.ATOM), sub=Text("j", Face.ITALIC))), Rank.PRODUCT)
            case "shared", [a, value, result, *_]:
                # The extremes share the gradient evenly.
                same = Fence("[", self._joined([bracketed(value, Rank.SUM), bracketed(result, Rank.SUM)], "="), "]")
                return self._quotient(Term(self._product(a, Term(same))), Term(row(Text("Σ"), THIN, same)))
            case "numel", [a]:
                n = Text("n", Face.ITALIC)
                return Term(Script(n, sub=a.box) if isinstance(a.box, Text) else n)
        return None

    def _reduced(self, name: str, operand: Term, over: list[Term], keywords: list[ast.keyword]) -> Term:
        dims = over[:1] or [self.term(k.value) for k in keywords if k.arg == "dim"]
        head: Box = Text("Σ") if name == "sum" else Text("mean")
        if dims:
            head = Script(head, sub=dims[0].box)
        return Term(row(head, THIN, bracketed(operand, Rank.PRODUCT)), Rank.PRODUCT)

    def _condition(self, node: ast.expr) -> Box:
        """A comparison, or several joined by and / or, without the brackets that would make it a number."""
        sides: list[ast.expr] = []
        word = ""
        match node:
            case ast.BoolOp(op=op, values=values):
                sides, word = values, "and" if isinstance(op, ast.And) else "or"
            case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr() as op, right=right):
                sides, word = [left, right], "and" if isinstance(op, ast.BitAnd) else "or"
        if sides:
            return self._joined([self._condition(side) for side in sides], word)
        box = self.term(node).box
        return box.inner if isinstance(box, Fence) and box.left == "[" else box

    def _cases(self, test: ast.expr, body: ast.expr, other: ast.expr) -> Term:
        choices = [(self.term(body).box, self._condition(test))]
        # where(a, x, where(b, y, z)) is one list of cases.
        while isinstance(other, ast.Call) and ast.unparse(other.func) == "where" and len(other.args) == 3:
            choices.append((self.term(other.args[1]).box, self._condition(other.args[0])))
            other = other.args[2]
        rest = self.term(other).box
        if not self._display:
            parts = [part for box, test in choices for part in (box, self._word(" if "), test, self._word(" else "))]
            return Term(Row((*parts, rest)), Rank.CHOICE)
        rows = [(box, row(Text("if"), WIDE, test)) for box, test in choices]
        return Term(Fence("{", Grid((*rows, (rest, Text("otherwise"))), centred=False), ""))

    def _subscript(self, base: Term, index: ast.expr) -> Term:
        below = self.term(index).box if isinstance(index, ast.Name | ast.Constant) else Text(ast.unparse(index))
        if self._display:
            return Term(Script(bracketed(base, Rank.ATOM), sub=below))
        return Term(row(bracketed(base, Rank.ATOM), Fence("[", below, "]")))

    # -- parts ---------------------------------------------------------------------------------------------------

    def _word(self, text: str) -> Text:
        return Text(text, self._face)

    def _joined(self, parts: list[Box], sign: str) -> Row:
        joined: list[Box] = [parts[0]]
        for part in parts[1:]:
            space = WIDE if self._display else Text(" ", self._face)
            joined += [space, self._word(sign), space, part]
        return Row(tuple(joined))

    def _listed(self, parts: list[Box]) -> Row:
        listed: list[Box] = []
        for part in parts:
            if listed:
                listed += (self._word(","), THIN)
            listed.append(part)
        return Row(tuple(listed))
