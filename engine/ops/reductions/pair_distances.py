"""`pdist`: the distances between all pairs of rows of a matrix.

Source of the slopes: the `pdist` kernels of PyTorch's `DistanceOpsKernel.cpp`.
"""

from math import inf
from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor
from ..single import one
from ..table import Gradient, Row
from .norms import norm_of
from .offered import offered
from .uniques import no_derivative

Array = npt.NDArray[Any]


def slope(difference: Array, distance: Array, p: float) -> Array:
    """How a distance changes with each coordinate of the difference of two points."""
    if p == 0:
        return np.zeros_like(difference)
    if p == 1:
        return np.sign(difference)
    if p == 2:
        return np.where(distance == 0, 0, difference / distance)
    if p == inf:
        gap = np.abs(np.abs(difference) - distance)
        return np.asarray(np.sign(difference) * (1 - np.minimum(1, np.ceil(gap))))
    size = np.abs(difference)
    power = size ** (p - 1) * np.sign(difference) if p < 2 else difference * size ** (p - 2)
    at_zero = (distance == 0) | ((difference == 0) & (p < 1))
    return np.where(at_zero, 0, power / distance ** (p - 1))


def _pdist_backward(grad: Array, self: Array, pdist: Array, p: float) -> Array:
    """The gradient of `pdist`: what each pair's distance passes on to its two rows."""
    left, right = np.triu_indices(self.shape[0], 1)
    moved = grad.reshape(-1, 1) * slope(self[left] - self[right], pdist.reshape(-1, 1), p)
    made = np.zeros_like(self)
    np.add.at(made, left, moved)
    np.subtract.at(made, right, moved)
    return made


_refused = Gradient("no_derivative('_pdist_backward')", lambda grad: no_derivative("_pdist_backward"))
_backward_row = one(
    Row(
        "_pdist_backward",
        _pdist_backward,
        ("grad", "self", "pdist"),
        (_refused,) * 3,
        node="PdistBackwardBackward0",
        arguments=("p",),
    )
)


def pdist_backward(grad: Any, self: Any, p: float, pdist: Any) -> Any:
    """The gradient of `pdist` on arrays and tensors; it has none of its own, as in PyTorch."""
    if type(grad) in TENSORS or type(self) in TENSORS:
        return _backward_row((grad, self, pdist), (p,))
    return _pdist_backward(grad, self, pdist, p)


def _pdist(array: Array, p: float) -> Array:
    left, right = np.triu_indices(array.shape[0], 1)
    return np.asarray(norm_of(array[left] - array[right], p, (1,))).reshape(-1)


_pdist_row = one(
    Row(
        "pdist",
        _pdist,
        ("self",),
        (
            Gradient(
                "pdist_backward(grad, self, p, result)",
                lambda grad, self, p, result: pdist_backward(grad, self, p, result),
            ),
        ),
        node="PdistBackward0",
        arguments=("p",),
    )
)


@offered("pdist", method=False)
def pdist(input: Tensor, p: float = 2) -> Tensor:
    """The p-norm distances between the rows of a matrix: (0, 1), (0, 2), ..., (1, 2), ..."""
    if input.array.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.array.ndim}D")
    if input.array.dtype.kind != "f":
        raise RuntimeError("pdist only supports floating-point dtypes")
    if p < 0:
        raise RuntimeError("pdist only supports non-negative p values")
    return _pdist_row((input,), (float(p),))
