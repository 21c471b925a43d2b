"""Values put back to where their maxima were found: `max_unpool1d`, `max_unpool2d` and `max_unpool3d`."""

from math import prod
from typing import Any

import numpy.typing as npt

from ....tensor import Tensor
from ....types.dtype import int64
from ...operands import require_attribute, require_tensor
from ...shape.dimensions import squeeze, unsqueeze
from ...single import one
from ...table import CALLS, Gradient, Row
from ...tools import raw
from ..windows import Sizes
from .maximum import put_back, take_at

Array = npt.NDArray[Any]


def _unpool(self: Array, indices: Any, output_size: Sizes) -> Array:
    dims = len(output_size)
    return put_back(self, raw(indices), (*self.shape[:-dims], *output_size), dims, True)


def unpooled(grad: Any, indices: Any, output_size: Sizes) -> Any:
    """The gradient of what was put back: the elements at its places."""
    return take_at(grad, indices, len(output_size))


for _dims in (2, 3):
    one(
        Row(
            f"max_unpool{_dims}d",
            _unpool,
            ("self",),
            (
                Gradient(
                    "unpooled(grad, indices, output_size)",
                    lambda grad, indices, output_size: unpooled(grad, indices, output_size),
                ),
            ),
            node=f"MaxUnpool{_dims}DBackward0",
            arguments=("indices", "output_size"),
            saves=("indices",),
        )
    )


def _sizes(value: Any, dims: int) -> list[int]:
    return list(value) if isinstance(value, (tuple, list)) else [value] * dims


def _out(input: Tensor, dims: int, kernel_size: Any, stride: Any, padding: Any, output_size: Any) -> tuple[int, ...]:
    """The size of the result: the smallest that fits, or the one asked for where it fits."""
    require_attribute(input, "size")
    kernel, pad = _sizes(kernel_size, dims), _sizes(padding, dims)
    jump = kernel if stride is None else _sizes(stride, dims)
    own = input.array.shape[-dims:]
    plain = tuple((size - 1) * jump[d] + kernel[d] - 2 * pad[d] for d, size in enumerate(own))
    if output_size is None:
        return plain
    asked = output_size[2:] if len(output_size) == dims + 2 else output_size
    if len(asked) != dims:
        raise ValueError(
            f"output_size should be a sequence containing {dims} or {dims + 2} elements, but it has a length of "
            f"'{len(asked)}'"
        )
    for d, size in enumerate(asked):
        low, high = plain[d] - jump[d], plain[d] + jump[d]
        if not low < size < high:
            raise ValueError(f'invalid output_size "{asked}" (dim {d} must be between {low} and {high})')
    return tuple(asked)


def _put(input: Tensor, indices: Tensor, out: tuple[int, ...]) -> Tensor:
    dims, own = len(out), input.array.shape
    require_tensor(f"max_unpool{dims}d", "indices", 2, indices)
    if indices.dtype is not int64:
        raise RuntimeError(f"elements in indices should be type int64 but got: {indices.dtype.scalar_type}")
    if len(own) not in (dims + 1, dims + 2):
        raise RuntimeError(
            f"Input to max_unpooling{dims}d should be a {dims + 1}d or {dims + 2}d Tensor, but got a tensor with "
            f"{len(own)} dimensions."
        )
    if indices.array.shape != own:
        raise RuntimeError(
            f"Expected shape of indices to be same as that of the input tensor ({list(own)}) but got indices tensor "
            f"with shape: {list(indices.array.shape)}"
        )
    for dim in range(1, len(own)):
        if own[dim] == 0:
            raise RuntimeError(
                f"max_unpooling{dims}d_forward_out_cpu(): Expected input to have non-zero size for non-batch "
                f"dimensions, but got {list(own)} with dimension {dim} being empty."
            )
    wrong = indices.array[(indices.array < 0) | (indices.array >= prod(out))]
    if wrong.size:
        volumes = "x".join(map(str, out))
        raise RuntimeError(f"Found an invalid max index: {wrong[0]} (output volumes are of size {volumes})")
    made: Tensor = CALLS[f"max_unpool{dims}d"]((input,), (indices, out))
    return made


def max_unpool1d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """Zeros with the elements of `input` at the indices that `max_pool1d` found."""
    (length,) = _out(input, 1, kernel_size, stride, padding, output_size)
    return squeeze(_put(unsqueeze(input, -1), unsqueeze(indices, -1), (length, 1)), -1)


def max_unpool2d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """Zeros with the elements of `input` at the indices that `max_pool2d` found."""
    return _put(input, indices, _out(input, 2, kernel_size, stride, padding, output_size))


def max_unpool3d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """Zeros with the elements of `input` at the indices that `max_pool3d` found."""
    return _put(input, indices, _out(input, 3, kernel_size, stride, padding, output_size))
