"""Weight normalisation: one node where PyTorch has one, which is along the first or the last dim.

Source of the formula: `weight_norm_backward` of ATen's `WeightNorm.cpp`.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ....tensor import Tensor
from ...reductions.norms import norm_back, norm_text
from ...shape.shape import contiguous
from ...single import one, several
from ...table import CALLS, METHODS, PUBLIC, TABLE, Gradient, Row
from ...tools import sum_dims

Array = npt.NDArray[Any]


def _others(ndim: int, dim: int) -> tuple[int, ...]:
    return tuple(axis for axis in range(ndim) if axis != dim % ndim)


def _normed(v: Array, g: Array, dim: int) -> tuple[Array, Array]:
    norms = np.sqrt(np.square(v).sum(axis=_others(v.ndim, dim), keepdims=True))
    return v * (g / norms), norms


def _along(grad: Any, v: Any, dim: int) -> Any:
    """The sum of grad * v over all other dims."""
    return sum_dims(grad * v, _others(v.ndim, dim), True)


# The rule's norms are constants, so a second derivative leaves out what flows through them, as PyTorch's does.
_interface = several(
    Row(
        "_weight_norm_interface",
        _normed,
        ("v", "g"),
        (
            Gradient(
                "g / result[1] * (grad - v * (along(grad, v, dim) / (result[1] * result[1])))",
                lambda grad, v, g, result, dim: (
                    g / result[1] * (grad - v * (_along(grad, v, dim) / (result[1] * result[1])))
                ),
            ),
            Gradient("along(grad, v, dim) / result[1]", lambda grad, v, result, dim: _along(grad, v, dim) / result[1]),
        ),
        node="WeightNormInterfaceBackward0",
        arguments=("dim",),
        many=True,
        results=("result0", "result1"),
        untracked=(1,),
        saves=("dim", "g", "result1", "v"),
    )
)


_norm_of_all = one(
    Row(
        "norm",
        lambda self, p: TABLE["linalg_vector_norm"].forward(self, p, None, False),
        ("self",),
        (
            Gradient(
                norm_text("self", "p", "None", "False"),
                lambda grad, self, result, p: norm_back(grad, self, result, p, None, False),
            ),
        ),
        node="NormBackward0",
        overload="Scalar",
        arguments=("p",),
        domain="nonzero",
    )
)


def norm_except_dim(v: Tensor, pow: float = 2, dim: int = 0) -> Any:
    """The norm over every dim but one, kept as dims of length one; over all with dim -1."""
    if dim == -1:
        return _norm_of_all((v,), (pow,))
    if dim in (0, v.ndim - 1):
        last = dim != 0
        rows = METHODS["view"](contiguous(v), *((-1, v.shape[-1]) if last else (v.shape[0], -1)))
        shape = [1] * v.ndim
        shape[dim] = v.shape[dim]
        return METHODS["view"](CALLS["norm.ScalarOpt_dim"]((rows,), (pow, (0 if last else 1,), False)), *shape)
    return METHODS["transpose"](norm_except_dim(METHODS["transpose"](v, 0, dim), pow, 0), 0, dim)


def normed_weight(v: Tensor, g: Tensor, dim: int = 0) -> Any:
    """g * v / |v|, with the norm over every dim but one: `torch._weight_norm`."""
    if dim in (0, v.ndim - 1):
        return _interface((contiguous(v), contiguous(g)), (dim,))[0]
    return PUBLIC["mul"](v, PUBLIC["div"](g, norm_except_dim(v, 2, dim)))


PUBLIC["_weight_norm"] = normed_weight
PUBLIC["norm_except_dim"] = norm_except_dim
