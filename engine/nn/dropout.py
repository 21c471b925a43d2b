"""Dropout layers: in training they drop, in evaluation they pass their input on."""

from typing import Any

from ..ops.neural import dropout as functions
from ..tensor import Tensor
from .module import Module


class _DropoutNd(Module):
    """What all of them share."""

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if p < 0 or p > 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p = p
        self.inplace = inplace

    def extra_repr(self) -> str:
        """See Module."""
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_DropoutNd):
    """Elements, each with probability p."""

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_DropoutNd):
    """Whole channels of (N, C, L)."""

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_DropoutNd):
    """Whole channels of (N, C, H, W)."""

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_DropoutNd):
    """Whole channels of (N, C, D, H, W)."""

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_DropoutNd):
    """Elements, keeping mean and variance after SELU."""

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_DropoutNd):
    """Whole channels, keeping mean and variance after SELU."""

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.feature_alpha_dropout(input, self.p, self.training)


for _layer in (_DropoutNd, Dropout, Dropout1d, Dropout2d, Dropout3d, AlphaDropout, FeatureAlphaDropout):
    _layer.__module__ = "torch.nn.modules.dropout"
