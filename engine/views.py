"""Views: a tensor that shares another's memory knows its base. Knows no operation.

How a view lies in its base (offset, shape, strides) is read from the arrays, as PyTorch reads it from the storage, so
nothing needs to be kept to make the view again.
"""

import weakref
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from . import grad_mode
from .autograd_meta import AutogradMeta, Creation
from .tensor import Tensor

Array = npt.NDArray[Any]
_DEFAULT: Final = Creation.DEFAULT  # an Enum looks its members up slowly
_ref: Final = weakref.ref


class Geometry(NamedTuple):
    """Where elements lie in memory, counted in elements from the base's first."""

    shape: tuple[int, ...]
    strides: tuple[int, ...]
    offset: int


def make_view(result: Tensor, source: Tensor, one_of_many: bool = False) -> None:
    """Record that `result` shares the memory of `source`. A view of a view has the first base."""
    counter = source._version_counter
    if counter is None:
        counter = source.version
    result._version_counter = counter
    known = source._meta
    meta = result._meta = AutogradMeta()
    base = None if known is None else known.base
    if base is None:
        base = source
    meta.base = base
    before = _DEFAULT if known is None else known.creation
    if grad_mode.changes and not grad_mode.local.enabled:
        inference = grad_mode.local.inference or before is Creation.INFERENCE
        meta.creation = Creation.INFERENCE if inference else Creation.NO_GRAD
    elif before is not _DEFAULT:
        meta.creation = before
    elif one_of_many:
        meta.creation = Creation.ONE_OF_MANY
    if result._fn is None and base._requires_grad:
        result._requires_grad = meta.borrows = True
    views = counter.views
    known_views = len(views)
    if known_views >= 64 and not known_views & (known_views - 1):  # now and then forget those that are gone
        views[:] = [view for view in views if view() is not None]
    views.append(_ref(result))


def geometry(view: Tensor, base: Tensor) -> Geometry:
    """How `view` lies in `base`, whose memory it shares."""
    size = base.array.itemsize
    first: int = view.array.__array_interface__["data"][0] - base.array.__array_interface__["data"][0]
    return Geometry(view.array.shape, tuple(stride // size for stride in view.array.strides), first // size)


def strided(array: Array, place: Geometry) -> Array:
    """The view of the array's memory at a place."""
    interface = dict(array.__array_interface__)
    size = array.itemsize
    interface["shape"] = place.shape
    interface["strides"] = tuple(stride * size for stride in place.strides)
    interface["data"] = (interface["data"][0] + place.offset * size, False)
    return np.asarray(_Memory(interface, array))


def writable(array: Array) -> Array:
    """The array, or where it is one of NumPy's broadcast views, which are read-only, another over the same memory."""
    if array.flags.writeable:
        return array
    size = array.itemsize
    return strided(array, Geometry(array.shape, tuple(stride // size for stride in array.strides), 0))


def laid_out(values: Array, layout: Geometry) -> Array:
    """A copy of `values` whose elements lie in memory as `layout` says, so that places in it can be taken."""
    reach = 1 + sum((length - 1) * stride for length, stride in zip(layout.shape, layout.strides, strict=True))
    made = strided(np.zeros(max(reach, 1), values.dtype), Geometry(layout.shape, layout.strides, 0))
    made[...] = values
    return made


def overlaps(place: Geometry) -> bool:
    """Whether some element of memory stands at several places of the view."""
    if 0 in place.shape:
        return False
    reach = 0  # of the dims with shorter steps
    for step, length in sorted(zip(place.strides, place.shape, strict=True)):
        if length > 1 and step <= reach:
            break
        reach += (length - 1) * step
    else:
        return False
    positions = places(Geometry(place.shape, place.strides, 0))
    return bool(np.unique(positions).size != positions.size)


def places(layout: Geometry) -> Array:
    """Where each element lies in memory, counted in elements from the base's first."""
    positions = np.full(layout.shape, layout.offset, np.int64)
    for dim, (length, step) in enumerate(zip(layout.shape, layout.strides, strict=True)):
        positions += (np.arange(length) * step).reshape([-1 if at == dim else 1 for at in range(len(layout.shape))])
    return positions


class _Memory:
    """What NumPy needs to make an array over the memory of another, which it keeps alive."""

    def __init__(self, interface: dict[str, Any], owner: Array) -> None:
        self.__array_interface__ = interface
        self.owner = owner
