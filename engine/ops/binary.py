"""Arithmetic of two operands that broadcast: rows and PyTorch's functions around them."""

from typing import Any

import numpy as np

from .build import binary
from .inplace import inplace
from .table import METHODS, Gradient, Row, expose

_add = binary(
    Row(
        "add",
        np.add,
        ("self", "other"),
        (Gradient("grad", lambda grad: grad), Gradient("grad", lambda grad: grad)),
        node="AddBackward0",
        shows=(("alpha", 1),),
        promotes="same",
    )
)
_sub = binary(
    Row(
        "sub",
        np.subtract,
        ("self", "other"),
        (Gradient("grad", lambda grad: grad), Gradient("-grad", lambda grad: -grad)),
        node="SubBackward0",
        shows=(("alpha", 1),),
        promotes="same",
    )
)
_mul = binary(
    Row(
        "mul",
        np.multiply,
        ("self", "other"),
        (
            Gradient("grad * other", lambda grad, other: grad * other),
            Gradient("grad * self", lambda grad, self: grad * self),
        ),
        node="MulBackward0",
        promotes="same",
    )
)
_div = binary(
    Row(
        "div",
        np.true_divide,
        ("self", "other"),
        (
            Gradient("grad / other", lambda grad, other: grad / other),
            Gradient("-grad * ((self / other) / other)", lambda grad, self, other: -grad * ((self / other) / other)),
        ),
        node="DivBackward0",
        domain="nonzero",
    )
)
METHODS.update(__add__=_add, __radd__=_add, __sub__=_sub, __mul__=_mul, __rmul__=_mul, __truediv__=_div)
for _operation, _key in (("__iadd__", "add"), ("__isub__", "sub"), ("__imul__", "mul"), ("__itruediv__", "div")):
    METHODS[_operation] = inplace(_key)
expose("mul", "multiply")(_mul)


@expose("add")
def add(input: Any, other: Any, *, alpha: Any = 1) -> Any:  # noqa: A002 - PyTorch's keyword
    """`input + alpha * other`."""
    return _add(input, other if alpha == 1 else other * alpha)


@expose("sub", "subtract")
def sub(input: Any, other: Any, *, alpha: Any = 1) -> Any:  # noqa: A002 - PyTorch's keyword
    """`input - alpha * other`."""
    return _sub(input, other if alpha == 1 else other * alpha)
