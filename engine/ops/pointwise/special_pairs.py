"""Rows of special functions of two operands: xlogy, xlog1py, zeta, the incomplete gamma functions.

Source of the formulas: PyTorch's `tools/autograd/derivatives.yaml`. Of an order or an exponent that has no derivative
the backward pass says so, as PyTorch's.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ...special import gamma_functions, incomplete_gamma
from ...tensor import TENSORS
from ..offer import Chosen, offer_choice, offer_inplace_function, run
from ..operands import invalid, is_operand, refuse_out
from ..rules import either, exp, log, logical_and, where
from ..table import PUBLIC
from .elementwise import BOTH, elementwise, floating, two_tensors
from .special import SPECIAL

Array = npt.NDArray[Any]
lgamma = either(gamma_functions.lgamma, "lgamma")


def not_implemented(name: str) -> Any:
    """Raise PyTorch's error for a derivative that nobody wrote."""
    raise NotImplementedError(f"the derivative for '{name}' is not implemented.")


def _times(logarithm: Callable[[Array], Array]) -> Callable[..., Any]:
    """x * logarithm(y), zero where x is, unless y is nan."""

    def forward(self: Array, other: Array) -> Any:
        dtype = next(array.dtype for array in (self, other) if isinstance(array, (np.ndarray, np.generic)))
        self, other = np.asarray(self, dtype), np.asarray(other, dtype)  # a number counts in the tensor's dtype
        made = self * logarithm(other)
        zero = self == 0
        if not zero.any():
            return made
        return np.where(zero & ~np.isnan(other), made.dtype.type(0), made)

    return forward


_xlogy_of, _xlog1py_of = _times(np.log), _times(np.log1p)


def _rows(name: str, node: str, forward: Callable[..., Any], shift: float) -> None:
    """The three rows of a logarithmic product: of two tensors, of a number and a tensor, of a tensor and a number."""
    short = name.removeprefix("special_")
    slope = f"{short}(grad, other)"
    text = f"where((self == 0) & (other <= {-shift}), 0, {slope})"
    below = "other" if not shift else "(other + 1)"
    to_other = (f"grad * self / {below}", lambda grad, self, other: grad * self / (other + shift if shift else other))
    product = xlogy if not shift else xlog1py

    def to_self(grad: Any, self: Any, other: Any) -> Any:
        return where(logical_and(self == 0, other <= -shift), 0.0, product(grad, other))

    def to_self_of_number(grad: Any, self: Any, other: Any) -> Any:
        made = product(grad, other)
        return made if other > -shift else where(self == 0, 0.0, made)

    elementwise(name, forward, BOTH, ((text, to_self), to_other), f"{node}0", domain="positive")
    elementwise(
        name,
        lambda other, self: forward(self, other),
        ("other",),
        (to_other,),
        f"{node}1",
        overload="self_scalar",
        constants=("self",),
        domain="positive",
    )
    elementwise(
        name,
        forward,
        ("self",),
        ((text, to_self_of_number),),
        f"{node}2",
        overload="other_scalar",
        constants=("other",),
    )


def xlogy(x: Any, y: Any) -> Any:
    """x * log(y) in rules, zero where x is."""
    return _product("xlogy", x, y) if type(x) in TENSORS or type(y) in TENSORS else _xlogy_of(x, y)


def xlog1py(x: Any, y: Any) -> Any:
    """x * log(1 + y) in rules, zero where x is."""
    return _product("special_xlog1py", x, y) if type(x) in TENSORS or type(y) in TENSORS else _xlog1py_of(x, y)


def _product(name: str, x: Any, y: Any) -> Any:
    return run(_choose(name, x, y))


def _choose(name: str, input: Any, other: Any) -> Chosen:
    if type(input) in TENSORS:
        if type(other) in TENSORS:
            return Chosen(name, (input, other))
        if is_operand(other):
            return Chosen(f"{name}.other_scalar", (input, other))
    elif type(other) in TENSORS and is_operand(input):
        return Chosen(f"{name}.self_scalar", (other, input))
    raise invalid(
        name,
        (input, other),
        "Tensor input, Tensor other, *, Tensor out = None",
        "Number self, Tensor other, *, Tensor out = None",
        "Tensor input, Number other, *, Tensor out = None",
    )


_rows("xlogy", "XlogyBackward", _xlogy_of, 0)
_rows("special_xlog1py", "SpecialXlog1PyBackward", _xlog1py_of, 1)


def zeta(x: Any, q: Any) -> Any:
    """Hurwitz' zeta function in rules."""
    if type(x) in TENSORS or type(q) in TENSORS:
        return run(_choose("special_zeta", x, q))
    return gamma_functions.zeta(x, q)


_TO_Q = ("grad * -self * zeta(self + 1, other)", lambda grad, self, other: grad * -self * zeta(self + 1, other))
_TO_X = ("not_implemented('zeta')", lambda grad: not_implemented("zeta"))
elementwise("special_zeta", gamma_functions.zeta, BOTH, (_TO_X, _TO_Q), "SpecialZetaBackward0", domain="positive")
elementwise(
    "special_zeta",
    lambda q, x: gamma_functions.zeta(np.asarray(x, q.dtype), q),
    ("other",),
    (_TO_Q,),
    "SpecialZetaBackward1",
    overload="self_scalar",
    constants=("self",),
    domain="positive",
)
elementwise(
    "special_zeta",
    lambda x, q: gamma_functions.zeta(x, np.asarray(q, x.dtype)),
    ("self",),
    (_TO_X,),
    "SpecialZetaBackward2",
    overload="other_scalar",
    constants=("other",),
)


def density(self: Any, other: Any) -> Any:
    """The density of the gamma distribution of shape `self`."""
    return exp((self - 1) * log(other) - other - lgamma(self))


elementwise(
    "igamma",
    floating("igamma_cpu", incomplete_gamma.igamma),
    BOTH,
    (
        ("not_implemented('igamma: input')", lambda grad: not_implemented("igamma: input")),
        (
            "grad * exp((self - 1) * log(other) - other - lgamma(self))",
            lambda grad, self, other: grad * density(self, other),
        ),
    ),
    "IgammaBackward0",
    promotes="same",
    domain="positive",
)
elementwise(
    "igammac",
    floating("igammac_cpu", incomplete_gamma.igammac),
    BOTH,
    (
        ("not_implemented('igammac: input')", lambda grad: not_implemented("igammac: input")),
        (
            "-grad * exp((self - 1) * log(other) - other - lgamma(self))",
            lambda grad, self, other: -grad * density(self, other),
        ),
    ),
    "IgammacBackward0",
    promotes="same",
    domain="positive",
)


@offer_choice("xlogy")
def offered_xlogy(input: Any, other: Any) -> Chosen:
    """input * log(other), zero where `input` is; either may be a number."""
    return _choose("xlogy", input, other)


offer_inplace_function("xlogy_")


@offer_choice("igamma")
def igamma(input: Any, other: Any) -> Chosen:
    """The lower regularised incomplete gamma function."""
    return Chosen("igamma", two_tensors("igamma", input, other))


@offer_choice("igammac")
def igammac(input: Any, other: Any) -> Chosen:
    """The upper regularised incomplete gamma function."""
    return Chosen("igammac", two_tensors("igammac", input, other))


def _in_special(name: str) -> Callable[..., Any]:
    def offered(input: Any, other: Any, *, out: Any = None) -> Any:
        refuse_out(f"special.{name}", out)
        return run(_choose(f"special_{name}", input, other))

    offered.__name__ = offered.__qualname__ = name
    return offered


offer_inplace_function("xlogy_")
SPECIAL.update(xlog1py=_in_special("xlog1py"), zeta=_in_special("zeta"), xlogy=PUBLIC["xlogy"])
SPECIAL.update(gammainc=PUBLIC["igamma"], gammaincc=PUBLIC["igammac"])
