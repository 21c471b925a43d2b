"""Dimension arguments: negative ones counted from the end, PyTorch's errors for those out of range."""

from collections.abc import Callable
from functools import lru_cache
from operator import index
from typing import Any

import numpy as np


class FromEnd(int):
    """A dim or an index that was counted from the end: its number from 0, which remembers how it was given."""

    given: int


def wrap_dim(dim: Any, ndim: int) -> int:
    """`dim` as a number from 0; a 0-d tensor counts as one with one dimension. Raises IndexError out of range."""
    given = dim if type(dim) is int else index(dim)
    bound = ndim or 1
    if not -bound <= given < bound:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-bound}, {bound - 1}], but got {given})"
        )
    return from_end(given, bound) if given < 0 else given


@lru_cache(maxsize=1024)
def from_end(given: int, length: int) -> FromEnd:
    """The number from 0 of a negative place; `grad_fn._saved_dim` shows it as it was given."""
    made = FromEnd(given + length)
    made.given = given
    return made


def length_of(shape: tuple[int, ...], dim: int) -> int:
    """The length of a dim. Raises PyTorch's IndexError where there is none."""
    if not shape:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    return shape[wrap_dim(dim, len(shape))]


def wrap_dims(dims: Any, ndim: int) -> tuple[int, ...]:
    """One dim or several. Raises RuntimeError when one appears twice."""
    if not isinstance(dims, (tuple, list)):
        return (wrap_dim(dims, ndim),)
    wrapped = tuple([wrap_dim(dim, ndim) for dim in dims])
    if len(set(wrapped)) < len(wrapped):
        twice = next(dim for dim in wrapped if wrapped.count(dim) > 1)
        raise RuntimeError(f"dim {twice} appears multiple times in the list of dims")
    return wrapped


def axes(dims: tuple[int, ...], ndim: int) -> tuple[int, ...]:
    """Dims as NumPy's axes: none at all for a 0-d array, all of them for an empty list."""
    if ndim == 0:
        return ()
    return dims or tuple(range(ndim))


def kept_shape(shape: tuple[int, ...], dims: tuple[int, ...]) -> tuple[int, ...]:
    """The shape after a reduction over `dims` that keeps them."""
    reduced = axes(dims, len(shape))
    return tuple(1 if dim in reduced else size for dim, size in enumerate(shape))


def in_order(forward: Callable[..., Any]) -> Callable[..., Any]:
    """The same function with its result contiguous, as PyTorch allocates it; NumPy keeps the operand's order."""

    def ordered(*arguments: Any) -> Any:
        return np.asarray(forward(*arguments), order="C")

    return ordered


def is_dims(value: Any) -> bool:
    """Whether `value` can be a dim or a list of dims."""
    if isinstance(value, (tuple, list)):
        return all(isinstance(item, int) and not isinstance(item, bool) for item in value)
    return isinstance(value, int) or hasattr(value, "__index__")


def numpy_names(name: str, given: dict[str, Any], dim: Any, keepdim: Any) -> tuple[Any, Any]:
    """NumPy's `axis` and `keepdims` for `dim` and `keepdim`, which PyTorch takes too. Raises TypeError for others."""
    for key, value in given.items():
        if key == "axis":
            dim = value
        elif key == "keepdims":
            keepdim = value
        elif key == "out":
            raise NotImplementedError(f"{name}(out=...) is not supported by the embedded engine; assign the result")
        else:
            raise TypeError(f"{name}() got an unexpected keyword argument '{key}'")
    return dim, keepdim
