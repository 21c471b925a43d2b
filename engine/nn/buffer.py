"""`torch.nn.Buffer`: a tensor that a module keeps as part of its state once it is assigned to an attribute."""

from typing import Any

import numpy as np

from ..ops.table import METHODS
from ..tensor import TENSORS, Tensor, from_array
from ..types.dtype import get_default_dtype

_MARK = "_is_buffer"


class _BufferKind(type):
    """A buffer is an ordinary tensor with a mark, so `isinstance` looks for that."""

    def __instancecheck__(cls, instance: object) -> bool:
        return is_buffer(instance)


class Buffer(Tensor, metaclass=_BufferKind):
    """A tensor that is no parameter but belongs to the module's state, if `persistent`."""

    __slots__ = ()

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Any:
        """A tensor over the memory of `data`, marked."""
        if data is None:
            data = from_array(np.empty(0, get_default_dtype().numpy))
        made = METHODS["detach"](data).requires_grad_(data.requires_grad)
        made.persistent = persistent
        setattr(made, _MARK, True)
        return made


Buffer.__module__ = "torch.nn.parameter"


def is_buffer(value: object) -> bool:
    """Whether a module keeps this tensor by itself."""
    return type(value) in TENSORS and _MARK in value.__dict__
