"""Weighted sums along one dim of an array, a few taps for each element of the result; and the way back.

All of PyTorch's ways to resize an image are such sums, one dim after the other, and so is pooling to a given size.
"""

from functools import lru_cache
from math import prod
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
_LARGEST_MATRIX: Final = 1 << 20  # elements up to which zeros in a matrix cost less than going tap by tap


class Taps(NamedTuple):
    """For each of `out` elements the places it is summed from, never falling from one element to the next.

    `indices` and `weights` are (out, taps); taps without `valid` are left out (a weight of zero would not do: zero
    times infinity is no number).
    """

    indices: npt.NDArray[np.intp]
    weights: npt.NDArray[np.float64]
    valid: npt.NDArray[np.bool_] | None = None


def gather(array: Array, dim: int, taps: Taps) -> Array:
    """The sums: `array` with `out` elements along `dim`."""
    if taps.indices.shape[1] == 1 and taps.valid is None and (taps.weights == 1).all():
        return np.take(array, taps.indices[:, 0], dim)
    if _as_product(array, array.shape[dim], taps):
        return _product(array, dim, _matrix(taps, array.shape[dim], array.dtype))
    last = np.moveaxis(array, dim, -1)
    made = np.zeros((*last.shape[:-1], len(taps.indices)), array.dtype)
    for tap in range(taps.indices.shape[1]):
        where, weights = _used(taps, tap, array.dtype)
        part = last[..., taps.indices[where, tap]]
        if weights is not None:
            part *= weights
        made[..., where] += part
    return np.ascontiguousarray(np.moveaxis(made, -1, dim))


def scatter(grad: Array, dim: int, size: int, taps: Taps) -> Array:
    """The transpose of `gather`: `size` elements along `dim`."""
    if _as_product(grad, size, taps):
        return _product(grad, dim, _matrix(taps, size, grad.dtype).T)
    last = np.moveaxis(grad, dim, -1)
    made = np.zeros((*last.shape[:-1], size), grad.dtype)
    for tap in range(taps.indices.shape[1]):
        where, weights = _used(taps, tap, grad.dtype)
        indices = taps.indices[where, tap]
        if not indices.size:
            continue
        part = last[..., where] if weights is None else last[..., where] * weights
        starts = np.flatnonzero(np.concatenate(([True], indices[1:] != indices[:-1])))
        made[..., indices[starts]] += np.add.reduceat(part, starts, axis=-1)
    return np.ascontiguousarray(np.moveaxis(made, -1, dim))


def _as_product(array: Array, size: int, taps: Taps) -> bool:
    """Whether one matrix product does it: a small matrix, and no infinity that its zeros would make nan of."""
    return array.dtype.kind == "f" and size * len(taps.indices) <= _LARGEST_MATRIX and bool(np.isfinite(array).all())


def _matrix(taps: Taps, size: int, dtype: np.dtype[Any]) -> Array:
    """The weights as a matrix (out, size)."""
    made = np.zeros((len(taps.indices), size))
    weights = taps.weights if taps.valid is None else np.where(taps.valid, taps.weights, 0)
    np.add.at(made, (np.arange(len(made))[:, None], taps.indices), weights)
    return made.astype(dtype)


def _product(array: Array, dim: int, matrix: Array) -> Array:
    """The matrix times `array` along `dim`."""
    before, after = array.shape[:dim], array.shape[dim + 1 :]
    if not after:
        last: Array = array @ matrix.T
        return last
    made: Array = np.matmul(matrix, array.reshape(prod(before), array.shape[dim], prod(after)))
    return made.reshape(*before, len(matrix), *after)


def _used(taps: Taps, tap: int, dtype: np.dtype[Any]) -> tuple[Any, Array | None]:
    """The elements that have this tap, and their weights, None where all are one."""
    where: Any = slice(None) if taps.valid is None else np.flatnonzero(taps.valid[:, tap])
    weights = taps.weights[where, tap]
    return where, None if (weights == 1).all() else weights.astype(dtype)


@lru_cache(maxsize=64)
def adaptive_taps(size: int, out: int) -> Taps:
    """The mean over the elements from floor(i * size / out) to ceil((i + 1) * size / out), as sums of a part each."""
    starts, counts = adaptive_ranges(size, out)
    steps = np.arange(int(counts.max(initial=0)))
    valid = steps < counts[:, None]
    indices = np.minimum(starts[:, None] + steps, size - 1)
    return Taps(indices, np.broadcast_to(1.0, indices.shape), valid)


def adaptive_ranges(size: int, out: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Where the windows of adaptive pooling start, and how many elements they have."""
    number = np.arange(out)
    starts = number * size // max(out, 1)
    return starts, -(-(number + 1) * size // max(out, 1)) - starts
