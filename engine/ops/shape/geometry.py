"""What a tensor says of its shape and memory: size, stride, numel, contiguity. Nothing here is recorded."""

from typing import Any

import numpy.typing as npt

from ...tensor import Tensor
from ...types.layout import is_arranged, strided
from ...types.size import Size
from ...views import geometry
from ..dims import wrap_dim
from ..operands import require_tensor
from ..table import METHODS, expose


@expose("size", function=False)
def size(input: Tensor, dim: int | None = None) -> Any:
    """The shape, or the length of one dim."""
    if dim is None:
        return input.shape
    return input.array.shape[_existing(dim, input)]


@expose("stride", function=False)
def stride(input: Tensor, dim: int | None = None) -> Any:
    """How many elements lie between neighbours along each dim, or along one."""
    strides = strides_of(input.array)
    return strides if dim is None else strides[_existing(dim, input)]


def strides_of(array: npt.NDArray[Any]) -> tuple[int, ...]:
    """Strides in elements; of an array without elements those that PyTorch gives a contiguous one."""
    if array.size:
        steps = [step // array.itemsize for step in array.strides]
        if 0 in steps:
            _name_single(array.shape, steps)
        return tuple(steps)
    return contiguous_strides(array.shape)


def _name_single(shape: tuple[int, ...], steps: list[int]) -> None:
    """Give dims of length 1, for which NumPy may say 0, the stride that PyTorch gives a new one."""
    following = 1
    for place in range(len(steps) - 1, -1, -1):
        if shape[place] == 1 and not steps[place]:
            steps[place] = following
        following = shape[place] * steps[place]


def contiguous_strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The strides, in elements, of a row-major array; PyTorch counts a length of zero as one."""
    strides, step = [1] * len(shape), 1
    for place in range(len(shape) - 1, -1, -1):
        strides[place] = step
        step *= max(shape[place], 1)
    return tuple(strides)


@expose("dim", "ndimension", function=False)
def dim(input: Tensor) -> int:
    """The number of dims."""
    return input.array.ndim


@expose("numel")
@expose("nelement", function=False)
def numel(input: Tensor) -> int:
    """The number of elements."""
    require_tensor("numel", "input", 1, input)
    return input.array.size


@expose("element_size", function=False)
def element_size(input: Tensor) -> int:
    """Bytes of one element."""
    return input.array.itemsize


@expose("is_contiguous", function=False)
def is_contiguous(input: Tensor, memory_format: object = None) -> bool:
    """Whether the elements lie in memory in that order (row-major unless told), without gaps."""
    return is_arranged(input.array, memory_format)


@expose("storage_offset", function=False)
def storage_offset(input: Tensor) -> int:
    """Where the first element lies in the memory of the base, in elements."""
    base = input._base
    return 0 if base is None else geometry(input, base).offset


@expose("is_same_size", function=False)
def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape."""
    return input.array.shape == other.array.shape


@expose("cpu", function=False)
def cpu(input: Tensor) -> Tensor:
    """The tensor itself: it is on the CPU."""
    return input


@expose("broadcast_shapes", method=False)
def broadcast_shapes(*shapes: Any) -> Size:
    """The shape that tensors of these shapes broadcast to. Raises RuntimeError where they do not."""
    given = [(shape,) if isinstance(shape, int) else shape for shape in shapes]
    length = max((len(shape) for shape in given), default=0)
    common = [1] * length
    for place, shape in enumerate(given):
        for dim in range(-1, -1 - len(shape), -1):
            if shape[dim] in (1, common[dim]):
                continue
            if common[dim] != 1:
                raise RuntimeError(
                    f"Attempting to broadcast a dimension of length {shape[dim]} at {dim}! Mismatching argument at "
                    f"index {place} had {shape}; but expected shape should be broadcastable to {common}"
                )
            if shape[dim] < 0:
                raise ValueError("Attempting to broadcast a dimension with negative length!")
            common[dim] = shape[dim]
    return Size(common)


METHODS["layout"] = property(lambda _: strided)
METHODS["is_cpu"] = property(lambda _: True)


def _existing(dim: int, input: Tensor) -> int:
    if input.array.ndim == 0:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    return wrap_dim(dim, input.array.ndim)
