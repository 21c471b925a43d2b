"""`matmul` for any ranks, made of the rows of `linalg.py` with the views that PyTorch puts around them.

Follows `_matmul_impl` and `should_fold` of ATen's LinearAlgebra.cpp: a batch times a matrix is folded into one matrix
product where that saves memory in the backward pass, everything else becomes one batched product.
"""

from math import prod
from typing import Any

from ...arguments import broadcast_shapes
from ...tensor import TENSORS, Tensor
from ..operands import require_tensor
from ..out import through
from ..shape.dimensions import squeeze, squeeze_inplace, t, unsqueeze
from ..shape.expand import expand
from ..shape.shape import contiguous, reshape_to, unsafe_view, view
from ..table import METHODS, expose
from .products import addmm, bmm, dot, mm, mv


@expose("matmul")
def matmul(input: Tensor, other: Tensor, *, out: Any = None) -> Tensor:
    """The matrix product; vectors count as rows or columns, leading dims broadcast."""
    if type(input) not in TENSORS or type(other) not in TENSORS:
        require_tensor("matmul", "input", 1, input)
        require_tensor("matmul", "other", 2, other)
    if out is not None:
        return through("matmul", out, matmul, input, other)  # type: ignore[no-any-return]  # it is `out`
    dims = (input.array.ndim, other.array.ndim)
    if dims == (2, 2):
        return mm(input, other)
    if 0 in dims:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {dims[0]}D and {dims[1]}D")
    if dims == (2, 1):
        return mv(input, other)
    if dims == (1, 1):
        return dot(input, other)
    if dims == (1, 2):
        row = mm(unsqueeze(input, 0), other)
        return squeeze_inplace((row,), (0, row.array.shape))
    if _should_fold(input, other):
        return _folded(input, other)
    return _batched(input, other)


@expose("__matmul__", function=False)
def operator_matmul(input: Tensor, other: Any) -> Any:
    """`input @ other`."""
    return matmul(input, other) if type(other) in TENSORS else NotImplemented


@expose("__rmatmul__", function=False)
def reflected_matmul(input: Tensor, other: Any) -> Any:
    """`other @ input`."""
    return matmul(other, input) if type(other) in TENSORS else NotImplemented


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input @ weight.T + bias, with weight (out, in): `torch.nn.functional.linear`, one AddmmBackward0 with a bias."""
    try:
        if bias is not None and input.array.ndim == 2:
            return addmm(bias, input, t(weight))
        rowwise = bias is not None and (weight.array.ndim == 2 or bias.array.ndim == 1)
        if bias is not None and rowwise and input.array.flags.c_contiguous:
            lengths = input.array.shape[:-1]
            rows = reshape_to(input, (prod(lengths), input.array.shape[-1]))
            return view(addmm(bias, rows, t(weight)), (*lengths, weight.array.shape[0]))
        product = matmul(input, t(weight))
    except (AttributeError, TypeError):
        for place, (name, value) in enumerate((("input", input), ("weight", weight), ("bias", bias)), 1):
            if name != "bias" or value is not None:
                require_tensor("linear", name, place, value)
        raise
    if bias is None:
        return product
    if bias.array.dtype != product.array.dtype or bias.array.ndim > product.array.ndim:  # PyTorch adds it in place
        return METHODS["add_"](product, bias)  # type: ignore[no-any-return]  # it is `product`
    return product + bias  # type: ignore[operator,no-any-return]  # from the table


def _mT(tensor: Tensor) -> Tensor:  # noqa: N802 - PyTorch's name
    made: Tensor = METHODS["mT"].fget(tensor)
    return made


def _should_fold(one: Tensor, other: Tensor) -> bool:
    swapped = one.array.ndim < other.array.ndim
    large, small = (other, one) if swapped else (one, other)
    if large.array.ndim < 3 or small.array.ndim > 2:
        return False
    if small.requires_grad:  # else backward would need the small one expanded to the whole batch
        return True
    if one.array.ndim == 2:
        return False
    array = large.array.swapaxes(-2, -1) if swapped else large.array
    if not array.size:
        return True
    shape, strides = array.shape, array.strides
    return all(strides[dim] == strides[dim + 1] * shape[dim + 1] for dim in range(array.ndim - 2))


def _folded(one: Tensor, other: Tensor) -> Tensor:
    """All leading dims of the larger as rows of one matrix."""
    swapped = other.array.ndim > one.array.ndim
    large = _mT(other) if swapped else one
    small = other if not swapped else t(one) if one.array.ndim == 2 else one
    lengths = large.array.shape[:-1]
    rows = reshape_to(large, (prod(lengths), large.array.shape[-1]))
    if small.array.ndim == 1:
        return unsafe_view(mv(rows, small), lengths)
    product = unsafe_view(mm(rows, small), (*lengths, small.array.shape[1]))
    return contiguous(_mT(product)) if swapped else product


def _batched(one: Tensor, other: Tensor) -> Tensor:
    """All leading dims, after broadcasting, as one batch."""
    first, second = one.array.shape, other.array.shape
    if len(first) == len(second) == 3 and first[0] != second[0]:
        if first[0] == 1 and one.requires_grad:
            return matmul(squeeze(one, 0), other)
        if second[0] == 1 and other.requires_grad:
            return matmul(one, squeeze(other, 0))
    n, inner = (first[-2] if len(first) > 1 else 1), first[-1]
    vector = len(second) == 1
    batch = broadcast_shapes(first[:-2], second[:-2])
    count = prod(batch)
    left = reshape_to(expand(one, (*batch, n, inner)), (count, n, inner))
    if vector:
        right = unsqueeze(reshape_to(expand(other, (*batch, *second)), (count, *second)), 2)
    else:
        right = reshape_to(expand(other, (*batch, *second[-2:])), (count, *second[-2:]))
    size = (*batch, *((n,) if len(first) > 1 else ()), *(() if vector else (second[-1],)))
    product = bmm(left, right)
    return unsafe_view(squeeze(product, -1) if vector else product, size)
