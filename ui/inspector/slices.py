"""`[::5, :2]` as typed by a user: parsed by its own small grammar, never evaluated. Knows no Qt."""

from __future__ import annotations

import re
from types import EllipsisType

import numpy as np
from numpy.typing import NDArray

Index = tuple[int | slice | EllipsisType, ...]

_PART = re.compile(r"(?P<int>[+-]?\d+)|(?P<slice>[+-]?\d*:[+-]?\d*(:[+-]?\d*)?)|(?P<all>\.\.\.)")
EXAMPLE = "for example [::5, :2] or [0, :, :]"


class SliceError(ValueError):
    """A slice that cannot be read, or that does not fit the array."""


def parse(text: str) -> Index:
    """The index that `text` spells, brackets optional. Raises `SliceError`."""
    inner = text.strip()
    if inner.startswith("[") and inner.endswith("]"):
        inner = inner[1:-1]
    inner = inner.strip().removesuffix(",")
    if not inner:
        return ()
    return tuple(_part(part.replace(" ", "")) for part in inner.split(","))


def _part(text: str) -> int | slice | EllipsisType:
    match = _PART.fullmatch(text)
    if match is None:
        raise SliceError(f"{text!r} is no index; write whole numbers and slices, {EXAMPLE}")
    if match["int"]:
        return int(text)
    if match["all"]:
        return ...
    numbers = [int(number) if number else None for number in text.split(":")]
    if len(numbers) == 3 and numbers[2] == 0:
        raise SliceError("the step of a slice cannot be 0")
    return slice(*numbers)


def apply(array: NDArray[np.generic], index: Index) -> NDArray[np.generic]:
    """The part of `array` that `index` names, as a view of one or two dimensions (a scalar becomes 1 x 1).

    Raises `SliceError` where the index does not fit or leaves more than two dimensions.
    """
    try:
        part = np.asarray(array[index])
    except IndexError as error:
        raise SliceError(str(error)) from None
    if part.ndim > 2:
        raise SliceError(f"this leaves {part.ndim} dimensions; fix all but two of them, {EXAMPLE}")
    return part


def default(shape: tuple[int, ...]) -> str:
    """What is shown first: the whole array up to two dimensions, else the first of the leading ones."""
    if len(shape) <= 2:
        return "[" + ", ".join(":" for _ in shape) + "]" if shape else ""
    return "[" + ", ".join(["0"] * (len(shape) - 2) + [":", ":"]) + "]"


def as_matrix(part: NDArray[np.generic]) -> NDArray[np.generic]:
    """A part of at most two dimensions as rows and columns; a vector is one row when short, else one column."""
    if part.ndim == 2:
        return part
    if part.ndim == 0:
        return part.reshape(1, 1)
    return part.reshape(1, -1) if part.size <= 6 else part.reshape(-1, 1)
