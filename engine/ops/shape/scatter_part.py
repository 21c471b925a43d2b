"""A tensor with one part of it replaced, as a copy: what `x[part] = src` does, without writing to `x`.

Source of the formulas: the `*_scatter` functions in PyTorch's `derivatives.yaml`.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor
from ..dims import wrap_dim
from ..operands import require_tensor
from ..single import one
from ..table import CALLS, Gradient, Row, expose
from ..tools import like, raw
from .rearrange import diagonal_any, diagonal_of
from .slices import END, at, select_any, slice_any

Array = npt.NDArray[Any]


def select_zeros(grad: Any, dim: int, index: int) -> Any:
    """`grad` with zeros at one index of a dim."""
    zeros = np.zeros((), raw(grad).dtype)
    if type(grad) in TENSORS:
        return CALLS["select_scatter"]((grad, like(zeros, grad)), (dim, index))
    return _select(grad, zeros, dim, index)


def slice_zeros(grad: Any, dim: int, start: int | None, end: int | None, step: int) -> Any:
    """`grad` with zeros in a range of a dim."""
    zeros = np.zeros((), raw(grad).dtype)
    if type(grad) in TENSORS:
        return CALLS["slice_scatter"]((grad, like(zeros, grad)), (dim, start, end, step))
    return _slice(grad, zeros, dim, start, end, step)


def slice_of(grad: Any, dim: int, start: int | None, end: int | None, step: int) -> Any:
    """The part of `grad` in a range of a dim; None leaves a bound open."""
    return slice_any(grad, dim, 0 if start is None else start, END if end is None else end, step)


def diagonal_zeros(grad: Any, offset: int, dim1: int, dim2: int) -> Any:
    """`grad` with zeros on a diagonal."""
    zeros = np.zeros((), raw(grad).dtype)
    if type(grad) in TENSORS:
        return CALLS["diagonal_scatter"]((grad, like(zeros, grad)), (offset, dim1, dim2))
    return _diagonal(grad, zeros, offset, dim1, dim2)


def _select(array: Array, src: Array, dim: int, index: int) -> Array:
    made = np.array(array, order="C")
    made[(*at(dim, index), ...)] = src
    return made


def _slice(array: Array, src: Array, dim: int, start: int | None, end: int | None, step: int) -> Array:
    made = np.array(array, order="C")
    made[at(dim, slice(start, end, step))] = src
    return made


def _diagonal(array: Array, src: Array, offset: int, dim1: int, dim2: int) -> Array:
    made = np.array(array, order="C")
    diagonal_of(made, offset, dim1, dim2)[...] = src
    return made


_select_row = one(
    Row(
        "select_scatter",
        _select,
        ("self", "src"),
        (
            Gradient("select_zeros(grad, dim, index)", select_zeros),
            Gradient("select_any(grad, dim, index)", select_any),
        ),
        node="SelectScatterBackward0",
        arguments=("dim", "index"),
        tensors=(),
    )
)
_slice_row = one(
    Row(
        "slice_scatter",
        _slice,
        ("self", "src"),
        (
            Gradient("slice_zeros(grad, dim, start, end, step)", slice_zeros),
            Gradient("slice_of(grad, dim, start, end, step)", slice_of),
        ),
        node="SliceScatterBackward0",
        arguments=("dim", "start", "end", "step"),
    )
)
_diagonal_row = one(
    Row(
        "diagonal_scatter",
        _diagonal,
        ("self", "src"),
        (
            Gradient("diagonal_zeros(grad, offset, dim1, dim2)", diagonal_zeros),
            Gradient("diagonal_any(grad, offset, dim1, dim2)", diagonal_any),
        ),
        node="DiagonalScatterBackward0",
        arguments=("offset", "dim1", "dim2"),
    )
)


@expose("select_scatter")
def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """A copy with `src` at one index of a dim."""
    require_tensor("select_scatter", "src", 2, src)
    shape = input.array.shape
    if not shape:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    place = wrap_dim(dim, len(shape))
    if not -shape[place] <= index < shape[place]:
        raise IndexError(f"select(): index {index} out of range for tensor of size {list(shape)} at dimension {place}")
    require_same(src, (*shape[:place], *shape[place + 1 :]))
    return _select_row((input, src), (place, index))


@expose("slice_scatter")
def slice_scatter(
    input: Tensor, src: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Tensor:
    """A copy with `src` in a range of a dim."""
    require_tensor("slice_scatter", "src", 2, src)
    if not input.array.ndim:
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    if step <= 0:
        raise RuntimeError("slice step must be positive")
    place = wrap_dim(dim, input.array.ndim)
    require_same(src, input.array[at(place, slice(start, end, step))].shape)
    return _slice_row((input, src), (place, start, end, step))


@expose("diagonal_scatter")
def diagonal_scatter(input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """A copy with `src` on a diagonal."""
    require_tensor("diagonal_scatter", "src", 2, src)
    ndim = input.array.ndim
    first, second = wrap_dim(dim1, ndim), wrap_dim(dim2, ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    require_same(src, diagonal_of(input.array, offset, first, second).shape)
    return _diagonal_row((input, src), (offset, first, second))


def require_same(src: Tensor, shape: tuple[int, ...]) -> None:
    """Raise PyTorch's RuntimeError unless a source has the shape of the part that it replaces."""
    if src.array.shape != shape:
        raise RuntimeError(
            "expected src to have a size equal to the slice of self. "
            f"src size = {list(src.array.shape)}, slice size = {list(shape)}"
        )
