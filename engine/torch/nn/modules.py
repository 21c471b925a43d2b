"""`torch.nn.modules`."""

from ...nn.layers import Identity, Linear, ReLU, Sequential, Sigmoid, Tanh
from ...nn.module import Module
from ..names import missing as _missing


def __getattr__(name: str) -> object:
    raise _missing("torch.nn.modules", name)


__all__ = ["Identity", "Linear", "Module", "ReLU", "Sequential", "Sigmoid", "Tanh"]
