"""`cdist`: the distances between the rows of two matrices, by differences or by products of matrices."""

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from ...arguments import broadcast_shapes
from ...tensor import TENSORS, Tensor
from ..operands import require_tensor
from ..reductions.norms import norm_of
from ..reductions.pair_distances import slope
from ..reductions.uniques import no_derivative
from ..shape.expand import expand
from ..shape.shape import contiguous, view
from ..single import one
from ..table import Gradient, Row, expose
from ..tools import filled, mT, raw, sum_dims
from .matrices import columns

Array = npt.NDArray[Any]
_MODES = {
    "use_mm_for_euclid_dist_if_necessary": None,
    "use_mm_for_euclid_dist": 1,
    "donot_use_mm_for_euclid_dist": 2,
}


def _differences(x1: Array, x2: Array) -> Array:
    return np.asarray(x1[..., :, None, :] - x2[..., None, :, :])


def _cdist(x1: Array, x2: Array, p: float, compute_mode: int | None) -> Array:
    del compute_mode
    made = _differences(x1, x2)
    if not made.shape[-1]:
        return np.zeros(made.shape[:-1], made.dtype)
    return np.asarray(norm_of(made, p, (made.ndim - 1,)))[..., 0]


def _cdist_backward(grad: Array, x1: Array, x2: Array, cdist: Array, p: float) -> Array:
    """What each distance passes on to the rows of x1."""
    moved = grad[..., None] * slope(_differences(x1, x2), cdist[..., None], p)
    return np.asarray(moved.sum(-2))


_refused = Gradient("no_derivative('_cdist_backward')", lambda grad: no_derivative("_cdist_backward"))
_backward_row = one(
    Row(
        "_cdist_backward",
        _cdist_backward,
        ("grad", "x1", "x2", "cdist"),
        (_refused,) * 4,
        node="CdistBackwardBackward0",
        arguments=("p",),
    )
)


def cdist_backward(grad: Any, x1: Any, x2: Any, p: float, cdist: Any) -> Any:
    """The gradient of x1, on arrays and tensors; it has none of its own, as in PyTorch."""
    if any(type(each) in TENSORS for each in (grad, x1, x2, cdist)):
        return _backward_row((grad, x1, x2, cdist), (p,))
    return _cdist_backward(grad, x1, x2, cdist, p)


_cdist_row = one(
    Row(
        "_cdist_forward",
        _cdist,
        ("x1", "x2"),
        (
            Gradient(
                "cdist_backward(grad, x1, x2, p, result)",
                lambda grad, x1, x2, p, result: cdist_backward(grad, x1, x2, p, result),
            ),
            Gradient(
                "cdist_backward(mT(grad), x2, x1, p, mT(result))",
                lambda grad, x1, x2, p, result: cdist_backward(mT(grad), x2, x1, p, mT(result)),
            ),
        ),
        node="CdistBackward0",
        arguments=("p", "compute_mode"),
        saves=("p", "result", "x1", "x2"),
    )
)


def _euclidean(x1: Array, x2: Array) -> Array:
    """|a - b|^2 = |a|^2 + |b|^2 - 2ab, as one product of matrices."""
    ones1, ones2 = np.ones_like(x1[..., :1]), np.ones_like(x2[..., :1])
    norm1, norm2 = (x1 * x1).sum(-1, keepdims=True), (x2 * x2).sum(-1, keepdims=True)
    left = np.concatenate([-2 * x1, norm1, ones1], -1)
    right = np.concatenate([x2, ones2, norm2], -1)
    return np.asarray(np.sqrt(np.maximum(left @ right.swapaxes(-2, -1), 0)))


def ratio_of(grad: Any, result: Any) -> Any:
    """The gradient of each distance divided by it; zero where the distance is zero."""
    return filled(grad / result, raw(result) == 0, 0.0)


def euclidean_backward(ratio: Any, x1: Any, x2: Any) -> Any:
    """The gradient of x1."""
    return x1 * sum_dims(ratio, (raw(ratio).ndim - 1,), True) - ratio @ x2


def euclidean_backward_other(ratio: Any, x1: Any, x2: Any) -> Any:
    """The gradient of x2."""
    return x2 * columns(sum_dims(ratio, (raw(ratio).ndim - 2,))) - mT(ratio) @ x1


_euclidean_row = one(
    Row(
        "_euclidean_dist",
        _euclidean,
        ("x1", "x2"),
        (
            Gradient(
                "x1 * sum_dims(ratio_of(grad, result), -1, True) - ratio_of(grad, result) @ x2",
                lambda grad, x1, x2, result: euclidean_backward(ratio_of(grad, result), x1, x2),
            ),
            Gradient(
                "x2 * columns(sum_dims(ratio_of(grad, result), -2)) - mT(ratio_of(grad, result)) @ x1",
                lambda grad, x1, x2, result: euclidean_backward_other(ratio_of(grad, result), x1, x2),
            ),
        ),
        node="EuclideanDistBackward0",
    )
)


@expose("cdist", method=False)
def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary") -> Tensor:
    """The p-norm distances between each row of x1 and each of x2: (..., r1, c) and (..., r2, c) give (..., r1, r2)."""
    if compute_mode not in _MODES:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    mode = _MODES[compute_mode]
    require_tensor("cdist", "x1", 1, x1)
    require_tensor("cdist", "x2", 2, x2)
    one_shape, other = x1.array.shape, x2.array.shape
    for name, shape in (("X1", one_shape), ("X2", other)):
        if len(shape) < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, {name} got: {len(shape)}D")
    if one_shape[-1] != other[-1]:
        raise RuntimeError(f"X1 and X2 must have the same number of columns. X1: {one_shape[-1]} X2: {other[-1]}")
    for name, tensor in (("X1", x1), ("X2", x2)):
        if tensor.array.dtype.kind != "f":
            raise RuntimeError(f"cdist only supports floating-point dtypes, {name} got: {tensor.dtype.scalar_type}")
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    batch = broadcast_shapes(one_shape[:-2], other[:-2])
    if x1.array.dtype != x2.array.dtype:
        raise RuntimeError(f"expected scalar type {x1.dtype.scalar_type} but found {x2.dtype.scalar_type}")
    large = max(one_shape[-2], other[-2]) > 25
    empty = not (one_shape[-2] and other[-2] and one_shape[-1] and prod(batch))
    if p != 2 or mode == 2 or not (mode == 1 or large) or empty:
        return _cdist_row((x1, x2), (float(p), mode))
    size = (*batch, one_shape[-2], other[-2])
    if prod(batch) == 1:
        return view(_euclidean_row((x1, x2)), size)
    flat = [_flat(each, batch) for each in (x1, x2)]
    return view(_euclidean_row((flat[0], flat[1])), size)


def _flat(x: Tensor, batch: tuple[int, ...]) -> Tensor:
    """The matrices of a broadcast batch, one after the other."""
    size = x.array.shape[-2:]
    return view(contiguous(expand(x, (*batch, *size))), (prod(batch), *size))
