"""Products summed over any dims, made of products of matrices as PyTorch makes them: tensordot, inner and kron."""

from math import prod
from typing import Any

from ...tensor import TENSORS, Tensor
from ..dims import wrap_dims
from ..operands import refuse_out, require_tensor
from ..shape.dimensions import permute, squeeze
from ..shape.shape import reshape_to, unsafe_view
from ..table import FUNCTIONS, METHODS, expose
from .products import dot, mm


@expose("tensordot", method=False)
def tensordot(a: Tensor, b: Tensor, dims: Any = 2, out: Any = None) -> Tensor:
    """The sum of products over `dims`: that many last dims of a and first ones of b, or two lists of dims."""
    refuse_out("tensordot", out)
    require_tensor("tensordot", "a", 1, a)
    require_tensor("tensordot", "b", 2, b)
    if type(dims) in TENSORS:
        dims = dims.tolist()
    if isinstance(dims, (tuple, list)):
        if len(dims) != 2:
            raise RuntimeError("tensordot expects dims to be int or two lists of ints")
        for name, place, each in (("dims_self", 3, dims[0]), ("dims_other", 4, dims[1])):
            if not isinstance(each, (tuple, list)):
                raise TypeError(
                    f"tensordot(): argument '{name}' (position {place}) must be tuple of ints, "
                    f"not {type(each).__name__}"
                )
        return contracted(a, b, tuple(dims[0]), tuple(dims[1]))
    if dims < 0:
        raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
    if dims > min(a.array.ndim, b.array.ndim):
        raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
    return contracted(a, b, tuple(range(-dims, 0)), tuple(range(dims)))


def contracted(a: Tensor, b: Tensor, dims_a: tuple[int, ...], dims_b: tuple[int, ...]) -> Tensor:
    """The sum of products over pairs of dims; one of length 1 broadcasts."""
    if len(dims_a) != len(dims_b):
        raise RuntimeError("both dimension lists should have same length")
    if a.array.dtype != b.array.dtype:
        raise RuntimeError("both inputs should have same dtype")
    over_a, over_b = wrap_dims(dims_a, a.array.ndim), wrap_dims(dims_b, b.array.ndim)
    left, right, inner = a, b, 1
    for place, (dim_a, dim_b) in enumerate(zip(over_a, over_b, strict=True)):
        length_a, length_b = a.array.shape[dim_a], b.array.shape[dim_b]
        if length_b == 1:
            left = METHODS["sum"](left, dim_a, True, dtype=left.dtype)
        elif length_a == 1:
            right = METHODS["sum"](right, dim_b, True, dtype=right.dtype)
        elif length_a != length_b:
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {length_a} in dim {dims_a[place]} and second "
                f"has size {length_b} in dim {dims_b[place]}"
            )
        else:
            inner *= length_a
    free_a = [dim for dim in range(a.array.ndim) if dim not in over_a]
    free_b = [dim for dim in range(b.array.ndim) if dim not in over_b]
    lengths_a = tuple(a.array.shape[dim] for dim in free_a)
    lengths_b = tuple(b.array.shape[dim] for dim in free_b)
    left = permute(left, (*free_a, *over_a))
    right = permute(right, (*over_b, *free_b))
    if prod(lengths_a) == prod(lengths_b) == 1:
        if left.array.flags.c_contiguous and right.array.flags.c_contiguous:
            total = dot(METHODS["flatten"](left), METHODS["flatten"](right))
        else:
            total = METHODS["sum"](FUNCTIONS["mul"](squeeze(left), squeeze(right)))
        return reshape_to(total, lengths_a + lengths_b)
    product = mm(reshape_to(left, (prod(lengths_a), inner)), reshape_to(right, (inner, prod(lengths_b))))
    return reshape_to(product, lengths_a + lengths_b)


@expose("inner")
def inner(input: Tensor, other: Tensor, *, out: Any = None) -> Tensor:
    """The sums of products over the last dims; with a 0-d tensor the product."""
    refuse_out("inner", out)
    require_tensor("inner", "other", 2, other)
    one_shape, other_shape = input.array.shape, other.array.shape
    if not one_shape or not other_shape:
        made: Tensor = FUNCTIONS["mul"](input, other)
        return made
    if one_shape[-1] != other_shape[-1]:
        raise RuntimeError(
            "inner() the last dimension must match on both input tensors but got shapes "
            f"{list(one_shape)} and {list(other_shape)}"
        )
    return contracted(input, other, (-1,), (-1,))


@expose("kron")
def kron(input: Tensor, other: Tensor, *, out: Any = None) -> Tensor:
    """The Kronecker product: each element of `input` times all of `other`."""
    refuse_out("kron", out)
    require_tensor("kron", "other", 2, other)
    ndim = max(input.array.ndim, other.array.ndim)
    one_shape = (1,) * (ndim - input.array.ndim) + input.array.shape
    other_shape = (1,) * (ndim - other.array.ndim) + other.array.shape
    left = unsafe_view(input, tuple(length for each in one_shape for length in (each, 1)))
    right = unsafe_view(other, tuple(length for each in other_shape for length in (1, each)))
    size = tuple(one_length * length for one_length, length in zip(one_shape, other_shape, strict=True))
    return unsafe_view(FUNCTIONS["mul"](left, right), size)
