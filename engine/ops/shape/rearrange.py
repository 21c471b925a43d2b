"""The same elements in other places: flip, roll, repeat, triangles and diagonals."""

from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

from ...arguments import check_size, require_lengths
from ...tensor import TENSORS, Tensor
from ...types.layout import copied
from ..dims import wrap_dim, wrap_dims
from ..single import one
from ..table import CALLS, Gradient, Row, expose
from ..tools import flip as flip_tool, roll as roll_tool, sum_dims

Array = npt.NDArray[Any]


def diagonal_of(array: Array, offset: int, dim1: int, dim2: int) -> Array:
    """A writable view of a diagonal, as the last dim."""
    moved = np.moveaxis(array, (dim1, dim2), (-2, -1))
    moved = moved[..., max(-offset, 0) :, max(offset, 0) :]
    rows, columns = moved.shape[-2:]
    shape = (*moved.shape[:-2], min(rows, columns))
    return as_strided(moved, shape, (*moved.strides[:-2], moved.strides[-2] + moved.strides[-1]))


def _embed(array: Array, shape: tuple[int, ...], offset: int, dim1: int, dim2: int) -> Array:
    made = np.zeros(shape, array.dtype)
    diagonal_of(made, offset, dim1, dim2)[...] = array
    return made


def diagonal_back(grad: Any, shape: tuple[int, ...], offset: int, dim1: int, dim2: int) -> Any:
    """Zeros of `shape` with `grad` on a diagonal."""
    if type(grad) in TENSORS:
        return CALLS["diagonal_backward"]((grad,), (shape, offset, dim1, dim2))
    return _embed(grad, shape, offset, dim1, dim2)


def diagonal_any(x: Any, offset: int, dim1: int, dim2: int) -> Any:
    """A diagonal of arrays and tensors."""
    return x.diagonal(offset, dim1, dim2) if type(x) in TENSORS else diagonal_of(x, offset, dim1, dim2)


def unrepeat(grad: Any, shape: tuple[int, ...], repeats: tuple[int, ...]) -> Any:
    """The gradient of `repeat`: all copies of an element summed."""
    own = (1,) * (len(repeats) - len(shape)) + shape
    parts = tuple(length for pair in zip(repeats, own, strict=True) for length in pair)
    summed = sum_dims(grad.reshape(parts), tuple(range(0, len(parts), 2))) if parts else grad
    return summed.reshape(shape)


def _flipped(array: Array, dims: tuple[int, ...]) -> Array:
    """A copy in the memory order of the original, as PyTorch makes it."""
    made = np.empty_like(array) if all(array.strides) else copied(array)
    made[...] = flip_tool(array, dims)
    return made


def _triangle(name: str, cut: Any) -> None:
    def rule(grad: Any, diagonal: int) -> Any:
        return getattr(grad, name)(diagonal) if type(grad) in TENSORS else cut(grad, diagonal)

    one(
        Row(
            name,
            lambda self, diagonal: np.asarray(cut(self, diagonal), order="C"),
            ("self",),
            (Gradient(f"{name}(grad, diagonal)", rule),),
            node=f"{name.capitalize()}Backward0",
            arguments=("diagonal",),
            domain="matrices",
        )
    )


_triangle("tril", np.tril)
_triangle("triu", np.triu)
_flip = one(
    Row(
        "flip",
        lambda self, dims: _flipped(self, dims),
        ("self",),
        (Gradient("flip(grad, dims)", lambda grad, dims: flip_tool(grad, dims)),),
        node="FlipBackward0",
        arguments=("dims",),
    )
)
_roll = one(
    Row(
        "roll",
        lambda self, shifts, dims: np.asarray(roll_tool(self, shifts, dims), order="C"),
        ("self",),
        (
            Gradient(
                "roll(grad, tuple(-shift for shift in shifts), dims)",
                lambda grad, shifts, dims: roll_tool(grad, tuple(-shift for shift in shifts), dims),
            ),
        ),
        node="RollBackward0",
        arguments=("shifts", "dims"),
    )
)
_repeat = one(
    Row(
        "repeat",
        lambda self, repeats, self_sym_sizes: np.tile(self, repeats) if repeats else self.copy(),
        ("self",),
        (
            Gradient(
                "unrepeat(grad, self_sym_sizes, repeats)",
                lambda grad, self_sym_sizes, repeats: unrepeat(grad, self_sym_sizes, repeats),
            ),
        ),
        node="RepeatBackward0",
        arguments=("repeats", "self_sym_sizes"),
    )
)


def _diagonal_row(name: str, node: str, view: bool) -> Row:
    return Row(
        name,
        lambda self, offset, dim1, dim2, self_sym_sizes: (
            diagonal_of(self, offset, dim1, dim2) if view else diagonal_of(self, offset, dim1, dim2).copy()
        ),
        ("self",),
        (
            Gradient(
                "diagonal_back(grad, self_sym_sizes, offset, dim1, dim2)",
                lambda grad, self_sym_sizes, offset, dim1, dim2: diagonal_back(
                    grad, self_sym_sizes, offset, dim1, dim2
                ),
            ),
        ),
        node=node,
        arguments=("offset", "dim1", "dim2", "self_sym_sizes"),
        view=view,
        domain="matrices",
    )


_diagonal = one(_diagonal_row("diagonal", "DiagonalBackward0", True))
_diagonal_copy = one(_diagonal_row("diagonal_copy", "DiagonalBackward0_copy", False))


def _embed_row(name: str, node: str) -> Row:
    return Row(
        name,
        lambda self, shape, offset, dim1, dim2: _embed(self, shape, offset, dim1, dim2),
        ("self",),
        (
            Gradient(
                "diagonal(grad, offset, dim1, dim2)",
                lambda grad, offset, dim1, dim2: diagonal_any(grad, offset, dim1, dim2),
            ),
        ),
        node=node,
        arguments=("shape", "offset", "dim1", "dim2"),
    )


one(_embed_row("diagonal_backward", "DiagonalBackwardBackward0"))
_diag_embed = one(_embed_row("diag_embed", "DiagEmbedBackward0"))


@expose("flip")
def flip(input: Tensor, *dims: Any, **named: Any) -> Tensor:
    """The order along some dims reversed."""
    if not dims and "dims" not in named:
        raise TypeError('flip() missing 1 required positional arguments: "dims"')
    dims = (named["dims"],) if "dims" in named else dims
    return _flip((input,), (wrap_dims(check_size("flip", dims, keyword="dims"), input.array.ndim),))


@expose("roll")
def roll(input: Tensor, shifts: Any, dims: Any = ()) -> Tensor:
    """Elements shifted along dims, those that fall off coming in again; without dims along all elements."""
    steps = tuple(shifts) if isinstance(shifts, (tuple, list)) else (int(shifts),)
    along = tuple(dims) if isinstance(dims, (tuple, list)) else (dims,)
    if not steps:
        raise RuntimeError("`shifts` required")
    if len(steps) != (len(along) or 1):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(steps)}, dims:{len(along)}")
    if along and not input.array.ndim:
        raise IndexError(f"Dimension specified as {along[0]} but tensor has no dimensions")
    return _roll((input,), (steps, tuple(wrap_dim(dim, input.array.ndim) for dim in along)))


@expose("repeat", function=False)
def repeat(input: Tensor, *repeats: Any, **named: Any) -> Tensor:
    """The tensor copied so many times along each dim; more numbers than dims make leading ones."""
    times = check_size("repeat", (named["repeats"],) if "repeats" in named else repeats, keyword="repeats")
    if len(times) < input.array.ndim:
        raise RuntimeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    own = (1,) * (len(times) - input.array.ndim) + input.array.shape
    require_lengths("repeat", tuple(a * b for a, b in zip(times, own, strict=True)))
    return _repeat((input,), (times, input.array.shape))


@expose("tile")
def tile(input: Tensor, *dims: Any, **named: Any) -> Tensor:
    """`repeat`, with missing numbers in front taken as ones."""
    times = check_size("tile", (named["dims"],) if "dims" in named else dims, keyword="dims")
    return repeat(input, (1,) * (input.array.ndim - len(times)) + times)


@expose("tril")
def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """The lower triangle of matrices, zeros above `diagonal`."""
    return _cut("tril", input, diagonal)


@expose("triu")
def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """The upper triangle of matrices, zeros below `diagonal`."""
    return _cut("triu", input, diagonal)


@expose("diagonal")
def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """A view of a diagonal, as the last dim."""
    ndim = input.array.ndim
    first, second = wrap_dim(dim1, ndim), wrap_dim(dim2, ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return _diagonal((input,), (offset, first, second, input.array.shape))


@expose("diag")
def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """The diagonal of a matrix as a copy, or a matrix with a vector on its diagonal."""
    ndim = input.array.ndim
    if ndim == 1:
        return diag_embed(input, diagonal)
    if ndim != 2:
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {ndim}D")
    return _diagonal_copy((input,), (diagonal, 0, 1, input.array.shape))


@expose("diag_embed")
def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Matrices with the last dim of `input` on their diagonals."""
    ndim = input.array.ndim + 1
    first, second = wrap_dim(dim1, ndim), wrap_dim(dim2, ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    length = input.array.shape[-1] + abs(offset)
    rest = iter(input.array.shape[:-1])
    shape = tuple(length if dim in (first, second) else next(rest) for dim in range(ndim))
    return _diag_embed((input,), (shape, offset, first, second))


def _cut(name: str, input: Tensor, diagonal: int) -> Tensor:
    if input.array.ndim < 2:
        raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")
    made: Tensor = CALLS[name]((input,), (diagonal,))
    return made
