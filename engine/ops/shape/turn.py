"""Matrices turned and flipped, their trace, and what writes to triangles and diagonals in place."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor
from ..dims import wrap_dim
from ..offer import Chosen, run_inplace
from ..operands import require_tensor
from ..single import one
from ..table import CALLS, METHODS, Gradient, Row, expose
from ..tools import expand
from .rearrange import diag_embed, diagonal_back, flip
from .shape import reshape_to
from .strided import as_strided

Array = npt.NDArray[Any]


def rot90_any(x: Any, k: int, dims: tuple[int, ...]) -> Any:
    """`rot90` of arrays and tensors."""
    if type(x) in TENSORS:
        return CALLS["rot90"]((x,), (k, dims))
    first, second = dims
    turns = k % 4
    flipped = np.flip(x, ((), second, dims, first)[turns]) if turns else x
    copied: Array = np.array(flipped, order="C")
    return copied.swapaxes(first, second) if turns % 2 else copied


def trace_back(grad: Any, self_sym_sizes: tuple[int, ...]) -> Any:
    """Zeros with the gradient on the diagonal."""
    return diagonal_back(expand(grad, (min(self_sym_sizes),)), self_sym_sizes, 0, 0, 1)


_rot90 = one(
    Row(
        "rot90",
        lambda self, k, dims: rot90_any(self, k, dims),
        ("self",),
        (Gradient("rot90_any(grad, -k, dims)", lambda grad, k, dims: rot90_any(grad, -k, dims)),),
        node="Rot90Backward0",
        arguments=("k", "dims"),
    )
)
_trace = one(
    Row(
        "trace",
        lambda self, self_sym_sizes: np.asarray(np.trace(self), self.dtype if self.dtype.kind == "f" else np.int64),
        ("self",),
        (Gradient("trace_back(grad, self_sym_sizes)", trace_back),),
        node="TraceBackward0",
        arguments=("self_sym_sizes",),
    )
)


@expose("rot90")
def rot90(input: Tensor, k: int = 1, dims: Any = (0, 1)) -> Tensor:
    """Turned by `k` quarter turns in the plane of two dims, from the first towards the second."""
    require_tensor("rot90", "input", 1, input)
    ndim, plane = input.array.ndim, tuple(dims)
    if len(plane) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(plane)}")
    if ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {ndim}")
    for dim in plane:
        wrap_dim(dim, ndim)
    if plane[0] == plane[1] or (plane[0] - plane[1]) in (ndim, -ndim):
        raise RuntimeError(f"expected rotation dims to be different, but got dim0 = {plane[0]} and dim1 = {plane[1]}")
    return _rot90((input,), (k, plane))


@expose("fliplr")
def fliplr(input: Tensor) -> Tensor:
    """The order along the second dim reversed."""
    if input.array.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return flip(input, (1,))


@expose("flipud")
def flipud(input: Tensor) -> Tensor:
    """The order along the first dim reversed."""
    if input.array.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return flip(input, (0,))


@expose("__reversed__", function=False)
def backwards(input: Tensor) -> Tensor:
    """`reversed(x)`: the order along the first dim reversed."""
    return flip(input, (0,)) if input.array.ndim else input


@expose("trace")
def trace(input: Tensor) -> Tensor:
    """The sum of a matrix's diagonal."""
    require_tensor("trace", "input", 1, input)
    if input.array.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input.array.ndim}")
    if input.array.dtype == np.bool_:
        raise NotImplementedError("\"trace\" not implemented for 'Bool'")
    return _trace((input,), (input.array.shape,))


@expose("diagflat")
def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """A matrix with all elements of `input` on a diagonal."""
    require_tensor("diagflat", "input", 1, input)
    return diag_embed(reshape_to(input, (input.array.size,)), offset)


@expose("tril_", function=False)
def tril_(input: Tensor, diagonal: int = 0) -> Tensor:
    """Write zeros above `diagonal`."""
    return _cut("tril", input, diagonal)


@expose("triu_", function=False)
def triu_(input: Tensor, diagonal: int = 0) -> Tensor:
    """Write zeros below `diagonal`."""
    return _cut("triu", input, diagonal)


def _cut(name: str, input: Tensor, diagonal: int) -> Tensor:
    if input.array.ndim < 2:
        raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")
    made: Tensor = run_inplace(input, Chosen(name, (input,), (diagonal,)))
    return made


@expose("fill_diagonal_", function=False)
def fill_diagonal_(input: Tensor, fill_value: Any, wrap: bool = False) -> Tensor:
    """Write one value along the main diagonal; with `wrap` again and again down a tall matrix."""
    require_tensor("fill_diagonal_", "input", 1, input)
    shape = input.array.shape
    if len(shape) < 2:
        raise RuntimeError("dimensions must larger than 1")
    if len(shape) > 2 and len(set(shape)) > 1:
        raise RuntimeError("all dimensions of input must be of equal length")
    steps: tuple[int, ...] = METHODS["stride"](input)
    start: int = METHODS["storage_offset"](input)
    length = min(shape)
    value = fill_value.item() if type(fill_value) in TENSORS else fill_value
    METHODS["fill_"](as_strided(input, (length,), (sum(steps),), start), value)
    rows, columns = shape[0], shape[1]
    if wrap and len(shape) == 2 and rows > columns + 1:
        rest = -(-(rows * columns) // (columns + 1)) - length
        offset = start + steps[0] * (columns + 1)
        METHODS["fill_"](as_strided(input, (rest,), (sum(steps),), offset), value)
    return input
