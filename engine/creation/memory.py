"""Tensors laid out in memory as one says, or over the memory of a buffer: empty_strided, frombuffer and their like."""

import warnings
from typing import Any, Unpack

import numpy as np

from ..arguments import Options, check_options, require_lengths
from ..tensor import Tensor, from_array, method
from ..types.dtype import (
    dtype as DType,  # noqa: N812 - `dtype` is an argument here
    get_default_dtype,
)
from ..views import Geometry, strided
from .factories import leaf

_NOT_WRITABLE = (
    "The given buffer is not writable, and PyTorch does not support non-writable tensors. This means you can write to "
    "the underlying (supposedly non-writable) buffer using the tensor. You may want to copy the buffer to protect its "
    "data or make it writable before converting it to a tensor. This type of warning will be suppressed for the rest "
    "of this program."
)


def empty_strided(size: Any, stride: Any, **options: Unpack[Options]) -> Tensor:
    """Zeros (PyTorch leaves old memory) with the given steps, in elements, between neighbours along each dim."""
    wanted, requires_grad = check_options("empty_strided", options)
    return _with_steps(tuple(size), tuple(stride), wanted or get_default_dtype(), requires_grad)


def empty_permuted(size: Any, physical_layout: Any, **options: Unpack[Options]) -> Tensor:
    """Zeros whose dims lie in memory in the given order, the outermost first."""
    wanted, requires_grad = check_options("empty_permuted", options)
    shape, order = tuple(size), tuple(physical_layout)
    if len(order) != len(shape):
        raise RuntimeError(
            f"Number of dimensions in size does not match the length of the physical_layout; i.e. len(size) = "
            f"{len(shape)} is not equal to len(physical_layout) = {len(order)}"
        )
    for place, dim in enumerate(order):
        if not 0 <= dim < len(shape):
            raise RuntimeError(
                f"Dimension out of range (expected to be between 0 and {len(shape) - 1}, but got {dim} at index "
                f"{place}).  NB: negative dims not currently supported; file an issue if you want it."
            )
    if len(set(order)) < len(order):
        raise RuntimeError("Duplicate dim not allowed")
    require_lengths("empty_permuted", shape)
    made = np.zeros(tuple(shape[dim] for dim in order), (wanted or get_default_dtype()).numpy)
    return leaf(made.transpose(np.argsort(order)) if order else made, requires_grad)


@method("new_empty_strided")
def new_empty_strided(self: Tensor, size: Any, stride: Any, **options: Unpack[Options]) -> Tensor:
    """As `empty_strided`, with this tensor's dtype unless another is given."""
    wanted, requires_grad = check_options("new_empty_strided", options)
    return _with_steps(tuple(size), tuple(stride), wanted or self.dtype, requires_grad)


def frombuffer(buffer: Any, *, dtype: DType, count: int = -1, offset: int = 0, requires_grad: bool = False) -> Tensor:
    """A vector over the memory of an object with the buffer protocol; what is written to either is seen by both."""
    memory = memoryview(buffer)
    length, size = memory.nbytes, dtype.itemsize
    if length == 0 or count == 0:
        raise ValueError(f"both buffer length ({length}) and count ({count}) must not be 0")
    if not 0 <= offset < length:
        raise ValueError(
            f"offset ({offset} bytes) must be non-negative and no greater than buffer length ({length} bytes) minus 1"
        )
    if count < 0 and (length - offset) % size:
        raise ValueError(
            f"buffer length ({length - offset} bytes) after offset ({offset} bytes) must be a multiple of element size "
            f"({size})"
        )
    if count > 0 and offset + count * size > length:
        raise ValueError(
            f"requested buffer length ({count} * {size} bytes) after offset ({offset} bytes) must not be greater than "
            f"actual buffer length ({length} bytes)"
        )
    if memory.readonly:
        warnings.warn(_NOT_WRITABLE, UserWarning, stacklevel=2)
    made = from_array(np.frombuffer(buffer, dtype.numpy, count, offset))
    return made.requires_grad_() if requires_grad else made


def _with_steps(shape: tuple[int, ...], steps: tuple[int, ...], wanted: DType, requires_grad: bool) -> Tensor:
    if len(shape) != len(steps):
        raise RuntimeError(
            f"dimensionality of sizes ({len(shape)}) must match dimensionality of strides ({len(steps)})"
        )
    require_lengths("empty_strided", shape)
    if any(step < 0 for step in steps):
        raise RuntimeError(f"Storage size calculation overflowed with sizes={list(shape)} and strides={list(steps)}")
    reach = 0 if 0 in shape else 1 + sum((length - 1) * step for length, step in zip(shape, steps, strict=True))
    return leaf(strided(np.zeros(max(reach, 1), wanted.numpy), Geometry(shape, steps, 0)), requires_grad)
