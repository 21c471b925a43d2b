"""What gradient rules are written in, besides operators: functions that run on arrays and on tensors alike.

On arrays they are NumPy's; on tensors the table's operation of that name, so that gradients have gradients. A rule that
needs a mask or a constant uses `mask` and friends, which are never differentiated.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..tensor import TENSORS, Tensor, from_array
from .table import FUNCTIONS


def either(raw: Callable[..., Any], key: str) -> Callable[..., Any]:
    """`raw` for arrays and numbers, the function of row `key` as soon as one operand is a tensor."""

    def function(*operands: Any) -> Any:
        for operand in operands:
            if type(operand) in TENSORS:
                return FUNCTIONS[key](*operands)
        return raw(*operands)

    return function


def constant(raw: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose result counts as a constant: of tensors it takes the arrays, and gives an untracked tensor."""

    def function(*operands: Any) -> Any:
        if not any(type(operand) in TENSORS for operand in operands):
            return raw(*operands)
        made = raw(*(x.array if type(x) in TENSORS else x for x in operands))
        return from_array(np.asarray(made))

    return function


def shape_of(value: Any) -> tuple[int, ...]:
    """The shape as a plain tuple; () for a number."""
    return value.array.shape if isinstance(value, Tensor) else np.shape(value)


exp = either(np.exp, "exp")
log = either(np.log, "log")
