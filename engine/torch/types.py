"""`torch.types`: names for annotations."""

from collections.abc import Sequence
from typing import IO, TypeAlias

from ..tensor import Tensor
from ..types.device import device
from ..types.dtype import dtype
from ..types.layout import layout
from ..types.size import Size
from .names import missing as _missing

_int, _float, _bool = int, float, bool
_dtype, _device, _layout = dtype, device, layout
_size: TypeAlias = Size | list[int] | tuple[int, ...]
_TensorOrTensors: TypeAlias = Tensor | Sequence[Tensor]
Number: TypeAlias = int | float | bool
Device: TypeAlias = device | str | int | None
FileLike: TypeAlias = str | IO[bytes]


def __getattr__(name: str) -> object:
    raise _missing("torch.types", name)


__all__ = ["Device", "FileLike", "Number"]
