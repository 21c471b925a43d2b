"""Padding layers: the functions of `nn.functional.pad`, one class for each mode and number of dims."""

from typing import Any, ClassVar

from ..ops.shape.pad import pad
from ..tensor import Tensor
from .module import Module


class _Pad(Module):
    """Adds elements at both ends of the last `dims` dims."""

    dims: ClassVar[int]
    mode: ClassVar[str] = "constant"

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding = tuple(padding) if isinstance(padding, (tuple, list)) else (padding,) * (2 * self.dims)

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        """See Module."""
        return f"{self.padding}"


class _ConstantPad(_Pad):
    """With a value."""

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        """See Module."""
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPad):
    """A value at the ends of one dim."""

    dims = 1


class ConstantPad2d(_ConstantPad):
    """A value at the ends of two dims."""

    dims = 2


class ConstantPad3d(_ConstantPad):
    """A value at the ends of three dims."""

    dims = 3


class _ZeroPad(_ConstantPad):
    """With zeros."""

    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """See Module."""
        return f"{self.padding}"


class ZeroPad1d(_ZeroPad):
    """Zeros at the ends of one dim."""

    dims = 1


class ZeroPad2d(_ZeroPad):
    """Zeros at the ends of two dims."""

    dims = 2


class ZeroPad3d(_ZeroPad):
    """Zeros at the ends of three dims."""

    dims = 3


class ReflectionPad1d(_Pad):
    """The elements beside the ends of one dim, mirrored."""

    dims, mode = 1, "reflect"


class ReflectionPad2d(_Pad):
    """The elements beside the ends of two dims, mirrored."""

    dims, mode = 2, "reflect"


class ReflectionPad3d(_Pad):
    """The elements beside the ends of three dims, mirrored."""

    dims, mode = 3, "reflect"


class ReplicationPad1d(_Pad):
    """The elements at the ends of one dim, repeated."""

    dims, mode = 1, "replicate"


class ReplicationPad2d(_Pad):
    """The elements at the ends of two dims, repeated."""

    dims, mode = 2, "replicate"


class ReplicationPad3d(_Pad):
    """The elements at the ends of three dims, repeated."""

    dims, mode = 3, "replicate"


class _CircularPad(_Pad):
    """The elements from the other end."""

    mode = "circular"

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        if input.ndim not in (self.dims + 1, self.dims + 2):
            raise ValueError(f"expected {self.dims + 1}D or {self.dims + 2}D input (got {input.ndim}D input)")
        return super().forward(input)


class CircularPad1d(_CircularPad):
    """One dim, as if it were a circle."""

    dims = 1


class CircularPad2d(_CircularPad):
    """Two dims, as if they were circles."""

    dims = 2


class CircularPad3d(_CircularPad):
    """Three dims, as if they were circles."""

    dims = 3


for _layer in list(vars().values()):
    if isinstance(_layer, type) and issubclass(_layer, Module) and _layer.__module__ == __name__:
        _layer.__module__ = "torch.nn.modules.padding"
