"""Which dtype a mix of tensors and Python numbers has: PyTorch's type promotion.

Looks at tensors only through `.array`.
Source: "Type promotion" in PyTorch's tensor_attributes documentation and `at::native::result_type`: operands fall into
three groups (tensors with dimensions, 0-d tensors, Python numbers), and a later group matters only when its kind
(bool < integer < floating < complex) is higher than that of the groups before it.
"""

from collections.abc import Iterable
from typing import Final

from .dtype import (
    bfloat16,
    bool_,
    complex32,
    complex64,
    complex128,
    dtype,
    float16,
    float32,
    float64,
    get_default_dtype,
    int8,
    int16,
    int32,
    int64,
    of_numpy,
    uint8,
)

# Each step to the right holds every value (or, between kinds, every kind of value) of the one before it.
_ORDER: Final = (
    bool_,
    uint8,
    int8,
    int16,
    int32,
    int64,
    float16,
    bfloat16,
    float32,
    float64,
    complex32,
    complex64,
    complex128,
)
_RANK: Final = {made: rank for rank, made in enumerate(_ORDER)}
# The pairs whose promotion is not simply the later of the two.
_EXCEPTIONS: Final = {
    frozenset((uint8, int8)): int16,
    frozenset((float16, bfloat16)): float32,
    frozenset((bfloat16, complex32)): complex64,
    frozenset((float32, complex32)): complex64,
    frozenset((float64, complex32)): complex128,
    frozenset((float64, complex64)): complex128,
}


def promote_types(type1: dtype, type2: dtype) -> dtype:
    """The smallest dtype that holds both kinds of value; PyTorch's table."""
    _require_dtypes("promote_types", type1=type1, type2=type2)
    if type1 is type2:
        return type1
    for given in (type1, type2):
        if given not in _RANK:
            raise NotImplementedError(f"promote_types with {given} is not supported by the embedded engine")
    exception = _EXCEPTIONS.get(frozenset((type1, type2)))
    if exception is not None:
        return exception
    return type1 if _RANK[type1] > _RANK[type2] else type2


def can_cast(from_: dtype, to: dtype) -> bool:
    """Whether values of `from_` may be written to `to`: narrowing is fine, a lower kind (float to int) is not."""
    _require_dtypes("can_cast", from_=from_, to=to)
    return _kind(from_) <= _kind(to)


def result_type(*given: object, **named: object) -> dtype:
    """The dtype of an operation on two tensors or Python numbers, whatever PyTorch's overloads call them."""
    operands = (*given, *named.values())
    if len(operands) != 2 or not named.keys() <= {"tensor", "other", "scalar", "scalar1", "scalar2"}:
        by_place = [type(each).__name__ for each in given]
        kinds = ", ".join(by_place + [f"{key}={type(each).__name__}" for key, each in named.items()])
        raise TypeError(
            f"result_type() received an invalid combination of arguments - got ({kinds}), but expected one of:\n"
            " * (Tensor tensor, Tensor other)\n * (Number scalar, Tensor tensor)\n * (Tensor tensor, Number other)\n"
            " * (Number scalar1, Number scalar2)\n"
        )
    return result_of(operands)


def _require_dtypes(name: str, **given: object) -> None:
    for place, (argument, value) in enumerate(given.items()):
        if not isinstance(value, dtype):
            raise TypeError(
                f"{name}(): argument '{argument}' (position {place + 1}) must be torch.dtype, "
                f"not {type(value).__name__}"
            )


def result_of(operands: Iterable[object]) -> dtype:
    """The dtype of an operation on any mix of tensors (with `.array`) and Python numbers."""
    dimensioned: dtype | None = None
    zero_dim: dtype | None = None
    numbers: dtype | None = None
    for operand in operands:
        if isinstance(operand, (bool, int, float, complex)):
            numbers = _promote(numbers, of_number(operand))
            continue
        array = getattr(operand, "array", None)
        if array is None:
            raise TypeError(f"result_type(): argument must be Tensor or Number, not {type(operand).__name__}")
        if array.ndim:
            dimensioned = _promote(dimensioned, of_numpy(array.dtype))
        else:
            zero_dim = _promote(zero_dim, of_numpy(array.dtype))
    result = _combine(dimensioned, _combine(zero_dim, numbers))
    if result is None:
        raise RuntimeError("result_type(): expected at least one tensor or number")
    return result


def of_number(value: complex) -> dtype:
    """The dtype that a Python number takes by itself."""
    if isinstance(value, bool):
        return bool_
    if isinstance(value, int):
        return int64
    if isinstance(value, float):
        return get_default_dtype()
    return get_default_dtype().to_complex()


def _kind(given: dtype) -> int:
    if given.is_complex:
        return 3
    if given.is_floating_point:
        return 2
    return 0 if given is bool_ else 1


def _promote(one: dtype | None, other: dtype | None) -> dtype | None:
    if one is None or other is None:
        return one or other
    return promote_types(one, other)


def _combine(higher: dtype | None, lower: dtype | None) -> dtype | None:
    """The group `higher` decides unless `lower` is of a higher kind."""
    if higher is None or lower is None:
        return higher or lower
    if _kind(higher) == 2 and lower.is_complex:
        return higher.to_complex()
    return promote_types(higher, lower) if _kind(lower) > _kind(higher) else higher
