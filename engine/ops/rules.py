"""What gradient rules are written in, besides operators: functions that run on arrays and on tensors alike.

On arrays they are NumPy's; on tensors the table's operation of that name, so that gradients have gradients. Comparisons
in a rule (`self > 0`) give masks, which are never differentiated.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ..tensor import TENSORS, Tensor, from_array
from .table import FUNCTIONS

Array = npt.NDArray[Any]
_MANY = 256  # elements from which on clearing bits is faster than choosing
_BITS: dict[int, Any] = {4: np.int32, 8: np.int64}


def either(raw: Callable[..., Any], key: str) -> Callable[..., Any]:
    """`raw` for arrays and numbers, the function of row `key` as soon as one operand is a tensor."""

    def function(*operands: Any) -> Any:
        for operand in operands:
            if type(operand) in TENSORS:
                return FUNCTIONS[key](*operands)
        return raw(*operands)

    return function


def constant(raw: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose result counts as a constant: of tensors it takes the arrays, and gives an untracked tensor."""

    def function(*operands: Any) -> Any:
        if not any(type(operand) in TENSORS for operand in operands):
            return raw(*operands)
        return from_array(np.asarray(raw(*(x.array if type(x) in TENSORS else x for x in operands))))

    return function


def shape_of(value: Any) -> tuple[int, ...]:
    """The shape as a plain tuple; () for a number."""
    return value.array.shape if isinstance(value, Tensor) else np.shape(value)


def where(condition: Any, chosen: Any, otherwise: Any) -> Any:
    """Elements of `chosen` where the condition holds, else of `otherwise`; either may be a number."""
    if type(chosen) in TENSORS or type(otherwise) in TENSORS:
        return FUNCTIONS["where"](condition, chosen, otherwise)
    return np.where(condition, chosen, otherwise)


def sigmoid_of(array: Array) -> Array:
    """1 / (1 + exp(-x))."""
    made: Array = 1 / (1 + np.exp(-array))
    return made


def rsqrt_of(array: Array) -> Array:
    """1 / sqrt(x)."""
    made: Array = 1 / np.sqrt(array)
    return made


def sign_of(array: Any) -> Any:
    """-1, 0 or 1; 0 for NaN too, as in PyTorch."""
    if np.asarray(array).dtype.kind != "f":
        return np.sign(array)
    return (array > 0).astype(array.dtype) - (array < 0).astype(array.dtype)


def threshold_backward_of(grad: Array, result: Array) -> Array:
    """Zero where `result` is not positive, also where `grad` is nan; else `grad`, also where `result` is nan."""
    if result.size < _MANY or grad.dtype.itemsize not in _BITS:
        return np.where(result <= 0, 0, grad)
    # The bits of what is dropped are cleared: ten times as fast as a choice, which goes element by element.
    bits = _BITS[grad.dtype.itemsize]
    kept = np.negative((~(result <= 0)).view(np.int8), dtype=bits)
    made: Array = np.bitwise_and(grad.view(bits), kept).view(grad.dtype)
    return made


def tanh_backward(grad: Any, result: Any) -> Any:
    """The gradient of tanh, by its result; on tensors in PyTorch's one node."""
    if type(grad) in TENSORS or type(result) in TENSORS:
        return FUNCTIONS["tanh_backward"](grad, result)
    return grad * (1 - result * result)


def sigmoid_backward(grad: Any, result: Any) -> Any:
    """The gradient of the sigmoid, by its result; on tensors in PyTorch's one node."""
    if type(grad) in TENSORS or type(result) in TENSORS:
        return FUNCTIONS["sigmoid_backward"](grad, result)
    return grad * (1 - result) * result


def power_of(base: Any, exponent: Any) -> Any:
    """`base ** exponent`, the common exponents by multiplication, as PyTorch's kernel computes them."""
    if isinstance(exponent, (int, float)):
        if exponent == 2:
            return base * base
        if exponent == 3:
            return base * base * base
        if exponent == 1:
            return base * 1
        if base.dtype.kind == "f":
            if exponent == 0.5:
                return np.sqrt(base)
            if exponent == -1:
                return 1 / base
            if exponent == -2:
                return 1 / (base * base)
            if exponent == -0.5:
                return 1 / np.sqrt(base)
    return np.power(base, exponent)


def power(base: Any, exponent: Any) -> Any:
    """`base ** exponent` in a rule."""
    if type(base) in TENSORS or type(exponent) in TENSORS:
        return FUNCTIONS["power"](base, exponent)
    return power_of(base, exponent) if isinstance(base, (np.ndarray, np.generic)) else np.power(base, exponent)


zeros_like = constant(np.zeros_like)
isfinite = constant(np.isfinite)
exp = either(np.exp, "exp")
log = either(np.log, "log")
sin = either(np.sin, "sin")
cos = either(np.cos, "cos")
sinh = either(np.sinh, "sinh")
cosh = either(np.cosh, "cosh")
rsqrt = either(rsqrt_of, "rsqrt")
reciprocal = either(np.reciprocal, "reciprocal")
sign = either(sign_of, "sign")
floor = either(np.floor, "floor")
trunc = either(np.trunc, "trunc")
threshold_backward = either(threshold_backward_of, "threshold_backward")
logical_and = constant(np.logical_and)
logical_or = constant(np.logical_or)
