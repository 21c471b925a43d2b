"""`torch._safe_softmax`: softmax with zeros, not NaN, where every element along the dim is minus infinity."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ....tensor import Tensor
from ...dims import wrap_dim
from ...operands import require_tensor
from ...pointwise.cast import cast_to
from ...single import one
from ...table import Gradient, Row, expose
from ...tools import sum_dims

Array = npt.NDArray[Any]


def _forward(self: Array, dim: int) -> Array:
    if not self.size:
        return self.copy()
    if not self.ndim:
        return np.where(np.isneginf(self), np.zeros((), self.dtype), np.exp(self - self))
    largest = self.max(axis=dim, keepdims=True)
    made: Array = np.exp(self - np.where(np.isneginf(largest), np.zeros((), self.dtype), largest))
    total = made.sum(axis=dim, keepdims=True)
    made /= np.where(total == 0, np.ones((), self.dtype), total)
    return made


_row = one(
    Row(
        "_safe_softmax",
        _forward,
        ("self",),
        (
            Gradient(
                "result * (grad - sum_dims(grad * result, dim, True))",
                lambda grad, result, dim: result * (grad - sum_dims(grad * result, dim, True)),
            ),
        ),
        node="SafeSoftmaxBackward0",
        arguments=("dim",),
    )
)


@expose("_safe_softmax", method=False)
def safe_softmax(input: Tensor, dim: int, dtype: Any = None) -> Tensor:
    """Exponentials that sum to one along `dim`, or zeros where all elements are minus infinity."""
    require_tensor("_safe_softmax", "input", 1, input)
    place = wrap_dim(dim, input.array.ndim)
    return _row((input if dtype is None else cast_to(input, dtype),), (place,))
