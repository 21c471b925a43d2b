"""`torch.special`: the table's functions under their names there."""

from typing import Any

from ..calls.guard import guard as _guard
from ..ops.pointwise.special import SPECIAL as _SPECIAL
from ..ops.table import PUBLIC as _PUBLIC
from .names import missing as _missing

globals().update(_SPECIAL)
logsumexp = _PUBLIC["logsumexp"]


def softmax(input: Any, dim: int, dtype: Any = None) -> Any:
    """The elements along `dim`, made positive and to sum to one."""
    return _PUBLIC["softmax"](input, dim, dtype)


def log_softmax(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """The logarithm of `softmax`."""
    return _PUBLIC["log_softmax"](input, dim, dtype)


globals().update(_guard("torch.special", globals()))


def __getattr__(name: str) -> object:
    raise _missing("torch.special", name)
