"""Numbers and switches that a step knows, put into a rule and worked out where it only counts: `x ** (2 - 1)` is `x`.

Works on the parsed tree with sums and comparisons of literals; nothing is evaluated.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

Number = int | float
Known = Number | str | None  # a number, a switch, the word for a variant; None: an argument that was not given

_ARITHMETIC: dict[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Number, Number], bool]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
}
FACTORS: Final = ("alpha", "beta", "scale", "input_scale")
_MEAN: Final = 1  # PyTorch's number of the reduction that divides
_SWITCHES: Final = {"True": True, "False": False, "None": None}


class _Unknown:
    """What the step does not know."""


_UNKNOWN: Final = _Unknown()


def number_of(text: str) -> Number | None:
    """The number that a text spells, or None."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None


def known_of(text: str) -> Known:
    """The number, switch or word that a text spells."""
    if text in _SWITCHES:
        return _SWITCHES[text]
    number = number_of(text)
    return text if number is None else number


def fold(text: str, known: Mapping[str, Known], *, fill_in: bool) -> str:
    """The rule with every choice made that `known` decides; with `fill_in`, with the numbers in place of names.

    A factor that every call of a function has (the `alpha` of addmm) is left out where it is 1.

    `where(exponent == 0, 0, grad * exponent * self ** (exponent - 1))` with exponent 2 gives
    `grad * exponent * self ** (exponent - 1)`, filled in `grad * 2 * self`. A text that is no expression stays.
    """
    # A word or a switch may equal a number (True and 1), and is another thing.
    return _folded(text, tuple((name, type(value), value) for name, value in known.items()), fill_in)


@lru_cache(maxsize=512)
def _folded(text: str, given: tuple[tuple[str, type, Known], ...], fill_in: bool) -> str:
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    known = {name: value for name, _, value in given}
    chosen = _Choices(known).visit(tree)
    shown = {name for name, value in known.items() if _is_number(value) and (fill_in or _says_nothing(name, value))}
    return ast.unparse(_Filled({name: known[name] for name in shown}).visit(chosen))


def _says_nothing(name: str, value: Known) -> bool:
    """Whether a factor is there only because the function has one, and is 1."""
    return value == 1 and name in FACTORS


class _Choices(ast.NodeTransformer):
    """Leaves out the branches that are excluded, and arguments that were not given."""

    def __init__(self, known: Mapping[str, Known]) -> None:
        self._known = known

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Name(id="where"), args=[test, body, other]):
                return self._choose(node, test, body, other)
            case ast.Call(func=ast.Name(id="scaled"), args=[value, factor]):
                return ast.BinOp(value, ast.Mult(), factor)
            case ast.Call(func=ast.Name(id="weighted"), args=[value, weight]):
                return value if self._absent(weight) else ast.BinOp(value, ast.Mult(), weight)
            case ast.Call(func=ast.Name(id="scale"), args=[value, count, ast.Name(id=reduction)]):
                if reduction in self._known:
                    return ast.BinOp(value, ast.Div(), count) if self._known[reduction] == _MEAN else value
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        return self._choose(node, node.test, node.body, node.orelse)

    def _absent(self, node: ast.expr) -> bool:
        """Whether something stands on an argument that was not given."""
        names = [each.id for each in ast.walk(node) if isinstance(each, ast.Name) and each.id in self._known]
        return any(self._known[name] is None for name in names)

    def _choose(self, node: ast.AST, test: ast.expr, body: ast.expr, other: ast.expr) -> ast.AST:
        holds = self._value(test)
        if isinstance(holds, _Unknown):
            return node
        return body if holds else other

    def _value(self, node: ast.expr) -> Known | _Unknown:
        """What a part of a condition is known to be."""
        match node:
            case ast.Name(id="inf"):
                return math.inf
            case ast.Name(id=name):
                return self._known.get(name, _UNKNOWN)
            case ast.Constant(value=int() | float() | str() | None as value):
                return value
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self._value(operand)
                return inner if isinstance(inner, _Unknown) else not inner
            case ast.Call(func=ast.Name(id="abs"), args=[operand]):
                inner = self._value(operand)
                return abs(inner) if isinstance(inner, int | float) else _UNKNOWN
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return _compared(self._value(left), op, self._value(right))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                one, other = self._value(left), self._value(right)
                if isinstance(one, int | float) and isinstance(other, int | float):
                    return _ARITHMETIC[type(op)](one, other)
            case ast.BoolOp(op=op, values=values):
                return _joined(isinstance(op, ast.And), [self._value(value) for value in values])
        return _UNKNOWN


def _compared(left: Known | _Unknown, op: ast.cmpop, right: Known | _Unknown) -> bool | _Unknown:
    if isinstance(left, _Unknown) or isinstance(right, _Unknown):
        return _UNKNOWN
    if isinstance(op, ast.Is | ast.IsNot):
        return (left is right) is isinstance(op, ast.Is)
    compare = _COMPARISONS.get(type(op))
    if compare is not None and isinstance(left, int | float) and isinstance(right, int | float):
        return compare(left, right)
    if isinstance(op, ast.Eq | ast.NotEq):
        return (left == right) is isinstance(op, ast.Eq)
    return _UNKNOWN


def _joined(all_of: bool, values: list[Known | _Unknown]) -> bool | _Unknown:
    """`and` or `or`: one side can decide."""
    sides = [None if isinstance(value, _Unknown) else bool(value) for value in values]
    if (not all_of) in sides:
        return not all_of
    return _UNKNOWN if None in sides else all_of


class _Filled(ast.NodeTransformer):
    """Puts numbers in, adds up what has become sums of literals, and leaves out factors of one."""

    def __init__(self, numbers: Mapping[str, Known]) -> None:
        self._numbers = numbers

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Constant(self._numbers[node.id]) if node.id in self._numbers else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        left, right = _literal(node.left), _literal(node.right)
        if isinstance(node.op, ast.Pow | ast.Div) and right == 1:
            return node.left
        if isinstance(node.op, ast.Mult) and 1 in (left, right):
            return node.right if left == 1 else node.left
        work = _ARITHMETIC.get(type(node.op))
        return ast.Constant(work(left, right)) if work and left is not None and right is not None else node


def _literal(node: ast.expr) -> Number | None:
    match node:
        case ast.Constant(value=int() | float() as value) if _is_number(value):
            return value
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
