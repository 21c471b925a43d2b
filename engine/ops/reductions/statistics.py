"""Variance and standard deviation, with the mean and without."""

from collections.abc import Callable
from math import inf, prod
from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import Tensor
from ..dims import axes, in_order, wrap_dims
from ..operands import require_tensor
from ..single import one, several
from ..table import Gradient, Row, expose
from ..tools import filled, like, mean_dims, raw, restore, shape

Array = npt.NDArray[Any]
Dims = tuple[int, ...] | None


def _var(array: Array, dim: Dims, correction: float | None, keepdim: bool) -> Any:
    over = axes(dim or (), array.ndim)
    if not _count(array.shape, dim):  # of nothing it is nan, whatever the correction
        return np.full(array.sum(axis=over, keepdims=keepdim).shape, np.nan, array.dtype)
    centered = array - array.mean(axis=over, keepdims=True)
    squares = (centered * centered).sum(axis=over, keepdims=keepdim)
    return squares / squares.dtype.type(freedom(array, dim, correction))


def _mean(array: Array, dim: Dims, keepdim: bool) -> Array:
    """The mean beside a variance: nan where an element is infinite, as of Welford's algorithm, which PyTorch uses."""
    made = np.asarray(array.mean(axis=axes(dim or (), array.ndim), keepdims=keepdim), order="C")
    if _count(array.shape, dim) > 1 and not np.isfinite(made).all():
        made = np.where(np.isinf(made), made.dtype.type(np.nan), made)
    return made


def _count(shape: tuple[int, ...], dim: Dims) -> int:
    return prod(shape[place] for place in axes(dim or (), len(shape)))


def freedom(x: Any, dim: Dims, correction: float | None) -> float:
    """Degrees of freedom of the variance over `dim`; `correction` is 1 unless given."""
    return max(_count(shape(x), dim) - (1 if correction is None else correction), 0)


def spread(grad: Any, x: Any, dim: Dims, keepdim: bool) -> Any:
    """The gradient of a reduction of x over `dim`, given to each element."""
    return restore(grad, shape(x), dim or (), keepdim)


def mean_over(x: Any, dim: Dims) -> Any:
    """The mean over `dim`, which is kept."""
    return mean_dims(x, axes(dim or (), x.ndim))


def var_back(grad: Any, self: Any, dim: Dims, correction: float | None, keepdim: bool) -> Any:
    """The gradient of the variance; without degrees of freedom infinite, as PyTorch's.

    As PyTorch's kernel, it cuts degrees of freedom off at zero only where no dims were given, and an empty list of
    them counts one element: `var` reduces over all dims then, and its gradient is what PyTorch gives, not the slope.
    """
    each, mean = spread(grad, self, dim, keepdim), mean_over(self, dim)
    if dim is not None and shape(self):
        left = prod(shape(self)[place] for place in dim) - (1 if correction is None else correction)
        return (2.0 / left if left else inf) * each * (self - mean)
    left = freedom(self, dim, correction)
    if left == 0:
        return each * like(np.where(raw(self) == raw(mean), np.nan, inf).astype(raw(self).dtype), grad)
    return (2.0 / left) * each * (self - mean)


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
                "2 * spread(grads[0], self, dim, keepdim) * (self - mean_over(self, dim)) / "
                "freedom(self, dim, correction) + spread(grads[1], self, dim, keepdim) / count(self, dim)",
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
                "spread(grads[0] / result[0], self, dim, keepdim) * (self - mean_over(self, dim)) / "
                "freedom(self, dim, correction) + spread(grads[1], self, dim, keepdim) / count(self, dim)",
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
