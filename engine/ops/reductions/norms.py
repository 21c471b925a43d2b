"""Norms of vectors, and what is made of them: norm, dist, renorm.

Source of the formulas: `norm_backward` and `renorm_backward` of PyTorch's `FunctionsManual.cpp`.
"""

from math import inf, prod
from typing import Any

import numpy as np
import numpy.typing as npt

from ...arguments import broadcast_shapes, check_dtype
from ...tensor import TENSORS, Tensor
from ...types.promotion import can_cast, result_of
from ..dims import axes, in_order, numpy_names, wrap_dims
from ..general import general
from ..inplace import check_writable, overwrite
from ..linear.svd import svdvals
from ..operands import number_of, require_tensor
from ..single import one
from ..table import CALLS, METHODS, Gradient, Row, expose
from ..tools import filled, raw, same, shape, sign, sum_dims, unreduce
from .offered import offered
from .statistics import spread

Array = npt.NDArray[Any]
Dims = tuple[int, ...] | None


def kept(result: Any, x: Any, dim: Dims, keepdim: bool) -> Any:
    """What a reduction of x over `dim` gave, with these dims in place."""
    return unreduce(result, shape(x), dim or (), keepdim)


def norm_back(grad: Any, self: Any, result: Any, ord: float, dim: Dims, keepdim: bool) -> Any:
    """The gradient of a vector norm; zero where the norm is zero."""
    if ord == 0:
        return None  # as PyTorch: the count of non-zero elements depends on nothing
    dims, size = dim or (), shape(self)
    given, norm = spread(grad, self, dim, keepdim), kept(result, self, dim, keepdim)
    if ord == 1:
        return given * sign(self)
    if ord == 2:
        return given * filled(self / norm, np.broadcast_to(raw(norm) == 0, size), 0.0)
    if abs(ord) == inf:
        reached = same(abs(self), norm)
        return given * sign(self) * (reached / sum_dims(reached, axes(dims, len(size)), True))
    if ord < 1:
        powers = filled(abs(self) ** (ord - 1), raw(self) == 0, 0.0)
        return sign(self) * powers * given * norm ** (1 - ord)
    scale = filled(1 / norm ** (ord - 1), raw(norm) == 0, 0.0)
    if ord < 2:
        return given * scale * (sign(self) * abs(self) ** (ord - 1))
    return given * scale * (self * abs(self) ** (ord - 2))


def norm_text(x: str, ord: str, dim: str, keepdim: str) -> str:
    """The text of `norm_back`'s formula, for the names that a row has for its operand and arguments."""
    given, norm = f"spread(grad, {x}, {dim}, {keepdim})", f"kept(result, {x}, {dim}, {keepdim})"
    return (
        f"{given} * sign({x}) if {ord} == 1 else "
        f"{given} * filled({x} / {norm}, {norm} == 0, 0.0) if {ord} == 2 else "
        f"{given} * sign({x}) * extremes(abs({x}), {norm}, {dim}) if abs({ord}) == inf else "
        f"{given} * filled(sign({x}) * (abs({x}) / {norm}) ** ({ord} - 1), {x} == 0, 0.0)"
    )


def _norm(array: Array, ord: float, dim: Dims, keepdim: bool, dtype: Any = None) -> Any:
    over = axes(dim or (), array.ndim)
    if dtype is not None:
        array = array.astype(dtype)
    if ord == 2:
        return np.sqrt((array * array).sum(axis=over, keepdims=keepdim))
    sizes = np.abs(array)
    if ord == 0:
        return (sizes != 0).sum(axis=over, keepdims=keepdim).astype(array.dtype)
    if ord == 1:
        return sizes.sum(axis=over, keepdims=keepdim)
    if abs(ord) == inf:
        return (sizes.max if ord > 0 else sizes.min)(axis=over, keepdims=keepdim)
    return (sizes**ord).sum(axis=over, keepdims=keepdim) ** (1.0 / ord)


_norm_row = one(
    Row(
        "linalg_vector_norm",
        in_order(_norm),
        ("self",),
        (
            Gradient(
                norm_text("self", "ord", "dim", "keepdim"),
                lambda grad, self, result, ord, dim, keepdim: norm_back(grad, self, result, ord, dim, keepdim),
            ),
        ),
        node="LinalgVectorNormBackward0",
        arguments=("ord", "dim", "keepdim", "dtype"),
        domain="nonzero",
    )
)


def negative(grad: Any) -> Any:
    """-grad. Raises PyTorch's RuntimeError where there is none, as for a norm that counts."""
    if grad is None:
        raise RuntimeError(
            "Expected a proper Tensor but got None (or an undefined Tensor in C++) for argument #0 'self'"
        )
    return -grad


_dist_row = general(
    Row(
        "dist",
        lambda self, other, p: _norm(self - other, p, None, False),
        ("self", "other"),
        (
            Gradient(
                norm_text("(self - other)", "p", "None", "False"),
                lambda grad, self, other, result, p: norm_back(grad, self - other, result, p, None, False),
            ),
            Gradient(
                f"-({norm_text('(self - other)', 'p', 'None', 'False')})",
                lambda grad, self, other, result, p: negative(norm_back(grad, self - other, result, p, None, False)),
            ),
        ),
        node="DistBackward0",
        arguments=("p",),
        domain="nonzero",
    ),
    promote=True,
)


def others(dim: int, ndim: int) -> tuple[int, ...]:
    """All dims but one."""
    return tuple(place for place in range(ndim) if place != dim)


def norm_of(x: Any, ord: float, dim: tuple[int, ...]) -> Any:
    """The vector norm over dims, which are kept, of arrays and tensors."""
    return vector_norm(x, ord, dim, True) if type(x) in TENSORS else _norm(x, ord, dim, True)


def renorm_back(grad: Any, self: Any, p: float, dim: int, maxnorm: float) -> Any:
    """The gradient of `renorm`: the scaled slices' through their norms, the others' as it is."""
    dims = others(dim, len(shape(self)))
    norm = norm_of(self, p, dims)
    through = norm_back(sum_dims(self * grad, dims, True), self, norm, p, dims, True)
    inverse = 1 / (norm + 1e-7)
    scaled = maxnorm * inverse * (grad - inverse * through)
    large = np.broadcast_to(raw(norm) > maxnorm, shape(self))
    return filled(scaled, ~large, 0.0) + filled(grad, large, 0.0)


def _renorm(array: Array, p: float, dim: int, maxnorm: float) -> Array:
    norm = np.asarray(_norm(array, p, others(dim, array.ndim), True))
    factor = np.where(norm > maxnorm, array.dtype.type(maxnorm) / (norm + array.dtype.type(1e-7)), array.dtype.type(1))
    return np.asarray(array * factor, order="C")


_renorm_row = one(
    Row(
        "renorm",
        _renorm,
        ("self",),
        (
            Gradient(
                "renorm_back(grad, self, p, dim, maxnorm)",
                lambda grad, self, p, dim, maxnorm: renorm_back(grad, self, p, dim, maxnorm),
            ),
        ),
        node="RenormBackward0",
        arguments=("p", "dim", "maxnorm"),
    )
)


@expose("norm")
def norm(
    input: Tensor, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None, **numpy: Any
) -> Tensor:
    """The p-norm of all elements, or along `dim`; 2 unless given. "nuc": the sum of a matrix's singular values."""
    require_tensor("norm", "input", 1, input)
    p = number_of(p)
    if numpy:
        dim, keepdim = numpy_names("norm", numpy, dim, keepdim)
    dims = tuple(dim) if isinstance(dim, (tuple, list)) else None if dim is None else (dim,)
    if isinstance(p, str) and not (p == "fro" and (dims is None or len(dims) <= 2)):
        return _matrix_norm(input, p, tuple(range(input.array.ndim)) if dims is None else dims, keepdim, dtype)
    return vector_norm(input, 2 if p == "fro" else 2.0 if p is None else p, dims, keepdim, dtype)


def _matrix_norm(x: Any, ord: str, dim: tuple[int, ...], keepdim: bool, dtype: Any) -> Tensor:
    if x.array.ndim < 2:
        raise RuntimeError("linalg.matrix_norm: The input tensor A must have at least 2 dimensions.")
    if ord not in ("fro", "nuc"):
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    if len(dim) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(map(str, dim))}")
    if ord == "fro":
        return vector_norm(x, 2, dim, keepdim, dtype)
    rows, columns = wrap_dims(dim, x.array.ndim)
    if rows == columns:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({dim[0]}, {dim[1]})")
    moved = x if dtype is None else METHODS["to"](x, dtype)
    order = (*(place for place in range(x.array.ndim) if place not in (rows, columns)), rows, columns)
    result = METHODS["sum"](svdvals(METHODS["permute"](moved, order)), -1, keepdim)
    if keepdim:
        back = [order.index(place) for place in range(len(order))]
        result = METHODS["permute"](METHODS["unsqueeze"](result, -1), back)
    made: Tensor = result
    return made


def vector_norm(x: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Tensor:
    """`torch.linalg.vector_norm`: the norm of `x` as one vector, or of the vectors along `dim`."""
    require_tensor("linalg_vector_norm", "x", 1, x)
    if not isinstance(ord, (int, float, np.number)):
        raise TypeError(f"linalg_vector_norm(): argument 'ord' must be Number, not {type(ord).__name__}")
    if x.array.dtype.kind != "f":
        raise RuntimeError(
            "linalg.vector_norm: Expected a floating point or complex tensor as input. Got " + x.dtype.scalar_type
        )
    wanted = check_dtype("linalg_vector_norm", dtype)
    if wanted is not None:
        if not wanted.is_floating_point:
            raise RuntimeError(
                "linalg.vector_norm: dtype should be floating point or complex, but got " + wanted.scalar_type
            )
        if not can_cast(x.dtype, wanted) or wanted.itemsize < x.dtype.itemsize:
            raise RuntimeError(
                f"linalg.vector_norm: the dtype of the input ({x.dtype.scalar_type}) should be convertible without "
                f"narrowing to the specified dtype ({wanted.scalar_type})"
            )
    dims = None if dim is None else wrap_dims(dim, x.array.ndim)
    if ord < 0 or ord == inf:
        _require_elements(x.array.shape, ord, dims)
    return _norm_row((x,), (ord, dims, keepdim, None if wanted is None else wanted.numpy))


def _require_elements(size: tuple[int, ...], ord: Any, dims: Dims) -> None:
    if not dims:
        if not prod(size):
            raise RuntimeError(
                f"linalg.vector_norm cannot compute the {ord} norm on an empty tensor because the operation does not "
                "have an identity"
            )
        return
    for dim in dims if size else ():
        if not size[dim]:
            raise RuntimeError(
                f"linalg.vector_norm cannot compute the {ord} norm on the dimension {dim}because this dimension is "
                "empty and the operation does not have an identity"
            )


@offered("dist")
def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """The p-norm of input - other."""
    require_tensor("dist", "other", 2, other)
    common = result_of((input, other))
    if not common.is_floating_point:
        raise RuntimeError(
            f"norm(): input dtype should be either floating point or complex. Got {common.scalar_type} instead."
        )
    broadcast_shapes(input.array.shape, other.array.shape)  # raises where they do not
    made: Tensor = _dist_row((input, other), (p,))
    return made


@offered("renorm")
def renorm(input: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    """The slices of `dim`, those with a larger p-norm than `maxnorm` scaled down to it."""
    return _renorm_row((input,), _renorm_arguments(input, p, dim, maxnorm))


@expose("renorm_", function=False)
def renorm_(self: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    """`renorm` in place."""
    check_writable(self)
    return overwrite("renorm", self, (), CALLS["renorm"]((self,), _renorm_arguments(self, p, dim, maxnorm), False))


def _renorm_arguments(x: Tensor, p: float, dim: int, maxnorm: float) -> tuple[float, int, float]:
    if not p > 0:
        raise RuntimeError("renorm: non-positive-norm not supported")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm:g}")
    if x.array.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {x.array.ndim} dimensions")
    place = wrap_dims(dim, x.array.ndim)[0]
    if x.array.dtype.kind != "f":
        raise RuntimeError(
            "linalg.vector_norm: Expected a floating point or complex tensor as input. Got " + x.dtype.scalar_type
        )
    return p, place, maxnorm


@offered("frobenius_norm", method=False)
def frobenius_norm(input: Tensor, dim: Any, keepdim: bool = False) -> Tensor:
    """The square root of the sum of squares over one or two dims."""
    dims = wrap_dims(dim, input.array.ndim)
    if len(dims) > 2:
        raise RuntimeError(f"Expected at most 2 dimensions, but got {len(dims)} dimensions instead.")
    made: Tensor = CALLS["norm.ScalarOpt_dim"]((input,), (2, dims, keepdim))
    return made


@offered("nuclear_norm", method=False)
def nuclear_norm(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """The sum of a matrix's singular values."""
    if isinstance(dim, bool):  # the form without dims: nuclear_norm(input, keepdim)
        dim, keepdim = None, dim
    return norm(input, "nuc", (-2, -1) if dim is None else dim, keepdim)
