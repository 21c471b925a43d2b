"""Gives Tensor the operations of the table, and the torch namespace its functions. Importing it does so."""

from collections.abc import Callable
from typing import Any

from . import autograd as _autograd  # noqa: F401 - installs Tensor.backward
from . import tangents as _tangents  # noqa: F401 - tells carriers how tangents go through rows
from .names import names
from .ops import (  # noqa: F401 - each puts its operations in the table
    binary,
    breadth,
    cast,
    clamp,
    compare,
    division,
    pointwise,
    power,
    protocol,
    strided,
    trigonometry,
)
from .ops.table import METHODS, PUBLIC
from .readonly import refuse_writing
from .tensor import Tensor

for _name, _member in METHODS.items():
    setattr(Tensor, _name, _member)
refuse_writing(Tensor, "torch._C.TensorBase")


def functions() -> dict[str, Callable[..., Any]]:
    """Every function of the torch namespace: the table's, and those that make tensors."""
    return {**names(), **PUBLIC}
