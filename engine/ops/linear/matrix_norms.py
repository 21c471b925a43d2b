"""Norms and condition numbers of matrices, made of singular values and of norms of vectors."""

from math import inf
from typing import Any

import numpy as np

from ...tensor import Tensor, from_array
from ..dims import wrap_dim
from ..operands import refuse_out, require_tensor
from ..reductions.extremes import amax, amin
from ..reductions.norms import vector_norm
from ..shape.dimensions import squeeze, unsqueeze
from ..shape.slices import narrow
from ..table import METHODS
from .failures import require_float, require_matrix, require_square
from .solve import inv_ex
from .svd import svdvals

Dims = tuple[int, ...]


def matrix_norm(
    A: Tensor, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None, out: Any = None
) -> Tensor:
    """The norm of matrices: "fro", "nuc", or 1, 2, inf and their negatives."""
    refuse_out("linalg_matrix_norm", out)
    require_tensor("linalg_matrix_norm", "input", 1, A)
    dims = _check(A, dim, dtype)
    source: Tensor = A if dtype is None else METHODS["to"](A, dtype)
    if isinstance(ord, str):
        if ord == "fro":
            return vector_norm(source, 2, dims, keepdim)
        if ord != "nuc":
            raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
        return _spectral(source, dims, keepdim, lambda values, kept: METHODS["sum"](values, -1, kept))
    size = abs(ord)
    if size not in (1, 2, inf):
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    extreme = amax if ord > 0 else amin
    if size == 2:
        lengths = source.array.shape
        if not (lengths[dims[0]] and lengths[dims[1]]):  # of no singular values PyTorch says 0, untracked
            kept = [1 if dim in dims else length for dim, length in enumerate(lengths) if keepdim or dim not in dims]
            return from_array(np.zeros(kept, source.array.dtype))
        return _spectral(source, dims, keepdim, lambda values, kept: extreme(values, -1, kept))
    along, across = reversed(dims) if size == inf else dims
    sums = vector_norm(source, 1.0, along, keepdim)
    return extreme(sums, across - (not keepdim and along < across), keepdim)


def _check(A: Tensor, dim: Any, dtype: Any) -> Dims:
    if not isinstance(dim, (tuple, list)):
        raise TypeError(f"linalg_matrix_norm(): argument 'dim' must be tuple of ints, not {type(dim).__name__}")
    require_matrix("linalg.matrix_norm", A)
    if len(dim) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(map(str, dim))}")
    require_float("linalg.matrix_norm", A)
    dims = tuple(wrap_dim(each, A.array.ndim) for each in dim)
    if dims[0] == dims[1]:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({dim[0]}, {dim[1]})")
    if dtype is not None:
        if not dtype.is_floating_point:
            raise RuntimeError(
                f"linalg.matrix_norm: dtype should be floating point or complex, but got {dtype.scalar_type}"
            )
        if dtype.numpy.itemsize < A.array.dtype.itemsize:
            raise RuntimeError(
                f"linalg.matrix_norm: the dtype of the input ({A.dtype.scalar_type}) should be convertible without "
                f"narrowing to the specified dtype ({dtype.scalar_type})"
            )
    return dims


def _spectral(A: Tensor, dims: Dims, keepdim: bool, reduce: Any) -> Tensor:
    """What `reduce` makes of the singular values of the matrices in two dims."""
    order = [place for place in range(A.array.ndim) if place not in dims] + list(dims)
    found: Tensor = reduce(svdvals(METHODS["permute"](A, order)), keepdim)
    if not keepdim:
        return found
    back = [order.index(place) for place in range(len(order))]
    kept: Tensor = METHODS["permute"](unsqueeze(found, -1), back)
    return kept


def norm(
    A: Tensor, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, out: Any = None
) -> Tensor:
    """The norm of vectors or of matrices, as `ord`, `dim` and the number of dims say; `torch.linalg.norm`."""
    refuse_out("linalg_norm", out)
    require_tensor("linalg_norm", "input", 1, A)
    dims = None if dim is None else tuple(dim) if isinstance(dim, (tuple, list)) else (dim,)
    if isinstance(ord, str):
        if dims is None and A.array.ndim > 2:
            raise RuntimeError(
                f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {A.array.ndim}D."
            )
        return matrix_norm(A, ord, (-2, -1) if dims is None else dims, keepdim, dtype=dtype)
    ndim = A.array.ndim
    if dims is not None and len(dims) not in (1, 2):
        raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dims)}")
    if dims is None and ord is not None and ndim not in (1, 2):
        raise RuntimeError(f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {ndim}D.")
    if ord is not None and (ndim == 2 if dims is None else len(dims) == 2):
        return matrix_norm(A, ord, (0, 1) if dims is None else dims, keepdim, dtype=dtype)
    return vector_norm(A, 2.0 if ord is None else ord, dims, keepdim, dtype)


def cond(A: Tensor, p: Any = None, *, out: Any = None) -> Tensor:
    """The condition number of matrices in a norm: the norm times that of the inverse; infinite if singular."""
    refuse_out("linalg_cond", out)
    require_tensor("linalg_cond", "input", 1, A)
    if A.array.ndim < 2:
        raise RuntimeError("linalg.cond: The input tensor must have at least 2 dimensions.")
    if p not in (None, "fro", "nuc", 1, -1, 2, -2, inf, -inf):
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}")
    if p in (None, 2, -2):
        if not A.array.size:
            return from_array(np.zeros(A.array.shape[:-2], A.array.dtype))
        values = svdvals(A)
        largest, smallest = narrow(values, -1, 0, 1), narrow(values, -1, -1, 1)
        ratio: Tensor = METHODS["div"](*((smallest, largest) if p == -2 else (largest, smallest)))
        return squeeze(ratio, -1)
    require_square(f"linalg.cond(ord={p})", A)
    if not A.array.size:
        return from_array(np.zeros(A.array.shape[:-2], A.array.dtype))
    if p == "nuc":
        values = svdvals(A)
        made: Tensor = METHODS["mul"](METHODS["sum"](values, -1), METHODS["sum"](METHODS["reciprocal"](values), -1))
        return made
    inverse, info = inv_ex(A)
    singular = from_array(np.asarray(info.array != 0)[..., None, None])
    inverse = METHODS["masked_fill_"](inverse, singular, inf)
    product = METHODS["mul"](matrix_norm(A, p), matrix_norm(inverse, p))
    finite: Tensor = METHODS["nan_to_num"](product, inf, inf, -inf)
    return finite
