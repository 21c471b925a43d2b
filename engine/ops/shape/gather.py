"""Picking elements by index tensors along a dim: gather, index_select, take, masked_select."""

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from ...arguments import broadcast_shapes
from ...tensor import TENSORS, Tensor, from_array
from ...types.dtype import bool_, int32, int64
from ..dims import wrap_dim
from ..operands import require_tensor
from ..single import one
from ..table import CALLS, Gradient, Row, expose
from ..tools import like, raw, shape
from .places import along, join, numbered

Array = npt.NDArray[Any]


def gather_back(grad: Any, size: tuple[int, ...], dim: int, index: Any) -> Any:
    """The gradient of `gather`: each element goes back to where it was picked; repeated ones add up."""
    if type(grad) in TENSORS:
        zeros = from_array(np.zeros(size, grad.array.dtype))
        return CALLS["scatter_add"]((zeros, grad), (dim, index))
    return join(np.zeros(size, grad.dtype), numbered(size, dim, raw(index)), grad)


def gather_any(x: Any, dim: int, index: Any) -> Any:
    """`gather` on arrays and tensors."""
    if type(x) in TENSORS:
        return CALLS["gather"]((x,), (dim, index, False))
    return _gather(x, dim, index)


def _gather(array: Array, dim: int, index: Any, _sparse_grad: bool = False) -> Array:
    if not array.ndim or not raw(index).size:
        return np.full(raw(index).shape, array if array.size == 1 else 0, array.dtype)
    if not raw(index).ndim:  # of a vector
        return np.asarray(array[raw(index)])
    places: list[Any] = list(np.indices(raw(index).shape, sparse=True))
    places[dim] = raw(index)
    return np.asarray(array[tuple(places)], order="C")  # NumPy follows the order of `index`


_gather_row = one(
    Row(
        "gather",
        _gather,
        ("self",),
        (
            Gradient(
                "gather_back(grad, self.shape, dim, index)",
                lambda grad, self, dim, index, sparse_grad: gather_back(grad, shape(self), dim, index),
            ),
        ),
        node="GatherBackward0",
        arguments=("dim", "index", "sparse_grad"),
    )
)


def _selected(array: Array, dim: int, index: Any, *_: Any) -> Array:
    return np.take(array, np.atleast_1d(raw(index)), axis=dim) if array.ndim else array.copy()


_index_select_row = one(
    Row(
        "index_select",
        _selected,
        ("self",),
        (
            Gradient(
                "index_select_back(grad, self_sym_sizes, dim, index)",
                lambda grad, self_sym_sizes, dim, index: index_select_back(grad, self_sym_sizes, dim, index),
            ),
        ),
        node="IndexSelectBackward0",
        arguments=("dim", "index", "self_sym_sizes"),
    )
)


def index_select_any(x: Any, dim: int, index: Any) -> Any:
    """`index_select` on arrays and tensors."""
    if type(x) in TENSORS:
        return CALLS["index_select"]((x,), (dim, like(raw(index), x), x.array.shape))
    return _selected(x, dim, index)


def index_select_back(grad: Any, size: tuple[int, ...], dim: int, index: Any) -> Any:
    """The gradient of `index_select`: whole slices go back; repeated ones add up."""
    if not size:
        return grad.reshape(())
    return gather_back(grad, size, dim, from_array(along(raw(index), dim, shape(grad))))


@expose("gather")
def gather(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False) -> Tensor:
    """Along `dim` the elements that `index` names, a result of the shape of `index`."""
    require_tensor("gather", "index", 3, index)
    place = wrap_dim(dim, input.array.ndim)
    if not index.array.size:
        return _gather_row((input,), (place, index, sparse_grad))
    if index.dtype not in (int64, int32):
        raise RuntimeError("gather(): Expected dtype int32/int64 for index")
    own, wanted = input.array.shape or (1,), index.array.shape or (1,)
    if len(own) != len(wanted):
        raise RuntimeError("Index tensor must have the same number of dimensions as input tensor")
    if any(a > b for at, (a, b) in enumerate(zip(wanted, own, strict=True)) if at != place):
        at = next(at for at, (a, b) in enumerate(zip(wanted, own, strict=True)) if a > b and at != place)
        raise RuntimeError(
            f"Size does not match at dimension {at} expected index {list(index.array.shape)} to be no larger than self "
            f"{list(input.array.shape)} apart from dimension {place}"
        )
    wrong = index.array[(index.array < 0) | (index.array >= own[place])]
    if wrong.size:
        raise RuntimeError(f"index {wrong.flat[0]} is out of bounds for dimension {place} with size {own[place]}")
    if sparse_grad:
        raise NotImplementedError("gather(sparse_grad=True) is not supported by the embedded engine; leave it out")
    return _gather_row((input,), (place, index, sparse_grad))


@expose("index_select")
def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The slices of `dim` that a vector of indices names."""
    require_tensor("index_select", "index", 3, index)
    place = wrap_dim(dim, input.array.ndim)
    if index.array.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    if index.dtype not in (int64, int32):
        raise RuntimeError("index_select(): Expected dtype int32 or int64 for index")
    length = input.array.shape[place] if input.array.ndim else 1
    if not input.array.ndim and index.array.size != 1:
        raise RuntimeError(f"index_select(): Index to scalar can have only 1 value, got {index.array.size} value(s)")
    wrong = index.array[(index.array < 0) | (index.array >= length)]
    if wrong.size:
        if input.array.ndim < 2 or (input.array.size and place != 1):  # another of PyTorch's kernels
            raise IndexError("index out of range in self")
        if not length:
            raise RuntimeError("index_select(): self indexing axis dim should be positive")
        raise RuntimeError(f"INDICES element is out of DATA bounds, id={wrong.flat[0]} axis_dim={length}")
    return _index_select_row((input,), (place, index, input.array.shape))


@expose("masked_select")
def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The elements where the mask holds, in one dim; mask and tensor broadcast."""
    require_tensor("masked_select", "mask", 2, mask)
    if mask.dtype is not bool_:
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    broadcast_shapes(mask.array.shape, input.array.shape)  # raises where they do not
    return _masked_select_row((input,), (mask,))


def masked_back(grad: Any, size: tuple[int, ...], mask: Any) -> Any:
    """The gradient of `masked_select`: the elements go back to where the mask holds."""
    whole = broadcast_shapes(size, raw(mask).shape)
    places = np.flatnonzero(np.broadcast_to(raw(mask), whole))
    return gather_back(grad, (prod(whole),), 0, from_array(places)).reshape(whole)


def _masked(array: Array, mask: Any) -> Array:
    selected, holds = np.broadcast_arrays(array, raw(mask))
    made: Array = selected[holds]
    return made


_masked_select_row = one(
    Row(
        "masked_select",
        _masked,
        ("self",),
        (
            Gradient(
                "masked_back(grad, self.shape, mask)",
                lambda grad, self, mask: masked_back(grad, shape(self), mask),
            ),
        ),
        node="MaskedSelectBackward0",
        arguments=("mask",),
    )
)
