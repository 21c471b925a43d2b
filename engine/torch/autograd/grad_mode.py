"""`torch.autograd.grad_mode`."""

from ...grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled, set_multithreading_enabled
from ..names import missing as _missing


def __getattr__(name: str) -> object:
    raise _missing("torch.autograd.grad_mode", name)


__all__ = ["enable_grad", "inference_mode", "no_grad", "set_grad_enabled", "set_multithreading_enabled"]
