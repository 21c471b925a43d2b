"""Functions of one tensor, element by element: exponentials, logarithms, roots, signs, rounding.

Source of the formulas: PyTorch's `tools/autograd/derivatives.yaml`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ..build import binary
from ..general import general
from ..offer import Chosen, offer, offer_choice, offer_inplace_function
from ..operands import require_tensor
from ..rules import (
    rsqrt_of,
    sigmoid_backward,
    sigmoid_of,
    sign,
    sign_of,
    threshold_backward,
    threshold_backward_of,
    zeros_like,
)
from ..table import METHODS, Gradient, Row

Array = npt.NDArray[Any]


def _rounded(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Rounding leaves integers as they are."""
    name = "round" if function is np.rint else function.__name__

    def rounded(array: Array) -> Array:
        if array.dtype.kind == "f":
            return function(array)
        if array.dtype.kind == "b":
            raise NotImplementedError(f"\"{name}_vml_cpu\" not implemented for 'Bool'")
        return array.copy()

    return rounded


def _zero(grad: Any) -> Any:
    return zeros_like(grad)


def _relu_of(array: Array) -> Array:
    made: Array = np.maximum(0, array)  # in this order -0 stays -0, as in PyTorch
    return made


def _sign_of(array: Array) -> Array:
    made: Array = array.copy() if array.dtype.kind == "b" else sign_of(array)
    return made


offer("exp", np.exp, "grad * result", lambda grad, result: grad * result, "ExpBackward0")
offer("expm1", np.expm1, "grad * (result + 1)", lambda grad, result: grad * (result + 1), "Expm1Backward0")
offer("log", np.log, "grad / self", lambda grad, self: grad / self, "LogBackward0", "positive")
offer(
    "log2",
    np.log2,
    "grad / (self * 0.6931471805599453)",
    lambda grad, self: grad / (self * 0.6931471805599453),
    "Log2Backward0",
    "positive",
)
offer(
    "log10",
    np.log10,
    "grad / (self * 2.302585092994046)",
    lambda grad, self: grad / (self * 2.302585092994046),
    "Log10Backward0",
    "positive",
)
offer("log1p", np.log1p, "grad / (self + 1)", lambda grad, self: grad / (self + 1), "Log1PBackward0", "positive")
offer("sqrt", np.sqrt, "grad / (2 * result)", lambda grad, result: grad / (2 * result), "SqrtBackward0", "positive")
offer(
    "rsqrt",
    rsqrt_of,
    "-0.5 * grad * result ** 3",
    lambda grad, result: -0.5 * grad * (result * result * result),
    "RsqrtBackward0",
    "positive",
)
offer(
    "reciprocal",
    np.reciprocal,
    "-grad * (result * result)",
    lambda grad, result: -grad * (result * result),
    "ReciprocalBackward0",
    "nonzero",
)
offer(
    "sigmoid",
    sigmoid_of,
    "grad * (1 - result) * result",
    sigmoid_backward,
    "SigmoidBackward0",
)
binary(
    Row(
        "sigmoid_backward",
        lambda grad, output: grad * (1 - output) * output,
        ("grad_output", "output"),
        (
            Gradient("grad * (1 - output) * output", lambda grad, output: sigmoid_backward(grad, output)),
            Gradient(
                "grad * grad_output * (-2 * output + 1)",
                lambda grad, grad_output, output: grad * grad_output * (-2 * output + 1),
            ),
        ),
        node="SigmoidBackwardBackward0",
        promotes="same",
    )
)
offer(
    "relu",
    _relu_of,
    "threshold_backward(grad, result)",
    lambda grad, result: threshold_backward(grad, result),
    "ReluBackward0",
    "nonzero",
    "number",
)
binary(
    Row(
        "threshold_backward",
        threshold_backward_of,
        ("grad_output", "self"),
        (
            Gradient("threshold_backward(grad, self)", lambda grad, self: threshold_backward(grad, self)),
            Gradient("zeros_like(grad)", _zero),
        ),
        node="ThresholdBackwardBackward0",
        promotes="same",
        domain="nonzero",
    )
)
offer("neg", np.negative, "-grad", lambda grad: -grad, "NegBackward0", "real", "number", ("negative",))
offer(
    "abs",
    np.absolute,
    "grad * sign(self)",
    lambda grad, self: grad * sign(self),
    "AbsBackward0",
    "nonzero",
    "number",
    ("absolute",),
)
offer("sign", _sign_of, "zeros_like(grad)", _zero, "SignBackward0", "nonzero", "same")
offer("floor", _rounded(np.floor), "zeros_like(grad)", _zero, "FloorBackward0", "between_integers", "same")
offer("ceil", _rounded(np.ceil), "zeros_like(grad)", _zero, "CeilBackward0", "between_integers", "same")
offer("trunc", _rounded(np.trunc), "zeros_like(grad)", _zero, "TruncBackward0", "between_integers", "same", ("fix",))
offer("round", _rounded(np.rint), "zeros_like(grad)", _zero, "RoundBackward0", "between_integers", "same")

METHODS["__neg__"] = METHODS["neg"]
METHODS["__abs__"] = METHODS["abs"]

general(
    Row(
        "round",
        np.round,
        ("self",),
        (Gradient("zeros_like(grad)", _zero),),
        node="RoundBackward1",
        overload="decimals",
        arguments=("decimals",),
        domain="between_integers",
    )
)


@offer_choice("round")
def round_(input: Any, *, decimals: int | None = None) -> Chosen:
    """To the nearest integer, halves to the even one; or to `decimals` digits after the point."""
    require_tensor("round", "input", 1, input)
    if decimals is None:
        return Chosen("round", (input,))
    if input.array.dtype.kind != "f":
        kernel = "round_cpu" if decimals else "round_vml_cpu"
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{input.dtype.scalar_type}'")
    return Chosen("round.decimals", (input,), (decimals,))


offer_inplace_function("round_")
