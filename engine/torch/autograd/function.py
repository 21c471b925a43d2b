"""`torch.autograd.function`."""

from ...functions.function import (
    BackwardCFunction,
    Function,
    FunctionCtx,
    FunctionMeta,
    InplaceFunction,
    once_differentiable,
)
from ..names import missing as _missing


def __getattr__(name: str) -> object:
    raise _missing("torch.autograd.function", name)


__all__ = ["BackwardCFunction", "Function", "FunctionCtx", "FunctionMeta", "InplaceFunction", "once_differentiable"]
