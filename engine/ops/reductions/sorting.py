"""Elements in order: sort, argsort, msort, topk, kthvalue. NaN counts as the largest."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import Tensor
from ...types.layout import ordered
from ..dims import wrap_dim
from ..shape.slices import at
from .offered import offered
from .selecting import arranging, reducing, require_items
from .selection import SMALL, quick, sorted_indices, topmost, with_ties

Array = npt.NDArray[Any]
_sort = arranging("sort", "SortBackward0")
_sort_stable = arranging("sort", "SortBackward1", "stable")
_topk = arranging("topk", "TopkBackward0")
_kthvalue = reducing("kthvalue", "KthvalueBackward0")


def order(array: Array, dim: int, descending: bool = False) -> Array:
    """The indices that put the elements along `dim` in order; equal ones stay as they stand, as PyTorch's on CPU."""
    if not array.ndim:
        return np.zeros((), np.int64)
    if not descending:
        return np.argsort(array, axis=dim, kind="stable")
    reverse = at(dim, slice(None, None, -1))
    return np.asarray(array.shape[dim] - 1 - np.argsort(array[reverse], axis=dim, kind="stable")[reverse])


def sorted_places(array: Array, dim: int, descending: bool) -> Array:
    """As `order`, equal elements as PyTorch's quicker, unstable sort leaves them."""
    found = order(array, dim, descending)
    if not array.ndim or array.shape[dim] <= SMALL:
        return found
    return with_ties(
        array, dim, found, lambda ranks, _: sorted_indices([-rank for rank in ranks] if descending else ranks)
    )


@offered("sort")
def sort(input: Tensor, dim: Any = -1, descending: bool = False, *, stable: bool | None = None) -> Any:
    """The elements along `dim` in order, and where they stood."""
    if not hasattr(dim, "__index__"):
        raise TypeError(
            f"sort() received an invalid combination of arguments - got ({type(dim).__name__}), but expected one of:\n"
            " * (*, bool stable, int dim = -1, bool descending = False)\n"
            " * (int dim = -1, bool descending = False)\n"
        )
    place = wrap_dim(dim, input.array.ndim)
    array = input.array
    places = (order if stable else sorted_places)(array, place, descending)
    if not (array.flags.c_contiguous and places.flags.c_contiguous):
        places = ordered(places, [array])
    return (_sort if stable is None else _sort_stable)(input, place, places)


@offered("argsort")
def argsort(input: Tensor, dim: int = -1, descending: bool = False, *, stable: bool = False) -> Tensor:
    """Where the elements along `dim` stand, in their order."""
    indices: Tensor = sort(input, dim, descending, stable=stable or None).indices
    return indices


@offered("msort")
def msort(input: Tensor) -> Tensor:
    """The elements along the first dim in order."""
    values: Tensor = sort(input, 0).values
    return values


def top_indices(array: Array, count: int, dim: int, largest: bool) -> Array:
    """Where the `count` largest elements along `dim` stand, or the smallest, in order."""
    ranked = order(array, dim, largest)
    if not array.ndim:
        return ranked
    return with_ties(array, dim, ranked[at(dim, slice(count))], lambda ranks, _: topmost(ranks, count, largest))


@offered("topk")
def topk(input: Tensor, k: Any, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """The `k` largest elements along `dim`, or the smallest, in order."""
    del sorted  # they always are
    array = input.array
    place = wrap_dim(dim, array.ndim)
    count = int(k)
    if not 0 <= count <= (array.shape[place] if array.ndim else 1):
        raise RuntimeError("selected index k out of range")
    if array.dtype == np.bool_:
        raise RuntimeError("topk does not support bool dtypes on CPU")
    return _topk(input, place, np.asarray(top_indices(array, count, place, largest), order="C"))


@offered("kthvalue")
def kthvalue(input: Tensor, k: Any, dim: int = -1, keepdim: bool = False) -> Any:
    """The `k`-th smallest element along `dim`, counted from 1, and where it is."""
    array = input.array
    place = wrap_dim(dim, array.ndim)
    require_items("kthvalue()", array.shape, place)
    if not 1 <= int(k) <= (array.shape[place] if array.ndim else 1):
        raise RuntimeError("kthvalue(): selected number k out of range for dimension " + str(place))
    if array.dtype == np.bool_:
        raise NotImplementedError("\"kthvalue_cpu\" not implemented for 'Bool'")
    if not array.ndim:
        return _kthvalue(input, place, keepdim, np.zeros((), np.int64))
    indices = with_ties(
        array, place, order(array, place).take([int(k) - 1], place), lambda ranks, _: [quick(ranks, int(k) - 1)]
    )
    return _kthvalue(input, place, keepdim, indices if keepdim else indices.squeeze(place))
