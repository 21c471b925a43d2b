"""From what the user passed to arrays: type promotion, and PyTorch's errors for wrong types and shapes."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ..dtype import bool_, get_default_dtype
from ..promotion import result_of
from ..tensor import TENSORS
from .table import Row

Array = npt.NDArray[Any]


def require_tensor(op: str, name: str, position: int, value: object) -> None:
    """Raise PyTorch's TypeError unless `value` is a tensor."""
    if type(value) not in TENSORS:
        raise TypeError(f"{op}(): argument '{name}' (position {position}) must be Tensor, not {type(value).__name__}")


def to_float(array: Array) -> Array:
    """Integers and bools in the default dtype; floating-point arrays as they are."""
    return array if array.dtype.kind == "f" else array.astype(get_default_dtype().numpy)


def to_arrays(row: Row, *operands: Any) -> tuple[Any, ...]:
    """The operands as arrays of their common dtype, as the row promotes. Raises TypeError for another type."""
    for position, operand in enumerate(operands):
        if type(operand) not in TENSORS and not is_number(operand):
            kind = "Tensor" if position == 0 else "Tensor or Number"
            if isinstance(operand, complex):
                raise NotImplementedError("complex numbers are not supported by the embedded engine")
            name = ("input", "other")[position] if position < 2 else row.inputs[position]
            raise TypeError(
                f"{row.name}(): argument '{name}' (position {position + 1}) must be {kind}, "
                f"not {type(operand).__name__}"
            )
    plain = tuple(plain_number(operand) for operand in operands)
    common = result_of(plain)
    if row.promotes == "float" and not common.is_floating_point:
        common = get_default_dtype()
    if row.promotes == "number" and common is bool_:
        raise RuntimeError(f"{row.name} is not supported for bool tensors")
    wanted = common.numpy
    return tuple(_cast(operand, wanted) for operand in plain)


def is_number(value: object) -> bool:
    """Whether PyTorch takes it where it takes a Python number."""
    return isinstance(value, (int, float, np.number, np.bool_))


def plain_number(value: Any) -> Any:
    """A NumPy number as the Python number that it is; anything else as it is."""
    return value.item() if isinstance(value, np.generic) else value


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


def _cast(operand: Any, wanted: "np.dtype[Any]") -> Array:
    if type(operand) in TENSORS:
        array: Array = operand.array
        return array if array.dtype is wanted else array.astype(wanted)
    return np.asarray(operand).astype(wanted)
