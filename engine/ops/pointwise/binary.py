"""Arithmetic of two operands that broadcast: add, subtract, multiply, divide, atan2, maximum.

Source of the formulas: PyTorch's `tools/autograd/derivatives.yaml`.
"""

from typing import Any

import numpy as np

from ...creation.data import fits
from ...tensor import TENSORS
from ...types.dtype import bool_
from ...types.promotion import result_of
from ..build import binary, operator
from ..general import general
from ..inplace import inplace
from ..offer import Chosen, offer_choice, run
from ..operands import invalid, is_operand, number_of, refuse_bools, require_tensor
from ..rules import where
from ..table import METHODS, Gradient, Row, expose

_BOTH = ("self", "other")


def inverse_square(x: Any, y: Any) -> Any:
    """1 / (x * x + y * y), and 0 at the origin."""
    square = x * x + y * y
    return where(square == 0, 0.0, 1 / square)


def scaled(array: Any, alpha: Any) -> Any:
    """alpha * array in the array's dtype, around which integers wrap."""
    if not isinstance(array, np.ndarray) or array.dtype.kind == "f":
        return array * alpha
    return array * np.asarray(alpha).astype(array.dtype)


binary(
    Row(
        "add",
        np.add,
        _BOTH,
        (Gradient("grad", lambda grad: grad), Gradient("grad", lambda grad: grad)),
        node="AddBackward0",
        shows=(("alpha", 1),),
        promotes="same",
    )
)
binary(
    Row(
        "sub",
        np.subtract,
        _BOTH,
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
        _BOTH,
        (
            Gradient("grad * other", lambda grad, other: grad * other),
            Gradient("grad * self", lambda grad, self: grad * self),
        ),
        node="MulBackward0",
        promotes="same",
    )
)
binary(
    Row(
        "div",
        np.true_divide,
        _BOTH,
        (
            Gradient("grad / other", lambda grad, other: grad / other),
            Gradient("-grad * ((self / other) / other)", lambda grad, self, other: -grad * ((self / other) / other)),
        ),
        node="DivBackward0",
        domain="nonzero",
    )
)
binary(
    Row(
        "atan2",
        np.arctan2,
        _BOTH,
        (
            Gradient(
                "grad * other * inverse_square(self, other)",
                lambda grad, self, other: grad * other * inverse_square(self, other),
            ),
            Gradient(
                "grad * -self * inverse_square(self, other)",
                lambda grad, self, other: grad * -self * inverse_square(self, other),
            ),
        ),
        node="Atan2Backward0",
        domain="nonzero",
    )
)
binary(
    Row(
        "maximum",
        lambda left, right: np.maximum(right, left),  # of two equal ones NumPy takes its second, PyTorch the first
        _BOTH,
        (
            Gradient(
                "where(self == other, grad / 2, where(self < other, 0, grad))",
                lambda grad, self, other: where(self == other, grad / 2, where(self < other, 0, grad)),
            ),
            Gradient(
                "where(self == other, grad / 2, where(self > other, 0, grad))",
                lambda grad, self, other: where(self == other, grad / 2, where(self > other, 0, grad)),
            ),
        ),
        node="MaximumBackward0",
        promotes="same",
    )
)
binary(
    Row(
        "minimum",
        lambda left, right: np.minimum(right, left),
        _BOTH,
        (
            Gradient(
                "where(self == other, grad / 2, where(self > other, 0, grad))",
                lambda grad, self, other: where(self == other, grad / 2, where(self > other, 0, grad)),
            ),
            Gradient(
                "where(self == other, grad / 2, where(self < other, 0, grad))",
                lambda grad, self, other: where(self == other, grad / 2, where(self < other, 0, grad)),
            ),
        ),
        node="MinimumBackward0",
        promotes="same",
    )
)
general(
    Row(
        "rsub",
        lambda array, number: number - array,
        ("self",),
        (Gradient("-grad", lambda grad: -grad),),
        node="RsubBackward1",
        overload="Scalar",
        constants=("other",),
        shows=(("alpha", 1),),
        promotes="same",
    ),
    promote=True,
)
binary(
    Row(
        "rsub",
        lambda left, right: right - left,
        _BOTH,
        (Gradient("-grad", lambda grad: -grad), Gradient("grad", lambda grad: grad)),
        node="RsubBackward0",
        shows=(("alpha", 1),),
        promotes="same",
    )
)
general(
    Row(
        "add",
        lambda left, right, alpha: left + scaled(right, alpha),
        _BOTH,
        (Gradient("grad", lambda grad: grad), Gradient("grad * alpha", lambda grad, alpha: grad * alpha)),
        node="AddBackward0",
        overload="alpha",
        arguments=("alpha",),
        promotes="same",
    ),
    promote=True,
)
general(
    Row(
        "sub",
        lambda left, right, alpha: left - scaled(right, alpha),
        _BOTH,
        (Gradient("grad", lambda grad: grad), Gradient("-grad * alpha", lambda grad, alpha: -grad * alpha)),
        node="SubBackward0",
        overload="alpha",
        arguments=("alpha",),
        promotes="same",
    ),
    promote=True,
)

general(
    Row(
        "sub",
        lambda array, number, alpha: array - number * alpha,
        ("self",),
        (Gradient("grad", lambda grad: grad),),
        node="SubBackward1",
        overload="Scalar_alpha",
        constants=("other",),
        arguments=("alpha",),
        promotes="same",
        elementwise=True,
    ),
    promote=True,
)
general(
    Row(
        "rsub",
        lambda left, right, alpha: right - scaled(left, alpha),
        _BOTH,
        (Gradient("-grad * alpha", lambda grad, alpha: -grad * alpha), Gradient("grad", lambda grad: grad)),
        node="RsubBackward0",
        overload="alpha",
        arguments=("alpha",),
        promotes="same",
        elementwise=True,
    ),
    promote=True,
)
general(
    Row(
        "rsub",
        lambda array, number, alpha: number - scaled(array, alpha),
        ("self",),
        (Gradient("-grad * alpha", lambda grad, alpha: -grad * alpha),),
        node="RsubBackward1",
        overload="Scalar_alpha",
        constants=("other",),
        arguments=("alpha",),
        promotes="same",
        elementwise=True,
    ),
    promote=True,
)

METHODS.update(__add__=operator("add"), __sub__=operator("sub"), __mul__=operator("mul"), __truediv__=operator("div"))
METHODS.update(__radd__=METHODS["__add__"], __rmul__=METHODS["__mul__"])
for _operation, _key in (("__iadd__", "add"), ("__isub__", "sub"), ("__imul__", "mul"), ("__itruediv__", "div")):
    inplace(_key, _operation)
for _key, _name in (("mul", "mul_"), ("mul", "multiply_"), ("atan2", "atan2_"), ("atan2", "arctan2_")):
    inplace(_key, _name)
expose("mul", "multiply")(_mul)


@offer_choice("add")
def add(input: Any, other: Any, *last: Any, alpha: Any = 1) -> Chosen:
    """`input + alpha * other`."""
    return _with_alpha("add", input, *_arranged("add", input, other, last, alpha))


@offer_choice("sub")
def sub(input: Any, other: Any, *last: Any, alpha: Any = 1) -> Chosen:
    """`input - alpha * other`."""
    return _with_alpha("sub", input, *_arranged("sub", input, other, last, alpha))


@offer_choice("subtract")
def subtract(input: Any, other: Any, *last: Any, alpha: Any = 1) -> Chosen:
    """`input - alpha * other`; with `alpha` given by its place PyTorch shows another node."""
    if not last:
        return _with_alpha("sub", input, other, alpha)
    other, alpha = _arranged("subtract", input, other, last, alpha)
    refuse_bools((input, other))
    _check_alpha(input, other, alpha)
    return Chosen("sub.Scalar_alpha", (input, other), (alpha,))


@expose("rsub")
def rsub(input: Any, other: Any, *last: Any, alpha: Any = 1) -> Any:
    """`other - alpha * input`."""
    other, alpha = _arranged("rsub", input, other, last, alpha)
    if type(input) not in TENSORS:
        raise invalid(
            "rsub",
            (input, other),
            "Tensor input, Tensor other, *, Number alpha = 1",
            "Tensor input, Number other, Number alpha = 1",
        )
    number = type(other) not in TENSORS
    if isinstance(other, bool):
        refuse_bools((input, other))
    alpha = number_of(alpha)
    if type(alpha) is int and alpha == 1:
        return run(Chosen("rsub.Scalar" if number else "rsub", (input, other)))
    _check_alpha(input, other, alpha)
    return run(Chosen("rsub.Scalar_alpha" if number else "rsub.alpha", (input, other), (alpha,)))


@expose("__rsub__", function=False)
def reflected_sub(input: Any, other: Any) -> Any:
    """`other - input`, where `other` is a number."""
    return rsub(input, other) if is_operand(other) else NotImplemented


def _arranged(name: str, input: Any, other: Any, last: tuple[Any, ...], alpha: Any) -> tuple[Any, Any]:
    """`other` and `alpha`, which PyTorch takes by place too: in add and sub before `other`, elsewhere after it."""
    if not last:
        return other, alpha
    if len(last) == 1 and is_operand(other):
        (third,) = last
        number, scale = number_of(other), number_of(third)
        if name in ("add", "sub") and type(number) not in TENSORS and is_operand(third):
            return third, number
        if type(number) not in TENSORS and type(scale) not in TENSORS and is_operand(scale):
            return number, scale
    raise invalid(
        name,
        (input, other, *last),
        "Tensor input, Tensor other, *, Number alpha = 1",
        "Tensor input, Number other, Number alpha = 1",
    )


def _with_alpha(key: str, input: Any, other: Any, alpha: Any) -> Chosen:
    if type(alpha) is int and alpha == 1:
        return Chosen(key, (input, other))
    alpha = number_of(alpha)
    _check_alpha(input, other, alpha)
    return Chosen(f"{key}.alpha", (input, other), (alpha,))


def _check_alpha(input: Any, other: Any, alpha: Any) -> None:
    found = result_of((input, other))
    if isinstance(alpha, float) and not found.is_floating_point:
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    if isinstance(alpha, bool) and found is not bool_:
        raise RuntimeError("Boolean alpha only supported for Boolean results.")
    if not found.is_floating_point:
        fits(alpha, found, f"{found.name}_t")  # raises where it does not


@offer_choice("atan2", "arctan2")
def atan2(input: Any, other: Any) -> Chosen:
    """The angle of the point (other, input)."""
    return Chosen("atan2", _two_tensors("atan2", input, other))


@offer_choice("maximum", inplace=False)
def maximum(input: Any, other: Any) -> Chosen:
    """The larger of each two elements; nan where either is."""
    return Chosen("maximum", _two_tensors("maximum", input, other))


@offer_choice("minimum", inplace=False)
def minimum(input: Any, other: Any) -> Chosen:
    """The smaller of each two elements; nan where either is."""
    return Chosen("minimum", _two_tensors("minimum", input, other))


def _two_tensors(name: str, input: Any, other: Any) -> tuple[Any, Any]:
    require_tensor(name, "input", 1, input)
    require_tensor(name, "other", 2, other)
    return input, other
