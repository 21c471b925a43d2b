"""`torch.strided`, `torch.contiguous_format` and their like: names for how memory is laid out, and arrays laid out so.

Channels last is an order in memory alone: the dims stay where they are. It is kept by copies and pointwise functions;
other operations give contiguous results.
"""

from typing import Any, Final, final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@final
class layout:  # noqa: N801 - PyTorch's own name
    """How elements are stored; the engine knows `torch.strided`."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"torch.{self._name}"


@final
class memory_format:  # noqa: N801 - PyTorch's own name
    """The order of elements in memory; results are contiguous unless they keep an operand's order."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"torch.{self._name}"


layout.__module__ = memory_format.__module__ = "torch"

strided: Final = layout("strided")
contiguous_format: Final = memory_format("contiguous_format")
preserve_format: Final = memory_format("preserve_format")
channels_last: Final = memory_format("channels_last")
channels_last_3d: Final = memory_format("channels_last_3d")
_RANKS: Final = {channels_last: 4, channels_last_3d: 5}


def arranged(array: Array, wanted: object) -> Array:
    """A copy in that order. Raises RuntimeError where the format does not fit the number of dims."""
    if wanted is None or wanted is preserve_format:
        return np.array(array)
    if wanted is contiguous_format:
        return np.array(array, order="C")
    if not isinstance(wanted, memory_format) or wanted not in _RANKS:
        raise TypeError(f"argument 'memory_format' must be torch.memory_format, not {type(wanted).__name__}")
    rank = _RANKS[wanted]
    if array.ndim != rank:
        raise RuntimeError(f"required rank {rank} tensor to use {wanted._name} format")
    return np.moveaxis(np.array(np.moveaxis(array, 1, -1), order="C"), -1, 1)


def is_arranged(array: Array, wanted: object) -> bool:
    """Whether the elements lie in memory in that order, without gaps."""
    if wanted in _RANKS:
        return array.ndim == _RANKS[wanted] and bool(np.moveaxis(array, 1, -1).flags.c_contiguous)
    return bool(array.flags.c_contiguous)
