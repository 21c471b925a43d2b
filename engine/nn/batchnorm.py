"""Batch and instance normalisation with their running statistics."""

import warnings
from typing import Any, ClassVar

import numpy as np

from ..ops.neural.normalisation.batch_norm import batch_norm, instance_norm
from ..ops.operands import require_attribute
from ..ops.table import METHODS
from ..tensor import Tensor, from_array
from .fill import blank, blank_tensor, constant_
from .module import Module


class _NormBase(Module):
    """What all of them hold."""

    _version = 2  # the first had no num_batches_tracked
    _dims: ClassVar[tuple[int, ...]]  # how many dims the input may have
    running_mean: Any
    running_var: Any
    num_batches_tracked: Any

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        options = {"device": device, "dtype": dtype}
        for name, wanted in (("weight", affine), ("bias", affine and bias)):
            self.register_parameter(name, blank(num_features, **options) if wanted else None)
        if track_running_stats:
            self.register_buffer("running_mean", blank_tensor(num_features, **options))
            self.register_buffer("running_var", blank_tensor(num_features, **options, value=1.0))
            self.register_buffer("num_batches_tracked", from_array(np.zeros((), np.int64)))
        else:
            for name in ("running_mean", "running_var", "num_batches_tracked"):
                self.register_buffer(name, None)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Forget the batches that were seen."""
        if self.track_running_stats:
            METHODS["zero_"](self.running_mean)
            METHODS["fill_"](self.running_var, 1)
            METHODS["zero_"](self.num_batches_tracked)

    def reset_parameters(self) -> None:
        """Ones for the weight, zeros for the bias, and no batches seen."""
        self.reset_running_stats()
        if self.affine:
            constant_(self.weight, 1.0)
            if self.bias is not None:
                constant_(self.bias, 0.0)

    def _check_input_dim(self, input: Tensor) -> None:
        require_attribute(input, "dim")
        if input.array.ndim not in self._dims:
            wanted = " or ".join(f"{dims}D" for dims in self._dims)
            raise ValueError(f"expected {wanted} input (got {input.array.ndim}D input)")

    def extra_repr(self) -> str:
        """See Module."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class _BatchNorm(_NormBase):
    """Channels normalised over the batch, or by the running statistics in evaluation."""

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        self._check_input_dim(input)
        factor = 0.0 if self.momentum is None else self.momentum
        if self.training and self.track_running_stats and self.num_batches_tracked is not None:
            METHODS["add_"](self.num_batches_tracked, 1)
            if self.momentum is None:
                factor = 1.0 / float(self.num_batches_tracked)
        by_batch = self.training or (self.running_mean is None and self.running_var is None)
        kept = not self.training or self.track_running_stats
        return batch_norm(
            input,
            self.running_mean if kept else None,
            self.running_var if kept else None,
            self.weight,
            self.bias,
            by_batch,
            factor,
            self.eps,
        )


class BatchNorm1d(_BatchNorm):
    """Of (N, C) or (N, C, L)."""

    _dims = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Of (N, C, H, W)."""

    _dims = (4,)


class BatchNorm3d(_BatchNorm):
    """Of (N, C, D, H, W)."""

    _dims = (5,)


class _InstanceNorm(_NormBase):
    """Each channel of each item normalised by itself; its smallest input has no batch dim."""

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def forward(self, input: Any) -> Any:
        """See Module."""
        self._check_input_dim(input)
        unbatched = self._dims[0]
        dim = input.ndim - unbatched
        if input.shape[dim] != self.num_features:
            if self.affine:
                raise ValueError(
                    f"expected input's size at dim={dim} to match num_features ({self.num_features}), but got: "
                    f"{input.shape[dim]}."
                )
            warnings.warn(
                f"input's size at dim={dim} does not match num_features. You can silence this warning by not passing "
                "in num_features, which is not used because affine=False",
                UserWarning,
                stacklevel=2,
            )
        if input.ndim == unbatched:
            return self._normalised(input.unsqueeze(0)).squeeze(0)
        return self._normalised(input)

    def _normalised(self, input: Any) -> Any:
        return instance_norm(
            input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )


class InstanceNorm1d(_InstanceNorm):
    """Of (N, C, L) or (C, L)."""

    _dims = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Of (N, C, H, W) or (C, H, W)."""

    _dims = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Of (N, C, D, H, W) or (C, D, H, W)."""

    _dims = (4, 5)


for _layer in (_NormBase, _BatchNorm, BatchNorm1d, BatchNorm2d, BatchNorm3d):
    _layer.__module__ = "torch.nn.modules.batchnorm"
for _instance_layer in (_InstanceNorm, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d):
    _instance_layer.__module__ = "torch.nn.modules.instancenorm"
