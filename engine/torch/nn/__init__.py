"""`torch.nn`."""

from ...nn.layers import Identity, Linear, ReLU, Sequential, Sigmoid, Tanh
from ...nn.module import Module
from ...nn.parameter import Parameter
from ..names import missing as _missing
from . import functional, modules, parameter


def __getattr__(name: str) -> object:
    raise _missing("torch.nn", name)


__all__ = [
    "Identity",
    "Linear",
    "Module",
    "Parameter",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "functional",
    "modules",
    "parameter",
]
