"""Powers: tensor to number, tensor to tensor, number to tensor, each with PyTorch's node.

Source of the formulas: `pow_backward` and its kin in PyTorch's `FunctionsManual.cpp`; the zeros are where
`exponent * self ** (exponent - 1)` or `log(self)` would be nan although the power is constant there.
"""

from typing import Any

import numpy as np

from ...tensor import TENSORS
from ..build import NUMBERS
from ..general import general
from ..inplace import as_operator
from ..offer import Chosen, offer_choice, offer_inplace_function, run
from ..operands import is_operand, scalar_in
from ..rules import log, logical_and, power, power_of, where, zeros_like
from ..table import FUNCTIONS, METHODS, Gradient, Row, expose


def _power_of(base: Any, exponent: Any) -> Any:
    if base.dtype.kind == "b":
        raise NotImplementedError("\"pow\" not implemented for 'Bool'")
    if base.dtype.kind == "i" and np.any(np.less(exponent, 0)):
        return _truncated(base, exponent)
    return power_of(base, exponent)


def _truncated(base: Any, exponent: Any) -> Any:
    """Integers to negative powers, rounded towards zero: only 1 and -1 keep their size."""
    made = np.power(base, np.maximum(exponent, 0))
    unit = np.where(np.equal(np.mod(exponent, 2), 0), 1, base)
    return np.where(np.less(exponent, 0), np.where(np.abs(base) == 1, unit, 0), made).astype(base.dtype)


def _to_number(base: Any, exponent: Any) -> Any:
    number = exponent if type(exponent) in NUMBERS else exponent.item()
    if base.dtype.kind == "b":  # PyTorch has no kernel for them, and needs none for these two
        return np.ones_like(base) if number == 0 else base.copy() if number == 1 else _power_of(base, number)
    if base.dtype.kind in "iub" and number < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    return _power_of(base, number)


def _check_exponent(base: Any, exponent: Any) -> None:
    """Raise PyTorch's RuntimeError for a number that integers cannot be raised to."""
    if base.array.dtype.kind not in "iu" or not isinstance(exponent, int):
        return
    if exponent < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    scalar_in(exponent, base.array.dtype)


def _of_number(exponent: Any, base: Any) -> Any:
    return _power_of(np.asarray(base, exponent.dtype), exponent)


def _grad_of_scalar_power(grad: Any, self: Any, exponent: float) -> Any:
    return zeros_like(grad) if exponent == 0 else grad * (exponent * power(self, exponent - 1))


def _grad_of_base(grad: Any, self: Any, exponent: Any) -> Any:
    return where(exponent == 0, 0.0, grad * (exponent * power(self, exponent - 1)))


def _grad_of_exponent(grad: Any, self: Any, exponent: Any, result: Any) -> Any:
    return grad * where(logical_and(self == 0, exponent >= 0), 0.0, result * log(self))


def _grad_of_scalar_base(grad: Any, exponent: Any, result: Any, self: float) -> Any:
    if self == 0:
        return grad * where(exponent >= 0, 0.0, result * -np.inf)
    return grad * (result * float(np.log(np.float64(self))))


_pow_number = general(
    Row(
        "pow",
        _to_number,
        ("self",),
        (Gradient("where(exponent == 0, 0, grad * (exponent * self ** (exponent - 1)))", _grad_of_scalar_power),),
        node="PowBackward0",
        overload="Tensor_Scalar",
        constants=("exponent",),
        domain="positive",
        promotes="same",
    ),
    promote=True,
)
general(
    Row(
        "pow",
        _power_of,
        ("self", "exponent"),
        (
            Gradient("where(exponent == 0, 0, grad * (exponent * self ** (exponent - 1)))", _grad_of_base),
            Gradient("grad * where((self == 0) & (exponent >= 0), 0, result * log(self))", _grad_of_exponent),
        ),
        node="PowBackward1",
        overload="Tensor_Tensor",
        domain="positive",
        promotes="same",
    ),
    promote=True,
)
general(
    Row(
        "pow",
        _of_number,
        ("exponent",),
        (
            Gradient(
                "grad * where((self == 0) & (exponent >= 0), 0, result * log(self))",
                _grad_of_scalar_base,
            ),
        ),
        node="PowBackward2",
        overload="Scalar",
        constants=("self",),
        domain="real",
        promotes="same",
    ),
    promote=True,
)


@offer_choice("pow")
def pow_(input: Any, exponent: Any) -> Chosen:
    """`input` to the power `exponent`; either may be a number."""
    if type(input) in TENSORS:
        if type(exponent) in TENSORS:
            return Chosen("pow.Tensor_Tensor", (input, exponent))
        if is_operand(exponent):
            _check_exponent(input, exponent)
            return Chosen("pow.Tensor_Scalar", (input, exponent))
    elif type(exponent) in TENSORS and is_operand(input):
        return Chosen("pow.Scalar", (exponent, input))
    raise TypeError(
        "pow() received an invalid combination of arguments - got "
        f"({type(input).__name__}, {type(exponent).__name__}), but expected one of:\n"
        " * (Tensor input, Tensor exponent, *, Tensor out = None)\n"
        " * (Number self, Tensor exponent, *, Tensor out = None)\n"
        " * (Tensor input, Number exponent, *, Tensor out = None)\n"
    )


@offer_choice("square")
def square(input: Any) -> Chosen:
    """`input ** 2`."""
    return Chosen("pow.Tensor_Scalar", (input, 2))


offer_inplace_function("square_")


@expose("__pow__", function=False)
def operator_pow(self: Any, exponent: Any) -> Any:
    """`self ** exponent`."""
    if type(exponent) in NUMBERS:
        if self.array.dtype.kind != "f":
            _check_exponent(self, exponent)
        return _pow_number((self, exponent))
    return run(pow_chosen(self, exponent)) if is_operand(exponent) else NotImplemented


@expose("__rpow__", function=False)
def reflected_pow(self: Any, base: Any) -> Any:
    """`base ** self`."""
    return run(pow_chosen(base, self)) if is_operand(base) else NotImplemented


pow_chosen = pow_.__wrapped__
FUNCTIONS["power"] = lambda base, exponent: run(pow_chosen(base, exponent))
METHODS["__ipow__"] = as_operator(METHODS["pow_"])
