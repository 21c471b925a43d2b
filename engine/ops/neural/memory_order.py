"""Random numbers in the order of memory, as PyTorch fills tensors whose dims are not in the usual order."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def in_memory_order(example: Array, draw: Callable[[int], Array]) -> Array:
    """An array laid out as the example is, filled with what `draw(count)` gives from its first byte to its last."""
    drawn = draw(example.size)
    if example.flags.c_contiguous:
        return drawn.reshape(example.shape)
    order = sorted(range(example.ndim), key=lambda dim: -example.strides[dim])
    placed: Array = drawn.reshape([example.shape[dim] for dim in order]).transpose(np.argsort(order))
    return placed
