"""`torch.nn.functional`: the functions that the engine's operations already give."""

from typing import Any

from ...ops.linear.matmul import linear
from ...ops.neural.loss import cross_entropy, l1_loss, mse_loss, nll_loss
from ...ops.table import PUBLIC as _PUBLIC
from ..names import missing as _missing


def relu(input: Any, inplace: bool = False) -> Any:
    """Each element, or zero where it is negative."""
    return _PUBLIC["relu_" if inplace else "relu"](input)


def sigmoid(input: Any) -> Any:
    """1 / (1 + exp(-x)) of each element."""
    return _PUBLIC["sigmoid"](input)


def tanh(input: Any) -> Any:
    """The hyperbolic tangent of each element."""
    return _PUBLIC["tanh"](input)


def softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """The elements along `dim`, made positive and to sum to one."""
    return _PUBLIC["softmax"](input, _dimension("softmax", dim), dtype)


def log_softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """The logarithm of `softmax`."""
    return _PUBLIC["log_softmax"](input, _dimension("log_softmax", dim), dtype)


def _dimension(name: str, dim: int | None) -> int:
    if dim is None:
        raise NotImplementedError(
            f"{name} without dim is deprecated and not supported by the embedded engine; pass dim"
        )
    return dim


def __getattr__(name: str) -> object:
    raise _missing("torch.nn.functional", name)


__all__ = [
    "cross_entropy",
    "l1_loss",
    "linear",
    "log_softmax",
    "mse_loss",
    "nll_loss",
    "relu",
    "sigmoid",
    "softmax",
    "tanh",
]
