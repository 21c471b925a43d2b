"""Gives Tensor the operations of the table, and the torch namespace its functions. Importing it does so."""

from collections.abc import Callable
from typing import Any

from . import autograd as _autograd  # noqa: F401 - installs Tensor.backward
from .ops import binary as _binary  # noqa: F401
from .ops import pointwise as _pointwise  # noqa: F401
from .ops import protocol as _protocol  # noqa: F401
from .ops.table import METHODS, PUBLIC
from .tensor import Tensor

for _name, _member in METHODS.items():
    setattr(Tensor, _name, _member)


def functions() -> dict[str, Callable[..., Any]]:
    """Every function of the torch namespace that comes from the table."""
    return dict(PUBLIC)
