"""From what the user passed to arrays: type promotion, and PyTorch's errors for wrong types and shapes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..arguments import broadcast_shapes, type_name
from ..creation.data import fits
from ..tensor import TENSORS
from ..types.dtype import bool_, dtype, get_default_dtype, of_numpy
from ..types.layout import ordered
from ..types.promotion import result_of
from .table import Row

Array = npt.NDArray[Any]

_NO_BOOL = {
    "neg": "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the "
    "`~` or `logical_not()` operator instead.",
    "sub": "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, "
    "use the `~` or `logical_not()` operator instead.",
    "relu": "Boolean inputs not supported for relu",
}
_KERNELS = {"bitwise_left_shift": "lshift", "bitwise_right_shift": "rshift"}  # as PyTorch names them in errors
_NO_TWO_BOOLS = (
    "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator "
    "instead."
)


def require_attribute(value: Any, name: str) -> None:
    """Raise Python's AttributeError for what is no tensor, where PyTorch asks it for this attribute first."""
    if type(value) not in TENSORS:
        getattr(value, name)
        raise TypeError(f"a Tensor is needed, not {type(value).__name__}")


def require_tensor(op: str, name: str, position: int, value: object) -> None:
    """Raise PyTorch's TypeError unless `value` is a tensor."""
    if type(value) not in TENSORS:
        raise TypeError(f"{op}(): argument '{name}' (position {position}) must be Tensor, not {type_name(value)}")


def require_tensors(values: tuple[object, ...], argument: int = 0) -> None:
    """Raise PyTorch's TypeError for the first of a list of tensors that is none; `argument` counts from 0."""
    for place, value in enumerate(values):
        if type(value) not in TENSORS:
            raise TypeError(
                f"expected Tensor as element {place} in argument {argument}, but got {type(value).__name__}"
            )


def refuse_bool(kernel: str, array: Array) -> None:
    """Raise PyTorch's NotImplementedError for a bool array: the kernel of that name takes numbers."""
    if array.dtype.kind == "b":
        raise NotImplementedError(f"\"{kernel}\" not implemented for 'Bool'")


def invalid(op: str, given: tuple[object, ...], *signatures: str) -> TypeError:
    """PyTorch's error for arguments that fit none of a function's signatures."""
    found = ", ".join(type(each).__name__ for each in given)
    listed = "".join(f" * ({signature})\n" for signature in signatures)
    return TypeError(
        f"{op}() received an invalid combination of arguments - got ({found}), but expected one of:\n{listed}"
    )


def refuse_out(op: str, out: object) -> None:
    """Raise unless `out` was left out."""
    if out is not None:
        raise NotImplementedError(f"{op}(out=...) is not supported by the embedded engine; assign the result instead")


def prepare(row: Row, array: Array) -> Array:
    """The one operand as the row takes it, where it is not float32 or float64 already."""
    if row.promotes == "float":
        return to_float(array)
    if row.promotes == "number" and array.dtype.kind == "b":
        if row.name in _NO_BOOL:
            raise RuntimeError(_NO_BOOL[row.name])
        raise NotImplementedError(f"\"{row.name}_cpu\" not implemented for 'Bool'")
    if row.promotes == "integer" and array.dtype.kind == "f":
        raise NotImplementedError(f"\"{row.name}_cpu\" not implemented for '{of_numpy(array.dtype).scalar_type}'")
    return array


def to_float(array: Array) -> Array:
    """Integers and bools in the default dtype; floating-point arrays as they are."""
    return array if array.dtype.kind == "f" else converted(array, get_default_dtype().numpy)


def converted(array: Array, stored: "np.dtype[Any]") -> Array:
    """The array in another dtype, in the memory order that PyTorch gives it: NumPy's is another where a step is 0."""
    if not array.size or all(array.strides):
        return array.astype(stored)
    return ordered(array.astype(stored, order="C"), [array])


def to_arrays(row: Row, *operands: Any) -> tuple[Any, ...]:
    """The operands as arrays of their common dtype, as the row promotes. Raises TypeError for another type."""
    first = operands[0]
    if type(first) in TENSORS and first.array.dtype.kind == "f" and row.promotes != "integer":
        stored = first.array.dtype
        for operand in operands:
            if type(operand) not in TENSORS or operand.array.dtype is not stored:
                break
        else:
            return tuple([operand.array for operand in operands])  # the commonest case, made quick
    for position, operand in enumerate(operands):
        if not is_operand(operand):
            names = ("input", *(row.inputs + row.constants)[1:])
            name = names[position] if position < len(names) else "other"
            raise TypeError(
                f"{row.name}(): argument '{name}' (position {position + 1}) must be Tensor, "
                f"not {type(operand).__name__}"
            )
    plain = tuple(plain_number(operand) for operand in operands)
    common = result_of(plain)
    if row.promotes == "float" and not common.is_floating_point:
        common = get_default_dtype()
    if row.promotes == "integer" and common.is_floating_point:
        require_broadcastable(operands)
        kernel = _KERNELS.get(row.name, row.name)
        raise NotImplementedError(f"\"{kernel}_cpu\" not implemented for '{common.scalar_type}'")
    if row.name in ("sub", "rsub"):
        refuse_bools(plain)
    return tuple(cast(operand, common) for operand in plain)


def is_operand(value: object) -> bool:
    """Whether it is a tensor or what PyTorch takes for a Python number. Raises for complex numbers."""
    if isinstance(value, complex):
        raise NotImplementedError("complex numbers are not supported by the embedded engine; use their parts")
    return type(value) in TENSORS or isinstance(value, (int, float, np.number, np.bool_))


def plain_number(value: Any) -> Any:
    """A NumPy number as the Python number that PyTorch takes it for, a float for a bool; anything else as it is."""
    if isinstance(value, np.bool_):
        return float(value)
    return value.item() if isinstance(value, np.generic) else value


def number_of(value: Any) -> Any:
    """The number that a 0-d tensor holds, which PyTorch takes where it takes a number; anything else as it is."""
    if type(value) in TENSORS and not value.array.ndim and not value._requires_grad:
        return value.array.item()
    return value


def cast(operand: Any, wanted: dtype) -> Array:
    """A tensor's array, or a number, in a dtype. Integers wrap around, as in PyTorch."""
    stored = wanted.numpy
    if type(operand) in TENSORS:
        array: Array = operand.array
        return array if array.dtype is stored else converted(array, stored)
    return np.asarray(operand).astype(stored)


def scalar_in(value: Any, stored: Any) -> Any:
    """A number in a tensor's dtype, as kernels take it. Raises RuntimeError where an integer dtype cannot hold it."""
    wanted = of_numpy(stored)
    kind = "int" if wanted.name == "int32" else f"{wanted.name}_t"
    return fits(plain_number(value), wanted, kind)


def broadcast_error(left: Any, right: Any, error: ValueError) -> Exception:
    """PyTorch's words for shapes that do not broadcast; any other ValueError as it is."""
    one, two = np.shape(left), np.shape(right)
    for back in range(1, min(len(one), len(two)) + 1):
        a, b = one[-back], two[-back]
        if a not in (b, 1) and b != 1:
            place = max(len(one), len(two)) - back
            return RuntimeError(
                f"The size of tensor a ({a}) must match the size of tensor b ({b}) at non-singleton dimension {place}"
            )
    return error


def broadcast_error_of(operands: Sequence[Any], error: ValueError) -> Exception:
    """`broadcast_error` of any number of operands, of which PyTorch compares each with what those before it gave."""
    found = np.empty(())
    for operand in operands:
        if operand is None:
            continue
        try:
            found = np.broadcast_to(np.empty(()), np.broadcast_shapes(found.shape, np.shape(operand)))
        except ValueError:
            return broadcast_error(found, operand, error)
    return error


def require_broadcastable(operands: Sequence[Any]) -> None:
    """Raise PyTorch's RuntimeError for shapes that do not broadcast: it tells of them before it tells of a dtype."""
    shapes = [each.array.shape for each in operands if type(each) in TENSORS]
    if shapes:
        broadcast_shapes(*shapes)


def refuse_bools(operands: tuple[Any, ...]) -> None:
    """Raise PyTorch's RuntimeError for subtracting a bool, or from one."""
    bools = [_is_bool(operand) for operand in operands]
    if all(bools):
        raise RuntimeError(_NO_TWO_BOOLS)
    if any(bools):
        raise RuntimeError(_NO_BOOL["sub"])


def _is_bool(operand: Any) -> bool:
    return of_numpy(operand.array.dtype) is bool_ if type(operand) in TENSORS else isinstance(operand, bool)
