"""Variance, standard deviation and vector norms."""

from collections.abc import Callable
from math import inf, prod
from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import Tensor
from ..dims import axes, in_order, numpy_names, wrap_dims
from ..operands import require_tensor
from ..single import one, several
from ..table import Gradient, Row, expose
from ..tools import filled, like, mean_dims, raw, restore, same, shape, sign, sum_dims, unreduce

Array = npt.NDArray[Any]
Dims = tuple[int, ...] | None


def _var(array: Array, dim: Dims, correction: float | None, keepdim: bool) -> Any:
    over = axes(dim or (), array.ndim)
    centered = array - array.mean(axis=over, keepdims=True)
    squares = (centered * centered).sum(axis=over, keepdims=keepdim)
    return squares / squares.dtype.type(freedom(array, dim, correction))


def _mean(array: Array, dim: Dims, keepdim: bool) -> Array:
    return np.asarray(array.mean(axis=axes(dim or (), array.ndim), keepdims=keepdim), order="C")


def _count(shape: tuple[int, ...], dim: Dims) -> int:
    return prod(shape[place] for place in axes(dim or (), len(shape)))


def freedom(x: Any, dim: Dims, correction: float | None) -> float:
    """Degrees of freedom of the variance over `dim`; `correction` is 1 unless given."""
    return max(_count(shape(x), dim) - (1 if correction is None else correction), 0)


def spread(grad: Any, x: Any, dim: Dims, keepdim: bool) -> Any:
    """The gradient of a reduction of x over `dim`, given to each element."""
    return restore(grad, shape(x), dim or (), keepdim)


def kept(result: Any, x: Any, dim: Dims, keepdim: bool) -> Any:
    """What a reduction of x over `dim` gave, with these dims in place."""
    return unreduce(result, shape(x), dim or (), keepdim)


def mean_over(x: Any, dim: Dims) -> Any:
    """The mean over `dim`, which is kept."""
    return mean_dims(x, axes(dim or (), x.ndim))


def var_back(grad: Any, self: Any, dim: Dims, correction: float | None, keepdim: bool) -> Any:
    """The gradient of the variance; without degrees of freedom infinite, as PyTorch's."""
    left, each = freedom(self, dim, correction), spread(grad, self, dim, keepdim)
    centered = self - mean_over(self, dim)
    if left == 0:
        return each * like(np.where(raw(centered) == 0, np.nan, inf).astype(raw(self).dtype), grad)
    return (2.0 / left) * each * centered


def std_back(grad: Any, self: Any, result: Any, dim: Dims, correction: float | None, keepdim: bool) -> Any:
    """The gradient of the standard deviation; zero where it is zero."""
    return var_back(filled(grad / (result * 2), raw(result) == 0, 0.0), self, dim, correction, keepdim)


def with_mean_back(
    spread_back: Callable[[Any], Any], grads: tuple[Any, Any], self: Any, dim: Dims, keepdim: bool
) -> Any:
    """The gradient of a variance or standard deviation, by `spread_back`, and of the mean, as far as they arrived."""
    of_spread, of_mean = grads
    found = None if of_spread is None else spread_back(of_spread)
    if of_mean is None:
        return found
    mean = restore(of_mean, shape(self), dim or (), keepdim) / max(_count(shape(self), dim), 1)
    return mean if found is None else found + mean


def var_mean_back(grads: Any, self: Any, dim: Dims, correction: float | None, keepdim: bool) -> Any:
    """The gradient of `var_mean`."""
    return with_mean_back(lambda grad: var_back(grad, self, dim, correction, keepdim), grads, self, dim, keepdim)


def std_mean_back(grads: Any, self: Any, result: Any, dim: Dims, correction: float | None, keepdim: bool) -> Any:
    """The gradient of `std_mean`."""
    return with_mean_back(
        lambda grad: std_back(grad, self, result[0], dim, correction, keepdim), grads, self, dim, keepdim
    )


def norm_back(grad: Any, self: Any, result: Any, ord: float, dim: Dims, keepdim: bool) -> Any:
    """The gradient of a vector norm; zero where the norm is zero."""
    if ord == 0:
        return None  # as PyTorch: the count of non-zero elements depends on nothing
    dims, size = dim or (), shape(self)
    each, norm = spread(grad, self, dim, keepdim), kept(result, self, dim, keepdim)
    if ord == 1:
        return each * sign(self)
    if ord == 2:
        return each * filled(self / norm, np.broadcast_to(raw(norm) == 0, size), 0.0)
    if abs(ord) == inf:
        reached = same(abs(self), norm)
        return each * sign(self) * (reached / sum_dims(reached, axes(dims, len(size)), True))
    if ord < 1:
        powers = filled(abs(self) ** (ord - 1), raw(self) == 0, 0.0)
        return sign(self) * powers * each * norm ** (1 - ord)
    scale = filled(1 / norm ** (ord - 1), raw(norm) == 0, 0.0)
    return each * scale * (sign(self) * abs(self) ** (ord - 1))


def _norm(array: Array, ord: float, dim: Dims, keepdim: bool) -> Any:
    over = axes(dim or (), array.ndim)
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


_var_row = one(
    Row(
        "var",
        in_order(_var),
        ("self",),
        (
            Gradient(
                "2 * spread(grad, self, dim, keepdim) * (self - mean_over(self, dim)) / freedom(self, dim, correction)",
                lambda grad, self, dim, correction, keepdim: var_back(grad, self, dim, correction, keepdim),
            ),
        ),
        node="VarBackward0",
        arguments=("dim", "correction", "keepdim"),
    )
)
_std_row = one(
    Row(
        "std",
        in_order(lambda self, dim, correction, keepdim: np.sqrt(_var(self, dim, correction, keepdim))),
        ("self",),
        (
            Gradient(
                "spread(filled(grad / result, result == 0, 0.0), self, dim, keepdim) * (self - mean_over(self, dim)) "
                "/ freedom(self, dim, correction)",
                lambda grad, self, result, dim, correction, keepdim: std_back(
                    grad, self, result, dim, correction, keepdim
                ),
            ),
        ),
        node="StdBackward0",
        arguments=("dim", "correction", "keepdim"),
    )
)
_var_mean_row = several(
    Row(
        "var_mean",
        lambda self, dim, correction, keepdim: (
            np.asarray(_var(self, dim, correction, keepdim), order="C"),
            _mean(self, dim, keepdim),
        ),
        ("self",),
        (
            Gradient(
                "var_mean_back(grads, self, dim, correction, keepdim)",
                lambda grads, self, dim, correction, keepdim: var_mean_back(grads, self, dim, correction, keepdim),
            ),
        ),
        node="VarMeanBackward0",
        arguments=("dim", "correction", "keepdim"),
        many=True,
    )
)
_std_mean_row = several(
    Row(
        "std_mean",
        lambda self, dim, correction, keepdim: (
            np.asarray(np.sqrt(_var(self, dim, correction, keepdim)), order="C"),
            _mean(self, dim, keepdim),
        ),
        ("self",),
        (
            Gradient(
                "std_mean_back(grads, self, result, dim, correction, keepdim)",
                lambda grads, self, result, dim, correction, keepdim: std_mean_back(
                    grads, self, result, dim, correction, keepdim
                ),
            ),
        ),
        node="StdMeanBackward0",
        arguments=("dim", "correction", "keepdim"),
        many=True,
        results=("result0", "result1"),
        saves=("self", "dim", "correction", "keepdim", "result0"),
    )
)
_norm_row = one(
    Row(
        "linalg_vector_norm",
        in_order(_norm),
        ("self",),
        (
            Gradient(
                "spread(grad, self, dim, keepdim) * sign(self) if ord == 1 else "
                "spread(grad, self, dim, keepdim) * filled("
                "self / kept(result, self, dim, keepdim), kept(result, self, dim, keepdim) == 0, 0.0) if ord == 2 else "
                "norm_back(grad, self, result, ord, dim, keepdim)",
                lambda grad, self, result, ord, dim, keepdim: norm_back(grad, self, result, ord, dim, keepdim),
            ),
        ),
        node="LinalgVectorNormBackward0",
        arguments=("ord", "dim", "keepdim"),
        domain="nonzero",
    )
)


@expose("var")
def var(input: Tensor, *given: Any, **named: Any) -> Tensor:
    """The variance over all elements, or over `dim`; `correction` 1 (unbiased) unless given."""
    return _var_row((input,), _spread_arguments("var", input, given, named))


@expose("std")
def std(input: Tensor, *given: Any, **named: Any) -> Tensor:
    """The square root of the variance."""
    return _std_row((input,), _spread_arguments("std", input, given, named))


@expose("var_mean", method=False)
def var_mean(input: Tensor, *given: Any, **named: Any) -> tuple[Tensor, Tensor]:
    """The variance and the mean."""
    made = _var_mean_row((input,), _spread_arguments("var_mean", input, given, named))
    return made[0], made[1]


@expose("std_mean", method=False)
def std_mean(input: Tensor, *given: Any, **named: Any) -> tuple[Tensor, Tensor]:
    """The standard deviation and the mean."""
    made = _std_mean_row((input,), _spread_arguments("std_mean", input, given, named))
    return made[0], made[1]


@expose("norm")
def norm(
    input: Tensor, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None, **numpy: Any
) -> Tensor:
    """The p-norm of all elements, or along `dim`; 2 unless given."""
    require_tensor("norm", "input", 1, input)
    if numpy:
        dim, keepdim = numpy_names("norm", numpy, dim, keepdim)
    if p == "nuc":
        raise NotImplementedError("the nuclear norm is not supported by the embedded engine")
    if isinstance(p, str) and p != "fro":
        raise RuntimeError(f"linalg.matrix_norm: Order {p} not supported.")
    if p == "fro" and isinstance(dim, (tuple, list)) and len(dim) > 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(map(str, dim))}")
    return vector_norm(input, 2 if p in ("fro", None) else p, dim, keepdim, dtype)


def vector_norm(x: Tensor, ord: float = 2, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Tensor:
    """`torch.linalg.vector_norm`: the norm of `x` as one vector, or of the vectors along `dim`."""
    if x.array.dtype.kind != "f":
        raise RuntimeError(
            "linalg.vector_norm: Expected a floating point or complex tensor as input. Got " + x.dtype.scalar_type
        )
    if dtype is not None and dtype is not x.dtype:
        raise NotImplementedError("norm(dtype=...) is not supported by the embedded engine; use x.to(dtype).norm()")
    dims = None if dim is None else wrap_dims(dim, x.array.ndim)
    if abs(ord) == inf and _count(x.array.shape, dims) == 0:
        raise RuntimeError(
            f"linalg.vector_norm cannot compute the {ord} norm on an empty tensor because the operation does not have "
            "an identity"
        )
    return _norm_row((x,), (ord, dims, keepdim))


def _spread_arguments(
    name: str, input: Tensor, given: tuple[Any, ...], named: dict[str, Any]
) -> tuple[Dims, float | None, bool]:
    """(dim, correction, keepdim) from PyTorch's three signatures: (unbiased), (dim, unbiased, keepdim), keywords."""
    require_tensor(name, "input", 1, input)
    if not input.dtype.is_floating_point:
        raise RuntimeError("std and var only support floating point and complex dtypes")
    names = ("unbiased",) if given and isinstance(given[0], bool) else ("dim", "unbiased", "keepdim")
    values = dict(zip(names, given, strict=False)) | named
    values["dim"] = values.pop("axis", values.get("dim"))
    values["keepdim"] = values.pop("keepdims", values.get("keepdim", False))
    unknown = values.keys() - {"dim", "unbiased", "keepdim", "correction"}
    if unknown or len(given) > len(names):
        raise TypeError(f"{name}() received an invalid combination of arguments: {', '.join(sorted(unknown)) or given}")
    dim = values["dim"]
    dims = None if dim is None else wrap_dims(dim, input.array.ndim)
    correction: float | None = values.get("correction", None)
    if "unbiased" in values:
        correction = int(values["unbiased"])
    elif dim is not None and "correction" not in values:
        correction = 1
    return dims, correction, bool(values["keepdim"])
