"""All parts of a dim at once, as views: unbind, split, chunk. Their nodes have one output per part."""

from operator import index as as_int
from typing import Any

import numpy as np
import numpy.typing as npt

from ...calls.parser import check
from ...tensor import TENSORS, Tensor, from_array
from ..dims import wrap_dim
from ..operands import require_tensor
from ..single import several
from ..table import CALLS, Gradient, Row, expose
from ..tools import raw
from .slices import at

Array = npt.NDArray[Any]


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


_unbind = several(
    Row(
        "unbind",
        lambda self, dim: tuple([self[(*at(dim, place), ...)] for place in range(self.shape[dim])]),
        ("self",),
        (Gradient("stacked(grads, dim)", lambda grads, dim: stacked(grads, dim)),),
        node="UnbindBackward0",
        arguments=("dim",),
        many=True,
        view=True,
    )
)


def _split_row(name: str, node: str, sizes_name: str, view: bool = True) -> Row:
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
        saves=(sizes_name, "dim", "self_sym_sizes"),
        many=True,
        view=view,
    )


_split = several(_split_row("split", "SplitBackward0", "split_size"))
_split_sizes = several(_split_row("split_with_sizes", "SplitWithSizesBackward0", "split_sizes"))
# Parts that share memory although autograd does not take them for views: they may be written to.
_unsafe_split = several(_split_row("unsafe_split", "UnsafeSplitBackward0", "split_size", False))
_unsafe_split_sizes = several(
    _split_row("unsafe_split_with_sizes", "UnsafeSplitWithSizesBackward0", "split_sizes", False)
)


@expose("unbind")
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """All slices along a dim."""
    if not input.array.ndim:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    return _unbind((input,), (wrap_dim(dim, input.array.ndim),))


@expose("split", function=False)
def split_method(self: Tensor, split_size: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """`split`, whose first argument has another name as a method."""
    return split(self, split_size, dim)


@expose("split", method=False)
def split(tensor: Tensor, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Parts of one size (the last may be smaller), or of the given sizes."""
    require_tensor("split", "self", 1, tensor)
    if not tensor.array.ndim:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    if isinstance(split_size_or_sections, (tuple, list)) or not hasattr(split_size_or_sections, "__index__"):
        check("torch.split_with_sizes", (tensor, split_size_or_sections, dim), {})
        return split_with_sizes(tensor, split_size_or_sections, dim)
    return _split((tensor,), (*check_split(tensor, split_size_or_sections, dim), tensor.array.shape))


def check_split(tensor: Tensor, split_size: Any, dim: int) -> tuple[int, int, tuple[int, ...]]:
    """The size of the parts, the dim from 0 and the length of each part. Raises PyTorch's RuntimeErrors."""
    if not tensor.array.ndim:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    size = as_int(split_size)
    if size < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={size}")
    place = wrap_dim(dim, tensor.array.ndim)
    length = tensor.array.shape[place]
    if size == 0 and length:
        raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {length}")
    sizes = tuple([min(size, length - start) for start in range(0, length, size)]) if length else (0,)
    return size, place, sizes


@expose("split_with_sizes")
def split_with_sizes(tensor: Tensor, split_sizes: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Parts of the given sizes, which must add up to the dim's."""
    return _split_sizes((tensor,), (*check_split_sizes(tensor, split_sizes, dim), tensor.array.shape))


def check_split_sizes(tensor: Tensor, split_sizes: Any, dim: int) -> tuple[tuple[int, ...], int, tuple[int, ...]]:
    """The sizes as PyTorch saves them, the dim from 0, and the sizes. Raises PyTorch's RuntimeErrors."""
    if not tensor.array.ndim:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    place = wrap_dim(dim, tensor.array.ndim)
    length, sizes = tensor.array.shape[place], tuple(as_int(size) for size in split_sizes)
    if any(size < 0 for size in sizes):
        raise RuntimeError(
            f"split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={list(sizes)}"
        )
    if sum(sizes) != length:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {length} (input tensor's size at dimension "
            f"{dim}), but got split_sizes={list(sizes)}"
        )
    return sizes, place, sizes


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


@expose("unsafe_split")
def unsafe_split(input: Tensor, split_size: int, dim: int = 0) -> tuple[Tensor, ...]:
    """As `split`, of parts that autograd does not take for views."""
    return _unsafe_split((input,), (*check_split(input, split_size, dim), input.array.shape))


@expose("unsafe_split_with_sizes")
def unsafe_split_with_sizes(input: Tensor, split_sizes: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """As `split_with_sizes`, of parts that autograd does not take for views."""
    return _unsafe_split_sizes((input,), (*check_split_sizes(input, split_sizes, dim), input.array.shape))


@expose("unsafe_chunk")
def unsafe_chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """As `chunk`, of parts that autograd does not take for views."""
    if not input.array.ndim:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    length = input.array.shape[wrap_dim(dim, input.array.ndim)]
    if not length:
        return unsafe_split_with_sizes(input, [0] * chunks, dim)
    return unsafe_split(input, -(-length // chunks), dim)


def _pieces(array: Array, sizes: tuple[int, ...], dim: int) -> tuple[Array, ...]:
    before = (slice(None),) * dim
    pieces, start = [], 0
    for size in sizes:
        pieces.append(array[(*before, slice(start, start + size))])
        start += size
    return tuple(pieces)
