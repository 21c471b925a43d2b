"""Activations made of straight lines: hardtanh, hardsigmoid, hardswish, the shrinks, threshold.

The kernels of their gradients are rows too, as in PyTorch. Source: `derivatives.yaml` and ATen's `Activation.cpp`.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ...build import unary
from ...pointwise.elementwise import elementwise, floating, kernel
from ...rules import logical_and, where, zeros_like
from ...table import Gradient, Row

Array = npt.NDArray[Any]
_PAIR: Final = ("grad_output", "self")
_ZERO: Final = ("zeros_like(grad)", lambda grad: zeros_like(grad))


def _gate(
    name: str, text: str, inside: Callable[..., Any], node: str, arguments: tuple[str, ...]
) -> Callable[..., Any]:
    """The kernel of a gradient that passes where `inside(self, *arguments)` holds, which `text` says."""

    def forward(grad: Array, self: Array, *values: Any) -> Any:
        return np.where(inside(self, *values), grad, 0)

    rules: dict[int, Callable[..., Any]] = {
        1: lambda grad, self, lambd: gate(grad, self, lambd),
        2: lambda grad, self, min_val, max_val: gate(grad, self, min_val, max_val),
    }
    gate = kernel(name, forward, _PAIR, ((text, rules[len(arguments)]), _ZERO), node, arguments)
    return gate


# ---- hardtanh, hardsigmoid, hardswish ----


def _hardtanh(array: Array, min_val: float, max_val: float) -> Any:
    if array.dtype.kind == "b":
        raise RuntimeError("Bool inputs not supported for hardtanh")
    if array.dtype.kind in "iu":
        min_val, max_val = int(min_val), int(max_val)
        if array.dtype.kind == "u" and (min_val < 0 or max_val < 0):
            raise RuntimeError("cannot do hardtanh on an unsigned type with negative limits")
    return np.minimum(max_val, np.maximum(min_val, array))  # in this order -0 stays -0, as in PyTorch


hardtanh_backward: Callable[..., Any] = _gate(
    "hardtanh_backward",
    "where((self > min_val) & (self < max_val), grad, 0)",
    lambda self, min_val, max_val: (self > min_val) & (self < max_val),
    "HardtanhBackwardBackward0",
    ("min_val", "max_val"),
)
elementwise(
    "hardtanh",
    _hardtanh,
    ("self",),
    (
        (
            "where((self > min_val) & (self < max_val), grad, 0)",
            lambda grad, self, min_val, max_val: hardtanh_backward(grad, self, min_val, max_val),
        ),
    ),
    "HardtanhBackward0",
    arguments=("min_val", "max_val"),
    promotes="same",
)
hardsigmoid_backward: Callable[..., Any] = kernel(
    "hardsigmoid_backward",
    lambda grad, self: np.where((self > -3) & (self < 3), grad / 6, 0),
    _PAIR,
    (None, None),
    "NotImplemented",
)
unary(
    Row(
        "hardsigmoid",
        floating("hardsigmoid_cpu", lambda x: np.minimum(np.maximum(x + 3, 0), 6) / 6),
        ("self",),
        (
            Gradient(
                "where((self > -3) & (self < 3), grad / 6, 0)", lambda grad, self: hardsigmoid_backward(grad, self)
            ),
        ),
        node="HardsigmoidBackward0",
        promotes="same",
    )
)
hardswish_backward: Callable[..., Any] = kernel(
    "hardswish_backward",
    lambda grad, self: np.where(self <= -3, 0, np.where(self < 3, grad * (self / 3 + 0.5), grad)),
    _PAIR,
    (
        (
            "where(self <= -3, 0, where(self < 3, grad * (self / 3 + 0.5), grad))",
            lambda grad, self: hardswish_backward(grad, self),
        ),
        (
            "where((-3 < self) & (self < 3), grad * grad_output / 3, 0)",
            lambda grad, grad_output, self: where(logical_and(self > -3, self < 3), grad * grad_output / 3, 0.0),
        ),
    ),
    "HardswishBackwardBackward0",
)
unary(
    Row(
        "hardswish",
        floating("hardswish_cpu", lambda x: x * np.minimum(np.maximum(x + 3, 0), 6) / 6),
        ("self",),
        (
            Gradient(
                "where(self <= -3, 0, where(self < 3, grad * (self / 3 + 0.5), grad))",
                lambda grad, self: hardswish_backward(grad, self),
            ),
        ),
        node="HardswishBackward0",
        promotes="same",
    )
)


# ---- the shrinks ----


_OUTSIDE: Final = "where(abs(self) > lambd, grad, 0)"


def _outside(self: Array, lambd: float) -> Any:
    return (self > lambd) | (self < -lambd)


hardshrink_backward: Callable[..., Any] = _gate(
    "hardshrink_backward", _OUTSIDE, _outside, "HardshrinkBackwardBackward0", ("lambd",)
)
softshrink_backward: Callable[..., Any] = _gate(
    "softshrink_backward", _OUTSIDE, _outside, "SoftshrinkBackwardBackward0", ("lambd",)
)
elementwise(
    "hardshrink",
    floating("hardshrink_cpu", lambda x, lambd: np.where(np.abs(x) <= lambd, 0, x)),
    ("self",),
    ((_OUTSIDE, lambda grad, self, lambd: hardshrink_backward(grad, self, lambd)),),
    "HardshrinkBackward0",
    arguments=("lambd",),
    promotes="same",
)
elementwise(
    "softshrink",
    lambda x, lambd: np.where(x > lambd, x - lambd, np.where(x < -lambd, x + lambd, x * 0)),
    ("self",),
    ((_OUTSIDE, lambda grad, self, lambd: softshrink_backward(grad, self, lambd)),),
    "SoftshrinkBackward0",
    arguments=("lambd",),
    promotes="same",
)


# ---- threshold ----


def _threshold(array: Array, threshold: float, value: float) -> Any:
    if array.dtype.kind == "b":
        raise NotImplementedError("\"threshold_cpu\" not implemented for 'Bool'")
    kind = array.dtype.type
    return np.where(array <= kind(threshold), kind(value), array)


threshold_backward: Callable[..., Any] = kernel(
    "threshold_backward",
    lambda grad, self, threshold: np.where(self <= threshold, 0, grad),
    _PAIR,
    (
        (
            "where(self <= threshold, 0, grad)",
            lambda grad, self, threshold: threshold_backward(grad, self, threshold),
        ),
        _ZERO,
    ),
    "ThresholdBackwardBackward0",
    ("threshold",),
    overload="number",
)
for _number, _overload in ((0, ""), (1, "in_place")):
    elementwise(
        "threshold",
        _threshold,
        ("self",),
        (
            (
                "where(self <= threshold, 0, grad)",
                lambda grad, self, threshold: threshold_backward(grad, self, threshold),
            ),
        ),
        f"ThresholdBackward{_number}",
        overload=_overload,
        arguments=("threshold", "value"),
        promotes="same",
    )
