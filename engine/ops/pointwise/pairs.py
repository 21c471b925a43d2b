"""Functions of two tensors that broadcast: hypot, logaddexp, copysign, ldexp, fmax, heaviside, gcd and their like.

Source of the formulas: PyTorch's `tools/autograd/derivatives.yaml`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor
from ...types.dtype import float64, of_numpy
from ..build import binary
from ..offer import Chosen, offer_choice, offer_inplace_function, run, run_inplace
from ..operands import invalid, is_operand, refuse_out
from ..rules import constant, exp, logical_or, power, where, zeros_like
from ..table import Gradient, Row, expose
from ..tools import like, raw
from .cast import cast_to
from .components import LN2
from .elementwise import BOTH, elementwise, floating, two_tensors
from .power import pow_chosen

Array = npt.NDArray[Any]
isnan = constant(np.isnan)


def _takes_first(self: Any, other: Any, first: Any) -> Any:
    """Where fmax or fmin takes the first operand: it wins, or the second is nan."""
    return logical_or(first, isnan(other))


def _of_two(self: Array, other: Array, first: Array) -> Array:
    """fmax or fmin: of two equal zeros the first, as in PyTorch; which one NumPy takes depends on the length."""
    made: Array = np.where(_takes_first(self, other, first), self, other)
    return made


def _heaviside(self: Array, values: Array) -> Any:
    return np.where(self == 0, values, self > 0).astype(self.dtype)


def _copysign_slope(grad: Any, self: Any, result: Any) -> Any:
    return grad * where(self == 0, 0.0, result / self)


def _two_to(other: Any) -> Any:
    """2 ** other, which PyTorch computes in whole numbers where `other` holds such: a half is 0 then."""
    if raw(other).dtype.kind == "f":
        return power(2.0, other)
    whole = raw(other)
    return like(np.where(whole < 0, 0, np.power(2, np.maximum(whole, 0).astype(np.int64))), other)


def _ldexp(self: Array, other: Any) -> Any:
    return self * np.exp2(other)


def _bits(kernel: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Functions of integers alone, neither floats nor bools."""

    def forward(left: Array, right: Array) -> Any:
        if left.dtype.kind not in "iu":
            raise NotImplementedError(f"\"{kernel}\" not implemented for '{of_numpy(left.dtype).scalar_type}'")
        return function(left, right)

    return forward


elementwise(
    "hypot",
    floating("hypot_cpu", np.hypot),
    BOTH,
    (
        ("grad * self / result", lambda grad, self, result: grad * self / result),
        ("grad * other / result", lambda grad, other, result: grad * other / result),
    ),
    "HypotBackward0",
    promotes="same",
    domain="nonzero",
)
binary(
    Row(
        "logaddexp",
        floating("logaddexp_cpu", np.logaddexp),
        BOTH,
        (
            Gradient("grad / (1 + exp(other - self))", lambda grad, self, other: grad / (1 + exp(other - self))),
            Gradient("grad / (1 + exp(self - other))", lambda grad, self, other: grad / (1 + exp(self - other))),
        ),
        node="LogaddexpBackward0",
        promotes="same",
    )
)
binary(
    Row(
        "logaddexp2",
        floating("logaddexp2_cpu", np.logaddexp2),
        BOTH,
        (
            Gradient("grad / (1 + 2 ** (other - self))", lambda grad, self, other: grad / (1 + power(2, other - self))),
            Gradient("grad / (1 + 2 ** (self - other))", lambda grad, self, other: grad / (1 + power(2, self - other))),
        ),
        node="Logaddexp2Backward0",
        promotes="same",
    )
)
binary(
    Row(
        "fmax",
        lambda left, right: _of_two(left, right, left >= right),
        BOTH,
        (
            Gradient(
                "where((self >= other) | isnan(other), grad, 0)",
                lambda grad, self, other: where(_takes_first(self, other, self >= other), grad, 0.0),
            ),
            Gradient(
                "where((self >= other) | isnan(other), 0, grad)",
                lambda grad, self, other: where(_takes_first(self, other, self >= other), 0.0, grad),
            ),
        ),
        node="FmaxBackward0",
        promotes="same",
    )
)
binary(
    Row(
        "fmin",
        lambda left, right: _of_two(left, right, left <= right),
        BOTH,
        (
            Gradient(
                "where((self <= other) | isnan(other), grad, 0)",
                lambda grad, self, other: where(_takes_first(self, other, self <= other), grad, 0.0),
            ),
            Gradient(
                "where((self <= other) | isnan(other), 0, grad)",
                lambda grad, self, other: where(_takes_first(self, other, self <= other), 0.0, grad),
            ),
        ),
        node="FminBackward0",
        promotes="same",
    )
)
binary(
    Row(
        "nextafter",
        floating("nextafter_cpu", np.nextafter),
        BOTH,
        (
            Gradient("where(self != other, grad, 0)", lambda grad, self, other: where(self != other, grad, 0.0)),
            Gradient("zeros_like(grad)", lambda grad: zeros_like(grad)),
        ),
        node="NextafterBackward0",
        promotes="same",
    )
)
elementwise(
    "copysign",
    np.copysign,
    BOTH,
    (
        (
            "grad * where(self == 0, 0, result / self)",
            lambda grad, self, result: _copysign_slope(grad, self, result),
        ),
        ("zeros_like(grad)", lambda grad: zeros_like(grad)),
    ),
    "CopysignBackward0",
    domain="nonzero",
)
elementwise(
    "copysign",
    np.copysign,
    ("self",),
    (
        (
            "grad * where(self == 0, 0, result / self)",
            lambda grad, self, result: _copysign_slope(grad, self, result),
        ),
    ),
    "CopysignBackward1",
    overload="Scalar",
    constants=("other",),
    domain="nonzero",
)
elementwise(
    "ldexp",
    _ldexp,
    BOTH,
    (
        ("grad * 2 ** other", lambda grad, other: grad * _two_to(other)),
        ("grad * result * LN2", lambda grad, result: grad * result * LN2),
    ),
    "LdexpBackward0",
)
elementwise("heaviside", _heaviside, ("self", "values"), (None, None), "NotImplemented", promotes="same")
elementwise("gcd", _bits("gcd_cpu", np.gcd), BOTH, (None, None), promotes="same")
elementwise("lcm", _bits("lcm_cpu", np.lcm), BOTH, (None, None), promotes="same")


def _offer_pair(name: str, inplace: bool, summary: str) -> None:
    """Offer the row of that name, whose operands both have to be tensors."""

    def choose(input: Any, other: Any) -> Chosen:
        return Chosen(name, two_tensors(name, input, other))

    choose.__name__ = choose.__qualname__ = name
    choose.__doc__ = summary
    offer_choice(name, inplace=inplace)(choose)


for _name, _inplace, _summary in (
    ("hypot", True, "The length of the hypotenuse of a right triangle with these legs."),
    ("logaddexp", False, "log(exp(input) + exp(other))."),
    ("logaddexp2", False, "log2(2 ** input + 2 ** other)."),
    ("fmax", False, "The larger of each two elements; the other one where one is nan."),
    ("fmin", False, "The smaller of each two elements; the other one where one is nan."),
    ("nextafter", True, "The next number after `input` towards `other`."),
    ("ldexp", False, "input * 2 ** other."),
    ("gcd", True, "The greatest common divisor."),
    ("lcm", True, "The least common multiple."),
):
    _offer_pair(_name, _inplace, _summary)


@expose("ldexp_", function=False)
def ldexp_(self: Tensor, other: Any) -> Any:
    """`self * 2 ** other` in place. Raises RuntimeError for integers, which cannot hold it."""
    two_tensors("ldexp_", self, other)
    if self.array.dtype.kind != "f":
        raise RuntimeError(f"ldexp can't be cast to the desired output type {self.dtype.scalar_type}")
    return run_inplace(self, Chosen("ldexp", (self, other)))


offer_inplace_function("gcd_", "lcm_", "ldexp_")


@offer_choice("copysign")
def copysign(input: Any, other: Any) -> Chosen:
    """The size of `input` with the sign of `other`, a tensor or a number."""
    if type(input) not in TENSORS:
        kinds = (f"Tensor input, {kind} other, *, Tensor out = None" for kind in ("Tensor", "Number"))
        raise invalid("copysign", (input, other), *kinds)
    return Chosen("copysign" if type(other) in TENSORS else "copysign.Scalar", (input, other))


@offer_choice("heaviside")
def heaviside(input: Any, values: Any) -> Chosen:
    """0 below zero, 1 above it, and `values` at it."""
    two_tensors("heaviside", input, values, ("input", "values"))
    if input.dtype is not values.dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")
    return Chosen("heaviside", (input, values))


def _in_double(value: Any) -> Any:
    return cast_to(value, float64) if type(value) in TENSORS else float(value)


@expose("float_power")
def float_power(input: Any, exponent: Any, *, out: Any = None) -> Any:
    """`input ** exponent` in double precision; either may be a number."""
    refuse_out("float_power", out)
    if not any(type(x) in TENSORS for x in (input, exponent)) or not all(map(is_operand, (input, exponent))):
        raise invalid(
            "float_power",
            (input, exponent),
            "Tensor input, Tensor exponent, *, Tensor out = None",
            "Number self, Tensor exponent, *, Tensor out = None",
            "Tensor input, Number exponent, *, Tensor out = None",
        )
    return run(pow_chosen(_in_double(input), _in_double(exponent)))


@expose("float_power_", function=False)
def float_power_(self: Tensor, exponent: Any) -> Any:
    """`self ** exponent` in place. Raises RuntimeError unless `self` is in double precision."""
    if self.dtype is not float64:
        raise RuntimeError(
            f"the base given to float_power_ has dtype {self.dtype.scalar_type} but the operation's result requires "
            "dtype Double"
        )
    return run_inplace(self, pow_chosen(self, _in_double(exponent)))
