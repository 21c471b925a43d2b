"""`torch.strided`, `torch.contiguous_format` and their like: names for how memory is laid out, and arrays laid out so.

Channels last is an order in memory alone: the dims stay where they are. It is kept by copies and pointwise functions;
other operations give contiguous results.
"""

from operator import gt
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


def memory_order(shape: tuple[int, ...], strides: list[list[int]]) -> list[int]:
    """The dims from the innermost to the outermost, as the first of several operands tells that has no 0 there.

    Source: `TensorIteratorBase::reorder_dimensions`, an insertion sort in which comparisons may be ambiguous.
    """

    def swaps(inner: int, outer: int) -> int:
        for steps in strides:
            one, other = steps[inner], steps[outer]
            if one and other:
                if one != other:
                    return 1 if one > other else -1
                if shape[inner] > shape[outer]:
                    return 1
        return 0

    order = list(range(len(shape) - 1, -1, -1))
    for place in range(1, len(shape)):
        moving = place
        for before in range(place - 1, -1, -1):
            found = swaps(order[before], order[moving])
            if found > 0:
                order[before], order[moving] = order[moving], order[before]
                moving = before
            elif found < 0:
                break
    return order


def empty_in_order(shape: tuple[int, ...], order: list[int], dtype: Any) -> Array:
    """Dense memory whose dims lie in that order, the innermost first."""
    outward = order[::-1]
    made: Array = np.empty([shape[dim] for dim in outward], dtype)
    return made.transpose([outward.index(dim) for dim in range(len(shape))]) if shape else made


def ordered(made: Array, operands: list[Any]) -> Array:
    """A result of operands that broadcast, in the memory order that PyTorch gives it."""
    shape = made.shape
    first = operands[0]
    if type(first) is np.ndarray and first.shape == shape:  # then its order is the result's, if it is a plain one
        if made.flags.c_contiguous and _falls(first.strides):
            return made
        if first.flags.f_contiguous and made.size:
            return made if made.flags.f_contiguous else np.array(made, order="F")
    strides = []
    for operand in operands:
        if type(operand) is np.ndarray and operand.ndim:
            lacking = len(shape) - operand.ndim
            same = operand.shape == shape[lacking:]
            steps = operand.strides if same else np.broadcast_to(operand, shape).strides
            strides.append([0] * (len(shape) - len(steps)) + list(steps))
    wanted = empty_in_order(shape, memory_order(shape, strides), made.dtype)
    if _same_order(wanted, made):
        return made
    wanted[...] = made
    return wanted


def _falls(strides: tuple[int, ...]) -> bool:
    """Whether each step is shorter than the one before it, and none is 0."""
    return not strides or (strides[-1] > 0 and all(map(gt, strides, strides[1:])))


def _same_order(one: Array, other: Array) -> bool:
    """Whether the strides agree where they tell something."""
    return all(
        step == found for step, found, length in zip(one.strides, other.strides, one.shape, strict=True) if length > 1
    )


def copied(array: Array) -> Array:
    """A copy in the same memory order; dims of length 1 keep their strides where there are no gaps."""
    flags = array.flags
    if flags.c_contiguous:
        return array.copy()
    if 1 not in array.shape and array.size and (flags.f_contiguous or _falls(array.strides)):
        return np.array(array, order="F" if flags.f_contiguous else "C")
    made = empty_in_order(array.shape, memory_order(array.shape, [list(array.strides)]), array.dtype)
    made[...] = array
    return made


def arranged(array: Array, wanted: object) -> Array:
    """A copy in that order. Raises RuntimeError where the format does not fit the number of dims."""
    if wanted is None or wanted is preserve_format:
        return copied(array)
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
