"""Another shape on the same elements: view, reshape, flatten, and what tells the shape.

A view shares memory; where the strides do not allow one, `reshape` copies first, as in PyTorch.
"""

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from ...arguments import check_size, one_of
from ...tensor import Tensor, from_array
from ...types.dtype import dtype as DType  # noqa: N812 - `dtype` is an argument here
from ...types.layout import arranged, contiguous_format, is_arranged, preserve_format
from ..dims import wrap_dim
from ..single import one
from ..table import FUNCTIONS, Gradient, Row, expose
from ..tools import reshape as reshaped, sum_dims
from .geometry import strides_of

Array = npt.NDArray[Any]

_RESHAPE = Gradient("reshape(grad, self_sym_sizes)", lambda grad, self_sym_sizes: reshaped(grad, self_sym_sizes))

_view = one(
    Row(
        "view",
        lambda self, size, self_sym_sizes: self.reshape(size),
        ("self",),
        (_RESHAPE,),
        node="ViewBackward0",
        arguments=("size", "self_sym_sizes"),
        view=True,
    )
)
_reshape_alias = one(
    Row(
        "_reshape_alias",
        lambda self, size, self_sym_sizes: self.reshape(size),
        ("self",),
        (_RESHAPE,),
        node="ReshapeAliasBackward0",
        arguments=("size", "self_sym_sizes"),
        view=True,
    )
)
_unsafe_view = one(
    Row(
        "_unsafe_view",
        lambda self, size, self_sym_sizes: self.reshape(size),
        ("self",),
        (_RESHAPE,),
        node="UnsafeViewBackward0",
        arguments=("size", "self_sym_sizes"),
    )
)
_contiguous = one(
    Row(
        "clone",
        lambda self: np.array(self, order="C"),
        ("self",),
        (Gradient("grad", lambda grad: grad),),
        node="CloneBackward0",
        overload="contiguous",
    )
)


_arranged = one(
    Row(
        "clone",
        lambda self, memory_format: arranged(self, memory_format),
        ("self",),
        (Gradient("grad", lambda grad: grad),),
        node="CloneBackward0",
        overload="memory_format",
        arguments=("memory_format",),
    )
)


@expose("view", function=False)
def view(input: Tensor, *shape: Any, size: Any = None, dtype: DType | None = None) -> Tensor:
    """The same memory in another shape; one length may be -1. Raises RuntimeError where the strides forbid it."""
    if size is not None or dtype is not None:
        shape = (*shape, dtype if size is None else size)
    if not shape:
        raise TypeError("view() received an invalid combination of arguments - got (), but expected a shape")
    if len(shape) == 1 and isinstance(shape[0], DType):
        return reinterpreted(input, shape[0])
    array = input.array
    size = infer_size(check_size("view", shape), array)
    if not viewable(array, size):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
            "contiguous subspaces). Use .reshape(...) instead."
        )
    return _view((input,), (size, array.shape))


def reinterpreted(input: Tensor, wanted: DType) -> Tensor:
    """The same bytes read as another dtype, untracked; the last dim changes with the size of an element."""
    array, mine, theirs = input.array, input.array.itemsize, wanted.itemsize
    names = f"{input.dtype.scalar_type} as {wanted.scalar_type} (different element sizes)"
    if mine != theirs:
        strides = strides_of(array)
        if not array.ndim:
            raise RuntimeError(f"self.dim() cannot be 0 to view {names}")
        if strides[-1] != 1:
            raise RuntimeError(f"self.stride(-1) must be 1 to view {names}, but got {strides[-1]}")
        if theirs > mine:
            ratio = theirs // mine
            for what, place, given in (
                ("size", -1, array.shape[-1]),
                *(("stride", place, step) for place, step in enumerate(strides[:-1])),
            ):
                if given % ratio:
                    raise RuntimeError(
                        f"self.{what}({place}) must be divisible by {ratio} to view {names}, but got {given}"
                    )
    made = from_array(array.view(wanted.numpy))
    made._version_counter = input.version
    return made


@expose("reshape")
def reshape(input: Tensor, *shape: Any, **named: Any) -> Tensor:
    """The same elements in another shape: a view where the strides allow it, else a copy."""
    given = one_of("reshape", "shape", shape, named["shape"]) if "shape" in named else shape
    if not given:
        raise TypeError('reshape() missing 1 required positional arguments: "shape"')
    size = infer_size(check_size("reshape", given, keyword="shape"), input.array)
    return reshape_to(input, size)


def reshape_to(input: Tensor, size: tuple[int, ...]) -> Tensor:
    """`reshape` once the size is known."""
    array = input.array
    if array.flags.c_contiguous:
        return _view((input,), (size, array.shape))
    if viewable(array, size):
        return _reshape_alias((input,), (size, array.shape))
    return unsafe_view(_contiguous((input,)), size)


def unsafe_view(input: Tensor, size: tuple[int, ...]) -> Tensor:
    """A view that counts as a tensor of its own, because its source is dropped at once."""
    return _unsafe_view((input,), (size, input.array.shape))


@expose("view_as", function=False)
def view_as(input: Tensor, other: Tensor) -> Tensor:
    """`view` in the shape of another tensor."""
    return view(input, other.array.shape)


@expose("reshape_as", function=False)
def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """`reshape` to the shape of another tensor."""
    return reshape(input, other.array.shape)


@expose("contiguous", function=False)
def contiguous(input: Tensor, memory_format: object = None) -> Tensor:
    """The tensor itself when its memory is in order (row-major unless told), else a copy that is."""
    if memory_format in (None, contiguous_format, preserve_format):
        return input if input.array.flags.c_contiguous else _contiguous((input,))
    return input if is_arranged(input.array, memory_format) else _arranged((input,), (memory_format,))


@expose("flatten")
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The dims from start to end (included) as one."""
    shape = input.array.shape
    start, end = wrap_dim(start_dim, len(shape)), wrap_dim(end_dim, len(shape))
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if not shape:
        return reshape_to(input, (1,))
    if start == end:
        return input
    return reshape_to(input, (*shape[:start], prod(shape[start : end + 1]), *shape[end + 1 :]))


@expose("ravel")
def ravel(input: Tensor) -> Tensor:
    """All elements in one dim."""
    return reshape_to(contiguous(input), (input.array.size,))


@expose("unflatten")
def unflatten(input: Tensor, dim: int, sizes: Any) -> Tensor:
    """One dim as several; one length may be -1."""
    shape = input.array.shape
    place = wrap_dim(dim, len(shape))
    parts = check_size("unflatten", (tuple(sizes),))
    if not shape:
        raise RuntimeError(
            f"unflatten got an unexpected error:\nDimension specified as {dim} but tensor has no dimensions"
        )
    if not parts:
        raise RuntimeError("unflatten: sizes must be non-empty")
    known = prod(part for part in parts if part != -1)
    if parts.count(-1) == 1 and known and shape[place] % known == 0:
        parts = tuple(shape[place] // known if part == -1 else part for part in parts)
    if prod(parts) != shape[place] or -1 in parts:
        raise RuntimeError(
            f"unflatten: Provided sizes {list(parts)} don't multiply up to the size of dim {place} ({shape[place]}) in "
            "the input tensor"
        )
    return view(input, (*shape[:place], *parts, *shape[place + 1 :]))


def infer_size(size: tuple[int, ...], array: Array) -> tuple[int, ...]:
    """`size` with its -1, if any, worked out. Raises RuntimeError when the elements do not fit."""
    if prod(size) == array.size and (not size or min(size) >= 0):  # mostly
        return size
    for place, length in enumerate(size):
        if length < -1:
            raise RuntimeError(f"invalid shape dimension {length} at index {place} of shape {list(size)}")
    if size.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    known = prod(length for length in size if length != -1)
    if -1 in size:
        if array.size == 0 and known == 0:
            raise RuntimeError(
                f"cannot reshape tensor of 0 elements into shape {list(size)} because the unspecified dimension size "
                "-1 can be any value and is ambiguous"
            )
        if known and array.size % known == 0:
            return tuple(array.size // known if length == -1 else length for length in size)
    if known != array.size or -1 in size:
        raise RuntimeError(f"shape '{list(size)}' is invalid for input of size {array.size}")
    return size


def viewable(array: Array, size: tuple[int, ...]) -> bool:
    """Whether the strides allow `size` without a copy."""
    return array.flags.c_contiguous or np.may_share_memory(array.reshape(size), array)


def sum_to_size(input: Tensor, *sizes: Any, size: Any = None) -> Tensor:
    """The tensor summed down to a size from which it could have been expanded."""
    shape = check_size("sum_to_size", sizes if size is None else (size,))
    own = input.array.shape
    extra = len(own) - len(shape)
    if extra < 0 or any(a not in (1, b) for a, b in zip(shape, own[extra:], strict=True)):
        raise RuntimeError(f"size {{{list(shape)}}} is not expandable to size {{{list(own)}}}.")
    if not shape:
        return input.sum()  # type: ignore[attr-defined,no-any-return]  # from the table
    if own == shape:
        return input
    dims = (*range(extra), *(extra + d for d, a in enumerate(shape) if a == 1 and own[extra + d] != 1))
    summed: Tensor = sum_dims(input, dims, True) if dims else input
    return reshape_to(summed, shape) if extra else summed


expose("sum_to_size", function=False)(sum_to_size)
FUNCTIONS["sum_to_size"] = sum_to_size
