"""Functions of three tensors in one node: addcmul, addcdiv, lerp.

Source of the formulas: PyTorch's `tools/autograd/derivatives.yaml` and `Lerp.h`.
"""

from typing import Any

import numpy as np

from ...tensor import TENSORS, Tensor
from ...types.dtype import C_NAMES
from ...types.promotion import result_of
from ..build import NUMBERS
from ..offer import Chosen, offer_choice
from ..operands import invalid, require_tensor
from .cast import cast_to
from .elementwise import elementwise, floating

_THREE = ("self", "tensor1", "tensor2")


def _addcmul(self: Any, tensor1: Any, tensor2: Any, value: Any) -> Any:
    if self.dtype.kind == "b":
        raise NotImplementedError("\"addcmul_cpu_out\" not implemented for 'Bool'")
    if self.dtype.kind != "f":
        value = int(value)
    product = tensor1 * tensor2 if value == 1 else value * tensor1 * tensor2
    return (self + product).astype(self.dtype, copy=False)


def _lerp(self: Any, end: Any, weight: Any) -> Any:
    step = end - self
    if type(weight) in NUMBERS:
        return self + weight * step if abs(weight) < 0.5 else end - step * (1 - weight)
    return np.where(np.abs(weight) < 0.5, self + weight * step, end - step * (1 - weight)).astype(
        step.dtype, copy=False
    )


elementwise(
    "addcmul",
    _addcmul,
    _THREE,
    (
        ("grad", lambda grad: grad),
        ("grad * (tensor2 * value)", lambda grad, tensor2, value: grad * (tensor2 * value)),
        ("grad * (tensor1 * value)", lambda grad, tensor1, value: grad * (tensor1 * value)),
    ),
    "AddcmulBackward0",
    arguments=("value",),
    promotes="same",
)
elementwise(
    "addcdiv",
    lambda self, tensor1, tensor2, value: self + value * (tensor1 / tensor2),
    _THREE,
    (
        ("grad", lambda grad: grad),
        ("grad * (value / tensor2)", lambda grad, tensor2, value: grad * (value / tensor2)),
        (
            "-grad * (value * tensor1 / (tensor2 * tensor2))",
            lambda grad, tensor1, tensor2, value: -grad * (value * tensor1 / (tensor2 * tensor2)),
        ),
    ),
    "AddcdivBackward0",
    arguments=("value",),
    domain="nonzero",
)
elementwise(
    "lerp",
    floating("lerp_kernel_scalar", _lerp),
    ("self", "end"),
    (
        ("grad * (1 - weight)", lambda grad, weight: grad * (1 - weight)),
        ("grad * weight", lambda grad, weight: grad * weight),
    ),
    "LerpBackward0",
    overload="Scalar",
    arguments=("weight",),
    promotes="same",
)
elementwise(
    "lerp",
    floating("lerp_kernel_tensor", _lerp),
    ("self", "end", "weight"),
    (
        ("grad * (1 - weight)", lambda grad, weight: grad * (1 - weight)),
        ("grad * weight", lambda grad, weight: grad * weight),
        ("grad * (end - self)", lambda grad, self, end: grad * (end - self)),
    ),
    "LerpBackward1",
    overload="Tensor",
    promotes="same",
)


def _three_tensors(name: str, *operands: Any) -> tuple[Any, ...]:
    for position, (operand, called) in enumerate(zip(operands, ("input", "tensor1", "tensor2"), strict=True)):
        require_tensor(name, called, position + 1, operand)
    return operands


@offer_choice("addcmul")
def addcmul(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Chosen:
    """`input + value * tensor1 * tensor2`."""
    return Chosen("addcmul", _three_tensors("addcmul", input, tensor1, tensor2), (value,))


@offer_choice("addcdiv")
def addcdiv(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Chosen:
    """`input + value * tensor1 / tensor2`."""
    operands = _three_tensors("addcdiv", input, tensor1, tensor2)
    if not result_of((tensor1, tensor2)).is_floating_point:
        raise RuntimeError(
            "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a "
            "true division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value "
            "* torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / "
            "tensor2) for float inputs. The future addcdiv behavior is just the latter implementation: (input + value "
            "* tensor1 / tensor2), for all dtypes."
        )
    return Chosen("addcdiv", operands, (value,))


@offer_choice("lerp")
def lerp(input: Any, end: Any, weight: Any) -> Chosen:
    """`input + weight * (end - input)`; the weight is a number or a tensor."""
    if type(input) not in TENSORS or type(end) not in TENSORS:
        kinds = (f"Tensor input, Tensor end, {kind} weight, *, Tensor out = None" for kind in ("Tensor", "Number"))
        raise invalid("lerp", (input, end, weight), *kinds)
    _same_dtype(input, end, "end")
    if type(weight) in TENSORS:
        common = result_of((input, end, weight))
        if not weight.array.ndim and weight.dtype is not input.dtype and common.is_floating_point:
            operands = (each if each.dtype is common else cast_to(each, common) for each in (input, end, weight))
            return Chosen("lerp.Tensor", tuple(operands))
        _same_dtype(input, weight, "weight")
        return Chosen("lerp.Tensor", (input, end, weight))
    return Chosen("lerp.Scalar", (input, end), (weight,))


def _same_dtype(input: Tensor, other: Tensor, name: str) -> None:
    if input.dtype is not other.dtype:
        wanted, found = (C_NAMES.get(each.name, each.name) for each in (input.dtype, other.dtype))
        raise RuntimeError(f"expected dtype {wanted} for `{name}` but got dtype {found}")
