"""A tensor and a number, as PyTorch's own compositions write them: nodes with one slot, MulBackward1 and its kin.

`y * 3` in Python makes a MulBackward0, whose second slot is empty; the functions that PyTorch composes in C++ (losses,
attention, normalisation) call the overload for numbers instead.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ..operands import to_float
from ..single import one
from ..table import Gradient, Row

Array = npt.NDArray[Any]


def _in_its_dtype(forward: Callable[[Array, Any], Any], self: Array, other: Any) -> Array:
    """The result in the tensor's dtype; a float beside integers makes floats."""
    array = to_float(self) if isinstance(other, float) else self
    return np.asarray(forward(array, other), array.dtype)


def _row(name: str, forward: Callable[[Array, Any], Any], gradient: Gradient) -> Callable[[Any, float], Any]:
    call = one(
        Row(
            name,
            lambda self, other: _in_its_dtype(forward, self, other),
            ("self",),
            (gradient,),
            node=f"{name.capitalize()}Backward1",
            overload="Scalar",
            constants=("other",),
        )
    )
    return lambda tensor, number: call((tensor, number))


add_scalar = _row("add", lambda self, other: self + other, Gradient("grad", lambda grad: grad))
sub_scalar = _row("sub", lambda self, other: self - other, Gradient("grad", lambda grad: grad))
mul_scalar = _row("mul", lambda self, other: self * other, Gradient("grad * other", lambda grad, other: grad * other))
div_scalar = _row("div", lambda self, other: self / other, Gradient("grad / other", lambda grad, other: grad / other))
