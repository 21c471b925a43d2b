"""`torch.autograd`."""

from ...autograd import backward, grad
from ...checks.anomaly import detect_anomaly, set_detect_anomaly
from ...creation.constructor import Variable
from ...functions.function import Function
from ...grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled, set_multithreading_enabled
from ..names import missing as _missing
from . import anomaly_mode, forward_ad, function, functional, grad_mode, graph
from .gradcheck import gradcheck, gradgradcheck  # the functions take the module's name, as in PyTorch


def __getattr__(name: str) -> object:
    raise _missing("torch.autograd", name)


__all__ = [
    "Function",
    "Variable",
    "anomaly_mode",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "forward_ad",
    "function",
    "functional",
    "grad",
    "grad_mode",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
    "set_multithreading_enabled",
]
