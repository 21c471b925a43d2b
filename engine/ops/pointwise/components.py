"""Functions of one tensor that take a number apart or put it into other units: angle, frac, frexp, sgn, degrees, nan.

Real tensors are their own real part and their own conjugate. Source of the formulas: PyTorch's
`tools/autograd/derivatives.yaml`.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import Tensor, from_array
from ..build import unary
from ..offer import Chosen, offer, offer_choice, offer_inplace_function, run_inplace
from ..operands import require_tensor
from ..returns import named
from ..rules import isfinite, sign_of, zeros_like
from ..single import several
from ..table import METHODS, Gradient, Row, expose
from ..tools import like, raw
from .elementwise import elementwise, floating

Array = npt.NDArray[Any]
LN2 = math.log(2.0)
_DEGREE = math.pi / 180.0
_RADIAN = 180.0 / math.pi


def _angle_of(array: Array) -> Any:
    turned = np.where(array < 0, math.pi, 0.0)
    return np.where(np.isnan(array), array, turned).astype(array.dtype)


def _frac_of(array: Array) -> Any:
    return array - np.trunc(array)


def _sgn_of(array: Array) -> Any:
    return array.copy() if array.dtype.kind == "b" else sign_of(array)


def _nan_to_num(array: Array, nan: float | None, posinf: float | None, neginf: float | None) -> Any:
    if array.dtype.kind != "f":
        return array.copy()
    limits = np.finfo(array.dtype)
    with np.errstate(all="ignore"):
        return np.nan_to_num(
            array,
            nan=0.0 if nan is None else nan,
            posinf=limits.max if posinf is None else posinf,
            neginf=limits.min if neginf is None else neginf,
        )


def exponents(grad: Any, exponent: Any) -> Any:
    """2 to the power of each exponent, a constant like `grad`."""
    return like(np.exp2(raw(exponent)).astype(raw(grad).dtype), grad)


offer("exp2", np.exp2, "grad * result * LN2", lambda grad, result: grad * result * LN2, "Exp2Backward0")
offer("deg2rad", lambda x: x * _DEGREE, "grad * _DEGREE", lambda grad: grad * _DEGREE, "Deg2RadBackward0")
offer("rad2deg", lambda x: x * _RADIAN, "grad * _RADIAN", lambda grad: grad * _RADIAN, "Rad2DegBackward0")
offer("frac", floating("frac_cpu", _frac_of), "grad", lambda grad: grad, "FracBackward0", "between_integers", "same")
elementwise(
    "sgn",
    _sgn_of,
    ("self",),
    (("zeros_like(grad)", lambda grad, self: zeros_like(grad)),),
    "SgnBackward0",
    promotes="same",
    domain="nonzero",
    saves=("self", "result"),
)
expose("angle")(
    unary(
        Row(
            "angle",
            _angle_of,
            ("self",),
            (Gradient("zeros_like(grad)", lambda grad, self: zeros_like(grad)),),
            node="AngleBackward0",
            domain="nonzero",
        )
    )
)
expose("isreal")(unary(Row("isreal", lambda x: np.ones_like(x, bool), ("self",), (None,), promotes="same")))
elementwise(
    "nan_to_num",
    _nan_to_num,
    ("self",),
    (("grad * isfinite(self)", lambda grad, self: grad * isfinite(self)),),
    "NanToNumBackward0",
    arguments=("nan", "posinf", "neginf"),
    promotes="same",
    saves=("self",),
)
_frexp = several(
    Row(
        "frexp",
        lambda array, exponent: (np.frexp(array)[0], raw(exponent)),
        ("self",),
        (Gradient("grad / exponents(grad, exponent)", lambda grad, exponent: grad / exponents(grad, exponent)),),
        node="FrexpBackward0",
        arguments=("exponent",),
        tensors=("exponent",),
        many=True,
    )
)


@offer_choice("nan_to_num")
def nan_to_num(
    input: Any, nan: float | None = None, posinf: float | None = None, neginf: float | None = None
) -> Chosen:
    """Numbers in place of nan (0) and of the infinities (the largest and smallest of the dtype)."""
    require_tensor("nan_to_num", "input", 1, input)
    return Chosen("nan_to_num", (input,), (nan, posinf, neginf))


offer_inplace_function("nan_to_num_")
_Frexp = named("frexp", "mantissa", "exponent")


@expose("frexp")
def frexp(input: Tensor) -> Any:
    """The mantissa, of size in [0.5, 1), and the exponent of two whose product each number is."""
    require_tensor("frexp", "input", 1, input)
    if input.array.dtype.kind != "f":
        raise RuntimeError("torch.frexp() only supports floating-point dtypes")
    exponent = np.asarray(np.frexp(input.array)[1], np.int32)
    return _Frexp(_frexp((input,), (from_array(exponent),)))


@expose("positive")
def positive(input: Tensor) -> Tensor:
    """The tensor itself."""
    require_tensor("positive", "input", 1, input)
    if input.array.dtype.kind == "b":
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


@expose("real", method=False)
@expose("conj", "conj_physical", "resolve_conj", "resolve_neg")
def itself(input: Tensor) -> Tensor:
    """The tensor itself, as it is real and stored as it is read."""
    require_tensor("conj", "input", 1, input)
    return input


elementwise(
    "conj_physical",
    np.array,
    ("self",),
    (("grad", lambda grad: grad),),
    "ConjPhysicalBackward1",
    overload="in_place",
    promotes="same",
)


@expose("conj_physical_")
def conj_physical_(input: Tensor) -> Tensor:
    """The tensor itself, as it is real; in place, and so with a node."""
    require_tensor("conj_physical_", "input", 1, input)
    made: Tensor = run_inplace(input, Chosen("conj_physical.in_place", (input,)))
    return made


@offer_choice("sgn")
def sgn(input: Any) -> Chosen:
    """The sign of each element."""
    require_tensor("sgn", "input", 1, input)
    return Chosen("sgn", (input,))


offer_inplace_function("sgn_")


@expose("imag", method=False)
def imag(input: Tensor) -> Tensor:
    """Raises RuntimeError: real tensors have no imaginary part."""
    require_tensor("imag", "input", 1, input)
    raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")


@expose("is_conj", "is_neg")
def is_lazy(input: Tensor) -> bool:
    """False: nothing is stored other than it is read."""
    require_tensor("is_conj", "input", 1, input)
    return False


def _set_real(self: Tensor, value: Any) -> None:
    METHODS["copy_"](self, value if isinstance(value, Tensor) else from_array(np.asarray(value)))


METHODS["real"] = property(itself, _set_real)
METHODS["imag"] = property(imag)
METHODS["__pos__"] = positive
