"""`torch.Tensor(...)`, `torch.FloatTensor(...)` and `torch.autograd.Variable(...)`: how tensors were made long ago."""

import warnings
from collections.abc import Sequence
from operator import index
from typing import Any, Final

import numpy as np

from ..backward import queue_callback
from ..ops.table import CALLS
from ..tensor import TENSORS, Tensor, from_array
from ..types.dtype import bool_, dtype, float32, float64, get_default_dtype, int8, int16, int32, int64, uint8
from ..types.size import Size
from .factories import empty, tensor


def construct(wanted: dtype, args: tuple[Any, ...], keywords: dict[str, Any]) -> Tensor:
    """A tensor of that dtype: over another's memory, of a sequence's elements, or of some size and any content."""
    unknown = [name for name in keywords if name != "device"]
    if unknown:
        raise TypeError(
            f"new() received an invalid combination of arguments: {', '.join(unknown)}; use torch.tensor(data, ...)"
        )
    if len(args) == 1 and not isinstance(args[0], (Size, int, np.integer)):
        return _of_data(wanted, args[0])
    size = args[0] if len(args) == 1 and isinstance(args[0], Size) else args
    return empty(tuple(map(index, size)) if args else (0,), dtype=wanted)


def _of_data(wanted: dtype, data: Any) -> Tensor:
    if type(data) in TENSORS:
        shared: Tensor = CALLS["alias"]((data,))
        return shared
    if isinstance(data, str):
        raise TypeError("new(): invalid data type 'str'")
    if not isinstance(data, (Sequence, np.ndarray)):
        raise TypeError(f"new(): data must be a sequence (got {type(data).__name__})")
    return tensor(data, dtype=wanted)


def _new_tensor(cls: type[Tensor], *args: Any, **keywords: Any) -> Tensor:
    if cls is not Tensor:
        raise NotImplementedError(
            f"{cls.__name__}, a subclass of torch.Tensor, is not supported by the embedded engine; use "
            "torch.nn.Parameter, or a class that holds a tensor"
        )
    return construct(get_default_dtype(), args, keywords)


Tensor.__new__ = _new_tensor  # type: ignore[method-assign,assignment]  # the engine itself calls object.__new__


class _Typed(type):
    """The class of `torch.FloatTensor` and so on: tensors of their dtype are their instances."""

    wanted: dtype

    def __call__(cls, *args: Any, **keywords: Any) -> Tensor:
        return construct(cls.wanted, args, keywords)

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.wanted


class _AnyTensor(type):
    """The class of `Variable`, which every tensor is."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, Tensor)


class Variable(metaclass=_AnyTensor):
    """The name of tensors that require grad before there was `requires_grad`: gives a tensor over the same memory."""

    class _execution_engine:  # noqa: N801 - PyTorch's name
        """What of PyTorch's engine hooks may ask for."""

        queue_callback = staticmethod(queue_callback)

    def __new__(  # type: ignore[misc]  # a tensor, as in PyTorch
        cls, data: Any = None, requires_grad: bool = False, volatile: bool = False
    ) -> Tensor:
        """The tensor over the memory of `data`."""
        if data is None:
            data = empty(0)
        if type(data) not in TENSORS:
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        if requires_grad and data.array.dtype.kind != "f":
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        if volatile:
            warnings.warn(
                "volatile was removed and now has no effect. Use `with torch.no_grad():` instead.",
                UserWarning,
                stacklevel=2,
            )
        made = from_array(data.array, bool(requires_grad))
        made._version_counter = data.version
        return made


_NAMES: Final = {"Float": float32, "Double": float64, "Long": int64, "Int": int32, "Short": int16, "Char": int8}
TYPED: Final = {
    f"{name}Tensor": _Typed(f"{name}Tensor", (), {"wanted": wanted, "__module__": "torch"})
    for name, wanted in (_NAMES | {"Byte": uint8, "Bool": bool_}).items()
}
