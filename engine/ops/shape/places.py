"""Where index tensors point along a dim of an array, and the ways to write there. Arrays alone; knows no tensor.

An array's elements are numbered in row-major order, so that one list of numbers names the places of any number of dims.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

JOINS: Final[dict[str, Callable[..., None]]] = {
    "sum": np.add.at,
    "mean": np.add.at,
    "prod": np.multiply.at,
    "amax": np.maximum.at,
    "amin": np.minimum.at,
}


def numbered(shape: tuple[int, ...], dim: int, index: Array) -> Array:
    """The numbers of the places in an array of `shape` that `index`, of as many dims, names along `dim`."""
    if not shape or not index.size:
        return np.zeros(index.size, np.int64)
    number = np.zeros(index.shape, np.int64)
    step = 1
    for place in range(len(shape) - 1, -1, -1):
        if place == dim:
            number += index * step
        else:
            number += (
                np.arange(index.shape[place]).reshape([-1 if at == place else 1 for at in range(index.ndim)]) * step
            )
        step *= shape[place]
    return number.reshape(-1)


def along(vector: Array, dim: int, shape: tuple[int, ...]) -> Array:
    """A vector of indices for every line along `dim` of an array of `shape`, without copying."""
    if not shape:
        return vector.reshape(-1)[:1].reshape(())
    column = vector.reshape([-1 if place == dim else 1 for place in range(len(shape))])
    return np.broadcast_to(column, (*shape[:dim], vector.size, *shape[dim + 1 :]))


def corner(array: Array, shape: tuple[int, ...]) -> Array:
    """The first elements of each dim, of a source that is larger than its index."""
    if not shape:  # of a 0-d index, which counts as one of one dim
        return array.reshape(-1)[:1]
    return array[tuple(slice(length) for length in shape)] if array.ndim and array.shape != shape else array


def put(array: Array, numbers: Array, values: Any) -> Array:
    """A copy with values at the numbered places; of several for one place the last counts."""
    made = np.array(array, order="C")
    made.reshape(-1)[numbers] = values if np.ndim(values) == 0 else values.reshape(-1)
    return made


def join(array: Array, numbers: Array, values: Array, how: str = "sum") -> Array:
    """A copy with values joined to those at the numbered places."""
    made = np.array(array, order="C")
    JOINS[how](
        made.reshape(-1), numbers, np.broadcast_to(values, numbers.shape) if not values.ndim else values.reshape(-1)
    )
    return made


def reduced(array: Array, numbers: Array, values: Array, how: str, include_self: bool) -> Array:
    """As `join`, also by mean; unless `include_self` the values alone are joined where there are any."""
    start = array
    if not include_self:
        start = put(array, numbers, _neutral(how, array.dtype))
    made = join(start, numbers, values, how)
    if how != "mean":
        return made
    count = join(np.full(array.shape, int(include_self)), numbers, np.asarray(1))
    count[count == 0] = 1
    divide = np.divide if made.dtype.kind == "f" else np.floor_divide
    divided: Array = divide(made, count.astype(made.dtype))
    return divided


def _neutral(how: str, dtype: "np.dtype[Any]") -> Any:
    """What changes nothing when it is joined."""
    if how in ("sum", "mean"):
        return 0
    if how == "prod":
        return 1
    largest = how == "amin"
    if dtype.kind == "f":
        return np.inf if largest else -np.inf
    if dtype.kind == "b":
        return largest
    limits = np.iinfo(dtype)
    return limits.max if largest else limits.min
