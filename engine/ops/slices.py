"""Parts of a tensor as views: one index, a range, and all parts of a dim at once. Multi-output nodes live here.

A gradient of a part goes back into zeros of the whole shape; those scatter operations are rows of their own, so that
gradients have gradients.
"""

from itertools import pairwise
from operator import index as as_int
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..tensor import TENSORS, Tensor, from_array
from .dims import wrap_dim
from .single import one, several
from .table import CALLS, Gradient, Row, expose
from .tools import raw

Array = npt.NDArray[Any]
END: Final = 2**63 - 1  # what an open slice ends with


def at(dim: int, key: Any) -> tuple[Any, ...]:
    """The NumPy index that applies `key` to one dim."""
    return (slice(None),) * dim + (key,)


def _scatter(grad: Array, shape: tuple[int, ...], dim: int, key: Any) -> Array:
    made = np.zeros(shape, grad.dtype)
    made[at(dim, key)] = grad
    return made


def select_back(grad: Any, shape: tuple[int, ...], dim: int, index: int) -> Any:
    """Zeros of `shape` with `grad` at one index of `dim`."""
    if type(grad) in TENSORS:
        return CALLS["select_backward"]((grad,), (shape, dim, index))
    return _scatter(grad, shape, dim, index)


def slice_back(grad: Any, shape: tuple[int, ...], dim: int, start: int, end: int, step: int) -> Any:
    """Zeros of `shape` with `grad` in a range of `dim`."""
    if type(grad) in TENSORS:
        return CALLS["slice_backward"]((grad,), (shape, dim, start, end, step))
    return _scatter(grad, shape, dim, slice(start, end, step))


def joined(grads: tuple[Any, ...], dim: int, sizes: tuple[int, ...], shape: tuple[int, ...]) -> Any:
    """The gradients of all parts of a dim, one after the other; zeros where a part has none."""
    known = next(grad for grad in grads if grad is not None)
    parts = [
        _zeros((*shape[:dim], size, *shape[dim + 1 :]), known) if grad is None else grad
        for grad, size in zip(grads, sizes, strict=True)
    ]
    if type(known) in TENSORS:
        return CALLS["cat"](tuple(parts), (dim,))
    return np.concatenate(parts, axis=dim)


def stacked(grads: tuple[Any, ...], dim: int) -> Any:
    """The gradients of all slices along a dim, as one."""
    known = next(grad for grad in grads if grad is not None)
    parts = [_zeros(raw(known).shape, known) if grad is None else grad for grad in grads]
    if type(known) in TENSORS:
        return CALLS["stack"](tuple(parts), (dim,))
    return np.stack(parts, axis=dim)


def _zeros(shape: tuple[int, ...], example: Any) -> Any:
    made = np.zeros(shape, raw(example).dtype)
    return from_array(made) if type(example) in TENSORS else made


_select = one(
    Row(
        "select",
        lambda self, dim, index, self_sym_sizes: self[(*at(dim, index), ...)],
        ("self",),
        (
            Gradient(
                "select_back(grad, self_sym_sizes, dim, index)",
                lambda grad, self_sym_sizes, dim, index: select_back(grad, self_sym_sizes, dim, index),
            ),
        ),
        node="SelectBackward0",
        arguments=("dim", "index", "self_sym_sizes"),
        view=True,
    )
)
_slice = one(
    Row(
        "slice",
        lambda self, dim, start, end, step, self_sym_sizes: self[at(dim, slice(start, end, step))],
        ("self",),
        (
            Gradient(
                "slice_back(grad, self_sym_sizes, dim, start, end, step)",
                lambda grad, self_sym_sizes, dim, start, end, step: slice_back(
                    grad, self_sym_sizes, dim, start, end, step
                ),
            ),
        ),
        node="SliceBackward0",
        arguments=("dim", "start", "end", "step", "self_sym_sizes"),
        view=True,
    )
)
one(
    Row(
        "select_backward",
        lambda self, input_sizes, dim, index: _scatter(self, input_sizes, dim, index),
        ("self",),
        (Gradient("select(grad, dim, index)", lambda grad, dim, index: select_any(grad, dim, index)),),
        node="SelectBackwardBackward0",
        arguments=("input_sizes", "dim", "index"),
    )
)
one(
    Row(
        "slice_backward",
        lambda self, input_sizes, dim, start, end, step: _scatter(self, input_sizes, dim, slice(start, end, step)),
        ("self",),
        (
            Gradient(
                "slice(grad, dim, start, end, step)",
                lambda grad, dim, start, end, step: slice_any(grad, dim, start, end, step),
            ),
        ),
        node="SliceBackwardBackward0",
        arguments=("input_sizes", "dim", "start", "end", "step"),
    )
)
_unbind = several(
    Row(
        "unbind",
        lambda self, dim: tuple(np.moveaxis(self, dim, 0)[i, ...] for i in range(self.shape[dim])),
        ("self",),
        (Gradient("stacked(grads, dim)", lambda grads, dim: stacked(grads, dim)),),
        node="UnbindBackward0",
        arguments=("dim",),
        many=True,
        view=True,
    )
)


def _split_row(name: str, node: str, sizes_name: str) -> Row:
    return Row(
        name,
        lambda self, given, dim, sizes, self_sym_sizes: _pieces(self, sizes, dim),
        ("self",),
        (
            Gradient(
                "joined(grads, dim, sizes, self_sym_sizes)",
                lambda grads, dim, sizes, self_sym_sizes: joined(grads, dim, sizes, self_sym_sizes),
            ),
        ),
        node=node,
        arguments=(sizes_name, "dim", "sizes", "self_sym_sizes"),
        many=True,
        view=True,
    )


_split = several(_split_row("split", "SplitBackward0", "split_size"))
_split_sizes = several(_split_row("split_with_sizes", "SplitWithSizesBackward0", "split_sizes"))


@expose("select")
def select(input: Tensor, dim: int, index: int) -> Tensor:
    """One index of a dim, which is gone from the result."""
    shape = input.array.shape
    if not shape:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    place, at_index = wrap_dim(dim, len(shape)), as_int(index)
    if not -shape[place] <= at_index < shape[place]:
        raise IndexError(
            f"select(): index {at_index} out of range for tensor of size {list(shape)} at dimension {place}"
        )
    return _select((input,), (place, at_index, shape))


def slice_dim(input: Tensor, dim: int, start: int = 0, end: int = END, step: int = 1) -> Tensor:
    """A range of one dim, `end` excluded; negative bounds count from the end. `step` is positive."""
    return _slice((input,), (dim, start, end, step, input.array.shape))


@expose("narrow")
def narrow(input: Tensor, dim: int, start: Any, length: int) -> Tensor:
    """`length` indices of a dim from `start` on."""
    if not input.array.ndim:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    place = wrap_dim(dim, input.array.ndim)
    size, first = input.array.shape[place], as_int(start)
    if not -size <= first <= size:
        raise IndexError(f"start out of range (expected to be in range of [{-size}, {size}], but got {first})")
    first = first + size if first < 0 else first
    if first + length > size:
        raise RuntimeError(f"start ({first}) + length ({length}) exceeds dimension size ({size}).")
    return slice_dim(input, place, first, first + length)


@expose("unbind")
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """All slices along a dim."""
    if not input.array.ndim:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    return _unbind((input,), (wrap_dim(dim, input.array.ndim),))


@expose("split")
def split(tensor: Tensor, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Parts of one size (the last may be smaller), or of the given sizes."""
    if not tensor.array.ndim:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    place = wrap_dim(dim, tensor.array.ndim)
    length = tensor.array.shape[place]
    if isinstance(split_size_or_sections, (tuple, list)):
        return split_with_sizes(tensor, split_size_or_sections, dim)
    size = as_int(split_size_or_sections)
    if size < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={size}")
    if size == 0 and length:
        raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {length}")
    sizes = tuple(min(size, length - start) for start in range(0, length, size)) if length else (0,)
    return _split((tensor,), (size, place, sizes, tensor.array.shape))


@expose("split_with_sizes")
def split_with_sizes(tensor: Tensor, split_sizes: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Parts of the given sizes, which must add up to the dim's."""
    place = wrap_dim(dim, tensor.array.ndim)
    length, sizes = tensor.array.shape[place], tuple(as_int(size) for size in split_sizes)
    if any(size < 0 for size in sizes):
        raise RuntimeError(
            f"split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={list(sizes)}"
        )
    if sum(sizes) != length:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {length} (input tensor's size at dimension "
            f"{place}), but got split_sizes={list(sizes)}"
        )
    return _split_sizes((tensor,), (sizes, place, sizes, tensor.array.shape))


@expose("chunk")
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most `chunks` parts of equal size, the last perhaps smaller."""
    if not input.array.ndim:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    length = input.array.shape[wrap_dim(dim, input.array.ndim)]
    if not length:
        return split_with_sizes(input, [0] * chunks, dim)
    return split(input, -(-length // chunks), dim)


def select_any(x: Any, dim: int, index: int) -> Any:
    """`select` on arrays and tensors."""
    return x.select(dim, index) if type(x) in TENSORS else x[(*at(dim, index), ...)]


def slice_any(x: Any, dim: int, start: int, end: int, step: int) -> Any:
    """`slice_dim` on arrays and tensors."""
    return slice_dim(x, dim, start, end, step) if type(x) in TENSORS else x[at(dim, slice(start, end, step))]


def _pieces(array: Array, sizes: tuple[int, ...], dim: int) -> tuple[Array, ...]:
    ends = np.cumsum((0, *sizes)).tolist()
    return tuple(array[at(dim, slice(a, b))] for a, b in pairwise(ends))
