"""Integrals by the trapezoidal rule: `trapezoid`, `trapz`, `cumulative_trapezoid`. Composites, as in PyTorch."""

from typing import Any

import numpy as np

from ...tensor import TENSORS, Tensor, from_array
from ..dims import wrap_dim
from ..table import METHODS
from .differences import divided, part, times
from .offered import offered


@offered("trapezoid", method=False)
def trapezoid(y: Any, x: Any = None, *, dx: Any = None, dim: int = -1) -> Tensor:
    """The integral of `y` along `dim` over points `x`, or points `dx` apart (1 unless given)."""
    return _trapezoid("trapezoid", y, x, dx, dim)


@offered("trapz", method=False)
def trapz(y: Any, x: Any = None, *, dx: Any = None, dim: int = -1) -> Tensor:
    """As `trapezoid`."""
    return _trapezoid("trapz", y, x, dx, dim)


@offered("cumulative_trapezoid", method=False)
def cumulative_trapezoid(y: Any, x: Any = None, *, dx: Any = None, dim: int = -1) -> Tensor:
    """Running integrals of `y` along `dim`; one less than there are points."""
    name = "cumulative_trapezoid"
    _check(name, y, x, dx)
    _refuse_bools(name, y, x)
    if not y.array.ndim:
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    place = wrap_dim(dim, y.array.ndim)
    if x is None:
        pairs = part(y, place, 0, -1) + part(y, place, 1)
        return _own(METHODS["cumsum"](times(pairs, (1.0 if dx is None else float(dx)) / 2.0), dim))
    place = int(place)
    steps = _steps(name, y, x, place)
    pairs = part(y, place, 0, -1) + part(y, place, 1)
    return _own(divided(METHODS["cumsum"](pairs * steps, place), 2.0))


def _trapezoid(name: str, y: Any, x: Any, dx: Any, dim: int) -> Tensor:
    _check(name, y, x, dx)
    if not y.array.ndim:
        raise IndexError("Dimension specified as -1 but tensor has no dimensions")
    place = wrap_dim(dim, y.array.ndim)
    if not y.array.shape[place]:
        shape = tuple(size for at, size in enumerate(y.array.shape) if at != place)
        return from_array(np.zeros(shape, y.array.dtype))
    _refuse_bools("trapezoid", y, x)
    if x is None:
        ends = METHODS["select"](y, dim, 0) + METHODS["select"](y, dim, -1)
        return _own(times(METHODS["sum"](y, dim) - times(ends, 0.5), 1.0 if dx is None else float(dx)))
    place = int(place)
    steps = _steps("trapezoid", y, x, place)
    pairs = part(y, place, 0, -1) + part(y, place, 1)
    return _own(divided(METHODS["sum"](pairs * steps, place), 2.0))


def _own(made: Any) -> Tensor:
    result: Tensor = made
    return result


def _check(name: str, y: Any, x: Any, dx: Any) -> None:
    given = [type(y).__name__, *([type(x).__name__] if x is not None else [])]
    given += [f"dx={type(dx).__name__}"] if dx is not None else []
    wrong = type(y) not in TENSORS or (x is not None and (type(x) not in TENSORS or dx is not None))
    if wrong or not (dx is None or isinstance(dx, (int, float, np.number)) or _is_number(dx)):
        raise TypeError(
            f"{name}() received an invalid combination of arguments - got ({', '.join(given)}), but expected one of:\n"
            " * (Tensor y, Tensor x, *, int dim = -1)\n * (Tensor y, *, Number dx = 1, int dim = -1)\n"
        )


def _is_number(dx: Any) -> bool:
    return type(dx) in TENSORS and not dx.array.ndim


def _refuse_bools(name: str, y: Tensor, x: Tensor | None) -> None:
    if x is None and y.array.dtype == np.bool_:
        raise RuntimeError(f"{name}: received a bool input for `y`, but bool is not supported")
    if x is not None and np.bool_ in (y.array.dtype, x.array.dtype):
        raise RuntimeError(f"{name}: received a bool input for `x` or `y`, but bool is not supported")


def _steps(name: str, y: Any, x: Any, dim: int) -> Any:
    """The distances between the points `x` along `dim`, in a shape that broadcasts with y."""
    ndim = y.array.ndim
    if x.array.ndim == 1:
        if x.array.shape[0] != y.array.shape[dim]:
            raise RuntimeError(f"{name}: There must be one `x` value for each sample point")
        x = METHODS["view"](x, [-1 if place == dim else 1 for place in range(ndim)])
    elif x.array.ndim < ndim:
        x = METHODS["view"](x, [1] * (ndim - x.array.ndim) + list(x.array.shape))
    return part(x, dim, 1) - part(x, dim, 0, -1)
