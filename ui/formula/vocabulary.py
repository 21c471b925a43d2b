"""The words that gradient rules are written in, and how mathematics writes them. Plain tables."""

from __future__ import annotations

import ast
import math

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "eps": "ε", "epsilon": "ε", "lambd": "λ", "lambda_": "λ",
    "mu": "μ", "sigma": "σ", "tau": "τ", "theta": "θ", "pi": "π",
}  # fmt: skip

COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "=", ast.NotEq: "≠", ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥",
}  # fmt: skip
COMPARE_CALLS = {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥"}

MATRIX_PRODUCTS = frozenset({"mm", "matmul", "bmm", "mv"})
TRANSPOSES = frozenset({"t", "transpose", "mT", "T", "swapaxes"})

# Change no number of their first argument, only its shape: a formula leaves them out, words tell of the shape.
# `filled` replaces what has no derivative (0 / 0) by a number, which the formula leaves to the reader.
SAME_NUMBERS = frozenset({
    "conj", "expand", "expand_as", "contiguous", "clone", "restore", "unreduce", "spread", "kept", "filled",
})  # fmt: skip

# Move elements without computing: a formula names the move and what is moved, not the sizes and positions.
MOVES = frozenset({
    "reshape", "view", "squeeze", "unsqueeze", "permute", "flip", "roll", "tril", "triu", "diagonal", "select", "slice",
    "gather", "put", "cut", "unbind", "stacked", "joined", "without", "written", "unrepeat", "as_strided_backward",
})  # fmt: skip

ACTORS = ("grad", "self", "other", "result")  # arguments that are tensors

SPELLED = {"log": "ln", "sgn": "sgn", "sign": "sgn", "sigmoid": "σ"}

# Numbers that are better known by name.
CONSTANTS = {math.log(2): "ln 2", math.log(10): "ln 10", math.pi: "π", math.e: "e"}
