"""`torch.nn.Parameter`: a leaf that a module finds by itself."""

from typing import Any

import numpy as np

from ..ops.table import METHODS
from ..tensor import TENSORS, Tensor, from_array
from ..types.dtype import get_default_dtype


class Parameter(Tensor):
    """A tensor that is a module's parameter once it is assigned to one of its attributes. It requires grad."""

    __slots__ = ()

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> "Parameter":
        """A leaf over the memory of `data`."""
        if data is None:
            data = from_array(np.empty(0, get_default_dtype().numpy))
        if type(data) not in TENSORS:
            raise AttributeError(f"'{type(data).__name__}' object has no attribute 'detach'")
        if requires_grad and data.array.dtype.kind != "f":
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        made = object.__new__(cls)
        made.array = data.array
        made._fn = None
        made._requires_grad = bool(requires_grad)
        made._meta = None
        made._version_counter = data.version
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> "Parameter":
        if id(self) not in memo:
            memo[id(self)] = type(self)(METHODS["clone"](self.data), self.requires_grad)
        copied: Parameter = memo[id(self)]
        return copied

    def __format__(self, spec: str) -> str:
        return object.__format__(self, spec)  # PyTorch formats the number of a plain Tensor only

    def __repr__(self, *, tensor_contents: object = None) -> str:  # type: ignore[override]  # mypy drops its name
        return "Parameter containing:\n" + super().__repr__()


Parameter.__module__ = "torch.nn.parameter"
