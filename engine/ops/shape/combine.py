"""Tensors made of several: grids, products, combinations, blocks on a diagonal, elements repeated one by one."""

import warnings
from itertools import combinations as pairs_of, combinations_with_replacement
from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor, from_array
from ...types.dtype import int32, int64
from ...types.layout import contiguous_format
from ...types.promotion import result_of
from ..dims import wrap_dim
from ..operands import require_tensor, require_tensors
from ..single import one
from ..table import METHODS, Gradient, Row, expose
from ..tools import raw
from .dimensions import atleast_3d, unsqueeze
from .expand import expand
from .gather import index_select, masked_select
from .join import cat, stack, tensors_of
from .shape import flatten, reshape_to, view
from .slices import slice_any

Array = npt.NDArray[Any]
_NO_INDEXING = (
    "torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument. "
    "(Triggered internally at /__w/pytorch/pytorch/aten/src/ATen/native/TensorShape.cpp:4384.)"
)


def blocks_of(grad: Any, shapes: tuple[tuple[int, ...], ...]) -> tuple[Any, ...]:
    """The blocks of `grad` along its diagonal, each in the shape of its tensor."""
    found, row, column = [], 0, 0
    for shape in shapes:
        rows, columns = _as_matrix(shape)
        block = slice_any(slice_any(grad, 0, row, row + rows, 1), 1, column, column + columns, 1)
        found.append(block.reshape(shape))
        row, column = row + rows, column + columns
    return tuple(found)


def _as_matrix(shape: tuple[int, ...]) -> tuple[int, int]:
    rows, columns = (1,) * (2 - len(shape)) + shape
    return rows, columns


def _block_diag(arrays: list[Array]) -> Array:
    sizes = [_as_matrix(array.shape) for array in arrays]
    common = result_of([from_array(array) for array in arrays]).numpy
    made = np.zeros((sum(rows for rows, _ in sizes), sum(columns for _, columns in sizes)), common)
    row = column = 0
    for array, (rows, columns) in zip(arrays, sizes, strict=True):
        made[row : row + rows, column : column + columns] = array
        row, column = row + rows, column + columns
    return made


_block_diag_row = one(
    Row(
        "block_diag",
        _block_diag,
        ("tensors",),
        (Gradient("blocks_of(grad, tensors_shape)", lambda grad, tensors_shape: blocks_of(grad, tensors_shape)),),
        node="BlockDiagBackward0",
        joint=True,
    )
)


@expose("block_diag", method=False)
def block_diag(*tensors: Any) -> Tensor:
    """Matrices one after the other along the diagonal of a matrix of zeros; vectors count as rows."""
    for place, tensor in enumerate(tensors):
        if type(tensor) not in TENSORS:
            raise TypeError(f"expected Tensor as element {place} in argument 0, but got {type(tensor).__name__}")
        if tensor.array.ndim > 2:
            raise RuntimeError(
                "torch.block_diag: Input tensors must have 2 or fewer dimensions. "
                f"Input {place} has {tensor.array.ndim} dimensions"
            )
    return _block_diag_row(tensors) if tensors else from_array(np.empty((1, 0), np.float32))


@expose("meshgrid", method=False)
def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Tensor, ...]:
    """For each of several vectors a tensor of its values over the grid of all of them."""
    given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    if indexing is None:
        warnings.warn(_NO_INDEXING, UserWarning, stacklevel=2)
    return _grid(tuple(given), "ij" if indexing is None else indexing)


def _grid(given: tuple[Any, ...], indexing: str) -> tuple[Tensor, ...]:
    if not given:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    for place, tensor in enumerate(given):
        if type(tensor) not in TENSORS:
            raise TypeError(f"expected Tensor as element {place} in argument 0, but got {type(tensor).__name__}")
    if any(tensor.array.dtype != given[0].array.dtype for tensor in given):
        raise RuntimeError("meshgrid expects all tensors to have the same dtype")
    wrong = next((tensor for tensor in given if tensor.array.ndim > 1), None)
    if wrong is not None:
        raise RuntimeError(f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {wrong}")
    if indexing not in ("xy", "ij"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    swaps = indexing == "xy" and len(given) >= 2
    ordered = (given[1], given[0], *given[2:]) if swaps else given
    shape = tuple(tensor.array.size for tensor in ordered)
    made = []
    for place, tensor in enumerate(ordered):
        column = [1] * len(shape)
        column[place] = shape[place]
        made.append(expand(view(tensor, tuple(column)), shape))
    return (made[1], made[0], *made[2:]) if swaps else tuple(made)


@expose("cartesian_prod", method=False)
def cartesian_prod(*tensors: Any) -> Tensor:
    """All tuples with one element of each vector, a row each."""
    require_tensors(tensors)
    for tensor in tensors:
        if tensor.array.ndim != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape {list(tensor.array.shape)}")
    if len(tensors) == 1:
        return tensors[0]  # type: ignore[no-any-return]  # a tensor
    return stack([flatten(each) for each in _grid(tensors, "ij")], 1)


@expose("combinations", method=False)
def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """All choices of `r` elements of a vector, a row each."""
    require_tensor("combinations", "input", 1, input)
    if input.array.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(input.array.shape)}")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        return from_array(np.empty(0, input.array.dtype))
    choose = combinations_with_replacement if with_replacement else pairs_of
    mask = np.zeros((input.array.size,) * r, np.bool_)
    chosen = list(choose(range(input.array.size), r))
    if chosen:
        mask[tuple(np.asarray(chosen).T)] = True
    return stack([masked_select(grid, from_array(mask)) for grid in _grid((input,) * r, "ij")], 1)


@expose("dstack", method=False)
def dstack(tensors: Any) -> Tensor:
    """One behind the other, along the third dim."""
    return cat([atleast_3d(tensor) for tensor in tensors_of("dstack", tensors)], 2)


@expose("repeat_interleave")
def repeat_interleave(
    input: Tensor, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
) -> Tensor:
    """Every element, or every slice of a dim, so many times in a row; of `repeats` alone the numbers of its places."""
    require_tensor("repeat_interleave", "input", 1, input)
    if repeats is None:
        return _numbers(input, output_size)
    if isinstance(repeats, int) and not isinstance(repeats, bool):
        return _evenly(input, repeats, dim, output_size)
    if type(repeats) not in TENSORS:
        raise TypeError(
            "repeat_interleave() received an invalid combination of arguments - got "
            f"({type(repeats).__name__}), but expected one of:\n"
            " * (Tensor repeats, int dim = None, *, int output_size = None)\n"
            " * (int repeats, int dim = None, *, int output_size = None)\n"
        )
    source = input if dim is not None else reshape_to(input, (input.array.size,))
    place = wrap_dim(0 if dim is None else dim, source.array.ndim)
    length = source.array.shape[place] if source.array.ndim else 1
    if repeats.array.ndim > 1:
        raise RuntimeError("repeats must be 0-dim or 1-dim tensor")
    if repeats.array.size == 1:
        repeats = from_array(np.full(length, repeats.array.reshape(()), repeats.array.dtype))
    elif repeats.array.size != length:
        raise RuntimeError(
            "repeats must have the same size as input along dim, but got repeats.size(0) = "
            f"{repeats.array.size} and input.size({place}) = {length}"
        )
    return index_select(source, place, _numbers(repeats, output_size))


def _numbers(repeats: Tensor, output_size: int | None) -> Tensor:
    if repeats.dtype not in (int64, int32):
        raise NotImplementedError(f"\"repeat_interleave_cpu\" not implemented for '{repeats.dtype.scalar_type}'")
    if repeats.array.ndim != 1:
        raise RuntimeError("repeat_interleave only accept 1D vector as repeat")
    if (repeats.array < 0).any():
        raise RuntimeError("repeats can not be negative")
    made = np.repeat(np.arange(repeats.array.size, dtype=repeats.array.dtype), raw(repeats))
    if output_size is not None and made.size != output_size:
        raise RuntimeError("allocated size does not match required size")
    return from_array(made)


def _evenly(input: Tensor, times: int, dim: int | None, output_size: int | None) -> Tensor:
    source = input if dim is not None else reshape_to(input, (input.array.size,))
    place = wrap_dim(0 if dim is None else dim, source.array.ndim)
    if times < 0:
        raise RuntimeError("Repeats must be non-negative")
    shape = source.array.shape
    if not shape:
        wrap_dim(1, 0)  # raises, as PyTorch
    if output_size is not None and shape[place] * times != output_size:
        raise RuntimeError(
            f"repeat_interleave: Invalid output_size, expected {shape[place] * times} but got {output_size}"
        )
    wide = expand(unsqueeze(source, place + 1), (*shape[: place + 1], times, *shape[place + 1 :]))
    copied = METHODS["clone"](wide, memory_format=contiguous_format)
    return flatten(copied, place, place + 1)
