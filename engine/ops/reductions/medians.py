"""Elements in the middle and the most frequent ones: median, nanmedian, mode."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import Tensor
from ..dims import wrap_dim
from ..single import one
from ..table import Gradient, Row
from .extremes import shared
from .offered import offered
from .selecting import reducing, require_items
from .selection import SMALL, first_of_equals, most_frequent, with_ties
from .sorting import order

Array = npt.NDArray[Any]


def _middle(array: Array, dim: int, ignores_nan: bool) -> Array:
    """Where the lower of the middle elements along `dim` is; the first NaN where there is one, unless ignored."""
    if not array.ndim:
        return np.zeros((), np.int64)
    length = array.shape[dim]
    ranked = order(array, dim)
    nans = np.isnan(array) if array.dtype.kind == "f" else np.zeros(array.shape, bool)
    if length and not nans.any():
        return np.asarray(ranked.take((length - 1) // 2, dim))
    ranked = np.moveaxis(ranked, dim, -1)
    missing = np.moveaxis(nans, dim, -1).sum(-1)
    if ignores_nan:
        place = np.maximum(length - missing - 1, 0) // 2
    else:
        place = np.where(missing > 0, length - missing, (length - 1) // 2)
    places = np.broadcast_to(place, ranked.shape[:-1])[..., None]
    found = np.take_along_axis(ranked, places, -1)[..., 0]
    if ignores_nan and length:  # PyTorch tells equal numbers apart by their index, NaN it does not
        found[np.broadcast_to(missing == length, found.shape)] = first_of_equals(length)
    return found


def _median_of_all(array: Array, ignores_nan: bool) -> Any:
    if not array.size:
        if array.dtype.kind == "f":
            return np.full((), np.nan, array.dtype)
        nothing = np.iinfo(np.int64 if array.itemsize == 8 else np.int32).min  # what C++ casts nan to
        return np.full((), nothing).astype(array.dtype)
    flat = array.reshape(-1)
    return flat[_middle(flat, 0, ignores_nan)]


def _whole(name: str, node: str, ignores_nan: bool) -> Any:
    return one(
        Row(
            name,
            lambda self: _median_of_all(self, ignores_nan),
            ("self",),
            (
                Gradient(
                    "shared(grad, self, result, (), False)",
                    lambda grad, self, result: shared(grad, self, result, (), False),
                ),
            ),
            node,
        )
    )


_wholes = {
    "median": _whole("median", "MedianBackward0", False),
    "nanmedian": _whole("nanmedian", "NanmedianBackward0", True),
}
_along = {
    "median": reducing("median", "MedianBackward1", "dim"),
    "nanmedian": reducing("nanmedian", "NanmedianBackward1", "dim"),
}
_mode_row = reducing("mode", "ModeBackward0")


@offered("median")
def median(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The middle element, the lower of two; along `dim` with its index. NaN where there is one."""
    return _median("median", input, dim, keepdim)


@offered("nanmedian")
def nanmedian(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """As `median`, of the elements that are not NaN."""
    return _median("nanmedian", input, dim, keepdim)


def _median(name: str, input: Tensor, dim: Any, keepdim: bool) -> Any:
    array = input.array
    if array.dtype == np.bool_:
        raise NotImplementedError("\"median_cpu\" not implemented for 'Bool'")
    if dim is None:
        return _wholes[name]((input,))
    place = wrap_dim(dim, array.ndim)
    require_items("median()", array.shape, place)
    indices = _middle(array, place, name == "nanmedian")
    return _along[name](input, place, keepdim, np.expand_dims(indices, place) if keepdim and array.ndim else indices)


@offered("mode")
def mode(input: Tensor, dim: int = -1, keepdim: bool = False) -> Any:
    """The most frequent element along `dim`, the smallest of several, and where it last stands."""
    array = input.array
    place = wrap_dim(dim, array.ndim)
    require_items("mode()", array.shape, place)
    if not array.ndim:
        return _mode_row(input, place, keepdim, np.zeros((), np.int64))
    indices = _most_frequent(array, place)
    return _mode_row(input, place, keepdim, np.expand_dims(indices, place) if keepdim else indices)


def _most_frequent(array: Array, dim: int) -> Array:
    ranked = np.moveaxis(order(array, dim), dim, -1)
    values = np.take_along_axis(np.moveaxis(array, dim, -1), ranked, -1)
    length = array.shape[dim]
    starts = np.ones(values.shape, bool)
    starts[..., 1:] = values[..., 1:] != values[..., :-1]
    since = np.maximum.accumulate(np.where(starts, np.arange(length), 0), axis=-1)
    run = np.arange(length) - since  # how many equal elements stand before each
    longest = run.max(-1, keepdims=True, initial=0)
    last = np.argmax(run == longest, axis=-1)[..., None]
    found = np.moveaxis(np.take_along_axis(ranked, last, -1), -1, dim)
    named = with_ties(array, dim, found, lambda ranks, nans: [most_frequent(ranks, nans)]).squeeze(dim)
    if array.dtype.kind == "f" and length <= SMALL and np.isnan(array).any():
        lines = np.moveaxis(array, dim, -1)
        for line in map(tuple, np.argwhere(np.isnan(lines).any(-1))):
            named[line] = most_frequent(lines[line].tolist(), 0)  # NaN, equal to nothing, upset the order
    return named
