"""From Python data (numbers, nested sequences, arrays, tensors) to one array: the reading half of `torch.tensor`.

Follows PyTorch's `tensor_new.cpp`: the first item of each level tells the shape, all items together the dtype, and
every item is converted on its own, with an error when it does not fit.
"""

import math
from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..tensor import Tensor
from ..types.dtype import bool_, dtype, get_default_dtype, int64, of_numpy
from ..types.promotion import of_number, promote_types
from ..warn_once import warn_once

Array = npt.NDArray[Any]
_MAX_DIMS: Final = 128
_SLOW: Final = (
    "Creating a tensor from a list of numpy.ndarrays is extremely slow. Please consider converting the list to a "
    "single numpy.ndarray with numpy.array() before converting to a tensor."
)
_EXACT: Final = frozenset((float, int, bool))


def to_array(data: Any, wanted: dtype | None) -> Array:
    """A fresh array of `data`; its dtype is inferred when `wanted` is None. Raises PyTorch's errors."""
    made = _plain(data, wanted)
    if made is not None:
        return made
    if isinstance(data, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    if isinstance(data, Tensor):
        return data.array.astype((wanted or data.dtype).numpy, copy=True)
    if isinstance(data, np.ndarray):
        check_array(data)
        return data.astype((wanted or of_numpy(data.dtype)).numpy, copy=True)
    shape = _shape(data)
    leaves, trouble = _leaves(data, shape)
    chosen = wanted or _infer(data if trouble is not None else leaves)
    if trouble is not None:
        raise trouble
    return _convert(leaves, chosen).reshape(shape)


def _plain(data: Any, wanted: dtype | None) -> Array | None:
    """A number, a list of numbers or a list of such lists, all floats or all ints: what nearly all data are.

    None for anything else, and for what goes wrong: `to_array` looks closer.
    """
    rows = type(data) is list and bool(data) and type(data[0]) is list
    leaves = list(chain.from_iterable(data)) if rows and all(type(row) is list for row in data) else data
    kinds = set(map(type, leaves)) if type(leaves) is list else {type(data)}
    if kinds == {float}:
        chosen = wanted or get_default_dtype()
    elif kinds == {int}:
        chosen = wanted or int64
    else:
        return None
    if not (chosen.is_floating_point or (chosen is int64 and kinds == {int})):
        return None
    try:
        return np.array(data, chosen.numpy)
    except (ValueError, OverflowError):  # rows of different lengths, integers that are too large
        return None


def check_array(array: Array) -> None:
    """Raise the errors of an array whose memory no tensor can have."""
    of_numpy(array.dtype)
    if any(stride < 0 for stride in array.strides):
        raise ValueError(
            "At least one stride in the given numpy array is negative, and tensors with negative strides are not "
            "currently supported. (You can probably work around this by making a copy of your array  with "
            "array.copy().) "
        )
    if any(stride % array.itemsize for stride in array.strides):
        raise ValueError(
            "given numpy array strides not a multiple of the element byte size. Copy the numpy array to reallocate the "
            "memory."
        )


def fits(value: float, wanted: dtype, type_name: str) -> Any:
    """A number as a value of `wanted`. Raises RuntimeError when an integer dtype cannot hold it."""
    if wanted.is_floating_point:
        return float(value)
    if wanted is bool_:
        return bool(value)
    bits = wanted.itemsize * 8
    highest = 2 ** (bits - wanted.is_signed) - 1
    lowest = -highest - wanted.is_signed
    if isinstance(value, float) and not wanted.is_signed:  # an unsigned type takes negative ints, counted from the top
        lowest = 0
    unbounded = isinstance(value, float) and not math.isfinite(value)
    if unbounded or not lowest <= (whole := int(value)) <= highest:
        raise RuntimeError(f"value cannot be converted to type {type_name} without overflow")
    return whole if whole >= 0 or wanted.is_signed else whole + 2**bits


def _is_sequence(data: object) -> bool:
    if isinstance(data, (list, tuple)):
        return True
    if isinstance(data, (Tensor, dict, set, frozenset, np.generic)) or data is None:
        return False
    if isinstance(data, np.ndarray):
        return data.ndim > 0
    return hasattr(data, "__getitem__") and hasattr(data, "__len__")


def _shape(data: Any) -> tuple[int, ...]:
    shape: list[int] = []
    while _is_sequence(data):
        if isinstance(data, (str, bytes)) or len(shape) == _MAX_DIMS:
            raise ValueError(f"too many dimensions '{type(data).__name__}'")
        shape.append(len(data))
        if not shape[-1]:
            break
        data = data[0]
    return tuple(shape)


def _leaves(data: Any, shape: tuple[int, ...]) -> tuple[list[Any], Exception | None]:
    """All items in order, and the error to raise where they do not form a box of that shape."""
    level = [data]
    for dim, length in enumerate(shape):
        below: list[Any] = []
        for item in level:
            if not _is_sequence(item):
                return below, TypeError("not a sequence")
            if len(item) != length:
                return below, ValueError(f"expected sequence of length {length} at dim {dim} (got {len(item)})")
            if isinstance(item, np.ndarray):
                warn_once(_SLOW, 5)
            below.extend(item)
        level = below
    nested = next((item for item in level if _is_sequence(item)), None)
    if nested is not None:
        first = _first_number(level)
        words = "must be real number, not " if isinstance(first, float) else ""
        kind = type(nested).__name__
        return level, TypeError(words + kind if words else f"'{kind}' object cannot be interpreted as an integer")
    return level, None


def _first_number(level: list[Any]) -> object:
    return next((item for item in _flat(level) if isinstance(item, float)), 0)


def _flat(data: Any) -> Iterator[Any]:
    """All items below `data`, without recursion."""
    waiting = [iter([data])]
    while waiting:
        for item in waiting[-1]:
            if _is_sequence(item) and not isinstance(item, (str, bytes)):
                waiting.append(iter(item))
                break
            yield item
        else:
            waiting.pop()


def _infer(data: Any) -> dtype:
    found: dtype | None = None
    kinds: set[type] = set()
    for item in _flat(data):
        if type(item) in _EXACT:
            if type(item) in kinds:
                continue
            kinds.add(type(item))
        kind = _dtype_of(item)
        found = kind if found is None else promote_types(found, kind)
    return get_default_dtype() if found is None else found


def _dtype_of(item: Any) -> dtype:
    if isinstance(item, (np.generic, np.ndarray)):
        return of_numpy(item.dtype)
    if isinstance(item, Tensor):
        return item.dtype
    if isinstance(item, (bool, int, float, complex)):
        return of_number(item)
    if isinstance(item, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{type(item).__name__}'")
    raise RuntimeError(f"Could not infer dtype of {type(item).__name__}")


def _convert(leaves: list[Any], wanted: dtype) -> Array:
    stored = wanted.numpy
    numbers = [item if type(item) in _EXACT else _number(item, wanted) for item in leaves]
    if wanted.is_floating_point or wanted is bool_:
        with np.errstate(over="ignore"):
            return np.array(numbers, dtype=np.float64 if wanted.is_floating_point else np.bool_).astype(stored)
    if wanted is int64 and any(type(item) is int and not -(2**63) <= item < 2**63 for item in numbers):
        raise ValueError("Overflow when unpacking long long")
    return np.array([fits(item, wanted, wanted.name) for item in numbers], dtype=stored)


def _number(item: Any, wanted: dtype) -> Any:
    if isinstance(item, (Tensor, np.generic, np.ndarray)):
        array = item.array if isinstance(item, Tensor) else item
        if array.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        return array.item()
    if isinstance(item, (int, float)):
        return item
    if wanted.is_floating_point:
        return float(item)  # has its own TypeError: "must be real number, not str"
    return item.__index__() if hasattr(item, "__index__") else int(item)
