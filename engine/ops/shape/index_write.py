"""Whole slices written where a vector of indices says along a dim: index_add, index_copy, index_fill.

Source of the formulas: `index_add`, `index_copy` and `index_fill` in PyTorch's `derivatives.yaml`.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor
from ...types.dtype import int32, int64
from ..dims import wrap_dim
from ..inplace import check_apart, check_fillable, overwrite
from ..offer import Chosen, offer_choice, run
from ..operands import require_tensor, scalar_in
from ..single import one
from ..table import CALLS, Gradient, Row, expose
from ..tools import expand, raw, shape
from .gather import index_select_any as take_rows
from .places import along, join, numbered, put

Array = npt.NDArray[Any]


def fill_zeros(grad: Any, dim: int, index: Any) -> Any:
    """`grad` with zeros in the slices of `dim` that the index names."""
    if type(grad) in TENSORS:
        return CALLS["index_fill.Scalar"]((grad,), (dim, index, 0))
    return _filled(grad, 0, dim, index)


def slices_of(grad: Any, source: Any, dim: int, index: Any, source_dim: int) -> Any:
    """The slices of `grad` that came from a source."""
    if source_dim > 0:
        return expand(take_rows(grad, dim, index), shape(source))
    return take_rows(grad, dim, raw(index).reshape(())).reshape(())


def scaled(grad: Any, alpha: float) -> Any:
    """`grad` times `alpha`."""
    return grad if alpha == 1 else grad * alpha


def sum_of_slices(grad: Any, dim: int, index: Any) -> Any:
    """The sum of the slices that the index names, each counted once."""
    return take_rows(grad, dim, np.unique(raw(index))).sum()


def _numbers(array: Array, dim: int, index: Any) -> Array:
    vector = np.atleast_1d(raw(index))
    wide = (*array.shape[:dim], vector.size, *array.shape[dim + 1 :]) if array.ndim else ()
    return numbered(array.shape, dim, along(vector, dim, wide) if array.ndim else vector)


def _added(array: Array, source: Array, dim: int, index: Any, alpha: Any, *_: Any) -> Array:
    scale = array.dtype.type(alpha)
    return join(array, _numbers(array, dim, index), source if alpha == 1 else source * scale)


def _copied(array: Array, source: Array, dim: int, index: Any, *_: Any) -> Array:
    return put(array, _numbers(array, dim, index), source)


def _filled(array: Array, value: Any, dim: int, index: Any) -> Array:
    length = array.shape[dim] if array.ndim else 1
    return put(array, _numbers(array, dim, raw(index) % max(length, 1)), array.dtype.type(value))


one(
    Row(
        "index_add",
        _added,
        ("self", "source"),
        (
            Gradient("grad", lambda grad: grad),
            Gradient(
                "scaled(slices_of(grad, source, dim, index, source_dim), alpha)",
                lambda grad, source, dim, index, alpha, source_dim: scaled(
                    slices_of(grad, source, dim, index, source_dim), alpha
                ),
            ),
        ),
        node="IndexAddBackward0",
        arguments=("dim", "index", "alpha", "source_dim"),
    )
)
one(
    Row(
        "index_copy",
        _copied,
        ("self", "source"),
        (
            Gradient("fill_zeros(grad, dim, index)", fill_zeros),
            Gradient("slices_of(grad, source, dim, index, source_dim)", slices_of),
        ),
        node="IndexCopyBackward0",
        arguments=("dim", "index", "source_dim"),
    )
)
one(
    Row(
        "index_fill",
        lambda self, dim, index, value: _filled(self, value, dim, index),
        ("self",),
        (Gradient("fill_zeros(grad, dim, index)", fill_zeros),),
        node="IndexFillBackward0",
        overload="Scalar",
        arguments=("dim", "index", "value"),
    )
)
one(
    Row(
        "index_fill",
        lambda self, value, dim, index: _filled(self, value, dim, index),
        ("self", "value"),
        (
            Gradient("fill_zeros(grad, dim, index)", fill_zeros),
            Gradient("sum_of_slices(grad, dim, index)", sum_of_slices),
        ),
        node="IndexFillBackward1",
        overload="Tensor",
        arguments=("dim", "index"),
    )
)


@offer_choice("index_add")
def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: Any = 1) -> Chosen:
    """Slices of `source`, times `alpha`, added to those of `dim` that `index` names; repeated ones add up."""
    place = check_slices("index_add", input, dim, index, source)
    length = input.array.shape[place] if input.array.ndim else 1
    wrong = index.array[(index.array < 0) | (index.array >= length)]
    if wrong.size:
        raise RuntimeError(f"index {wrong.flat[0]} is out of bounds for dimension {place} with size {length}")
    return Chosen("index_add", (input, source), (place, index, alpha, source.array.ndim))


@offer_choice("index_copy")
def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Chosen:
    """Slices of `source` written over those of `dim` that `index` names."""
    require_tensor("index_copy", "index", 2, index)
    require_tensor("index_copy", "source", 3, source)
    own, given = input.array, source.array
    place = wrap_dim(dim, own.ndim)
    if index.array.ndim >= 2:
        raise IndexError(f"index_copy_(): Index should have dimension 1 or 0 (got {index.array.ndim})")
    if not given.ndim and index.array.size != 1:
        raise IndexError(
            f"index_copy_(): When source is scalar, index should have one element (got {index.array.size})"
        )
    if own.ndim != given.ndim and own.ndim and given.ndim:
        raise IndexError(
            "index_copy_(): When source and destination are not scalars, their dimensionality must match. Source "
            f"dimensionality ({given.ndim}), destination dimensionality ({own.ndim})"
        )
    if index.dtype is not int64:
        raise RuntimeError(f"index_copy_(): Expected a long tensor for index, but got {index.dtype.scalar_type}")
    if own.dtype != given.dtype:
        raise RuntimeError(
            "index_copy_(): self and source expected to have the same dtype, but got (self) "
            f"{input.dtype.scalar_type} and (source) {source.dtype.scalar_type}"
        )
    ours = own.shape[:place] + own.shape[place + 1 :]
    theirs = given.shape[:place] + given.shape[place + 1 :]
    if ours != theirs:
        one, two = (" ".join(map(str, sizes)) for sizes in (ours, theirs))
        raise RuntimeError(
            "index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: "
            f"{one} at dimension {place} and source slice shape: {two} at dimension 0."
        )
    if given.ndim and given.shape[place] != index.array.size:
        raise IndexError(
            f"index_copy_(): Number of indices ({index.array.size}) should be equal to source.size(dim) "
            f"({given.shape[place]})"
        )
    length = own.shape[place] if own.ndim else 1
    wrong = index.array[(index.array < 0) | (index.array >= length)]
    if wrong.size:
        raise IndexError(
            f"index_copy_(): index {wrong.flat[0]} is out of bounds for dimension {place} with size {length}"
        )
    return Chosen("index_copy", (input, source), (place, index, given.ndim))


@expose("index_fill_", function=False)
def index_fill_(self: Tensor, dim: int, index: Tensor, value: Any) -> Any:
    """`index_fill` in place."""
    chosen = _fill_chosen(self, dim, index, value)
    check_fillable("index_fill_", self)
    check_apart(self, index)
    check_apart(self, value)
    return overwrite("index_fill", self, chosen.operands[1:], run(chosen, False))


@offer_choice("index_fill", inplace=False)
def index_fill(input: Tensor, dim: int, index: Tensor, value: Any) -> Chosen:
    """One value in the slices of `dim` that `index` names; negative indices count from the end."""
    return _fill_chosen(input, dim, index, value)


def _fill_chosen(input: Tensor, dim: int, index: Tensor, value: Any) -> Chosen:
    require_tensor("index_fill", "index", 2, index)
    if type(value) in TENSORS and value.array.ndim:
        raise RuntimeError(
            f"index_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.array.ndim} "
            "dimension(s)."
        )
    place = wrap_dim(dim, input.array.ndim)
    if index.dtype is not int64:
        raise IndexError("index_fill_(): Expected dtype int64 for index.")
    if index.array.ndim > 1:
        raise RuntimeError("Index has to be a vector/scalar")
    length = input.array.shape[place] if input.array.ndim else 1
    wrong = index.array[(index.array < -length) | (index.array >= length)]
    if wrong.size and 0 not in input.array.shape[:place] + input.array.shape[place + 1 :]:
        raise IndexError(f"index {wrong.flat[0]} is out of bounds for dimension {place} with size {length}")
    if type(value) in TENSORS:
        return Chosen("index_fill.Tensor", (input, value), (place, index))
    if input.array.dtype.kind in "iu":
        value = scalar_in(value, input.array.dtype)
    return Chosen("index_fill.Scalar", (input,), (place, index, value))


def check_slices(name: str, input: Tensor, dim: int, index: Tensor, source: Tensor) -> int:
    """`dim` from 0. Raises PyTorch's errors where index and source do not fit the tensor."""
    require_tensor(name, "index", 2, index)
    require_tensor(name, "source", 3, source)
    own, given = input.array, source.array
    place = wrap_dim(dim, own.ndim)
    if index.array.ndim > 1:
        raise IndexError(
            f"{name}_(): Index is supposed to be a vector, but got dim: {index.array.ndim} with type: "
            f"{index.dtype.scalar_type} and size: {list(index.array.shape)}"
        )
    if index.dtype not in (int64, int32):
        raise RuntimeError(f"{name}_(): Expected dtype int32/int64 for index but got: {index.dtype.scalar_type}")
    if own.dtype != given.dtype:
        raise RuntimeError(
            f"{name}_(): self ({input.dtype.scalar_type}) and source ({source.dtype.scalar_type}) must have the same "
            "scalar type"
        )
    if own.ndim and place >= max(given.ndim, 1) and name in ("index_add", "index_reduce"):
        raise RuntimeError(
            f"{name}_(): Indexing dim {place} is out of bounds of the source tensor with dim {given.ndim}"
        )
    count = 1 if not given.ndim else given.shape[wrap_dim(place, given.ndim)]
    if index.array.size != count:
        raise RuntimeError(
            f"{name}_(): Number of indices ({index.array.size}) should be equal to source.size(dim): ({count}), for "
            f"dim: {place}"
        )
    ours, theirs = own.shape[:place] + own.shape[place + 1 :], given.shape[:place] + given.shape[place + 1 :]
    if ours != theirs or own.ndim != given.ndim:
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = "
            f"{list(own.shape)} source.shape = {list(given.shape)}"
        )
    return place
