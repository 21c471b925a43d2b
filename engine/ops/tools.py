"""What gradient rules of shapes, reductions and indexing are written in: functions on arrays and on tensors alike.

On tensors they call the tensor's own methods, so that gradients have gradients. Index and mask arguments are constants:
an untracked tensor where PyTorch saves one.
"""

from typing import Any

import numpy as np

from ..fit import sum_to as sum_array_to
from ..tensor import TENSORS, from_array
from .dims import kept_shape
from .table import CALLS, FUNCTIONS


def raw(value: Any) -> Any:
    """The array of a tensor; anything else as it is."""
    return value.array if type(value) in TENSORS else value


def like(made: Any, example: Any) -> Any:
    """A constant array as what `example` is: an array, or an untracked tensor."""
    return from_array(np.asarray(made)) if type(example) in TENSORS else made


def expand(x: Any, shape: tuple[int, ...]) -> Any:
    """x repeated, without copying, up to `shape`."""
    return x.expand(shape) if type(x) in TENSORS else spread(x, shape)


def spread(x: Any, shape: tuple[int, ...]) -> Any:
    """`np.broadcast_to`, which takes three times as long for an array in order."""
    own = x.shape
    extra = len(shape) - len(own)
    if not x.flags.c_contiguous or extra < 0 or 0 in shape:
        return np.broadcast_to(x, shape)
    strides = [0] * extra
    for length, wanted, stride in zip(own, shape[extra:], x.strides, strict=False):
        if length not in (1, wanted):
            return np.broadcast_to(x, shape)  # raises
        strides.append(stride if length != 1 else 0)
    made: Any = np.ndarray(shape, x.dtype, x, 0, tuple(strides))
    made.setflags(write=False)  # many of its elements are one
    return made


def reshape(x: Any, shape: tuple[int, ...]) -> Any:
    """x in another shape."""
    return x.reshape(shape)


def sum_to(x: Any, shape: tuple[int, ...]) -> Any:
    """x summed down to `shape`, from which it could have been expanded."""
    return FUNCTIONS["sum_to_size"](x, shape) if type(x) in TENSORS else sum_array_to(x, shape)


def sum_dims(x: Any, dims: tuple[int, ...] | int, keepdim: bool = False) -> Any:
    """x summed over `dims`."""
    if type(x) in TENSORS:
        return x.sum(dims, keepdim)
    return x.sum(axis=dims, keepdims=keepdim) if x.ndim else x


def mean_dims(x: Any, dims: tuple[int, ...]) -> Any:
    """The mean over `dims`, which are kept."""
    total = sum_dims(x, dims, True)
    return total / (raw(x).size / max(raw(total).size, 1))


def unreduce(x: Any, shape: tuple[int, ...], dims: tuple[int, ...], keepdim: bool) -> Any:
    """What a reduction over `dims` gave, with these dims back in place as ones."""
    return x if keepdim else x.reshape(kept_shape(shape, dims))


def restore(grad: Any, shape: tuple[int, ...], dims: tuple[int, ...], keepdim: bool) -> Any:
    """The gradient of a sum over `dims`: each summand gets the sum's."""
    return expand(unreduce(grad, shape, dims, keepdim), shape)


def transpose(x: Any, dim0: int, dim1: int) -> Any:
    """x with two dims exchanged."""
    if type(x) in TENSORS:
        return x.transpose(dim0, dim1)
    return x.swapaxes(dim0, dim1) if x.ndim else x


def t(x: Any) -> Any:
    """A matrix transposed."""
    return x.t() if type(x) in TENSORS else x.T


def mT(x: Any) -> Any:  # noqa: N802 - PyTorch's name
    """Batches of matrices transposed."""
    return transpose(x, -2, -1)


def permute(x: Any, dims: tuple[int, ...]) -> Any:
    """x with its dims in another order."""
    return x.permute(dims) if type(x) in TENSORS else x.transpose(dims)


def permute_back(x: Any, dims: tuple[int, ...]) -> Any:
    """The inverse of `permute`."""
    order = sorted(range(len(dims)), key=lambda place: dims[place] % len(dims))
    return permute(x, tuple(order))


def flip(x: Any, dims: tuple[int, ...]) -> Any:
    """x with the order along `dims` reversed."""
    if type(x) in TENSORS:
        return x.flip(dims)
    return np.flip(x, dims) if x.ndim else x


def roll(x: Any, shifts: tuple[int, ...], dims: tuple[int, ...]) -> Any:
    """x shifted around along `dims`, or along all its elements when there are none."""
    if type(x) in TENSORS:
        return x.roll(shifts, dims)
    return np.roll(x, shifts, dims) if dims else np.roll(x, shifts[0])


def cumsum(x: Any, dim: int) -> Any:
    """Running sums along `dim`."""
    if type(x) in TENSORS:
        return x.cumsum(dim)
    return np.add.accumulate(x, axis=dim) if x.ndim else x


def exp(x: Any) -> Any:
    """e to the power of x."""
    return x.exp() if type(x) in TENSORS else np.exp(x)


def where(condition: Any, x: Any, y: Any) -> Any:
    """x where the condition holds, else y."""
    for operand in (x, y):
        if type(operand) in TENSORS:
            return CALLS["where"]((x, y), (like(raw(condition), operand), raw(operand).dtype))
    return np.where(raw(condition), x, y)


def sign(x: Any) -> Any:
    """The sign of x, as a constant; zero for NaN, as PyTorch's."""
    array = raw(x)
    return like(((array > 0).astype(array.dtype) - (array < 0)).astype(array.dtype), x)


def equal(x: Any, y: Any) -> Any:
    """1 where x equals y, else 0: a constant of x's dtype."""
    a = raw(x)
    return like((a == raw(y)).astype(a.dtype), x)


def same(x: Any, y: Any) -> Any:
    """1 where x equals y (NaN equals NaN), else 0: a constant of x's dtype."""
    a, b = raw(x), raw(y)
    return like(((a == b) | (np.isnan(a) & np.isnan(b))).astype(a.dtype), x)


def filled(x: Any, mask: Any, value: float) -> Any:
    """x with `value` where the mask holds."""
    return where(mask, like(np.asarray(value, raw(x).dtype), x), x)


def numel(x: Any) -> int:
    """The number of elements."""
    return int(raw(x).size)


def shape(x: Any) -> tuple[int, ...]:
    """The shape as a plain tuple."""
    return np.shape(raw(x))


def product_of_others(x: Any, product: Any, dim: int | None) -> Any:
    """For each element the product of all the others along `dim` (of all of them when None).

    Division where no element is zero; else each product is taken with a one in the element's place.
    """
    array = raw(x)
    if not array.ndim:
        return like(np.ones_like(array), x)
    if (array != 0).all():
        return product / x
    if dim is None:
        return product_of_others(x.reshape(-1), product, 0).reshape(array.shape)
    length = array.shape[dim]
    last = transpose(x, dim, -1)
    wide = expand(reshape(last, (*last.shape[:-1], 1, length)), (*last.shape[:-1], length, length))
    alone = filled(wide, np.eye(length, dtype=bool), 1.0)
    return transpose(alone.prod(-1), dim, -1)
