"""Make a gradient fit where it goes: undo broadcasting, and cast to the operand's dtype. Knows no operation by name."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .node import Node, Output
from .ops.table import FUNCTIONS
from .tensor import TENSORS

Array = npt.NDArray[Any]


def fit(node: Node, gradient: Any, target: "Node | Output") -> Any:
    """`gradient`, summed over the dimensions that broadcasting added, in the target's dtype.

    Raises RuntimeError in PyTorch's words when the shapes have nothing to do with each other.
    """
    is_tensor = type(gradient) in TENSORS
    plain = gradient.array if is_tensor else gradient
    if plain.shape != target.shape:
        if not _expandable(target.shape, plain.shape):
            raise RuntimeError(
                f"Function {node.name()} returned an invalid gradient at index {node.next_edges.index(target)} - "
                f"got {list(plain.shape)} but expected shape compatible with {list(target.shape)}"
            )
        gradient = FUNCTIONS["sum_to_size"](gradient, target.shape) if is_tensor else sum_to(plain, target.shape)
    if target.dtype is not None and plain.dtype is not target.dtype:
        gradient = FUNCTIONS["cast"](gradient, target.dtype) if is_tensor else gradient.astype(target.dtype)
    return gradient


def sum_to(array: Array, shape: tuple[int, ...]) -> Array:
    """Sum an array down to `shape`, from which it could have been broadcast."""
    extra = array.ndim - len(shape)
    if not extra and array.shape == shape:
        return array
    if 1 not in shape:  # only dims that are gone
        return np.asarray(np.add.reduce(array, axis=tuple(range(extra))))
    axes = (
        *range(extra),
        *(extra + dim for dim, size in enumerate(shape) if size == 1 and array.shape[extra + dim] != 1),
    )
    summed: Array = np.add.reduce(array, axis=axes, keepdims=True) if axes else array
    return summed.reshape(shape)


def _expandable(shape: tuple[int, ...], into: tuple[int, ...]) -> bool:
    if len(shape) > len(into):
        return False
    return all(size in (1, wide) for size, wide in zip(reversed(shape), reversed(into), strict=False))
