"""What a tensor says of its shape and memory: size, stride, numel, contiguity. Nothing here is recorded."""

from typing import Any

from ..tensor import Tensor
from ..views import geometry
from .dims import wrap_dim
from .operands import require_tensor
from .table import expose


@expose("size", function=False)
def size(input: Tensor, dim: int | None = None) -> Any:
    """The shape, or the length of one dim."""
    if dim is None:
        return input.shape
    return input.array.shape[_existing(dim, input)]


@expose("stride", function=False)
def stride(input: Tensor, dim: int | None = None) -> Any:
    """How many elements lie between neighbours along each dim, or along one."""
    strides = tuple(step // input.array.itemsize for step in input.array.strides)
    return strides if dim is None else strides[_existing(dim, input)]


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
    """Whether the elements lie in memory in order, without gaps."""
    return bool(input.array.flags.c_contiguous)


@expose("storage_offset", function=False)
def storage_offset(input: Tensor) -> int:
    """Where the first element lies in the memory of the base, in elements."""
    base = input._base
    return 0 if base is None else geometry(input, base).offset


@expose("is_same_size", function=False)
def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape."""
    return input.array.shape == other.array.shape


def _existing(dim: int, input: Tensor) -> int:
    if input.array.ndim == 0:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    return wrap_dim(dim, input.array.ndim)
