"""Indices as results: of triangles, of flat numbers, of a fixed count of elements that are not zero. Never tracked."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...tensor import Tensor, from_array
from ...types.dtype import (
    dtype as DType,  # noqa: N812 - `dtype` is an argument here
    int64,
)
from ..operands import require_tensor
from ..table import expose
from .parts import unbind


@expose("tril_indices", method=False)
def tril_indices(row: int, col: int, offset: int = 0, *, dtype: DType | None = int64, device: Any = None) -> Tensor:
    """Rows and columns of the lower triangle of a matrix, below and on a diagonal."""
    del device
    return _triangle("tril_indices", np.tril_indices, row, col, offset, dtype)


@expose("triu_indices", method=False)
def triu_indices(row: int, col: int, offset: int = 0, *, dtype: DType | None = int64, device: Any = None) -> Tensor:
    """Rows and columns of the upper triangle of a matrix, above and on a diagonal."""
    del device
    return _triangle("triu_indices", np.triu_indices, row, col, offset, dtype)


def _triangle(name: str, find: Any, row: int, col: int, offset: int, dtype: DType | None) -> Tensor:
    for what, length in (("row", row), ("col", col)):
        if length < 0:
            raise RuntimeError(f"{what} must be non-negative, got{length}")
    dtype = dtype or int64
    if dtype.is_floating_point or dtype.name == "bool":
        raise NotImplementedError(f"\"{name}\" not implemented for '{dtype.scalar_type}'")
    return from_array(np.stack(find(row, offset, col)).astype(dtype.numpy))


@expose("unravel_index", method=False)
def unravel_index(indices: Tensor, shape: Any) -> tuple[Tensor, ...]:
    """The index along each dim of elements that are counted through a whole tensor of `shape`."""
    if indices.dtype.is_floating_point or indices.dtype.name == "bool":
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    if not isinstance(shape, (int, Sequence)):
        raise TypeError(f"expected 'shape' to be int or sequence of ints, but got {type(shape)}")
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    for size in sizes:
        if not isinstance(size, int):
            raise TypeError(f"expected 'shape' sequence to only contain ints, but got {type(size)}")
    if any(size < 0 for size in sizes):
        raise ValueError(f"'shape' cannot have negative values, but got {sizes}")
    steps = np.cumprod((1, *reversed(sizes[1:])), dtype=np.int64)[::-1][-len(sizes) :]
    places = indices.array[..., None].astype(np.int64) // steps % np.asarray(sizes, np.int64)
    return unbind(from_array(places), -1)


@expose("nonzero_static")
def nonzero_static(input: Tensor, *, size: int, fill_value: int = -1) -> Tensor:
    """The indices of the first `size` elements that are not zero, a row each; then rows of `fill_value`."""
    require_tensor("nonzero_static", "input", 1, input)
    if size < 0:
        raise RuntimeError("nonzero_static: 'size' must be an non-negative integer")
    made = np.full((size, input.array.ndim), fill_value, np.int64)
    if input.array.ndim:
        found = np.stack(np.nonzero(input.array), axis=1)[:size]
        made[: len(found)] = found
    return from_array(made)
