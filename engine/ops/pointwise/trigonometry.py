"""Circular and hyperbolic functions of one tensor, element by element.

Source of the formulas: PyTorch's `tools/autograd/derivatives.yaml`.
"""

from typing import Any

import numpy as np

from ..build import binary
from ..offer import Chosen, offer, run_inplace
from ..operands import require_tensor
from ..rules import cos, cosh, rsqrt, sin, sinh, tanh_backward
from ..table import METHODS, PUBLIC, Gradient, Row
from .elementwise import elementwise

offer("sin", np.sin, "grad * cos(self)", lambda grad, self: grad * cos(self), "SinBackward0")
offer("cos", np.cos, "grad * -sin(self)", lambda grad, self: grad * -sin(self), "CosBackward0")
offer(
    "tan",
    np.tan,
    "grad * (1 + result * result)",
    lambda grad, result: grad * (1 + result * result),
    "TanBackward0",
    "unit",
)
offer(
    "asin",
    np.arcsin,
    "grad * rsqrt(1 - self * self)",
    lambda grad, self: grad * rsqrt(1 - self * self),
    "AsinBackward0",
    "unit",
    aliases=("arcsin",),
)
offer(
    "acos",
    np.arccos,
    "grad * -rsqrt(1 - self * self)",
    lambda grad, self: grad * -rsqrt(1 - self * self),
    "AcosBackward0",
    "unit",
    aliases=("arccos",),
)
offer(
    "atan",
    np.arctan,
    "grad / (self * self + 1)",
    lambda grad, self: grad / (self * self + 1),
    "AtanBackward0",
    aliases=("arctan",),
)
offer("sinh", np.sinh, "grad * cosh(self)", lambda grad, self: grad * cosh(self), "SinhBackward0")
offer("cosh", np.cosh, "grad * sinh(self)", lambda grad, self: grad * sinh(self), "CoshBackward0")
offer(
    "tanh",
    np.tanh,
    "grad * (1 - result * result)",
    tanh_backward,
    "TanhBackward0",
)
binary(
    Row(
        "tanh_backward",
        lambda grad, output: grad * (1 - output * output),
        ("grad_output", "output"),
        (
            Gradient("grad * (1 - output * output)", lambda grad, output: tanh_backward(grad, output)),
            Gradient(
                "grad * (-2 * output * grad_output)",
                lambda grad, grad_output, output: grad * (-2 * output * grad_output),
            ),
        ),
        node="TanhBackwardBackward0",
        promotes="same",
    )
)
offer(
    "asinh",
    np.arcsinh,
    "grad * rsqrt(self * self + 1)",
    lambda grad, self: grad * rsqrt(self * self + 1),
    "AsinhBackward0",
    aliases=("arcsinh",),
)
offer(
    "acosh",
    np.arccosh,
    "grad * rsqrt(self * self - 1)",
    lambda grad, self: grad * rsqrt(self * self - 1),
    "AcoshBackward0",
    "above_one",
    aliases=("arccosh",),
)
offer(
    "atanh",
    np.arctanh,
    "grad / (1 - self * self)",
    lambda grad, self: grad / (1 - self * self),
    "AtanhBackward0",
    "unit",
    aliases=("arctanh",),
)


def _refuse(name: str) -> Any:
    raise NotImplementedError(f"the derivative for 'inplace version of {name}' is not implemented.")


def _offer_in_place(name: str, forward: Any) -> None:
    """In place PyTorch has a node of its own, which has no derivative."""
    elementwise(
        name,
        forward,
        ("self",),
        ((f"_refuse('{name}')", lambda grad: _refuse(name)),),
        f"{name.capitalize()}Backward1",
        overload="in_place",
    )

    def function(input: Any) -> Any:
        require_tensor(f"{name}_", "input", 1, input)
        return run_inplace(input, Chosen(f"{name}.in_place", (input,)))

    for alias in (f"{name}_", f"{name.replace('a', 'arc', 1)}_"):
        METHODS[alias] = PUBLIC[alias] = function


for _name, _forward in (("acosh", np.arccosh), ("asinh", np.arcsinh), ("atanh", np.arctanh)):
    _offer_in_place(_name, _forward)
