"""Elements picked and written by one number each (take, put), along dims that broadcast (take_along_dim), by a mask.

Source of the formulas: `take`, `put`, `masked_scatter` in PyTorch's `derivatives.yaml`.
"""

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from ...arguments import broadcast_shapes
from ...tensor import TENSORS, Tensor, from_array
from ...types.dtype import bool_, int64
from ..dims import wrap_dim
from ..offer import Chosen, offer_choice
from ..operands import require_tensor
from ..single import one
from ..table import CALLS, Gradient, Row, expose
from ..tools import filled, like, raw, shape
from .expand import expand
from .gather import gather
from .places import join, put
from .shape import reshape_to

Array = npt.NDArray[Any]


def take_back(grad: Any, self: Any, index: Any) -> Any:
    """The gradient of `take`: each element goes back to where it was; repeated ones add up."""
    zeros = np.zeros(shape(self), raw(grad).dtype)
    if type(grad) in TENSORS:
        return CALLS["put"]((from_array(zeros), grad), (index, True))
    return _put(zeros, grad, index, True)


def put_zeros(grad: Any, index: Any, accumulate: bool) -> Any:
    """What is left for the tensor that was written to."""
    if accumulate:
        return grad
    zeros = np.zeros(raw(index).shape, raw(grad).dtype)
    if type(grad) in TENSORS:
        return CALLS["put"]((grad, from_array(zeros)), (index, False))
    return _put(grad, zeros, index, False)


def take_as(grad: Any, index: Any, source: Any) -> Any:
    """The elements of `grad` that came from a source."""
    picked = CALLS["take"]((grad,), (index,)) if type(grad) in TENSORS else _take(grad, index)
    return picked.reshape(shape(source))


def masked_source(grad: Any, mask: Any, source_sym_sizes: tuple[int, ...]) -> Any:
    """The elements of `grad` under the mask in order, and zeros for those of the source that were left over."""
    places = np.flatnonzero(np.broadcast_to(raw(mask), shape(grad)))
    picked = take_as(grad, like(places, grad), np.empty(places.shape))
    count = prod(source_sym_sizes)
    zeros = np.zeros(count, raw(grad).dtype)
    numbers = np.arange(places.size)
    if type(grad) in TENSORS:
        return CALLS["put"]((from_array(zeros), picked), (from_array(numbers), True)).reshape(source_sym_sizes)
    return put(zeros, numbers, picked).reshape(source_sym_sizes)


def _numbers(array: Array, index: Any) -> Array:
    numbers = raw(index).reshape(-1)
    counted: Array = np.where(numbers < 0, numbers + array.size, numbers)
    return counted


def _take(array: Array, index: Any) -> Array:
    picked: Array = np.asarray(array).reshape(-1)[_numbers(array, index)].reshape(raw(index).shape)
    return picked


def _put(array: Array, source: Array, index: Any, accumulate: bool) -> Array:
    numbers = _numbers(array, index)
    return join(array, numbers, source) if accumulate else put(array, numbers, source)


def _scattered(array: Array, source: Array, mask: Any, *_: Any) -> Array:
    whole = np.broadcast_shapes(array.shape, raw(mask).shape)
    places = np.flatnonzero(np.broadcast_to(raw(mask), whole))
    return put(np.broadcast_to(array, whole), places, source.reshape(-1)[: places.size])


_take_row = one(
    Row(
        "take",
        _take,
        ("self",),
        (Gradient("take_back(grad, self, index)", take_back),),
        node="TakeBackward0",
        arguments=("index",),
    )
)
one(
    Row(
        "put",
        _put,
        ("self", "source"),
        (
            Gradient("put_zeros(grad, index, accumulate)", put_zeros),
            Gradient("take_as(grad, index, source)", take_as),
        ),
        node="PutBackward0",
        arguments=("index", "accumulate"),
    )
)
one(
    Row(
        "masked_scatter",
        _scattered,
        ("self", "source"),
        (
            Gradient("masked_fill(grad, mask, 0)", lambda grad, mask: filled(grad, raw(mask), 0.0)),
            Gradient("masked_source(grad, mask, source_sym_sizes)", masked_source),
        ),
        node="MaskedScatterBackward0",
        arguments=("mask", "source_sym_sizes"),
    )
)


@expose("take")
def take(input: Tensor, index: Tensor) -> Tensor:
    """The elements with these numbers, counted through the whole tensor."""
    require_tensor("take", "index", 1, index)
    _require_long("take", index)
    if not input.array.size and index.array.size:
        raise IndexError("take(): tried to take from an empty tensor")
    _require_numbers(input, index)
    return _take_row((input,), (index,))


@offer_choice("put")
def put_(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Chosen:
    """Elements of `source` written, or added, at these numbers, counted through the whole tensor."""
    require_tensor("put", "index", 1, index)
    require_tensor("put", "source", 2, source)
    _require_long("put_", index)
    if source.array.dtype != input.array.dtype:
        raise RuntimeError(
            "put_(): self and source expected to have the same dtype, but got self.dtype = "
            f"{input.dtype.scalar_type} and source.dtype = {source.dtype.scalar_type}"
        )
    if source.array.size != index.array.size:
        raise IndexError(
            "put_(): Expected source and index to have the same number of elements, but got source.numel() = "
            f"{source.array.size}, index.numel() = {index.array.size}"
        )
    if not input.array.size and index.array.size:
        raise IndexError("put_(): Tried to put elements into an empty tensor")
    _require_numbers(input, index)
    return Chosen("put", (input, source), (index, accumulate))


@expose("take_along_dim")
def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """As `gather`, for an index that broadcasts; without `dim` of all elements in one dim."""
    require_tensor("take_along_dim", "indices", 2, indices)
    if dim is None:
        flat = reshape_to(input, (input.array.size,))
        return gather(flat, 0, from_array(raw(indices).reshape(-1)))
    if indices.dtype is not int64:
        raise RuntimeError(
            f"torch.take_along_dim(): dtype of indices should be Long but got {indices.dtype.scalar_type}"
        )
    place = wrap_dim(dim, input.array.ndim)
    own, wanted = input.array.shape, indices.array.shape
    if len(own) != len(wanted):
        raise RuntimeError(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, but got "
            f"{len(own)} dimensions for input, and {len(wanted)} dimensions for indices"
        )
    before, after = slice(place), slice(place + 1, None)
    rest = broadcast_shapes((*own[before], 1, *own[after]), (*wanted[before], 1, *wanted[after]))
    wide = expand(input, (*rest[before], own[place], *rest[after]))
    places = np.broadcast_to(indices.array % max(own[place], 1), (*rest[before], wanted[place], *rest[after]))
    return gather(wide, place, from_array(np.ascontiguousarray(places)))


@offer_choice("masked_scatter")
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Chosen:
    """The elements of `source`, in order, where the mask holds; mask and tensor broadcast."""
    require_tensor("masked_scatter", "mask", 1, mask)
    require_tensor("masked_scatter", "source", 2, source)
    if source.array.dtype != input.array.dtype:
        raise RuntimeError(
            "masked_scatter: expected self and source to have same dtypes but got"
            f"{input.dtype.scalar_type} and {source.dtype.scalar_type}"
        )
    if mask.dtype is not bool_:
        raise RuntimeError(
            f"masked_scatter_ only supports boolean masks, but got mask with dtype {mask.dtype.scalar_type}"
        )
    whole = broadcast_shapes(mask.array.shape, input.array.shape)
    if source.array.size < np.count_nonzero(np.broadcast_to(mask.array, whole)):
        raise RuntimeError("Number of elements of source < number of ones in mask")
    return Chosen("masked_scatter", (input, source), (mask, source.array.shape))


def _require_long(name: str, index: Tensor) -> None:
    if index.dtype is not int64:
        raise RuntimeError(f"{name}(): Expected a long tensor for index, but got {index.dtype.scalar_type}")


def _require_numbers(input: Tensor, index: Tensor) -> None:
    count = input.array.size
    wrong = index.array[(index.array < -count) | (index.array >= count)]
    if wrong.size:
        raise IndexError(f"out of range: tried to access index {wrong.flat[0]} on a tensor of {count} elements.")
