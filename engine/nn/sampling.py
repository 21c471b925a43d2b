"""Layers that resize, and that turn images into columns of windows and back; local response normalisation."""

from typing import Any

from ..ops.neural.windowed import FUNCTIONAL
from ..tensor import Tensor
from .module import Module


class Upsample(Module):
    """The input resized to `size`, or by `scale_factor`."""

    def __init__(
        self,
        size: Any = None,
        scale_factor: Any = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:
        super().__init__()
        self.name = type(self).__name__
        self.size = size
        if isinstance(scale_factor, tuple):
            self.scale_factor: Any = tuple(float(factor) for factor in scale_factor)
        else:
            self.scale_factor = float(scale_factor) if scale_factor else None
        self.mode = mode
        self.align_corners = align_corners
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        how = (self.size, self.scale_factor, self.mode, self.align_corners, self.recompute_scale_factor)
        return FUNCTIONAL["interpolate"](input, *how)

    def extra_repr(self) -> str:
        """See Module."""
        asked = f"size={self.size!r}" if self.scale_factor is None else f"scale_factor={self.scale_factor!r}"
        return f"{asked}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """Images resized to their nearest elements."""

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "nearest")


class UpsamplingBilinear2d(Upsample):
    """Images resized bilinearly, with aligned corners."""

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "bilinear", True)


class _Windows(Module):
    def __init__(self, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def extra_repr(self) -> str:
        """See Module."""
        return f"kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding}, stride={self.stride}"


class Unfold(_Windows):
    """The windows of an image as columns."""

    def __init__(self, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> None:
        super().__init__(kernel_size, dilation, padding, stride)

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return FUNCTIONAL["unfold"](input, self.kernel_size, self.dilation, self.padding, self.stride)


class Fold(_Windows):
    """Columns of windows added into an image."""

    def __init__(
        self, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
    ) -> None:
        super().__init__(kernel_size, dilation, padding, stride)
        self.output_size = output_size

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        how = (self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)
        return FUNCTIONAL["fold"](input, *how)

    def extra_repr(self) -> str:
        """See Module."""
        return f"output_size={self.output_size}, {super().extra_repr()}"


class LocalResponseNorm(Module):
    """Each element divided by a power of the squares of its neighbouring channels."""

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return FUNCTIONAL["local_response_norm"](input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        """See Module."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


for _layer, _module in (
    (Upsample, "upsampling"),
    (UpsamplingNearest2d, "upsampling"),
    (UpsamplingBilinear2d, "upsampling"),
    (Unfold, "fold"),
    (Fold, "fold"),
    (LocalResponseNorm, "normalization"),
):
    _layer.__module__ = f"torch.nn.modules.{_module}"
