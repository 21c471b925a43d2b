"""Layer, group and RMS normalisation."""

from typing import Any

import numpy as np

from ..ops.neural.normalisation.group_norm import group_norm
from ..ops.neural.normalisation.layer_norm import layer_norm, rms_norm
from ..tensor import Tensor
from .fill import blank, constant_
from .module import Module


def _shape(given: Any) -> tuple[int, ...]:
    return (int(given),) if isinstance(given, (int, np.integer)) else tuple(given)


class LayerNorm(Module):
    """The last dims, shaped `normalized_shape`, normalised together."""

    def __init__(
        self,
        normalized_shape: Any,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = _shape(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        for name, wanted in (("weight", elementwise_affine), ("bias", elementwise_affine and bias)):
            made = blank(*self.normalized_shape, device=device, dtype=dtype) if wanted else None
            self.register_parameter(name, made)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Ones for the weight, zeros for the bias."""
        if self.elementwise_affine:
            constant_(self.weight, 1.0)
            if self.bias is not None:
                constant_(self.bias, 0.0)

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """See Module."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class GroupNorm(Module):
    """Each of `num_groups` groups of channels of each item normalised together."""

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups != 0:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.affine = affine
        for name, wanted in (("weight", affine), ("bias", affine and bias)):
            self.register_parameter(name, blank(num_channels, device=device, dtype=dtype) if wanted else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Ones for the weight, zeros for the bias."""
        if self.affine:
            constant_(self.weight, 1.0)
            if self.bias is not None:
                constant_(self.bias, 0.0)

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """See Module."""
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )


class RMSNorm(Module):
    """The last dims divided by the root of the mean of their squares."""

    def __init__(
        self,
        normalized_shape: Any,
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = _shape(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        made = blank(*self.normalized_shape, device=device, dtype=dtype) if elementwise_affine else None
        self.register_parameter("weight", made)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Ones for the weight."""
        if self.elementwise_affine:
            constant_(self.weight, 1.0)

    def forward(self, x: Tensor) -> Any:
        """See Module."""
        return rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """See Module."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


for _layer in (LayerNorm, GroupNorm, RMSNorm):
    _layer.__module__ = "torch.nn.modules.normalization"
