"""The view at any place of memory, which is how views follow their base after an in-place operation.

Source of the formula: `as_strided_backward` in PyTorch's `FunctionsManual.cpp`.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, from_array
from ...views import Geometry, laid_out, overlaps, strided
from ..general import general
from ..table import CALLS, METHODS, Gradient, Row

Array = npt.NDArray[Any]


def as_strided_backward(
    grad: Any, size: tuple[int, ...], stride: tuple[int, ...], storage_offset: int, layout: Geometry
) -> Any:
    """`grad` put back to its place in a base laid out so, zeros around it; where elements overlap they are summed."""
    place = Geometry(size, stride, storage_offset)
    dtype = grad.array.dtype if type(grad) in TENSORS else grad.dtype
    whole = laid_out(np.zeros(layout.shape, dtype), layout)
    if type(grad) in TENSORS:
        if overlaps(place):
            raise NotImplementedError("the second derivative of as_strided on overlapping elements is not supported")
        tracked = from_array(whole)
        METHODS["copy_"](CALLS["as_strided"]((tracked,), (*place, layout)), grad)
        return tracked
    part = strided(whole, place)
    if overlaps(place):
        reach = 1 + max((_last(place), _last(layout)))
        memory = strided(whole, Geometry((reach,), (1,), 0))
        np.add.at(memory, strided(np.arange(reach), place), grad)
    else:
        part[...] = grad
    return whole


def _last(place: Geometry) -> int:
    """The position of the last element in memory."""
    return place.offset + sum((length - 1) * step for length, step in zip(place.shape, place.strides, strict=True))


general(
    Row(
        "as_strided",
        lambda array, size, stride, storage_offset, _layout: strided(array, Geometry(size, stride, storage_offset)),
        ("self",),
        (Gradient("as_strided_backward(grad, size, stride, storage_offset, layout)", as_strided_backward),),
        node="AsStridedBackward0",
        arguments=("size", "stride", "storage_offset", "layout"),
        saves=("size", "stride", "storage_offset"),
        view=True,
    )
)
