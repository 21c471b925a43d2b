"""Products of three tensors: `nn.functional.bilinear` and the row that it is made of."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor
from ...types.dtype import C_NAMES
from ..operands import require_tensor
from ..shape.shape import reshape_to
from ..single import one
from ..table import CALLS, FUNCTIONS, Gradient, Row

Array = npt.NDArray[Any]
Dims = tuple[int, ...]


def trilinear(i1: Any, i2: Any, i3: Any, expand1: Dims, expand2: Dims, expand3: Dims, sumdim: Dims) -> Any:
    """The product of three operands, which lack the dims `expand1` and so on, summed over `sumdim`."""
    operands = (i1, i2, i3)
    expands = (expand1, expand2, expand3)
    if any(type(operand) in TENSORS for operand in operands):
        return CALLS["_trilinear"](operands, (*expands, sumdim))
    dims = range(i1.ndim + len(expand1))
    letters = "abcdefgh"
    inputs = ",".join("".join(letters[dim] for dim in dims if dim not in lacks) for lacks in expands)
    output = "".join(letters[dim] for dim in dims if dim not in sumdim)
    return np.ascontiguousarray(np.einsum(f"{inputs}->{output}", *operands, optimize=True))


one(
    Row(
        "_trilinear",
        trilinear,
        ("i1", "i2", "i3"),
        (
            Gradient(
                "trilinear(grad, i2, i3, sumdim, expand2, expand3, expand1)",
                lambda grad, i2, i3, expand1, expand2, expand3, sumdim: trilinear(
                    grad, i2, i3, sumdim, expand2, expand3, expand1
                ),
            ),
            Gradient(
                "trilinear(i1, grad, i3, expand1, sumdim, expand3, expand2)",
                lambda grad, i1, i3, expand1, expand2, expand3, sumdim: trilinear(
                    i1, grad, i3, expand1, sumdim, expand3, expand2
                ),
            ),
            Gradient(
                "trilinear(i1, i2, grad, expand1, expand2, sumdim, expand3)",
                lambda grad, i1, i2, expand1, expand2, expand3, sumdim: trilinear(
                    i1, i2, grad, expand1, expand2, sumdim, expand3
                ),
            ),
        ),
        node="TrilinearBackward0",
        arguments=("expand1", "expand2", "expand3", "sumdim"),
    )
)


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """For each output o: input1 @ weight[o] @ input2, plus the bias; weight is (out, in1, in2)."""
    given = {"input1": input1, "input2": input2, "weight": weight} | ({} if bias is None else {"bias": bias})
    for position, (name, value) in enumerate(given.items(), 1):
        require_tensor("bilinear", name, position, value)
    if len({value.dtype for value in given.values()}) > 1:
        kinds = ", ".join(f"{name}: {C_NAMES.get(value.dtype.name, value.dtype.name)}" for name, value in given.items())
        raise RuntimeError(f"All tensors must have the same dtype, got {kinds}")
    first, second, matrices = input1.array.shape, input2.array.shape, weight.array.shape
    if len(first) != len(second):
        raise RuntimeError(f"bilinear(): input dimensions do not match: got {len(first)} and {len(second)}")
    for dim, (length, other) in enumerate(zip(first[:-1], second[:-1], strict=True)):
        if length != other:
            raise RuntimeError(
                f"bilinear(): input batch dimensions do not match at dim {dim}: got {length} and {other}"
            )
    if len(matrices) != 3:
        bound = len(matrices)
        raise IndexError(f"Dimension out of range (expected to be in range of [-{bound}, {bound - 1}], but got 2)")
    for place, (shape, wanted) in enumerate(((first, matrices[1]), (second, matrices[2]))):
        if shape[-1] != wanted:
            raise RuntimeError(
                f"bilinear(): input{place + 1} size does not match weight size: got {shape[-1]} but expected {wanted}"
            )
    if bias is not None and bias.array.shape[0] != matrices[0]:
        raise RuntimeError(
            f"bilinear(): bias size does not match weight size: got {bias.array.shape[0]} but expected {matrices[0]}"
        )
    count = int(np.prod(first[:-1], dtype=int))
    flat1, flat2 = reshape_to(input1, (count, first[-1])), reshape_to(input2, (count, second[-1]))
    product = CALLS["_trilinear"]((flat1, weight, flat2), ((1, 3), (0,), (1, 2), (2, 3)))
    made = reshape_to(product, (*first[:-1], matrices[0]))
    total: Tensor = made if bias is None else FUNCTIONS["add"](made, bias)
    return total
