"""The kinds of parameters in PyTorch's signatures: how messages call each, and which values it takes.

Follows PyTorch's `torch/csrc/utils/python_arg_parser.cpp` (`FunctionParameter::check` and `type_name`).
"""

from collections.abc import Callable
from operator import index
from typing import Any, Final, NamedTuple

import numpy as np

from ..arguments import type_name as plain_type_name
from ..random.generator import Generator
from ..tensor import Tensor
from ..types.device import device
from ..types.dtype import dtype
from ..types.layout import layout, memory_format

_TYPES: Final = (bool, int, float, complex)
_NUMPY_NUMBERS: Final = (np.bool_, np.integer, np.floating, np.complexfloating)


class Kind(NamedTuple):
    """What one kind of parameter is called, and whether it takes a value; `size` is of a list of fixed length."""

    words: str
    takes: Callable[[Any, int], bool]


def type_name(value: object) -> str:
    """The type of a value as messages of PyTorch's C++ side have it."""
    kind = type(value)
    if kind is Generator:
        return "torch._C.Generator"
    if kind.__module__ in ("torch", "torch.return_types") and not issubclass(kind, Tensor):
        return f"{kind.__module__}.{kind.__name__}"
    if callable(value) and kind.__name__ == "function" and value.__module__.startswith("engine."):
        return "builtin_function_or_method"
    return plain_type_name(value)


def is_tensor(value: object) -> bool:
    """Whether it is a tensor."""
    return isinstance(value, Tensor)


def is_number(value: object) -> bool:
    """Whether it is a number of Python or of NumPy."""
    return isinstance(value, (int, float, complex, *_NUMPY_NUMBERS))


def is_index(value: object) -> bool:
    """Whether it stands for a whole number; a bool does not."""
    if isinstance(value, bool):
        return False
    try:
        index(value)  # type: ignore[arg-type]  # that is the question
    except Exception:  # whatever a strange __index__ raises, it is none
        return False
    return True


def _is_int(value: object) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def _is_float(value: object) -> bool:
    return isinstance(value, (int, float, *_NUMPY_NUMBERS)) or _is_number_tensor(value)


def _is_number_tensor(value: object, kinds: str = "iubf") -> bool:
    if not isinstance(value, Tensor):
        return False
    return not value.requires_grad and value.array.ndim == 0 and value.array.dtype.kind in kinds


def _is_list(value: object, holds: Callable[[object], bool]) -> bool:
    return isinstance(value, (tuple, list)) and all(holds(each) for each in value)


def _is_int_list(value: object, size: int) -> bool:
    """PyTorch looks at the first item only; one int does for a list of fixed length."""
    if isinstance(value, (tuple, list)):
        return not value or is_index(value[0])
    return size > 0 and is_index(value)


def _is_dtype(value: object, _size: int) -> bool:
    """PyTorch takes Python's types of numbers for theirs."""
    return isinstance(value, dtype) or (type(value) is type and value in _TYPES)


def _is_float_list(value: object, _size: int) -> bool:
    return isinstance(value, (tuple, list)) and (
        not value or isinstance(value[0], (int, float, complex, *_NUMPY_NUMBERS))
    )


KINDS: Final[dict[str, Kind]] = {
    "Tensor": Kind("Tensor", lambda value, size: is_tensor(value)),
    "Scalar": Kind("Number", lambda value, size: is_number(value) or _is_number_tensor(value)),
    "int64_t": Kind("int", lambda value, size: _is_int(value) or _is_number_tensor(value, "iu")),
    "SymInt": Kind("int", lambda value, size: is_index(value)),
    "double": Kind("float", lambda value, size: _is_float(value)),
    "TensorList": Kind("tuple of Tensors", lambda value, size: isinstance(value, (tuple, list))),
    "IntArrayRef": Kind("tuple of ints", _is_int_list),
    "SymIntArrayRef": Kind("tuple of ints", _is_int_list),
    "ArrayRef<double>": Kind("tuple of floats", _is_float_list),
    "ScalarList": Kind("tuple of Scalars", lambda value, size: _is_list(value, is_number)),
    "Generator": Kind("torch.Generator", lambda value, size: isinstance(value, Generator)),
    "bool": Kind("bool", lambda value, size: isinstance(value, bool)),
    "Storage": Kind("torch.Storage", lambda value, size: "Storage" in type(value).__name__),
    "PyObject*": Kind("object", lambda value, size: True),
    "ScalarType": Kind(
        "torch.dtype", lambda value, size: isinstance(value, dtype) or (type(value) is type and value in _TYPES)
    ),
    "Layout": Kind("torch.layout", lambda value, size: isinstance(value, layout)),
    "MemoryFormat": Kind("torch.memory_format", lambda value, size: isinstance(value, memory_format)),
    "Device": Kind("torch.device", lambda value, size: _is_int(value) or isinstance(value, (str, device))),
    "c10::string_view": Kind("str", lambda value, size: isinstance(value, str)),
    "Dimname": Kind("name", lambda value, size: isinstance(value, str) or value is None),
    "DimnameList": Kind("tuple of names", lambda value, size: _is_list(value, lambda x: x is None or type(x) is str)),
}
KINDS["c10::List<::std::optional<Tensor>>"] = KINDS["TensorList"]
