"""Gaussian elimination on arrays, where NumPy does not tell enough: LU factors with their pivots, where a matrix is
singular, and substitution in triangles. Knows no tensors.
"""

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def lu_of(array: Array) -> tuple[Array, Array, Array]:
    """LAPACK's getrf: both factors in one matrix, the rows exchanged (from 1), and the first zero pivot or 0."""
    *batch, height, width = array.shape
    factors = np.array(array.reshape((prod(batch), height, width)))
    count = min(height, width)
    every = np.arange(len(factors))
    pivots = np.zeros((len(factors), count), np.int32)
    info = np.zeros(len(factors), np.int32)
    for step in range(count):
        found = np.abs(factors[:, step:, step]).argmax(-1) + step
        pivots[:, step] = found + 1
        factors[every, step], factors[every, found] = factors[every, found], factors[every, step]
        pivot = factors[:, step, step]
        info[(info == 0) & (pivot == 0)] = step + 1
        factors[:, step + 1 :, step] /= np.where(pivot == 0, 1, pivot)[:, None]
        factors[:, step + 1 :, step + 1 :] -= factors[:, step + 1 :, step, None] * factors[:, step, None, step + 1 :]
    return (
        factors.reshape(array.shape),
        pivots.reshape((*batch, count)),
        info.reshape(batch),
    )


def order_of(pivots: Array, height: int) -> Array:
    """The order of the rows after the exchanges that `lu_of` made."""
    flat = pivots.reshape((prod(pivots.shape[:-1]), pivots.shape[-1]))
    every = np.arange(len(flat))
    order = np.tile(np.arange(height), (len(flat), 1))
    for step in range(pivots.shape[-1]):
        other = flat[:, step] - 1
        order[every, step], order[every, other] = order[every, other], order[every, step]
    return order.reshape((*pivots.shape[:-1], height))


def substituted(triangle: Array, values: Array, upper: bool, unitriangular: bool = False) -> Array:
    """triangle @ X = values; the other half is not read. Zeros on the diagonal give infinities, as in LAPACK's trtrs.

    NumPy's solver eliminates nothing in an upper triangle, so it substitutes; a lower one is turned around.
    """
    matrix = np.triu(triangle) if upper else np.tril(triangle)
    if unitriangular:
        places = np.arange(matrix.shape[-1])
        matrix[..., places, places] = 1
    if not upper:
        return substituted(matrix[..., ::-1, ::-1], values[..., ::-1, :], True)[..., ::-1, :]
    if not (np.diagonal(matrix, 0, -2, -1) == 0).any():
        return np.asarray(np.linalg.solve(matrix, values))
    batch = np.broadcast_shapes(matrix.shape[:-2], values.shape[:-2])
    left = np.array(np.broadcast_to(values, (*batch, *values.shape[-2:])))
    for row in range(matrix.shape[-1] - 1, -1, -1):
        left[..., row, :] /= matrix[..., row, row, None]
        left[..., :row, :] -= matrix[..., :row, row, None] * left[..., row, None, :]
    return left


def solved(matrix: Array, values: Array) -> tuple[Array, Array]:
    """X of matrix @ X = values, and where each matrix is singular: the first zero pivot, or 0."""
    try:
        found = np.asarray(np.linalg.solve(matrix, values))
    except np.linalg.LinAlgError:
        return _solved_singular(matrix, values)
    return found, np.zeros(matrix.shape[:-2], np.int32)


def _solved_singular(matrix: Array, values: Array) -> tuple[Array, Array]:
    """By elimination and substitution; singular matrices of the batch give infinities and nan."""
    factors, pivots, info = lu_of(matrix)
    order = order_of(pivots, matrix.shape[-1])
    batch = np.broadcast_shapes(matrix.shape[:-2], values.shape[:-2])
    wide = np.broadcast_to(values, (*batch, *values.shape[-2:]))
    ordered = np.take_along_axis(wide, np.broadcast_to(order, (*batch, order.shape[-1]))[..., None], -2)
    return substituted(factors, substituted(factors, ordered, False, True), True), info
