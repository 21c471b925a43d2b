"""Layers of convolution: `Conv1d` to `Conv3d` and their transposes, with PyTorch's parameters drawn in its order."""

import math
from typing import Any

from ..grad_mode import no_grad
from ..ops.shape.pad import pad
from ..ops.table import METHODS, PUBLIC
from ..tensor import Tensor
from .fill import blank
from .module import Module
from .parameter import Parameter

_PADDING_MODES = {"zeros", "reflect", "replicate", "circular"}


def each(value: Any, dims: int) -> tuple[Any, ...]:
    """One number for each dim."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * dims


class _ConvNd(Module):
    """What all convolutions have: the numbers, weight and bias."""

    dims: int
    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        transposed: bool,
        output_padding: Any,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if not hasattr(type(self), "dims"):  # a class of the user's, which gives tuples
            self.dims = len(kernel_size)
        dims = self.dims
        self.transposed = transposed
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = each(kernel_size, dims)
        self.stride = each(stride, dims)
        self.padding = padding if isinstance(padding, str) else each(padding, dims)
        self.dilation = each(dilation, dims)
        self.output_padding = each(output_padding, dims)
        self.groups = groups
        self.padding_mode = padding_mode
        self._check()
        self._reversed_padding_repeated_twice = self._around()
        outer, inner = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        self.weight = blank(outer, inner // groups, *self.kernel_size, device=device, dtype=dtype)
        if bias:
            self.bias = blank(out_channels, device=device, dtype=dtype)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def _check(self) -> None:
        if self.groups <= 0:
            raise ValueError("groups must be a positive integer")
        if self.in_channels % self.groups:
            raise ValueError("in_channels must be divisible by groups")
        if self.out_channels % self.groups:
            raise ValueError("out_channels must be divisible by groups")
        if isinstance(self.padding, str):
            strings = {"same", "valid"}
            if self.padding not in strings:
                raise ValueError(f"Invalid padding string {self.padding!r}, should be one of {strings}")
            if self.padding == "same" and any(jump != 1 for jump in self.stride):
                raise ValueError("padding='same' is not supported for strided convolutions")
        if self.padding_mode not in _PADDING_MODES:
            raise ValueError(
                f"padding_mode must be one of {_PADDING_MODES}, but got padding_mode='{self.padding_mode}'"
            )

    def _around(self) -> list[int]:
        """How much is added before and after each dim, the last dim first, as `pad` takes it."""
        made: list[int] = []
        for place in reversed(range(self.dims)):
            if not isinstance(self.padding, str):
                made += [self.padding[place]] * 2
            elif self.padding == "same":
                total = self.dilation[place] * (self.kernel_size[place] - 1)
                made += [total // 2, total - total // 2]
            else:
                made += [0, 0]
        return made

    def reset_parameters(self) -> None:
        """Draw weight and bias anew, by PyTorch's computation: uniformly in +-1/sqrt(elements under a window)."""
        fan_in = math.prod(self.weight.array.shape[1:])
        with no_grad():
            if self.weight.array.size:
                gain = math.sqrt(2.0 / (1 + math.sqrt(5) ** 2))
                reach = math.sqrt(3.0) * (gain / math.sqrt(fan_in))
                METHODS["uniform_"](self.weight, -reach, reach)
            if self.bias is not None:
                bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0
                METHODS["uniform_"](self.bias, -bound, bound)

    def extra_repr(self) -> str:
        """See Module."""
        made = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        for name, usual in (("padding", 0), ("dilation", 1), ("output_padding", 0)):
            value = getattr(self, name)
            if value != (usual,) * len(value):
                made += f", {name}={value}"
        if self.groups != 1:
            made += f", groups={self.groups}"
        if self.bias is None:
            made += ", bias=False"
        if self.padding_mode != "zeros":
            made += f", padding_mode={self.padding_mode}"
        return made


class _Conv(_ConvNd):
    """A convolution."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            False,
            0,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Any:
        convolve = PUBLIC[f"conv{self.dims}d"]
        if self.padding_mode == "zeros":
            return convolve(input, weight, bias, self.stride, self.padding, self.dilation, self.groups)
        wide = pad(input, self._reversed_padding_repeated_twice, self.padding_mode)
        return convolve(wide, weight, bias, self.stride, (0,) * self.dims, self.dilation, self.groups)

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return self._conv_forward(input, self.weight, self.bias)


class _ConvTranspose(_ConvNd):
    """A transposed convolution."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            True,
            output_padding,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor, output_size: Any = None) -> Any:
        """See Module; `output_size` picks one of the sizes that the stride leaves open."""
        extra = self.output_padding if output_size is None else self._output_padding(input, output_size)
        return PUBLIC[f"conv_transpose{self.dims}d"](
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )

    def _output_padding(self, input: Tensor, output_size: Any) -> list[int]:
        dims, ndim = self.dims, input.array.ndim
        others = ndim - dims if ndim == dims + 2 else 1
        asked = output_size[others:] if len(output_size) == others + dims else output_size
        if len(asked) != dims:
            raise ValueError(
                f"ConvTranspose{dims}D: for {ndim}D input, output_size must have {dims} or {others + dims} elements "
                f"(got {len(asked)})"
            )
        smallest = [
            (size - 1) * jump - 2 * pad + step * (width - 1) + 1
            for size, jump, pad, step, width in zip(
                input.array.shape[others:], self.stride, self.padding, self.dilation, self.kernel_size, strict=True
            )
        ]
        largest = [size + jump - 1 for size, jump in zip(smallest, self.stride, strict=True)]
        if any(not low <= size <= high for low, size, high in zip(smallest, asked, largest, strict=True)):
            raise ValueError(
                f"requested an output size of {asked}, but valid sizes range from {smallest} to {largest} (for an "
                f"input of {input.shape[2:]})"
            )
        return [size - low for size, low in zip(asked, smallest, strict=True)]


class Conv1d(_Conv):
    """Each output channel the sum of input channels (N, C, L), filtered."""

    dims = 1


class Conv2d(_Conv):
    """Each output channel the sum of input channels (N, C, H, W), filtered."""

    dims = 2


class Conv3d(_Conv):
    """Each output channel the sum of input channels (N, C, D, H, W), filtered."""

    dims = 3


class ConvTranspose1d(_ConvTranspose):
    """The transpose of `Conv1d`."""

    dims = 1


class ConvTranspose2d(_ConvTranspose):
    """The transpose of `Conv2d`."""

    dims = 2


class ConvTranspose3d(_ConvTranspose):
    """The transpose of `Conv3d`."""

    dims = 3


for _layer in (Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d):
    _layer.__module__ = "torch.nn.modules.conv"
