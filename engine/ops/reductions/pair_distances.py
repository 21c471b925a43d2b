"""`pdist`: the distances between all pairs of rows of a matrix.

Source of the slopes: the `pdist` kernels of PyTorch's `DistanceOpsKernel.cpp`.
"""

from math import inf
from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor, from_array
from ..single import one
from ..table import METHODS, Gradient, Row
from ..tools import filled, like, raw, sign
from .norms import norm_of
from .offered import offered
from .selecting import put_repeated

Array = npt.NDArray[Any]


def rows_of(x: Any, places: Array) -> Any:
    """Some rows of a matrix, one again and again where it is asked for so."""
    return METHODS["index_select"](x, 0, from_array(places)) if type(x) in TENSORS else x[places]


def slope(difference: Any, distance: Any, p: float) -> Any:
    """How a distance changes with each coordinate of the difference of two points."""
    if p == 0:
        return like(np.zeros_like(raw(difference)), difference)
    if p == 1:
        return sign(difference)
    at_zero = np.broadcast_to(raw(distance) == 0, raw(difference).shape)
    if p == 2:
        return filled(difference / distance, at_zero, 0.0)
    if p == inf:
        return sign(difference) * like((abs(raw(difference)) == raw(distance)).astype(raw(distance).dtype), difference)
    power = abs(difference) ** (p - 1) * sign(difference) if p < 2 else difference * abs(difference) ** (p - 2)
    if p < 1:
        at_zero = at_zero | (raw(difference) == 0)
    return filled(power / distance ** (p - 1), at_zero, 0.0)


def pdist_back(grad: Any, self: Any, p: float, result: Any) -> Any:
    """The gradient of `pdist`: what each pair's distance passes on to its two rows."""
    count, width = raw(self).shape
    left, right = np.triu_indices(count, 1)
    difference = rows_of(self, left) - rows_of(self, right)
    moved = grad.reshape((-1, 1)) * slope(difference, result.reshape((-1, 1)), p)
    shape = (count, width)
    to_left = put_repeated(moved, shape, 0, np.broadcast_to(left[:, None], raw(moved).shape))
    return to_left - put_repeated(moved, shape, 0, np.broadcast_to(right[:, None], raw(moved).shape))


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
                "pdist_back(grad, self, p, result)",
                lambda grad, self, p, result: pdist_back(grad, self, p, result),
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
