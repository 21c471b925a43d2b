"""Tensors put together: along a dim that they have (`cat`), or along a new one (`stack`)."""

from typing import Any

import numpy as np

from ...tensor import TENSORS, Tensor
from ...types.promotion import result_of
from ..dims import wrap_dim
from ..single import one
from ..table import Gradient, Row, expose
from ..tools import raw
from .dimensions import atleast_1d, atleast_2d
from .slices import select_any, slice_any

Parts = tuple[Tensor, ...]


def cut(grad: Any, dim: int, shapes: tuple[tuple[int, ...], ...]) -> tuple[Any, ...]:
    """The pieces of `grad` that belong to tensors of these shapes, one after the other along `dim`."""
    pieces, start = [], 0
    for shape in shapes:
        if shape == (0,) and raw(grad).ndim != 1:  # an empty vector joins anything and gets nothing
            pieces.append(slice_any(grad.reshape(-1), 0, 0, 0, 1))
            continue
        pieces.append(slice_any(grad, dim, start, start + shape[dim], 1))
        start += shape[dim]
    return tuple(pieces)


_cat = one(
    Row(
        "cat",
        lambda tensors, dim: _cat_arrays(tensors, dim),
        ("tensors",),
        (
            Gradient(
                "cut(grad, dim, tensors_shape)",
                lambda grad, dim, tensors_shape: cut(grad, dim, tensors_shape),
            ),
        ),
        node="CatBackward0",
        arguments=("dim",),
        joint=True,
    )
)
_stack = one(
    Row(
        "stack",
        lambda tensors, dim: _stack_arrays(tensors, dim),
        ("tensors",),
        (
            Gradient(
                "unbind(grad, dim)",
                lambda grad, dim: tuple(select_any(grad, dim, place) for place in range(grad.shape[dim])),
            ),
        ),
        node="StackBackward0",
        arguments=("dim",),
        joint=True,
    )
)


@expose("cat", "concat", "concatenate", method=False)
def cat(tensors: Any, dim: int = 0, *, axis: int | None = None) -> Tensor:
    """The tensors one after the other along `dim`; their other dims are equal."""
    given = tensors_of("cat", tensors)
    dim = dim if axis is None else axis
    first = given[0].array.shape
    if first and first != (0,):
        for tensor in given:
            if tensor.array.shape != first:
                break
        else:  # mostly
            return _cat(given, (wrap_dim(dim, len(first)),))
    solid = [tensor for tensor in given if tensor.array.shape != (0,)] or list(given)
    for place, tensor in enumerate(given):
        if not tensor.array.ndim:
            raise RuntimeError(f"zero-dimensional tensor (at position {place}) cannot be concatenated")
    if len(solid) == len(given) and solid[0].array.shape == (0,):
        dim = 0  # whatever it is, PyTorch passes by all of these
    place = wrap_dim(dim, solid[0].array.ndim)
    _require_equal(solid, given, place)
    return _cat(given, (place,))


@expose("stack", method=False)
def stack(tensors: Any, dim: int = 0) -> Tensor:
    """The tensors, all of one shape, along a new dim."""
    given = tensors_of("stack", tensors)
    first = given[0].array.shape
    place = wrap_dim(dim, len(first) + 1)
    for number, tensor in enumerate(given):
        if tensor.array.shape != first:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 and "
                f"{list(tensor.array.shape)} at entry {number}"
            )
    return _stack(given, (place,))


@expose("hstack", method=False)
def hstack(tensors: Any) -> Tensor:
    """Side by side: along the first dim of vectors, else along the second."""
    given = [atleast_1d(tensor) for tensor in tensors_of("hstack", tensors)]
    return cat(given, 0 if given[0].array.ndim == 1 else 1)


@expose("vstack", "row_stack", method=False)
def vstack(tensors: Any) -> Tensor:
    """One below the other: vectors become rows."""
    return cat([atleast_2d(tensor) for tensor in tensors_of("vstack", tensors)], 0)


@expose("column_stack", method=False)
def column_stack(tensors: Any) -> Tensor:
    """Vectors as columns, side by side."""
    given = tensors_of("column_stack", tensors)
    columns: list[Any] = [
        tensor if tensor.array.ndim > 1 else tensor.reshape(tensor.array.size, 1)  # type: ignore[attr-defined]  # table
        for tensor in given
    ]
    return cat(columns, 1)


def tensors_of(name: str, tensors: Any) -> Parts:
    """A list of tensors as a tuple. Raises TypeError and RuntimeError as PyTorch."""
    if type(tensors) in TENSORS or not isinstance(tensors, (tuple, list)):
        raise TypeError(
            f"{name}(): argument 'tensors' (position 1) must be tuple of Tensors, not {type(tensors).__name__}"
        )
    for tensor in tensors:
        if type(tensor) not in TENSORS:
            place = next(place for place, each in enumerate(tensors) if each is tensor)
            raise TypeError(f"expected Tensor as element {place} in argument 0, but got {type(tensor).__name__}")
    if not tensors:
        if name == "cat":
            raise ValueError("torch.cat(): expected a non-empty list of Tensors")
        raise RuntimeError(f"{name} expects a non-empty TensorList")
    return tuple(tensors)


def _require_equal(solid: list[Tensor], given: Parts, dim: int) -> None:
    first = solid[0].array.shape
    for number, tensor in enumerate(given):
        own = tensor.array.shape
        if own == (0,) and len(first) != 1:
            continue
        if len(own) != len(first):
            raise RuntimeError(f"Tensors must have same number of dimensions: got {len(first)} and {len(own)}")
        for place, (a, b) in enumerate(zip(first, own, strict=True)):
            if place != dim and a != b:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {dim}. Expected size {a} but got size {b} for "
                    f"tensor number {number} in the list."
                )


def _promoted(arrays: list[Any]) -> list[Any]:
    common = arrays[0].dtype
    for array in arrays:
        if array.dtype is not common and array.dtype != common:
            break
    else:
        return arrays
    wanted = result_of(_Array(array) for array in arrays).numpy
    return [array.astype(wanted) for array in arrays]


class _Array:
    """An array where promotion looks for a tensor."""

    __slots__ = ("array",)

    def __init__(self, array: Any) -> None:
        self.array = array


def _stack_arrays(arrays: list[Any], dim: int) -> Any:
    key = (*(slice(None),) * dim, None)
    stacked = np.concatenate([array[key] for array in _promoted(arrays)], dim)  # np.stack, without its checks
    return stacked if stacked.flags.c_contiguous else np.ascontiguousarray(stacked)  # NumPy keeps an order in common


def _cat_arrays(arrays: list[Any], dim: int) -> Any:
    promoted = _promoted(arrays)
    solid = [array for array in promoted if array.shape != (0,)] or promoted[:1]
    joined = np.concatenate(solid, dim)
    return joined if joined.flags.c_contiguous else np.ascontiguousarray(joined)  # NumPy keeps an order in common
