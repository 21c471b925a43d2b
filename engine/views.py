"""Views: a tensor that shares another's memory knows its base. Knows no operation.

How a view lies in its base (offset, shape, strides) is read from the arrays, as PyTorch reads it from the storage, so
nothing needs to be kept to make the view again.
"""

import weakref
from typing import NamedTuple

from .tensor import Tensor


class Geometry(NamedTuple):
    """Where a view's elements lie in its base: counted in elements, not bytes."""

    shape: tuple[int, ...]
    strides: tuple[int, ...]
    offset: int


def make_view(result: Tensor, source: Tensor) -> None:
    """Record that `result` shares the memory of `source`. A view of a view has the first base."""
    result._version_counter = source.version
    base = source._base
    result.meta().base = source if base is None else base
    views = source.version.views
    if len(views) >= 64 and not len(views) & (len(views) - 1):  # now and then forget those that are gone
        views[:] = [view for view in views if view() is not None]
    views.append(weakref.ref(result))


def geometry(view: Tensor, base: Tensor) -> Geometry:
    """How `view` lies in `base`, whose memory it shares."""
    size = base.array.itemsize
    first: int = view.array.__array_interface__["data"][0] - base.array.__array_interface__["data"][0]
    return Geometry(view.array.shape, tuple(stride // size for stride in view.array.strides), first // size)
