"""`torch.autograd`."""

from ...autograd import backward, grad
from ...function import Function
from ...grad_mode import enable_grad, no_grad, set_grad_enabled
from ...tensor import Tensor as Variable
from ..names import missing as _missing
from . import function


def __getattr__(name: str) -> object:
    raise _missing("torch.autograd", name)


__all__ = ["Function", "Variable", "backward", "enable_grad", "function", "grad", "no_grad", "set_grad_enabled"]
