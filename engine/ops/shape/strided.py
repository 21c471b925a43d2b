"""The view at any place of memory, which is how views follow their base after an in-place operation.

Source of the formulas: `as_strided_backward` and `as_strided_scatter_backward` in PyTorch's `FunctionsManual.cpp`.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor, from_array
from ...views import Geometry, geometry, laid_out, overlaps, places, strided
from ..general import general
from ..operands import require_tensor
from ..saving import shown
from ..single import one
from ..table import CALLS, METHODS, Gradient, Row, expose
from ..tools import like, raw
from .places import put
from .scatter_part import require_same

Array = npt.NDArray[Any]


def as_strided_backward(
    grad: Any, size: tuple[int, ...], stride: tuple[int, ...], storage_offset: int, layout: Geometry
) -> Any:
    """`grad` put back to its place in a base laid out so, zeros around it; where elements overlap they are summed.

    What lies outside the base's elements is dropped; elements of the base that are one in memory share what comes.
    """
    place = Geometry(size, stride, storage_offset)
    if overlaps(place) or overlaps(layout) or not _inside(place, layout):
        return _by_number(grad, place, layout)
    dtype = grad.array.dtype if type(grad) in TENSORS else grad.dtype
    whole = laid_out(np.zeros(layout.shape, dtype), layout)
    if type(grad) in TENSORS:
        tracked = from_array(whole)
        METHODS["copy_"](CALLS["as_strided"]((tracked,), (*place, layout)), grad)
        return tracked
    strided(whole, place)[...] = grad
    return whole


def _inside(place: Geometry, layout: Geometry) -> bool:
    return place.offset >= 0 and _last(place) <= _last(layout._replace(offset=0))


def _last(place: Geometry) -> int:
    """The position of the last element in memory."""
    return place.offset + sum((length - 1) * step for length, step in zip(place.shape, place.strides, strict=True))


def _by_number(grad: Any, place: Geometry, layout: Geometry) -> Any:
    """The same with every place of memory numbered: slower, but elements may overlap."""
    source, target = places(place), places(layout._replace(offset=0))
    if not source.size or not target.size:
        return like(np.zeros(layout.shape, raw(grad).dtype), grad)
    first = min(source.min(), 0)
    memory = np.zeros(max(source.max(), target.max()) - first + 1, raw(grad).dtype)
    share = np.bincount(target.reshape(-1) - first, minlength=memory.size)[target - first]
    if type(grad) not in TENSORS:
        np.add.at(memory, source - first, grad)
        return memory[target - first] / share.astype(memory.dtype)
    summed = CALLS["put"]((from_array(memory), grad), (from_array(source - first), True))
    picked = CALLS["take"]((summed,), (from_array(target - first),))
    return picked / from_array(share.astype(memory.dtype))


_PLACED: Final = (Gradient("as_strided_backward(grad, size, stride, storage_offset, layout)", as_strided_backward),)


def strided_view(array: Array, size: tuple[int, ...], stride: tuple[int, ...], offset: int, *_: Any) -> Array:
    """The view at a place counted from the array's first element."""
    return strided(array, Geometry(size, stride, offset))


general(
    Row(
        "as_strided",
        strided_view,
        ("self",),
        _PLACED,
        node="AsStridedBackward0",
        arguments=("size", "stride", "storage_offset", "layout"),
        saves=("size", "stride", "storage_offset"),
        view=True,
    )
)
# As users call it: the offset counts from the start of the storage, not from this tensor's first element.
_given = one(
    Row(
        "as_strided",
        strided_view,
        ("self",),
        _PLACED,
        node="AsStridedBackward0",
        overload="given",
        arguments=("size", "stride", "storage_offset", "layout", "given"),
        saves=("size", "stride"),
        shows=(("storage_offset", property(lambda node: shown(node.arguments[4]))),),
        view=True,
    )
)


def strided_kept(grad: Any, numbers: Array) -> Any:
    """The elements of `grad` at the numbered places, zeros around them.

    That is what PyTorch gives the tensor that was written to, although its derivative is the rest of `grad`.
    """
    part = strided_part(grad, numbers)
    if type(grad) in TENSORS:
        zeros = from_array(np.zeros(grad.array.shape, grad.array.dtype))
        return CALLS["put"]((zeros, part), (from_array(numbers), False))
    return put(np.zeros_like(grad), numbers.reshape(-1), part)


def strided_part(grad: Any, numbers: Array) -> Any:
    """The elements of `grad` at the numbered places."""
    if type(grad) in TENSORS:
        return CALLS["take"]((grad,), (from_array(numbers),))
    return np.asarray(grad).reshape(-1)[numbers]


def _written(array: Array, src: Array, size: tuple[int, ...], stride: tuple[int, ...], offset: int, *_: Any) -> Array:
    steps = tuple(step // array.itemsize for step in array.strides)
    made = laid_out(array, Geometry(array.shape, steps, 0))
    strided(made, Geometry(size, stride, offset))[...] = src
    return made


_scatter = one(
    Row(
        "as_strided_scatter",
        _written,
        ("self", "src"),
        (
            Gradient("strided_kept(grad, numbers)", strided_kept),
            Gradient("strided_part(grad, numbers)", strided_part),
        ),
        node="AsStridedScatterBackward0",
        arguments=("size", "stride", "storage_offset", "numbers", "given"),
        saves=("size", "stride"),
        shows=(("storage_offset", property(lambda node: shown(node.arguments[4]))),),
    )
)


@expose("as_strided")
def as_strided(input: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    """The view of the storage with these lengths, and steps between elements; the offset counts from its start."""
    require_tensor("as_strided", "input", 1, input)
    place = check_place(input, size, stride, storage_offset)
    return _given((input,), (*place, geometry(input, input), storage_offset))


@expose("as_strided_scatter")
def as_strided_scatter(input: Tensor, src: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    """A copy with `src` at what `as_strided` would view."""
    require_tensor("as_strided_scatter", "src", 2, src)
    place = check_place(input, size, stride, storage_offset)
    require_same(src, place.shape)
    numbers = places(place)
    if numbers.size and not 0 <= numbers.min() <= numbers.max() <= _last(geometry(input, input)):
        raise NotImplementedError(
            "as_strided_scatter outside the tensor's own elements is not supported by the embedded engine; use its base"
        )
    if not input.array.flags.c_contiguous and (input.requires_grad or src.requires_grad):
        raise NotImplementedError(
            "as_strided_scatter is only differentiable for contiguous inputs, in PyTorch too; call .contiguous() first"
        )
    return _scatter((input, src), (*place, numbers, storage_offset))


def check_place(input: Tensor, size: Any, stride: Any, storage_offset: int | None) -> Geometry:
    """The place, its offset counted from the tensor's first element. Raises PyTorch's errors outside the storage."""
    shape, steps = tuple(size), tuple(stride)
    if len(shape) != len(steps):
        raise RuntimeError("mismatch in length of strides and shape")
    if any(step < 0 for step in steps):
        raise RuntimeError(f"as_strided: Negative strides are not supported at the moment, got strides: {list(steps)}")
    if any(length < 0 for length in shape):
        raise RuntimeError(f"Storage size calculation overflowed with sizes={list(shape)} and strides={list(steps)}")
    own: int = METHODS["storage_offset"](input)
    offset = own if storage_offset is None else storage_offset
    if offset < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {offset}")
    base = input if input._base is None else input._base
    needed = 0 if 0 in shape else (_last(Geometry(shape, steps, offset)) + 1) * input.array.itemsize
    held = _bytes_from(base.array)
    if needed > held:
        raise RuntimeError(
            f"setStorage: sizes {list(shape)}, strides {list(steps)}, storage offset {offset}, and itemsize "
            f"{input.array.itemsize} requiring a storage size of {needed} are out of bounds for storage of size {held}"
        )
    return Geometry(shape, steps, offset - own)


def _bytes_from(array: Array) -> int:
    """How many bytes of memory there are from the array's first element on."""
    owner = array
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    reach = _last(Geometry(owner.shape, owner.strides, 0)) + owner.itemsize if owner.size else 0
    start: int = owner.__array_interface__["data"][0]
    return start + reach - int(array.__array_interface__["data"][0])
