"""Clamping between bounds, which may be numbers or tensors.

Source of the formulas: `clamp_backward` and `clamp_backward_min_max` in PyTorch's `FunctionsManual.cpp`.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS
from ..general import general
from ..offer import Chosen, offer_choice, offer_inplace_function
from ..operands import invalid, number_of, scalar_in
from ..rules import logical_and, logical_or, where
from ..table import Gradient, Row

Array = npt.NDArray[Any]


def _inside(self: Any, low: Any, high: Any) -> Any:
    """Where `self` is within the bounds that there are; one of them there is."""
    if low is None:
        return self <= high
    return self >= low if high is None else logical_and(self >= low, self <= high)


def _to_self(grad: Any, self: Any, min: Any, max: Any) -> Any:
    return where(_inside(self, min, max), grad, 0)


def _to_min(grad: Any, self: Any, min: Any, max: Any) -> Any:
    below = self < min
    return where(below if max is None else logical_and(below, min < max), grad, 0)


def _to_max(grad: Any, self: Any, min: Any, max: Any) -> Any:
    above = self > max
    return where(above if min is None else logical_or(above, max < min), grad, 0)


def _at_least(array: Array, low: Any) -> Array:
    """The larger of each two; the element itself where they are equal, so that -0 stays -0 beside 0, as in PyTorch."""
    made: Array = np.maximum(low, array)  # NumPy takes the second of two equal ones
    return made


def _at_most(array: Array, high: Any) -> Array:
    made: Array = np.minimum(high, array)
    return made


def _clamp(array: Array, low: Any, high: Any) -> Array:
    made = array
    if low is not None:
        made = _at_least(made, low)
    if high is not None:
        made = _at_most(made, high)
    return made


_SELF_TEXT = "where((self >= min) & (self <= max), grad, 0)"
general(
    Row(
        "clamp",
        _clamp,
        ("self",),
        (Gradient(_SELF_TEXT, _to_self),),
        node="ClampBackward1",
        promotes="same",
        constants=("min", "max"),
    ),
    promote=True,
)
general(
    Row(
        "clamp",
        _clamp,
        ("self", "min", "max"),
        (
            Gradient(_SELF_TEXT, _to_self),
            Gradient("where((self < min) & (min < max), grad, 0)", _to_min),
            Gradient("where((self > max) | (max < min), grad, 0)", _to_max),
        ),
        node="ClampBackward0",
        promotes="same",
        overload="Tensor",
    ),
    promote=True,
)
general(
    Row(
        "clamp_min",
        _at_least,
        ("self",),
        (Gradient("where(self >= min, grad, 0)", lambda grad, self, min: where(self >= min, grad, 0)),),
        node="ClampMinBackward0",
        promotes="same",
        constants=("min",),
    ),
    promote=True,
)
general(
    Row(
        "clamp_max",
        _at_most,
        ("self",),
        (Gradient("where(self <= max, grad, 0)", lambda grad, self, max: where(self <= max, grad, 0)),),
        node="ClampMaxBackward0",
        promotes="same",
        constants=("max",),
    ),
    promote=True,
)
general(
    Row(
        "clamp_min",
        _at_least,
        ("self", "min"),
        (
            Gradient("where(self >= min, grad, 0)", lambda grad, self, min: where(self >= min, grad, 0)),
            Gradient("where(self < min, grad, 0)", lambda grad, self, min: where(self < min, grad, 0)),
        ),
        node="ClampMinBackward1",
        promotes="same",
        overload="Tensor",
    ),
    promote=True,
)
general(
    Row(
        "clamp_max",
        _at_most,
        ("self", "max"),
        (
            Gradient("where(self <= max, grad, 0)", lambda grad, self, max: where(self <= max, grad, 0)),
            Gradient("where(self > max, grad, 0)", lambda grad, self, max: where(self > max, grad, 0)),
        ),
        node="ClampMaxBackward1",
        promotes="same",
        overload="Tensor",
    ),
    promote=True,
)


@offer_choice("clamp", "clip")
def clamp(input: Any, min: Any = None, max: Any = None) -> Chosen:
    """Every element at least `min` and at most `max`; numbers, or tensors that broadcast. Where min > max: max."""
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    tensors = type(min) in TENSORS or type(max) in TENSORS
    if tensors:
        low, high = number_of(min), number_of(max)  # a 0-d tensor beside a number counts as one
        numbers = [type(each) not in TENSORS and each is not None for each in (low, high)]
        if all(numbers) and (low is min or high is max):
            min, max, tensors = low, high, False
    if type(input) not in TENSORS or (tensors and any(type(x) not in (*TENSORS, type(None)) for x in (min, max))):
        bounds = (f"{kind} min = None, {kind} max = None, *, Tensor out = None" for kind in ("Tensor", "Number"))
        raise invalid(
            "clamp", tuple(x for x in (input, min, max) if x is not None), *(f"Tensor input, {each}" for each in bounds)
        )
    if tensors:
        return Chosen("clamp.Tensor", (input, min, max))
    _check_bounds(input, min, max)
    return Chosen("clamp", (input, min, max))


def _check_bounds(input: Any, *bounds: Any) -> None:
    """Raise PyTorch's RuntimeError for a number that the integers beside it cannot hold."""
    if input.array.dtype.kind in "iu" and all(isinstance(bound, (int, type(None))) for bound in bounds):
        for bound in bounds:
            if bound is not None:
                scalar_in(bound, input.array.dtype)


def _require(name: str, bound: str, input: Any, value: Any) -> None:
    if type(input) not in TENSORS:
        kinds = (f"Tensor input, {kind} {bound}, *, Tensor out = None" for kind in ("Tensor", "Number"))
        raise invalid(name, (input, value), *kinds)
    if type(value) not in TENSORS:
        _check_bounds(input, value)


@offer_choice("clamp_min")
def clamp_min(input: Any, min: Any) -> Chosen:
    """Every element at least `min`."""
    _require("clamp_min", "min", input, min)
    return Chosen("clamp_min.Tensor" if type(min) in TENSORS else "clamp_min", (input, min))


@offer_choice("clamp_max")
def clamp_max(input: Any, max: Any) -> Chosen:
    """Every element at most `max`."""
    _require("clamp_max", "max", input, max)
    return Chosen("clamp_max.Tensor" if type(max) in TENSORS else "clamp_max", (input, max))


offer_inplace_function("clamp_", "clip_", "clamp_min_", "clamp_max_")
