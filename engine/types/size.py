"""The shape of a tensor: a tuple of ints that prints `torch.Size([2, 2])`. Knows nothing of tensors."""

from collections.abc import Iterable
from math import prod
from operator import index
from typing import Any, SupportsIndex, cast, overload


class Size(tuple[int, ...]):
    """A tuple of ints; slices and sums of it are sizes again.

    `tuple.__new__(Size, shape)` makes one of a NumPy shape without checking its items again.
    """

    __slots__ = ()

    def __new__(cls, sizes: Iterable[Any] = (), /) -> "Size":
        """Raises TypeError unless every item is an integer."""
        items = tuple(sizes)
        if any(type(item) is not int for item in items):
            items = tuple(_as_int(item, position) for position, item in enumerate(items))
        return tuple.__new__(cls, items)

    def numel(self) -> int:
        """The number of elements of a tensor of this size."""
        return prod(self)

    @overload
    def __getitem__(self, key: SupportsIndex, /) -> int: ...
    @overload
    def __getitem__(self, key: slice, /) -> "Size": ...
    def __getitem__(self, key: SupportsIndex | slice, /) -> "int | Size":
        found = tuple.__getitem__(self, key)
        return tuple.__new__(Size, found) if isinstance(found, tuple) else found

    def __add__(self, other: tuple[int, ...], /) -> "Size":  # type: ignore[override]  # as above
        return tuple.__new__(Size, tuple(self) + other)

    def __radd__(self, other: tuple[int, ...], /) -> "Size":
        return tuple.__new__(Size, other + tuple(self))

    def __mul__(self, times: SupportsIndex, /) -> "Size":
        return tuple.__new__(Size, tuple(self) * times)

    __rmul__ = __mul__

    def __repr__(self) -> str:
        return f"torch.Size([{', '.join(map(str, self))}])"

    def __reduce__(self) -> "tuple[type[Size], tuple[tuple[int, ...]]]":
        return (Size, (tuple(self),))


Size.__module__ = "torch"


def _as_int(item: object, position: int) -> int:
    try:
        return index(cast(SupportsIndex, item))
    except TypeError:
        name = type(item).__name__
        raise TypeError(f"torch.Size() takes an iterable of 'int' (item {position} is '{name}')") from None
