"""Activations that leak below zero: leaky_relu, rrelu, prelu; and glu, which gates half of its input by the other half.

The kernels of their gradients are rows too, as in PyTorch. Source: `derivatives.yaml` and ATen's `Activation.cpp`.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ....tensor import TENSORS
from ...pointwise.elementwise import elementwise, floating, kernel
from ...rules import either, sigmoid_of, where, zeros_like
from ...single import one
from ...table import PUBLIC, Gradient, Row
from ...tools import like, raw
from ...unread import beside

Array = npt.NDArray[Any]

sigmoid = either(sigmoid_of, "sigmoid")


# ---- leaky_relu and its kin ----

_NEGATIVE_SLOPE: Final = (
    "In-place leakyReLu backward calculation is triggered with a negative slope which is not supported. This is caused "
    "by calling in-place forward function with a negative slope, please call out-of-place version instead. File an "
    "issue at https://github.com/pytorch/pytorch if you do require supporting in-place leakRelu backward calculation "
    "with negative slope"
)


def _leaky(array: Array, negative_slope: float) -> Any:
    if 0 < negative_slope <= 1:
        return np.maximum(array, array * negative_slope)
    return np.where(array > 0, array, array * negative_slope).astype(array.dtype, copy=False)


def _leaky_backward(grad: Array, self: Array, negative_slope: float, is_result: bool) -> Any:
    if is_result and negative_slope < 0:
        raise RuntimeError(_NEGATIVE_SLOPE)
    return np.where(self > 0, grad, grad * negative_slope)


leaky_relu_backward: Callable[..., Any] = kernel(
    "leaky_relu_backward",
    _leaky_backward,
    ("grad_output", "self"),
    (
        (
            "where(self > 0, grad, grad * negative_slope)",
            lambda grad, self, negative_slope: leaky_relu_backward(grad, self, negative_slope, False),
        ),
        ("zeros_like(grad)", lambda grad: zeros_like(grad)),
    ),
    "LeakyReluBackwardBackward0",
    ("negative_slope", "self_is_result"),
)
elementwise(
    "leaky_relu",
    floating("leaky_relu_cpu", _leaky),
    ("self",),
    (
        (
            "where(self > 0, grad, grad * negative_slope)",
            lambda grad, self, negative_slope: leaky_relu_backward(grad, self, negative_slope, False),
        ),
    ),
    "LeakyReluBackward0",
    arguments=("negative_slope",),
    promotes="same",
)
elementwise(
    "leaky_relu",
    floating("leaky_relu_cpu", _leaky),
    ("self",),
    (
        (
            "where(result > 0, grad, grad * negative_slope)",
            lambda grad, result, negative_slope: leaky_relu_backward(grad, result, negative_slope, True),
        ),
    ),
    "LeakyReluBackward1",
    overload="in_place",
    arguments=("negative_slope",),
    promotes="same",
)


def rrelu_backward(
    grad: Any, self: Any, noise: Any, lower: float, upper: float, training: bool, is_result: bool
) -> Any:
    """The gradient times the slopes that were drawn, or that of their mean where none were."""
    if training and upper - lower > 1e-6:
        return beside(grad * like(raw(noise), grad), self, zeros=True)
    return leaky_relu_backward(grad, self, (lower + upper) / 2, is_result)


def _rrelu(array: Array, noise: Any, lower: float, upper: float, training: bool) -> Any:
    return array * raw(noise) if training else _leaky(array, (lower + upper) / 2)


_RRELU: Final = ("noise", "lower", "upper", "training")
elementwise(
    "rrelu_with_noise",
    floating("leaky_relu_cpu", _rrelu),
    ("self",),
    (
        (
            "grad * noise if training and upper - lower > 1e-6 else where(self > 0, grad, grad * "
            "((lower + upper) / 2))",
            lambda grad, self, noise, lower, upper, training: rrelu_backward(
                grad, self, noise, lower, upper, training, False
            ),
        ),
    ),
    "RreluWithNoiseBackward0",
    arguments=_RRELU,
    promotes="same",
)
elementwise(
    "rrelu_with_noise",
    floating("leaky_relu_cpu", _rrelu),
    ("self",),
    (
        (
            "grad * noise if training and upper - lower > 1e-6 else where(result > 0, grad, grad * "
            "((lower + upper) / 2))",
            lambda grad, result, noise, lower, upper, training: rrelu_backward(
                grad, result, noise, lower, upper, training, True
            ),
        ),
    ),
    "RreluWithNoiseBackward1",
    overload="in_place",
    arguments=_RRELU,
    promotes="same",
)
elementwise(
    "_prelu_kernel",
    floating("prelu_cpu", lambda self, weight: np.where(self > 0, self, self * weight)),
    ("self", "weight"),
    (
        (
            "where(self > 0, grad, weight * grad)",
            lambda grad, self, weight: beside(where(self > 0, grad, weight * grad), self, zeros=True),
        ),
        (
            "where(self > 0, 0, self * grad)",
            lambda grad, self, weight: beside(where(self > 0, 0.0, self * grad), weight, zeros=True),
        ),
    ),
    "PreluKernelBackward0",
    promotes="same",
    domain="nonzero",
)


# ---- glu ----


def _halves(x: Any, dim: int) -> tuple[Any, Any]:
    first, second = x.chunk(2, dim) if type(x) in TENSORS else np.split(x, 2, dim)
    return first, second


def glu_backward(grad: Any, self: Any, dim: int) -> Any:
    """The gradients of both halves, joined."""
    first, second = _halves(self, dim)
    gate = sigmoid(second)
    parts = (grad * gate, grad * first * gate * (1 - gate))
    return PUBLIC["cat"](parts, dim) if any(type(part) in TENSORS for part in parts) else np.concatenate(parts, dim)


def _glu(array: Array, dim: int) -> Any:
    first, second = _halves(array, dim)
    return first / (1 + np.exp(-second))


one(
    Row(
        "glu",
        floating("glu_cpu", _glu),
        ("self",),
        (
            Gradient(
                "both(grad * sigmoid(second_half(self, dim)), grad * first_half(self, dim) * "
                "sigmoid(second_half(self, dim)) * (1 - sigmoid(second_half(self, dim))), dim)",
                lambda grad, self, dim: glu_backward(grad, self, dim),
            ),
        ),
        node="GluBackward0",
        arguments=("dim",),
        promotes="same",
    )
)
