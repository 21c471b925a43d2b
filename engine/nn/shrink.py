"""Activation layers that move elements towards zero."""

from typing import Any

from ..ops.neural.activations import functional as functions
from ..tensor import Tensor
from .module import Module


class Hardshrink(Module):
    """Elements outside +-lambd, zero for the others."""

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.hardshrink(input, self.lambd)

    def extra_repr(self) -> str:
        """See Module."""
        return f"{self.lambd}"


class Softshrink(Module):
    """Elements moved towards zero by lambd."""

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.softshrink(input, self.lambd)

    def extra_repr(self) -> str:
        """See Module."""
        return f"{self.lambd}"


class Tanhshrink(Module):
    """x - tanh(x)."""

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.tanhshrink(input)


for _layer in (Hardshrink, Softshrink, Tanhshrink):
    _layer.__module__ = "torch.nn.modules.activation"
