"""Layers that normalise exponentials along a dim."""

from typing import Any

from ..ops.reductions import vectors
from ..tensor import Tensor
from .module import Module


class Softmin(Module):
    """`Softmax` of -x."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return vectors.softmin(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        """See Module."""
        return f"dim={self.dim}"


class Softmax(Module):
    """Elements along `dim` made positive and to sum to one."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return vectors.softmax(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        """See Module."""
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """The logarithm of `Softmax`."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return vectors.log_softmax(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        """See Module."""
        return f"dim={self.dim}"


class Softmax2d(Module):
    """`Softmax` over the channels of (N, C, H, W) or (C, H, W)."""

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        if input.array.ndim not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.array.ndim}D instead")
        return vectors.softmax(input, -3, _stacklevel=5)


for _layer in (
    Softmin,
    Softmax,
    LogSoftmax,
    Softmax2d,
):
    _layer.__module__ = "torch.nn.modules.activation"
