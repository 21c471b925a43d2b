"""Rows of special functions of one tensor: the error function's kin, the gamma function's, Bessel's, sinc and logit.

Source of the formulas: PyTorch's `tools/autograd/derivatives.yaml` and `FunctionsManual.cpp`.
"""

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ...special import bessel, error_functions, gamma_functions
from ...types.dtype import get_default_dtype
from ..build import unary
from ..offer import Chosen, offer, offer_choice, offer_inplace_function, run_inplace
from ..operands import refuse_out, require_tensor
from ..rules import constant, cos, either, exp, log, sign, sin, where
from ..table import FUNCTIONS, METHODS, PUBLIC, Gradient, Row
from .cast import cast_to
from .elementwise import elementwise, kernel
from .scalar import add_scalar, mul_scalar

Array = npt.NDArray[Any]

SPECIAL: Final[dict[str, Callable[..., Any]]] = {}  # the names of torch.special
TWO_BY_ROOT_PI: Final = 2.0 / math.sqrt(math.pi)
ROOT_OF_TWO_PI: Final = math.sqrt(2.0 * math.pi)

digamma = either(gamma_functions.digamma, "digamma")
erfinv = either(error_functions.erfinv, "erfinv")
isnan = constant(np.isnan)


def polygamma(n: int, x: Any) -> Any:
    """The derivative of digamma of order n, in rules."""
    return _polygamma(x, n)


def sinc_backward(grad: Any, self: Any) -> Any:
    """The gradient of sin(pi x) / (pi x): zero at zero."""
    turned = self * math.pi
    square = turned * self
    return where(square == 0, 0.0, grad * ((turned * cos(turned) - sin(turned)) / square))


def logit_backward(grad: Any, self: Any, eps: float | None) -> Any:
    """grad / (x (1 - x)) between the bounds; beyond them zero, or nan where there are none."""
    low = 0.0 if eps is None else eps
    inside = constant(np.logical_and)(self >= low, self <= 1 - low)
    return where(inside, grad / (self * (1 - self)), math.nan if eps is None else 0.0)


def i1_backward(grad: Any, self: Any, result: Any) -> Any:
    """grad * (i0(x) - i1(x) / x), one half at zero."""
    safe = _safe(self)
    return grad * where(safe == self, i0(safe) - result / safe, 0.5)


def i1e_backward(grad: Any, self: Any, result: Any) -> Any:
    """grad * (i0e(x) - i1e(x) * (sign(x) + 1 / x)), one half at zero."""
    safe = _safe(self)
    return grad * where(safe == self, _i0e(safe) - result * (sign(safe) + 1 / safe), 0.5)


def _safe(x: Any) -> Any:
    """x, and a tiny number where it is tinier."""
    tiny = float(np.finfo(x.dtype if isinstance(x, (np.ndarray, np.generic)) else x.array.dtype).eps)
    return where(constant(np.abs)(x) > tiny, x, tiny)


def _sinc(array: Array) -> Any:
    turned = array * math.pi
    return np.where(array == 0, 1.0, np.sin(turned) / turned).astype(array.dtype)


def _entr(array: Array) -> Any:
    made = np.where(array > 0, -array * np.log(array), np.where(array == 0, 0.0, -np.inf))
    return np.where(np.isnan(array), np.nan, made).astype(array.dtype)


def _logit(array: Array, eps: float | None) -> Any:
    if eps is None:
        return np.log(array / (1 - array))
    low, high = array.dtype.type(eps), array.dtype.type(1 - eps)
    inside = np.where(array < low, low, np.where(array > high, high, array))  # in this order: beyond 0.5 they cross
    return np.log(inside / (1 - inside))


def _mvlgamma(array: Array, p: int) -> Any:
    terms = sum(gamma_functions.lgamma(array - i / 2) for i in range(p))
    return terms + p * (p - 1) / 4 * math.log(math.pi)


offer(
    "erf",
    error_functions.erf,
    "TWO_BY_ROOT_PI * exp(-(self * self)) * grad",
    lambda grad, self: TWO_BY_ROOT_PI * exp(-(self * self)) * grad,
    "ErfBackward0",
)
offer(
    "erfc",
    error_functions.erfc,
    "-TWO_BY_ROOT_PI * exp(-(self * self)) * grad",
    lambda grad, self: -TWO_BY_ROOT_PI * exp(-(self * self)) * grad,
    "ErfcBackward0",
)
offer(
    "erfinv",
    error_functions.erfinv,
    "exp(erfinv(self) ** 2) * grad / TWO_BY_ROOT_PI",
    lambda grad, self: exp(erfinv(self) ** 2) * grad / TWO_BY_ROOT_PI,
    "ErfinvBackward0",
    "unit",
)
offer(
    "lgamma",
    gamma_functions.lgamma,
    "grad * digamma(self)",
    lambda grad, self: grad * digamma(self),
    "LgammaBackward0",
    "positive",
)
offer(
    "digamma",
    gamma_functions.digamma,
    "grad * polygamma(1, self)",
    lambda grad, self: grad * polygamma(1, self),
    "DigammaBackward0",
    "positive",
)
offer(
    "sinc",
    _sinc,
    "where(self == 0, 0, grad * (pi * self * cos(pi * self) - sin(pi * self)) / (pi * self * self))",
    lambda grad, self: sinc_backward(grad, self),
    "SincBackward0",
)
_i1: Callable[..., Any] = kernel(
    "special_i1",
    bessel.i1,
    ("self",),
    (
        (
            "grad * where(self == 0, 0.5, i0(self) - result / self)",
            lambda grad, self, result: i1_backward(grad, self, result),
        ),
    ),
    "SpecialI1Backward0",
    promotes="float",
)
offer("i0", bessel.i0, "grad * _i1(self)", lambda grad, self: grad * _i1(self), "I0Backward0")
i0 = either(bessel.i0, "i0")
_i1e: Callable[..., Any] = kernel(
    "special_i1e",
    bessel.i1e,
    ("self",),
    (
        (
            "grad * where(self == 0, 0.5, _i0e(self) - result * (sign(self) + 1 / self))",
            lambda grad, self, result: i1e_backward(grad, self, result),
        ),
    ),
    "SpecialI1EBackward0",
    promotes="float",
)
_i0e: Callable[..., Any] = kernel(
    "special_i0e",
    bessel.i0e,
    ("self",),
    (
        (
            "grad * (_i1e(self) - sign(self) * result)",
            lambda grad, self, result: grad * (_i1e(self) - sign(self) * result),
        ),
    ),
    "SpecialI0EBackward0",
    promotes="float",
)
_erfcx: Callable[..., Any] = kernel(
    "special_erfcx",
    error_functions.erfcx,
    ("self",),
    (
        (
            "(2 * self * result - TWO_BY_ROOT_PI) * grad",
            lambda grad, self, result: (2 * self * result - TWO_BY_ROOT_PI) * grad,
        ),
    ),
    "SpecialErfcxBackward0",
    promotes="float",
)
_log_ndtr: Callable[..., Any] = kernel(
    "special_log_ndtr",
    error_functions.log_ndtr,
    ("self",),
    (
        (
            "grad / ROOT_OF_TWO_PI * exp(-(result + self * self / 2))",
            lambda grad, self, result: grad / ROOT_OF_TWO_PI * exp(-(result + self * self / 2)),
        ),
    ),
    "SpecialLogNdtrBackward0",
    promotes="float",
)
_ndtri = unary(
    Row(
        "special_ndtri",
        error_functions.ndtri,
        ("self",),
        (
            Gradient(
                "grad * ROOT_OF_TWO_PI * exp(result * result / 2)",
                lambda grad, result: grad * ROOT_OF_TWO_PI * exp(result * result / 2),
            ),
        ),
        node="SpecialNdtriBackward0",
        domain="unit",
    )
)
_entropy = unary(
    Row(
        "special_entr",
        _entr,
        ("self",),
        (Gradient("grad * -(1 + log(self))", lambda grad, self: grad * -(1 + log(self))),),
        node="SpecialEntrBackward0",
        domain="positive",
    )
)
_polygamma: Callable[..., Any] = kernel(
    "polygamma",
    gamma_functions.polygamma,
    ("self",),
    (("grad * polygamma(n + 1, self)", lambda grad, self, n: grad * polygamma(n + 1, self)),),
    "PolygammaBackward0",
    ("n",),
    promotes="float",
)
elementwise(
    "polygamma",
    gamma_functions.polygamma,
    ("self",),
    (("grad * polygamma(n + 1, self)", lambda grad, self, n: grad * polygamma(n + 1, self)),),
    "PolygammaBackward1",
    overload="in_place",
    arguments=("n",),
)
elementwise(
    "mvlgamma",
    _mvlgamma,
    ("self",),
    (
        (
            "grad * sum(digamma(self - i / 2) for i in range(p))",
            lambda grad, self, p: grad * sum(digamma(self + -i / 2) for i in range(p)),  # -0 + 0 is 0
        ),
    ),
    "MvlgammaBackward0",
    arguments=("p",),
    domain="positive",
)
elementwise(
    "logit",
    _logit,
    ("self",),
    (
        (
            "where((self >= 0) & (self <= 1), grad / (self * (1 - self)), nan) if eps is None else "
            "where((self >= eps) & (self <= 1 - eps), grad / (self * (1 - self)), 0)",
            lambda grad, self, eps: logit_backward(grad, self, eps),
        ),
    ),
    "LogitBackward0",
    arguments=("eps",),
    domain="unit",
)


@offer_choice("logit")
def logit(input: Any, eps: float | None = None) -> Chosen:
    """log(x / (1 - x)), of x cut to between eps and 1 - eps."""
    require_tensor("logit", "input", 1, input)
    return Chosen("logit", (input,), (eps,))


@offer_choice("mvlgamma")
def mvlgamma(input: Any, p: int) -> Chosen:
    """The logarithm of the multivariate gamma function of dimension p."""
    require_tensor("mvlgamma", "input", 1, input)
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    return Chosen("mvlgamma", (input,), (p,))


def _mvlgamma_in_place(self: Any, p: int) -> Any:
    """`mvlgamma` in place. Raises RuntimeError for integers, which cannot hold it."""
    if self.array.dtype.kind != "f":
        found, wanted = self.dtype.scalar_type, get_default_dtype().scalar_type
        raise RuntimeError(f"mvlgamma: result type {found} can't be cast to the desired output type {wanted}")
    return run_inplace(self, mvlgamma.__wrapped__(self, p))


METHODS["mvlgamma_"] = _mvlgamma_in_place
offer_inplace_function("logit_")


def _polygamma_of(n: int, input: Any, *, out: Any = None) -> Any:
    """The derivative of digamma of order n."""
    refuse_out("polygamma", out)
    return _polygamma(*_order(n, input))


def _order(n: int, input: Any) -> tuple[Any, int]:
    require_tensor("polygamma", "input", 2, input)
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    return input, n


PUBLIC["polygamma"] = SPECIAL["polygamma"] = _polygamma_of
METHODS["polygamma"] = lambda self, n: _polygamma(*_order(n, self))
METHODS["polygamma_"] = lambda self, n: run_inplace(self, Chosen("polygamma.in_place", (_order(n, self)[0],), (n,)))


def in_special(name: str, function: Callable[..., Any]) -> None:
    """Offer a function of one tensor as `torch.special.<name>`."""

    def offered(input: Any, *, out: Any = None) -> Any:
        require_tensor(f"special_{name}", "input", 1, input)
        refuse_out(f"special.{name}", out)
        return function(input)

    offered.__name__ = offered.__qualname__ = name
    SPECIAL[name] = offered


def _ndtr(input: Any) -> Any:
    """The probability that a normal number is below x, in PyTorch's four nodes."""
    if input.array.dtype.kind != "f":
        input = cast_to(input, get_default_dtype())
    return mul_scalar(add_scalar(FUNCTIONS["erf"](mul_scalar(input, math.sqrt(0.5))), 1), 0.5)


for _name, _function in (
    ("i0e", _i0e),
    ("i1", _i1),
    ("i1e", _i1e),
    ("erfcx", _erfcx),
    ("log_ndtr", _log_ndtr),
    ("ndtri", _ndtri),
    ("entr", _entropy),
    ("ndtr", _ndtr),
):
    in_special(_name, _function)
for _alias, _name in (("psi", "digamma"), ("gammaln", "lgamma")):
    SPECIAL[_alias] = PUBLIC[_name]
SPECIAL["expit"] = PUBLIC["sigmoid"]
SPECIAL["multigammaln"] = PUBLIC["mvlgamma"]
SPECIAL.update({_name: PUBLIC[_name] for _name in ("digamma", "erf", "erfc", "erfinv", "i0", "logit", "sinc")})
SPECIAL.update({_name: PUBLIC[_name] for _name in ("exp2", "expm1", "log1p")})


def _round(input: Any, *, decimals: int = 0, out: Any = None) -> Any:
    """To `decimals` digits after the point, in the node that `torch.round` has for that."""
    return PUBLIC["round"](input, decimals=decimals, out=out)


SPECIAL["round"] = _round
