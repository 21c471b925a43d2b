"""What the gradient rules of matrices are written in: functions on arrays and on tensors alike, and batches."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS
from ..table import FUNCTIONS
from ..tools import filled, like, raw, transpose

Array = npt.NDArray[Any]


def adjoint(x: Any) -> Any:
    """Batches of matrices transposed: all numbers are real."""
    return transpose(x, -2, -1)


def rows(x: Any) -> Any:
    """A vector as a matrix of one row."""
    return x.reshape((*raw(x).shape[:-1], 1, raw(x).shape[-1]))


def columns(x: Any) -> Any:
    """A vector as a matrix of one column."""
    return x.reshape((*raw(x).shape, 1))


def column_major(array: Array) -> Array:
    """The same matrices with their columns contiguous, as LAPACK leaves them."""
    return np.ascontiguousarray(array.swapaxes(-2, -1)).swapaxes(-2, -1)


def tril(x: Any, diagonal: int = 0) -> Any:
    """The lower triangle."""
    return x.tril(diagonal) if type(x) in TENSORS else np.tril(x, diagonal)


def triu(x: Any, diagonal: int = 0) -> Any:
    """The upper triangle."""
    return x.triu(diagonal) if type(x) in TENSORS else np.triu(x, diagonal)


def main_diagonal(x: Any) -> Any:
    """The main diagonals as vectors."""
    return x.diagonal(0, -2, -1) if type(x) in TENSORS else np.diagonal(x, 0, -2, -1)


def diagonal_matrix(x: Any) -> Any:
    """Matrices with these vectors on their diagonals."""
    if type(x) in TENSORS:
        return x.diag_embed()
    made = np.zeros((*x.shape, x.shape[-1]), x.dtype)
    places = np.arange(x.shape[-1])
    made[..., places, places] = x
    return made


def with_diagonal(x: Any, value: float) -> Any:
    """Square matrices with one number all along the diagonal."""
    size = raw(x).shape
    return filled(x, np.broadcast_to(np.eye(size[-1], dtype=bool), size), value)


def skewed(x: Any) -> Any:
    """x minus its transpose."""
    return x - adjoint(x)


def symmetric(x: Any) -> Any:
    """x plus its transpose."""
    return x + adjoint(x)


def halved_diagonal(x: Any) -> Any:
    """Square matrices with half of what is on their diagonals."""
    size = raw(x).shape[-1]
    halves = np.ones((size, size), raw(x).dtype)
    np.fill_diagonal(halves, 0.5)
    return x * like(halves, x)


def join(parts: tuple[Any, ...], dim: int) -> Any:
    """Joined along a dim."""
    if any(type(part) in TENSORS for part in parts):
        return FUNCTIONS["cat"](parts, (dim + raw(parts[0]).ndim,))
    return np.concatenate(parts, dim)


def first(x: Any, count: int, dim: int) -> Any:
    """The first `count` along one of the last two dims (-1 or -2)."""
    return x[..., :count] if dim == -1 else x[..., :count, :]


def after(x: Any, count: int, dim: int) -> Any:
    """What follows the first `count` along one of the last two dims (-1 or -2)."""
    return x[..., count:] if dim == -1 else x[..., count:, :]
