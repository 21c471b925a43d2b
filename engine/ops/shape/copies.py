"""The views as copies: `torch.select_copy` and its kin compute what the view shows, in memory of its own.

Their rows are the views' rows, but for the name, the node's name and the copying.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from ...arguments import check_size
from ...tensor import Tensor
from ...types.dtype import dtype as DType  # noqa: N812 - `dtype` is an argument here
from ...views import geometry
from ..dims import wrap_dim, wrap_dims
from ..general import general
from ..operands import require_tensor
from ..single import one
from ..table import CALLS, TABLE, Gradient, Row, expose
from . import (
    dimensions as _dimensions,  # noqa: F401 - builds rows of views
    index as _index,  # noqa: F401 - the same
)
from .expand import expanded_size
from .parts import check_split, check_split_sizes
from .shape import infer_size, reinterpreted
from .slices import END, at, check_narrow, check_select, slice_back
from .strided import check_place
from .windows import check_windows


def _copied(key: str) -> None:
    """Build the row `<name>_copy` of a view's row."""
    row = TABLE[key]
    view = row.forward

    def forward(*operands: Any) -> Any:
        made = view(*operands)
        if row.many:
            return tuple(np.array(part, order="C") for part in made)
        return np.array(made, order="C")

    general(replace(row, name=f"{row.name}_copy", node=f"{row.node}_copy", view=False, forward=forward))


for _key in ("alias", "as_strided.given", "expand", "permute", "select", "split", "split_with_sizes"):
    _copied(_key)
for _key in ("squeeze", "squeeze.dim", "squeeze.dims", "t", "transpose", "unbind", "unfold", "unsqueeze", "view"):
    _copied(_key)
_detach = one(Row("detach_copy", lambda self: np.array(self, order="C"), ("self",), (None,), node="NotImplemented"))
_slice = one(
    Row(
        "slice_copy",
        lambda self, dim, start, end, step, self_sym_sizes: np.array(self[at(dim, slice(start, end, step))], order="C"),
        ("self",),
        (
            Gradient(
                "slice_put_back(grad, self_sym_sizes, dim, start, end, step)",
                lambda grad, self_sym_sizes, dim, start, end, step: slice_put_back(
                    grad, self_sym_sizes, dim, start, end, step
                ),
            ),
        ),
        node="SliceBackward0_copy",
        arguments=("dim", "start", "end", "step", "self_sym_sizes"),
    )
)
_narrow = one(
    Row(
        "narrow_copy",
        lambda self, dim, start, length, self_sym_sizes: np.array(
            self[at(dim, slice(start, start + length))], order="C"
        ),
        ("self",),
        (
            Gradient(
                "slice_back(grad, self_sym_sizes, dim, start, start + length, 1)",
                lambda grad, self_sym_sizes, dim, start, length: slice_back(
                    grad, self_sym_sizes, dim, start, start + length, 1
                ),
            ),
        ),
        node="NarrowCopyBackward0",
        arguments=("dim", "start", "length", "self_sym_sizes"),
    )
)


def slice_put_back(grad: Any, size: tuple[int, ...], dim: int, start: int | None, end: int | None, step: int) -> Any:
    """Zeros of `size` with `grad` in a range of a dim; None leaves a bound open."""
    return slice_back(grad, size, dim, 0 if start is None else start, END if end is None else end, step)


def _run(key: str, input: Tensor, *arguments: Any) -> Any:
    require_tensor(key.partition(".")[0], "input", 1, input)
    return CALLS[key]((input,), arguments)


@expose("alias_copy", method=False)
def alias_copy(input: Tensor) -> Tensor:
    """A copy."""
    return _run("alias_copy", input)  # type: ignore[no-any-return]  # one result


@expose("detach_copy", method=False)
def detach_copy(input: Tensor) -> Tensor:
    """A copy, without a derivative."""
    require_tensor("detach_copy", "input", 1, input)
    return _detach((input,))


@expose("as_strided_copy", method=False)
def as_strided_copy(input: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Any:
    """A copy of what `as_strided` views."""
    place = check_place(input, size, stride, storage_offset)
    return _run("as_strided_copy.given", input, *place, geometry(input, input), storage_offset)


@expose("diagonal_copy", method=False)
def diagonal_copy(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """A copy of a diagonal, as the last dim."""
    ndim = input.array.ndim
    first, second = wrap_dim(dim1, ndim), wrap_dim(dim2, ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return _run("diagonal_copy", input, offset, first, second, input.array.shape)


@expose("expand_copy", method=False)
def expand_copy(input: Tensor, size: Any, *, implicit: bool = False) -> Any:
    """A copy of what `expand` views."""
    del implicit
    return _run("expand_copy", input, expanded_size(input.array, tuple(size)), input.array.shape)


@expose("permute_copy", method=False)
def permute_copy(input: Tensor, dims: Any) -> Any:
    """A copy with the dims in another order."""
    ndim = input.array.ndim
    wrapped = tuple(wrap_dim(dim, ndim) for dim in dims)
    if len(wrapped) != ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {ndim} is not equal to len(dims) = {len(wrapped)}"
        )
    if len(set(wrapped)) < ndim:
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return _run("permute_copy", input, tuple(dims))


@expose("select_copy", method=False)
def select_copy(input: Tensor, dim: int, index: int) -> Any:
    """A copy of one index of a dim."""
    place, at_index = check_select(input, dim, index)
    return _run("select_copy", input, place, at_index, input.array.shape)


@expose("slice_copy", method=False)
def slice_copy(input: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Any:
    """A copy of a range of a dim."""
    if not input.array.ndim:
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    if step <= 0:
        raise RuntimeError("slice step must be positive")
    return _slice((input,), (wrap_dim(dim, input.array.ndim), start, end, step, input.array.shape))


@expose("split_copy", method=False)
def split_copy(input: Tensor, split_size: int, dim: int = 0) -> Any:
    """Copies of parts of one size."""
    return _run("split_copy", input, *check_split(input, split_size, dim), input.array.shape)


@expose("split_with_sizes_copy", method=False)
def split_with_sizes_copy(input: Tensor, split_sizes: Any, dim: int = 0) -> Any:
    """Copies of parts of the given sizes."""
    return _run("split_with_sizes_copy", input, *check_split_sizes(input, split_sizes, dim), input.array.shape)


@expose("squeeze_copy", method=False)
def squeeze_copy(input: Tensor, dim: Any = None) -> Any:
    """A copy without the dims of length 1, or without those of `dim` that have it."""
    own = input.array.shape
    if dim is None:
        return _run("squeeze_copy", input, None, own)
    if isinstance(dim, (tuple, list)):
        return _run("squeeze_copy.dims", input, wrap_dims(dim, len(own)), own)
    return _run("squeeze_copy.dim", input, wrap_dim(dim, len(own)), own)


@expose("t_copy", method=False)
def t_copy(input: Tensor) -> Any:
    """A copy of a matrix transposed."""
    if input.array.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.array.ndim}D")
    return _run("t_copy", input)


@expose("transpose_copy", method=False)
def transpose_copy(input: Tensor, dim0: int, dim1: int) -> Any:
    """A copy with two dims exchanged."""
    for dim in (dim0, dim1):
        wrap_dim(dim, input.array.ndim)
    return _run("transpose_copy", input, dim0, dim1)


@expose("unbind_copy", method=False)
def unbind_copy(input: Tensor, dim: int = 0) -> Any:
    """Copies of all slices along a dim."""
    if not input.array.ndim:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    return _run("unbind_copy", input, wrap_dim(dim, input.array.ndim))


@expose("unfold_copy", method=False)
def unfold_copy(input: Tensor, dimension: int, size: int, step: int) -> Any:
    """A copy of all windows along a dim."""
    place = check_windows(input, dimension, size, step)
    return _run("unfold_copy", input, place, size, step, input.array.shape)


@expose("unsqueeze_copy", method=False)
def unsqueeze_copy(input: Tensor, dim: int) -> Any:
    """A copy with one more dim, of length 1."""
    return _run("unsqueeze_copy", input, wrap_dim(dim, input.array.ndim + 1))


@expose("view_copy", method=False)
def view_copy(input: Tensor, size: Any = None, *, dtype: DType | None = None) -> Any:
    """A copy in another shape, or with its bytes read as another dtype."""
    wanted = size if dtype is None else dtype
    if isinstance(wanted, DType):
        return Tensor.clone(reinterpreted(input, wanted))  # type: ignore[attr-defined]  # from the table
    shape = infer_size(check_size("view_copy", (tuple(wanted),)), input.array)
    return _run("view_copy", input, shape, input.array.shape)


@expose("narrow_copy")
def narrow_copy(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """A copy of `length` indices of a dim from `start` on."""
    require_tensor("narrow_copy", "input", 1, input)
    if length < 0 and input.array.ndim:
        size = input.array.shape[wrap_dim(dim, input.array.ndim)]
        if not -size <= start <= size:
            raise IndexError(f"start out of range (expected to be in range of [{-size}, {size}], but got {start})")
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    place, first = check_narrow(input, dim, start, length)
    return _narrow((input,), (place, first, length, input.array.shape))
