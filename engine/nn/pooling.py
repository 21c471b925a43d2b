"""Layers of pooling: maxima, averages and powers over windows, to a given size, and back."""

from typing import Any, ClassVar

from ..ops.neural.windowed import FUNCTIONAL
from ..tensor import Tensor
from .convolution import each
from .module import Module


def _named(module: Module, *names: str) -> str:
    """The attributes as `name=value`, for the repr."""
    return ", ".join(f"{name}={getattr(module, name)}" for name in names)


class _MaxPoolNd(Module):
    function: ClassVar[str]

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        how = (self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode, self.return_indices)
        return FUNCTIONAL[self.function](input, *how)

    def extra_repr(self) -> str:
        """See Module."""
        return _named(self, "kernel_size", "stride", "padding", "dilation", "ceil_mode")


class MaxPool1d(_MaxPoolNd):
    """The largest of each window of the last dim."""

    function = "max_pool1d"


class MaxPool2d(_MaxPoolNd):
    """The largest of each window of the last two dims."""

    function = "max_pool2d"


class MaxPool3d(_MaxPoolNd):
    """The largest of each window of the last three dims."""

    function = "max_pool3d"


class _MaxUnpoolNd(Module):
    dims: ClassVar[int]

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        super().__init__()
        self.kernel_size = each(kernel_size, self.dims)
        self.stride = each(kernel_size if stride is None else stride, self.dims)
        self.padding = each(padding, self.dims)

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Any:
        """See Module."""
        how = (self.kernel_size, self.stride, self.padding, output_size)
        return FUNCTIONAL[f"max_unpool{self.dims}d"](input, indices, *how)

    def extra_repr(self) -> str:
        """See Module."""
        return _named(self, "kernel_size", "stride", "padding")


class MaxUnpool1d(_MaxUnpoolNd):
    """Zeros with maxima put back to where `MaxPool1d` found them."""

    dims = 1


class MaxUnpool2d(_MaxUnpoolNd):
    """Zeros with maxima put back to where `MaxPool2d` found them."""

    dims = 2


class MaxUnpool3d(_MaxUnpoolNd):
    """Zeros with maxima put back to where `MaxPool3d` found them."""

    dims = 3


class AvgPool1d(Module):
    """The average of each window of the last dim."""

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size = each(kernel_size, 1)
        self.stride = each(kernel_size if stride is None else stride, 1)
        self.padding = each(padding, 1)
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        how = (self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad)
        return FUNCTIONAL["avg_pool1d"](input, *how)

    def extra_repr(self) -> str:
        """See Module."""
        return _named(self, "kernel_size", "stride", "padding")


class _AvgPoolNd(Module):
    function: ClassVar[str]

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        how = (self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad)
        return FUNCTIONAL[self.function](input, *how, self.divisor_override)

    def extra_repr(self) -> str:
        """See Module."""
        return _named(self, "kernel_size", "stride", "padding")


class AvgPool2d(_AvgPoolNd):
    """The average of each window of the last two dims."""

    function = "avg_pool2d"


class AvgPool3d(_AvgPoolNd):
    """The average of each window of the last three dims."""

    function = "avg_pool3d"


class _LPPoolNd(Module):
    function: ClassVar[str]

    def __init__(self, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> None:
        super().__init__()
        self.norm_type = norm_type
        self.kernel_size = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        how = (float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)
        return FUNCTIONAL[self.function](input, *how)

    def extra_repr(self) -> str:
        """See Module."""
        return _named(self, "norm_type", "kernel_size", "stride", "ceil_mode")


class LPPool1d(_LPPoolNd):
    """The root of the sum of powers over each window of the last dim."""

    function = "lp_pool1d"


class LPPool2d(_LPPoolNd):
    """The root of the sum of powers over each window of the last two dims."""

    function = "lp_pool2d"


class LPPool3d(_LPPoolNd):
    """The root of the sum of powers over each window of the last three dims."""

    function = "lp_pool3d"


class _AdaptiveMaxPoolNd(Module):
    function: ClassVar[str]

    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return FUNCTIONAL[self.function](input, self.output_size, self.return_indices)

    def extra_repr(self) -> str:
        """See Module."""
        return _named(self, "output_size")


class AdaptiveMaxPool1d(_AdaptiveMaxPoolNd):
    """Maxima of a given number of windows along the last dim."""

    function = "adaptive_max_pool1d"


class AdaptiveMaxPool2d(_AdaptiveMaxPoolNd):
    """Maxima of a given number of windows over the last two dims."""

    function = "adaptive_max_pool2d"


class AdaptiveMaxPool3d(_AdaptiveMaxPoolNd):
    """Maxima of a given number of windows over the last three dims."""

    function = "adaptive_max_pool3d"


class _AdaptiveAvgPoolNd(Module):
    function: ClassVar[str]

    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return FUNCTIONAL[self.function](input, self.output_size)

    def extra_repr(self) -> str:
        """See Module."""
        return _named(self, "output_size")


class AdaptiveAvgPool1d(_AdaptiveAvgPoolNd):
    """Averages of a given number of windows along the last dim."""

    function = "adaptive_avg_pool1d"


class AdaptiveAvgPool2d(_AdaptiveAvgPoolNd):
    """Averages of a given number of windows over the last two dims."""

    function = "adaptive_avg_pool2d"


class AdaptiveAvgPool3d(_AdaptiveAvgPoolNd):
    """Averages of a given number of windows over the last three dims."""

    function = "adaptive_avg_pool3d"


class _FractionalMaxPoolNd(Module):
    dims: ClassVar[int]

    def __init__(
        self,
        kernel_size: Any,
        output_size: Any = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> None:
        super().__init__()
        if self.dims == 3 and any(size <= 0 for size in each(kernel_size, 3)):
            raise ValueError(f"kernel_size must be greater than 0, but got {kernel_size}")
        self.kernel_size = each(kernel_size, self.dims)
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size = None if output_size is None else each(output_size, self.dims)
        self.output_ratio = None if output_ratio is None else each(output_ratio, self.dims)
        if output_size is None and output_ratio is None:
            raise ValueError(f"{type(self).__name__} requires specifying either an output size, or a pooling ratio")
        if output_size is not None and output_ratio is not None:
            raise ValueError("only one of output_size and output_ratio may be specified")
        if self.output_ratio is not None and not all(0 < ratio < 1 for ratio in self.output_ratio):
            raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        how = (self.kernel_size, self.output_size, self.output_ratio, self.return_indices)
        return FUNCTIONAL[f"fractional_max_pool{self.dims}d"](input, *how, _random_samples=self._random_samples)


class FractionalMaxPool2d(_FractionalMaxPoolNd):
    """Maxima over windows at random places of the last two dims."""

    dims = 2


class FractionalMaxPool3d(_FractionalMaxPoolNd):
    """Maxima over windows at random places of the last three dims."""

    dims = 3


for _layer in list(vars().values()):
    if isinstance(_layer, type) and issubclass(_layer, Module) and _layer.__module__ == __name__:
        _layer.__module__ = "torch.nn.modules.pooling"
