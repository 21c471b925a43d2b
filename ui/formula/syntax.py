"""Parsing of formulas by `ast`, within bounds, and questions about the tree. Never evaluates anything."""

from __future__ import annotations

import ast
from functools import lru_cache

LONGEST = 800  # characters of a formula that is set; a longer or deeper one is shown as it is
DEEPEST = 30


@lru_cache(maxsize=512)
def parse(text: str) -> ast.expr | None:
    """The formula as a tree, not to be changed, or None when it is no expression of Python."""
    if len(text) > LONGEST:
        return None
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree if _depth(tree) <= DEEPEST else None


def _depth(tree: ast.AST) -> int:
    depth, level = 0, [tree]
    while level:
        depth, level = depth + 1, [child for node in level for child in ast.iter_child_nodes(node)]
    return depth


def starts_with_minus(node: ast.expr) -> bool:
    """Whether a product or quotient begins with a sign."""
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div | ast.MatMult):
        node = node.left
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)


def without_minus(node: ast.expr) -> ast.expr:
    """The same without that sign."""
    if isinstance(node, ast.UnaryOp):
        return node.operand
    assert isinstance(node, ast.BinOp)
    return ast.BinOp(without_minus(node.left), node.op, node.right)


def case_of(node: ast.expr) -> tuple[ast.expr, ast.expr, ast.expr] | None:
    """Condition, value and what is otherwise: of `where(a, x, y)`, `masked_fill(y, a, x)` and `x if a else y`."""
    match node:
        case ast.IfExp(test=test, body=chosen, orelse=other):
            return test, chosen, other
        case ast.Call(func=ast.Name(id="where"), args=[test, chosen, other]):
            return test, chosen, other
        case ast.Call(func=ast.Name(id="masked_fill"), args=[other, test, chosen]):
            return test, chosen, other
    return None


def operands(node: ast.AST) -> set[str]:
    """The names that take part in arithmetic or in a comparison of elements; a switch, a size or a dim does not."""
    found: set[str] = set()
    for each in ast.walk(node):
        match each:
            case ast.BinOp(left=left, right=right):
                sides = [left, right]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                sides = [operand]
            case ast.Call(func=ast.Name(id="where"), args=[ast.Compare(left=left, comparators=others), *rest]):
                sides = [left, *others, *rest]
            case ast.Call(func=ast.Name(id="scaled" | "weighted"), args=args):
                sides = args
            case _:
                continue
        found |= {side.id for side in sides if isinstance(side, ast.Name)}
    return found
