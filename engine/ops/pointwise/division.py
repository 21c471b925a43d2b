"""Division with its roundings, remainders, and the reflected forms.

Source of the formulas: PyTorch's `tools/autograd/derivatives.yaml`. Integer division by zero raises, as PyTorch's does;
NumPy's would give 0.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS
from ..general import general
from ..inplace import as_operator
from ..offer import Chosen, offer_choice, run
from ..operands import invalid, is_operand, refuse_bool
from ..rules import zeros_like
from ..table import CALLS, METHODS, Gradient, Row, expose

Array = npt.NDArray[Any]
_BOTH = ("self", "other")


def _refuse_zero(left: Array, right: Array) -> None:
    if left.dtype.kind != "f" and not np.all(right) and np.broadcast(left, right).size:
        raise RuntimeError("ZeroDivisionError")


def _floor_divide(left: Array, right: Array) -> Array:
    refuse_bool("div_floor_cpu", left)
    _refuse_zero(left, right)
    made: Array = np.floor_divide(left, right)
    if made.dtype.kind == "f":  # NumPy gives nan for a / 0, PyTorch inf
        made = np.where(right == 0, left / right, made)
    return made


def _divide_rounded(left: Array, right: Array, rounding_mode: str) -> Array:
    if rounding_mode == "floor":
        return _floor_divide(left, right)
    refuse_bool("div_trunc_cpu", left)
    _refuse_zero(left, right)
    made: Array = (
        np.trunc(left / right)
        if left.dtype.kind == "f"
        else np.sign(left) * np.sign(right) * (np.abs(left) // np.abs(right))
    )
    return made.astype(left.dtype)


def _remainder(left: Array, right: Array) -> Array:
    refuse_bool("remainder_cpu", left)
    _refuse_zero(left, right)
    if left.dtype.kind != "f":
        whole: Array = np.remainder(left, right)
        return whole
    made = np.fmod(left, right)  # a zero has the sign of `left`, as in PyTorch
    return np.where((made != 0) & ((right < 0) != (made < 0)), made + right, made)


def _fmod(left: Array, right: Array) -> Array:
    refuse_bool("fmod_cpu", left)
    _refuse_zero(left, right)
    made: Array = np.fmod(left, right)
    return made


def _zero(grad: Any) -> Any:
    return zeros_like(grad)


general(
    Row(
        "div",
        _divide_rounded,
        _BOTH,
        (
            Gradient("zeros_like(grad)", lambda grad, other: _zero(grad)),
            Gradient("zeros_like(grad)", lambda grad, self, other: _zero(grad)),
        ),
        node="DivBackward2",
        overload="Tensor_mode",
        arguments=("rounding_mode",),
        saves=("other", "rounding_mode", "self"),
        domain="nonzero",
        promotes="same",
    ),
    promote=True,
)
general(
    Row(
        "div",
        lambda left, right, _: left / right,
        _BOTH,
        (
            Gradient("grad / other", lambda grad, other: grad / other),
            Gradient("-grad * ((self / other) / other)", lambda grad, self, other: -grad * ((self / other) / other)),
        ),
        node="DivBackward2",
        overload="no_mode",
        arguments=("rounding_mode",),
        saves=("other", "rounding_mode", "self"),
        domain="nonzero",
        elementwise=True,
    ),
    promote=True,
)
general(
    Row(
        "floor_divide",
        _floor_divide,
        _BOTH,
        (None, None),
        node="NotImplemented",
        domain="nonzero",
        promotes="same",
    ),
    promote=True,
)


def _quotient(self: Any, other: Any, rounding_mode: str) -> Any:
    """self / other rounded, a step function: its derivatives are zeros even where those of the quotient are not."""
    if type(self) in TENSORS or type(other) in TENSORS:
        return CALLS["div.Tensor_mode"]((self, other), (rounding_mode,))
    return _divide_rounded(self, other, rounding_mode)


_FIRST = Gradient("grad", lambda grad: grad)
general(
    Row(
        "remainder",
        _remainder,
        _BOTH,
        (
            _FIRST,
            Gradient("-grad * floor(self / other)", lambda grad, self, other: -grad * _quotient(self, other, "floor")),
        ),
        node="RemainderBackward1",
        domain="nonzero",
        promotes="same",
    ),
    promote=True,
)
general(
    Row(
        "fmod",
        _fmod,
        _BOTH,
        (
            _FIRST,
            Gradient("-grad * trunc(self / other)", lambda grad, self, other: -grad * _quotient(self, other, "trunc")),
        ),
        node="FmodBackward1",
        domain="nonzero",
        promotes="same",
    ),
    promote=True,
)
for _name, _forward, _node, _gradient in (
    ("remainder", _remainder, "RemainderBackward0", _FIRST),
    ("fmod", _fmod, "FmodBackward0", _FIRST),
    ("floor_divide", _floor_divide, "NotImplemented", None),
):
    general(
        Row(
            _name,
            _forward,
            ("self",),
            (_gradient,),
            node=_node,
            overload="Scalar",
            constants=("other",),
            domain="nonzero",
            promotes="same",
        ),
        promote=True,
    )


for _name, _forward in (("remainder", _remainder), ("floor_divide", _floor_divide)):
    general(
        Row(
            _name,
            lambda other, number, forward=_forward: forward(np.asarray(number, other.dtype), other),
            ("other",),
            (None,),
            node="NotImplemented",
            overload="Scalar_Tensor",
            constants=("self",),
            domain="nonzero",
            promotes="same",
        ),
        promote=True,
    )


@offer_choice("div", "divide")
def div(input: Any, other: Any, *, rounding_mode: Any = "") -> Chosen:
    """`input / other`; with a rounding mode, rounded down ("floor") or towards zero ("trunc"), or None: not at all."""
    if rounding_mode == "":  # left out; given as None it is another node
        return Chosen("div", (input, other))
    if rounding_mode is None:
        return Chosen("div.no_mode", (input, other), (None,))
    if rounding_mode not in ("floor", "trunc"):
        raise RuntimeError(
            f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'"
        )
    return Chosen("div.Tensor_mode", (input, other), (rounding_mode,))


@offer_choice("true_divide")
def true_divide(input: Any, other: Any) -> Chosen:
    """`input / other`."""
    return Chosen("div", (input, other))


@offer_choice("floor_divide")
def floor_divide(input: Any, other: Any) -> Chosen:
    """`input / other` rounded down; PyTorch has no derivative of it."""
    return _of_number_or_tensor("floor_divide", input, other)


@offer_choice("remainder")
def remainder(input: Any, other: Any) -> Chosen:
    """What is left of `input / other` rounded down; it has the sign of `other`."""
    return _of_number_or_tensor("remainder", input, other)


@offer_choice("fmod")
def fmod(input: Any, other: Any) -> Chosen:
    """What is left of `input / other` rounded towards zero; it has the sign of `input`."""
    return _of_number_or_tensor("fmod", input, other)


def _of_number_or_tensor(name: str, input: Any, other: Any) -> Chosen:
    if type(input) not in TENSORS and (name == "fmod" or type(other) not in TENSORS):
        tensor, number = (f"Tensor input, {kind} other, *, Tensor out = None" for kind in ("Tensor", "Number"))
        if name == "fmod":
            raise invalid(name, (input, other), tensor, number)
        if name == "remainder":
            mixed = "Number self, Tensor other)\n      didn't match because some of the arguments have invalid types: "
            raise invalid(name, (input, other), tensor, f"{mixed}(!int!, !int!", number)
    both = type(input) in TENSORS and type(other) in TENSORS
    if type(input) not in TENSORS and type(other) in TENSORS:
        return Chosen(f"{name}.Scalar_Tensor", (other, input))
    return Chosen(name if both else f"{name}.Scalar", (input, other))


def _operator(name: str, function: Any, swap: bool) -> None:
    def method(self: Any, other: Any) -> Any:
        if not is_operand(other):
            return NotImplemented
        return function(other, self) if swap else function(self, other)

    METHODS[name] = method


_operator("__floordiv__", floor_divide, False)
_operator("__rfloordiv__", floor_divide, True)
_operator("__mod__", remainder, False)
_operator("__rmod__", remainder, True)
METHODS["__ifloordiv__"] = as_operator(METHODS["floor_divide_"])
METHODS["__imod__"] = as_operator(METHODS["remainder_"])


@expose("__rtruediv__", function=False)
def reflected_div(self: Any, other: Any) -> Any:
    """`other / self` for a number: PyTorch multiplies by the reciprocal, and so shows two nodes."""
    inverse = run(Chosen("reciprocal", (self,)))
    if isinstance(other, np.ndarray):
        return inverse * other
    return run(Chosen("mul", (inverse, other))) if is_operand(other) else NotImplemented


METHODS["__rdiv__"] = METHODS["__rtruediv__"]
