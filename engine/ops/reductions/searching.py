"""Places among sorted boundaries, and membership: searchsorted, bucketize, isin. Never tracked."""

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor, from_array
from ...types.dtype import bool_
from ...types.promotion import result_of
from ..operands import cast
from ..single import one
from ..table import Row
from .offered import offered

Array = npt.NDArray[Any]

_search = one(
    Row(
        "searchsorted",
        lambda self, boundaries, sorter, right, wide: _bisected(self, boundaries, sorter, right).astype(
            np.int64 if wide else np.int32
        ),
        ("self",),
        (None,),
        arguments=("boundaries", "sorter", "right", "wide"),
    )
)
_isin = one(
    Row(
        "isin",
        lambda elements, test_elements, invert: np.isin(elements, test_elements, invert=invert),
        ("elements",),
        (None,),
        arguments=("test_elements", "invert"),
    )
)


def _bisected(values: Array, boundaries: Array, sorter: Array | None, right: bool) -> Array:
    """Bisection as PyTorch's kernel has it: a NaN counts as larger than everything, also than another NaN."""
    if boundaries.ndim == 1:
        rows = np.broadcast_to(boundaries, (1, boundaries.size))
        wanted = values.reshape(1, -1)
    else:
        batch = prod(boundaries.shape[:-1])
        rows, wanted = boundaries.reshape(batch, boundaries.shape[-1]), values.reshape(batch, values.shape[-1])
    if sorter is not None:
        rows = np.take_along_axis(rows, sorter.reshape(rows.shape), -1)
    low = np.zeros(wanted.shape, np.int64)
    high = np.full(wanted.shape, rows.shape[-1], np.int64)
    if not rows.size:
        return np.zeros(values.shape, np.int64)
    compare = np.greater if right else np.greater_equal
    while (low < high).any():
        middle = (low + high) // 2
        found = np.take_along_axis(rows, np.minimum(middle, rows.shape[-1] - 1), -1)
        after = (low < high) & ~compare(found, wanted)
        high = np.where((low < high) & ~after, middle, high)
        low = np.where(after, middle + 1, low)
    return low.reshape(values.shape)


@offered("searchsorted", method=False, numbers=True)
def searchsorted(
    sorted_sequence: Any,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Any = None,
) -> Tensor:
    """Where each value would be inserted into the sorted last dim of `sorted_sequence` to keep it sorted."""
    values = input if type(input) in TENSORS else from_array(np.asarray(input))
    _check(sorted_sequence.array, values.array, right, side, sorter)
    return _searched(sorted_sequence, input, values, right or side == "right", out_int32, sorter)


@offered("bucketize", method=False, numbers=True)
def bucketize(input: Any, boundaries: Any, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """Which of the parts between sorted boundaries each value belongs to."""
    if boundaries.array.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.array.ndim})")
    values = input if type(input) in TENSORS else from_array(np.asarray(input))
    return _searched(boundaries, input, values, right, out_int32, None)


def _searched(
    boundaries: Tensor, given: Any, values: Tensor, right: bool, out_int32: bool, sorter: Tensor | None
) -> Tensor:
    common = result_of((boundaries, given))
    if common is bool_:
        raise NotImplementedError("\"searchsorted_out_cpu\" not implemented for 'Bool'")
    order = None if sorter is None else sorter.array
    if values.array.dtype is not common.numpy:
        values = from_array(cast(values, common))
    return _search((values,), (cast(boundaries, common), order, right, not out_int32))


def _check(boundaries: Array, values: Array, right: bool, side: str | None, sorter: Any) -> None:
    if side not in (None, "left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if right and side == "left":
        raise RuntimeError(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True"
        )
    if sorter is not None:
        _check_sorter(boundaries, sorter)
    if not values.ndim and boundaries.ndim != 1:
        raise RuntimeError(
            "torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, but we got "
            f"boundaries tensor dim({boundaries.ndim}) and input value's dim(0) numel(1)"
        )
    if not boundaries.ndim:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension"
        )
    if boundaries.ndim != 1 and boundaries.shape[:-1] != values.shape[:-1]:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries "
            f"tensor and input value tensor must match, but we got boundaries tensor {list(boundaries.shape)} and "
            f"input value tensor {list(values.shape)}"
        )


def _check_sorter(boundaries: Array, sorter: Tensor) -> None:
    order = sorter.array
    if order.shape != boundaries.shape:
        raise RuntimeError(
            "torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor "
            f"{list(boundaries.shape)}and got sorter tensor {list(order.shape)}"
        )
    if order.dtype != np.int64:
        raise RuntimeError(
            f"torch.searchsorted(): sorter must be a tensor of long dtype but got dtype {sorter.dtype.scalar_type}"
        )
    if order.size and (order.min() < 0 or order.max() >= order.shape[-1]):
        raise RuntimeError("torch.searchsorted(): sorter index out of range")


@offered("isin", method=False)
def isin(
    elements: Any = None,
    test_elements: Any = None,
    *,
    assume_unique: bool = False,
    invert: bool = False,
    element: Any = None,
    test_element: Any = None,
) -> Tensor:
    """Whether each element is among the others; either may be a number."""
    del assume_unique  # it changes the speed, not the result
    elements = element if elements is None else elements
    test_elements = test_element if test_elements is None else test_elements
    if type(elements) not in TENSORS and type(test_elements) not in TENSORS:
        kinds = f"{type(elements).__name__}, {type(test_elements).__name__}"
        flags = "*, bool assume_unique = False, bool invert = False, Tensor out = None)\n"
        raise TypeError(
            f"isin() received an invalid combination of arguments - got ({kinds}), but expected one of:\n"
            f" * (Tensor elements, Tensor test_elements, {flags}"
            f" * (Number element, Tensor test_elements, {flags}"
            f" * (Tensor elements, Number test_element, {flags}"
        )
    tensors = [x if type(x) in TENSORS else from_array(np.asarray(x)) for x in (elements, test_elements)]
    for each in tensors:
        if each.array.dtype == np.bool_:
            raise RuntimeError("Unsupported input type encountered for isin(): Bool")
    return _isin((tensors[0],), (tensors[1].array, invert))
