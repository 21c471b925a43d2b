"""Numbers that a step knows, put into a rule and worked out where the rule only counts: `x ** (2 - 1)` is `x`.

Works on the parsed tree with the four operations and comparisons of two literal numbers; nothing is evaluated.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

Number = int | float

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


def number_of(text: str) -> Number | None:
    """The number that a text spells, or None."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None


def fold(text: str, numbers: Mapping[str, Number], *, fill_in: bool) -> str:
    """The rule with every choice made that `numbers` decide; with `fill_in`, with the numbers in place of names.

    `where(exponent == 0, 0, grad * exponent * self ** (exponent - 1))` with exponent 2 gives
    `grad * exponent * self ** (exponent - 1)`, filled in `grad * 2 * self`. A text that is no expression stays.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    chosen = _Choices(numbers).visit(tree)
    if fill_in:
        chosen = _Filled(numbers).visit(chosen)
    return ast.unparse(chosen)


class _Choices(ast.NodeTransformer):
    """Leaves out the branches that known numbers exclude."""

    def __init__(self, numbers: Mapping[str, Number]) -> None:
        self._numbers = numbers

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "where" and len(node.args) == 3:
            return self._choose(node, *node.args)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        return self._choose(node, node.test, node.body, node.orelse)

    def _choose(self, node: ast.AST, test: ast.expr, body: ast.expr, other: ast.expr) -> ast.AST:
        if isinstance(test, ast.Name) and test.id in self._numbers:
            return body if self._numbers[test.id] else other
        if not (isinstance(test, ast.Compare) and len(test.ops) == 1):
            return node
        left, right = self._known(test.left), self._known(test.comparators[0])
        compare = _COMPARISONS.get(type(test.ops[0]))
        if left is None or right is None or compare is None:
            return node
        return body if compare(left, right) else other

    def _known(self, node: ast.expr) -> Number | None:
        return self._numbers.get(node.id) if isinstance(node, ast.Name) else _literal(node)


class _Filled(ast.NodeTransformer):
    """Puts numbers in and adds up what has become sums of literals."""

    def __init__(self, numbers: Mapping[str, Number]) -> None:
        self._numbers = numbers

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Constant(self._numbers[node.id]) if node.id in self._numbers else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        left, right = _literal(node.left), _literal(node.right)
        if isinstance(node.op, ast.Pow) and right == 1:
            return node.left
        if isinstance(node.op, ast.Mult) and 1 in (left, right) and left != right:
            return node.right if left == 1 else node.left
        work = _ARITHMETIC.get(type(node.op))
        return ast.Constant(work(left, right)) if work and left is not None and right is not None else node


def _literal(node: ast.expr) -> Number | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    return None
