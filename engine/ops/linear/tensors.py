"""Equations of tensors, Vandermonde matrices, and products of vectors along a dim."""

from math import prod
from typing import Any

import numpy as np

from ...arguments import broadcast_shapes
from ...tensor import Tensor, from_array
from ..dims import wrap_dim
from ..operands import refuse_bool, refuse_out, require_tensor
from ..shape.dimensions import movedim, unsqueeze
from ..shape.expand import expand
from ..shape.join import cat
from ..shape.rearrange import flip
from ..shape.shape import reshape_to
from ..shape.slices import slice_any
from ..single import one
from ..table import METHODS, Gradient, Row, expose
from ..tools import raw
from .failures import require_float, require_same_type
from .products import vdot
from .solve import inv, solve
from .triangular import warn_once

_CROSS_ADVICE = (
    "Using torch.cross without specifying the dim arg is deprecated.\nPlease either pass the dim explicitly or simply "
    "use torch.linalg.cross.\nThe default value of dim will change to agree with that of linalg.cross in a future "
    "release."
)


def tensorinv(A: Tensor, ind: int = 2, *, out: Any = None) -> Tensor:
    """The inverse of a tensor as the matrix from its last dims to its first `ind`."""
    refuse_out("linalg_tensorinv", out)
    require_tensor("linalg_tensorinv", "input", 1, A)
    if ind <= 0:
        raise RuntimeError(f"Expected a strictly positive integer for 'ind', but got {ind}")
    first, last = A.array.shape[:ind], A.array.shape[ind:]
    if prod(first) != prod(last):
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got "
            f"{prod(last)} != {prod(first)}"
        )
    return reshape_to(inv(reshape_to(A, (prod(last), prod(first)))), last + first)


def tensorsolve(A: Tensor, B: Tensor, dims: Any = None, *, out: Any = None) -> Tensor:
    """X of tensordot(A, X, X.ndim) = B, with `dims` of A moved to its end before."""
    refuse_out("linalg_tensorsolve", out)
    require_tensor("linalg_tensorsolve", "input", 1, A)
    require_tensor("linalg_tensorsolve", "other", 2, B)
    moved = A
    if dims is not None:
        given = [wrap_dim(dim, A.array.ndim) for dim in dims]
        moved = movedim(A, tuple(given), tuple(range(A.array.ndim - len(given), A.array.ndim)))
    size = moved.array.shape[B.array.ndim :]
    count = B.array.size
    flat = METHODS["flatten"](B)
    made: Tensor = METHODS["reshape"](solve(METHODS["reshape"](moved, (count, count)), flat), size)
    return made


def vander(x: Tensor, N: int | None = None) -> Tensor:
    """Vandermonde matrices: the powers 0 to N - 1 of each element, one row each; `torch.linalg.vander`."""
    require_tensor("linalg_vander", "x", 1, x)
    x = x if x.array.ndim else unsqueeze(x, -1)
    size = x.array.shape
    count = (size[-1] if size else 0) if N is None else N
    if count <= 1:
        raise RuntimeError("N must be greater than 1.")
    dtype = x.array.dtype if x.array.dtype.kind != "b" else np.dtype(np.int64)
    powers = METHODS["cumprod"](expand(unsqueeze(x, -1), (*size, count - 1)), -1)
    return cat((from_array(np.ones((*size, 1), dtype)), powers), -1)


@expose("vander", method=False)
def old_vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """The powers of the elements of a vector, from N - 1 to 0 unless `increasing`."""
    require_tensor("vander", "x", 1, x)
    if x.array.ndim != 1:
        raise RuntimeError("x must be a one-dimensional tensor.")
    height = x.array.shape[0]
    width = height if N is None else N
    if width < 0:
        raise RuntimeError("N must be non-negative.")
    made = from_array(np.ones((height, width), x.array.dtype if x.array.dtype.kind == "f" else np.int64))
    if width > 1:
        METHODS["copy_"](slice_any(made, 1, 1, width, 1), unsqueeze(x, 1))
        METHODS["copy_"](slice_any(made, 1, 1, width, 1), METHODS["cumprod"](slice_any(made, 1, 1, width, 1), 1))
    return made if increasing else flip(made, (1,))


def vecdot(x: Tensor, y: Tensor, *, dim: int = -1, out: Any = None) -> Tensor:
    """The dot products of the vectors along a dim, which broadcast."""
    refuse_out("linalg_vecdot", out)
    require_tensor("linalg_vecdot", "x", 1, x)
    require_tensor("linalg_vecdot", "y", 2, y)
    require_float("linalg.vecdot", x)
    if x.array.dtype != y.array.dtype:
        require_same_type("linalg.vecdot", x, y, ("x", "y"))
    if x.array.ndim == y.array.ndim == 1:
        return vdot(x, y)
    made: Tensor = METHODS["sum"](METHODS["mul"](x, y), dim)
    return made


def cross_any(x: Any, y: Any, dim: int) -> Any:
    """The cross products of the vectors along a dim, on arrays and tensors."""
    if raw(x) is x and raw(y) is y:
        return np.cross(x, y, axis=dim)
    return cross(x, y, dim=dim)


_cross_row = one(
    Row(
        "linalg_cross",
        lambda self, other, dim: np.ascontiguousarray(np.cross(self, other, axis=dim)),
        ("self", "other"),
        (
            Gradient("cross_any(other, grad, dim)", lambda grad, other, dim: cross_any(other, grad, dim)),
            Gradient("cross_any(grad, self, dim)", lambda grad, self, dim: cross_any(grad, self, dim)),
        ),
        node="LinalgCrossBackward0",
        arguments=("dim",),
    )
)


def cross(input: Tensor, other: Tensor, *, dim: int = -1, out: Any = None) -> Tensor:
    """The cross products of the vectors of three elements along a dim; the others broadcast."""
    refuse_out("linalg_cross", out)
    require_tensor("linalg_cross", "input", 1, input)
    require_tensor("linalg_cross", "other", 2, other)
    one_array, other_array = input.array, other.array
    if one_array.ndim != other_array.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    place = wrap_dim(dim, one_array.ndim)
    lengths = one_array.shape[place], other_array.shape[place]
    if lengths != (3, 3):
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {lengths[0]} and {lengths[1]}"
        )
    broadcast_shapes(one_array.shape, other_array.shape)
    refuse_bool("cross", one_array)
    if one_array.dtype != other_array.dtype:
        raise RuntimeError(
            f"Expected all tensors to have the same dtype, but got {input.dtype.scalar_type} and "
            f"{other.dtype.scalar_type}"
        )
    return _cross_row((input, other), (place,))


@expose("cross")
def old_cross(input: Tensor, other: Tensor, dim: int | None = None, *, out: Any = None) -> Tensor:
    """The cross products along `dim`, or along the first dim of three elements."""
    require_tensor("cross", "other", 2, other)
    if dim is None:
        warn_once("cross", _CROSS_ADVICE)
        size = input.array.shape
        if 3 not in size:
            raise RuntimeError("no dimension of size 3 in input")
        dim = size.index(3)
    return cross(input, other, dim=dim, out=out)


def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The diagonals of the last two dims, or of those named, as a view."""
    made: Tensor = METHODS["diagonal"](A, offset, dim1, dim2)
    return made
