"""What the text of a gradient rule mentions, and which of it is known here as a plain number. Knows no Qt."""

from __future__ import annotations

import ast

from engine.trace import NONE

from ..formula.fold import Known, known_of
from ..formula.syntax import parse
from .facts import StepFacts

OPTIONAL = ("weight", "pos_weight", "eps")  # arguments that a rule can do without


def known(text: str, facts: StepFacts) -> dict[str, Known]:
    """The names of a rule that are plain numbers or switches here: an exponent, a factor, a reduction."""
    found: dict[str, Known] = {}
    for name in mentioned(text):
        operand = facts.operands.get(name)
        if operand is None:
            if name in OPTIONAL:  # not given, so not saved
                found[name] = None
        elif operand.handle == NONE and operand.text and not name.endswith("_sym_numel"):
            found[name] = known_of(operand.text)
    return found


def mentioned(text: str) -> set[str]:
    """The names in a rule, also `result[1]`."""
    tree = parse(text)
    nodes = [] if tree is None else ast.walk(tree)
    return {ast.unparse(node) for node in nodes if isinstance(node, ast.Name | ast.Subscript)}


def called(text: str) -> list[str]:
    """The functions that a rule calls."""
    tree = parse(text)
    nodes = [] if tree is None else ast.walk(tree)
    return [node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
