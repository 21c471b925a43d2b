"""Activations that curve: elu and its kin, gelu, silu, mish, softplus, logsigmoid, each one PyTorch's node.

The kernels of their gradients are rows too, as in PyTorch. Source: `derivatives.yaml`, `FunctionsManual.cpp` and the
kernels of ATen's `Activation.cpp`.
"""

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ....special.error_functions import erf as erf_of
from ....tensor import TENSORS, from_array
from ....types.dtype import of_numpy
from ...build import unary
from ...pointwise.elementwise import elementwise, floating, kernel
from ...rules import either, exp, sigmoid_of, where
from ...table import FUNCTIONS, Gradient, Row
from ...tools import raw

Array = npt.NDArray[Any]

_PDF: Final = 1 / math.sqrt(2 * math.pi)
_BETA: Final = math.sqrt(2 / math.pi)
_KAPPA: Final = 0.044715
sigmoid = either(sigmoid_of, "sigmoid")
tanh_rule = either(np.tanh, "tanh")


# ---- elu, celu, selu ----


def _elu(array: Array, alpha: float, scale: float, input_scale: float) -> Any:
    capped, slope = np.minimum(array, 0), alpha * scale
    below = np.expm1(capped if input_scale == 1 else capped * input_scale)
    below = below if slope == 1 else below * slope
    return np.where(array < 0, below, array if scale == 1 else array * scale)  # -0 stays -0


def _elu_backward(grad: Array, self: Array, alpha: float, scale: float, input_scale: float, is_result: bool) -> Any:
    if is_result:
        if alpha < 0:
            raise RuntimeError(
                "In-place elu backward calculation is triggered with a negative slope which is not supported. This is "
                "caused by calling in-place forward function with a negative slope, please call out-of-place version "
                "instead."
            )
        below = grad * input_scale * (self + alpha * scale)
    else:
        below = grad * (input_scale * alpha * scale) * np.exp(np.minimum(self, 0) * input_scale)
    return np.where(self > 0, grad * scale, below)


def elu_double_backward(
    grad: Any, grad_output: Any, self: Any, alpha: float, scale: float, input_scale: float, is_result: bool
) -> Any:
    """The gradient of `elu_backward` for what it was computed of: a constant of the result, or the exponential."""
    if is_result:
        return where(self < 0, grad * grad_output * input_scale, 0.0)
    factor = input_scale * input_scale * alpha * scale
    return where(self < 0, grad * grad_output * factor * exp(self * input_scale), 0.0)


elu_backward: Callable[..., Any] = kernel(
    "elu_backward",
    _elu_backward,
    ("grad_output", "self"),
    (
        (
            "where(self > 0, grad * scale, grad * (input_scale * (self + alpha * scale))) if "
            "is_result else where(self > 0, grad * scale, grad * (scale * alpha * input_scale * "
            "exp(input_scale * self)))",
            lambda grad, self, alpha, scale, input_scale, is_result: elu_backward(
                grad, self, alpha, scale, input_scale, is_result
            ),
        ),
        (
            "where(self < 0, grad * grad_output * input_scale * (1 if is_result else scale * alpha * "
            "input_scale * exp(input_scale * self)), 0)",
            lambda grad, grad_output, self, alpha, scale, input_scale, is_result: elu_double_backward(
                grad, grad_output, self, alpha, scale, input_scale, is_result
            ),
        ),
    ),
    "EluBackwardBackward0",
    ("alpha", "scale", "input_scale", "is_result"),
)
_ELU_ARGUMENTS: Final = ("alpha", "scale", "input_scale")
elementwise(
    "elu",
    floating("elu_cpu", _elu),
    ("self",),
    (
        (
            "where(self > 0, grad * scale, grad * (scale * alpha * input_scale * exp(input_scale * self)))",
            lambda grad, self, alpha, scale, input_scale: elu_backward(grad, self, alpha, scale, input_scale, False),
        ),
    ),
    "EluBackward0",
    arguments=_ELU_ARGUMENTS,
    promotes="same",
)
elementwise(
    "elu",
    floating("elu_cpu", _elu),
    ("self",),
    (
        (
            "where(result > 0, grad * scale, grad * (input_scale * (result + alpha * scale)))",
            lambda grad, result, alpha, scale, input_scale: elu_backward(grad, result, alpha, scale, input_scale, True),
        ),
    ),
    "EluBackward1",
    overload="in_place",
    arguments=_ELU_ARGUMENTS,
    promotes="same",
)
elementwise(
    "celu",
    floating("elu_cpu", lambda array, alpha: _elu(array, alpha, 1.0, 1.0 / alpha)),
    ("self",),
    (
        (
            "where(self > 0, grad, grad * exp(self / alpha))",
            lambda grad, self, alpha: elu_backward(grad, self, alpha, 1, 1 / alpha, False),
        ),
    ),
    "CeluBackward0",
    arguments=("alpha",),
    promotes="same",
)
elementwise(
    "celu",
    floating("elu_cpu", lambda array, alpha: _elu(array, alpha, 1.0, 1.0 / alpha)),
    ("self",),
    (
        (
            "where(result > 0, grad, grad * (result / alpha + 1))",
            lambda grad, result, alpha: elu_backward(grad, result, alpha, 1, 1 / alpha, True),
        ),
    ),
    "CeluBackward1",
    overload="in_place",
    arguments=("alpha",),
    promotes="same",
)


# ---- gelu ----


def _gelu(array: Array, approximate: str) -> Any:
    if approximate == "tanh":
        return 0.5 * array * (1 + np.tanh(_BETA * (array + _KAPPA * (array * array * array))))
    return 0.5 * array * (1 + erf_of(array * math.sqrt(0.5)))


def _gelu_backward(grad: Array, self: Array, approximate: str) -> Any:
    square = self * self
    if approximate == "tanh":
        bent = np.tanh(_BETA * (self + _KAPPA * (square * self)))
        slope = _BETA * (1 + 3 * _KAPPA * square)
        return grad * (0.5 * (1 + bent) + 0.5 * self * (1 - bent * bent) * slope)
    cumulative = 0.5 * (1 + erf_of(self * math.sqrt(0.5)))
    return grad * (cumulative + self * (_PDF * np.exp(-0.5 * square)))


def gelu_double_backward(grad: Any, grad_output: Any, self: Any, approximate: str) -> Any:
    """The gradient of `gelu_backward` for gelu's input: gelu's second derivative times both gradients."""
    square = self * self
    if approximate == "tanh":
        inner = _BETA * (self + _KAPPA * (square * self))
        slope = _BETA * (1 + 3 * _KAPPA * square)
        bent = tanh_rule(inner)
        rise = 1 - bent * bent
        curve = rise * slope + self * rise * (0.5 * (6 * _BETA * _KAPPA) * self - bent * slope * slope)
        return grad * grad_output * curve
    return grad * grad_output * (2 - square) * (_PDF * exp(-0.5 * square))


gelu_backward: Callable[..., Any] = kernel(
    "gelu_backward",
    _gelu_backward,
    ("grad_output", "self"),
    (
        (
            "grad * (tanh_cdf(self) + self * tanh_pdf(self) if approximate == 'tanh' else "
            "normal_cdf(self) + self * normal_pdf(self))",
            lambda grad, self, approximate: gelu_backward(grad, self, approximate),
        ),
        (
            "grad * grad_output * (2 * tanh_pdf(self) + self * tanh_pdf_slope(self) if approximate "
            "== 'tanh' else (2 - self * self) * normal_pdf(self))",
            lambda grad, grad_output, self, approximate: gelu_double_backward(grad, grad_output, self, approximate),
        ),
    ),
    "GeluBackwardBackward0",
    ("approximate",),
)
elementwise(
    "gelu",
    floating("GeluKernelImpl", _gelu),
    ("self",),
    (
        (
            "grad * (tanh_cdf(self) + self * tanh_pdf(self) if approximate == 'tanh' else "
            "normal_cdf(self) + self * normal_pdf(self))",
            lambda grad, self, approximate: gelu_backward(grad, self, approximate),
        ),
    ),
    "GeluBackward0",
    arguments=("approximate",),
    promotes="same",
)


# ---- softplus and logsigmoid ----


def _softplus(array: Array, beta: float, threshold: float) -> Any:
    scaled = array if beta == 1 else array * beta
    curved = np.log1p(np.exp(scaled))
    if beta != 1:
        curved = curved / beta
    return np.where(scaled > threshold, array, curved)


def _softplus_backward(grad: Array, self: Array, beta: float, threshold: float) -> Any:
    scaled = self * beta
    return np.where(scaled > threshold, grad, grad / (1 + np.exp(-scaled)))


def softplus_double_backward(grad: Any, self: Any, beta: float, threshold: float) -> Any:
    """`grad` times softplus' second derivative."""
    scaled = self * beta
    half = sigmoid(scaled)
    return where(scaled > threshold, 0.0, grad * (1 - half) * half * beta)


softplus_backward: Callable[..., Any] = kernel(
    "softplus_backward",
    _softplus_backward,
    ("grad_output", "self"),
    (
        (
            "where(beta * self > threshold, grad, grad * sigmoid(beta * self))",
            lambda grad, self, beta, threshold: softplus_backward(grad, self, beta, threshold),
        ),
        (
            "where(beta * self > threshold, 0, grad * grad_output * beta * sigmoid(beta * self) * (1 "
            "- sigmoid(beta * self)))",
            lambda grad, grad_output, self, beta, threshold: softplus_double_backward(
                grad * grad_output, self, beta, threshold
            ),
        ),
    ),
    "SoftplusBackwardBackward0",
    ("beta", "threshold"),
)
_softplus_call = elementwise(
    "softplus",
    floating("softplus_cpu", _softplus),
    ("self",),
    (
        (
            "where(beta * self > threshold, grad, grad * sigmoid(beta * self))",
            lambda grad, self, beta, threshold: softplus_backward(grad, self, beta, threshold),
        ),
    ),
    "SoftplusBackward0",
    arguments=("beta", "threshold"),
    promotes="same",
)


def softplus_rule(x: Any) -> Any:
    """softplus in rules."""
    return _softplus_call((x,), (1, 20)) if type(x) in TENSORS else _softplus(x, 1, 20)


def _log_sigmoid_backward(grad: Array, self: Array, buffer: Any) -> Any:
    share = raw(buffer) / (1 + raw(buffer))
    return grad * np.where(self < 0, 1 - share, share)


def log_sigmoid_double_backward(grad: Any, self: Any) -> Any:
    """`grad` times logsigmoid's second derivative."""
    half = sigmoid(self)
    return grad * (half - 1) * half


log_sigmoid_backward: Callable[..., Any] = kernel(
    "log_sigmoid_backward",
    _log_sigmoid_backward,
    ("grad_output", "self"),
    (
        (
            "grad * sigmoid(-self)",
            lambda grad, self, buffer: log_sigmoid_backward(grad, self, buffer),
        ),
        (
            "-grad * grad_output * sigmoid(self) * (1 - sigmoid(self))",
            lambda grad, grad_output, self: log_sigmoid_double_backward(grad * grad_output, self),
        ),
    ),
    "LogSigmoidBackwardBackward0",
    ("buffer",),
    tensors=("buffer",),
)
_log_sigmoid_call = elementwise(
    "log_sigmoid",
    lambda array, buffer: np.minimum(array, 0) - np.log1p(raw(buffer)),
    ("self",),
    (
        (
            "grad * sigmoid(-self)",
            lambda grad, self, buffer: log_sigmoid_backward(grad, self, buffer),
        ),
    ),
    "LogSigmoidBackward0",
    arguments=("buffer",),
    tensors=("buffer",),
    promotes="same",
)


def log_sigmoid_with_buffer(input: Any) -> tuple[Any, Any]:
    """The arguments of logsigmoid's row: the tensor and exp(-|x|), which its gradient needs too."""
    array = input.array
    if array.dtype.kind != "f":
        raise NotImplementedError(f"\"log_sigmoid_cpu\" not implemented for '{of_numpy(array.dtype).scalar_type}'")
    return (input,), (from_array(np.asarray(np.exp(-np.abs(array)))),)


FUNCTIONS["log_sigmoid"] = lambda input: _log_sigmoid_call(*log_sigmoid_with_buffer(input))


# ---- silu and mish ----


def silu_backward(grad: Any, self: Any) -> Any:
    """The gradient of x * sigmoid(x)."""
    half = sigmoid(self)
    return grad * (half * (1 + self * (1 - half)))


def mish_backward(grad: Any, self: Any) -> Any:
    """The gradient of x * tanh(softplus(x))."""
    bent = tanh_rule(softplus_rule(self))
    return grad * (bent + self * sigmoid(self) * (1 - bent * bent))


unary(
    Row(
        "silu",
        floating("silu_cpu", lambda x: x / (1 + np.exp(-x))),
        ("self",),
        (
            Gradient(
                "grad * sigmoid(self) * (1 + self * (1 - sigmoid(self)))", lambda grad, self: silu_backward(grad, self)
            ),
        ),
        node="SiluBackward0",
        promotes="same",
    )
)
unary(
    Row(
        "mish",
        floating("mish_cpu", lambda x: x * np.tanh(np.log1p(np.exp(x)))),
        ("self",),
        (
            Gradient(
                "grad * (tanh(softplus(self)) + self * sigmoid(self) * (1 - tanh(softplus(self)) ** 2))",
                lambda grad, self: mish_backward(grad, self),
            ),
        ),
        node="MishBackward0",
        promotes="same",
    )
)
