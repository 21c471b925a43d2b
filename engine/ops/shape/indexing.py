"""What stands between the brackets of `x[...]`: read once into views to take and tensors to index with.

Follows PyTorch's `python_variable_indexing.cpp`: ints, slices, None, bools and `...` become views one by one; index
tensors are kept with the dim that they apply to, after all views were taken.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import index as as_int
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ...creation.data import to_array
from ...tensor import TENSORS, from_array
from ...transforms.carrier import refuse_sample
from ..dims import from_end
from ..tools import raw
from .slices import END, at

Array = npt.NDArray[Any]
NOT_A_TUPLE: Final = (
    "Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in pytorch 2.9; use "
    "x[tuple(seq)] instead of x[seq]. In pytorch 2.9 this will be interpreted as tensor index, x[torch.tensor(seq)], "
    "which will result either in an error or a different result"
)
Indices = tuple[Any, ...]  # per dim an index tensor, or None for all of it


class Step(NamedTuple):
    """One view: `select`, `slice` or `unsqueeze` of a dim, with NumPy's key for that dim."""

    kind: str
    dim: int
    key: Any


@dataclass
class Plan:
    """Views to take in order, then tensors to index with; `plain` when there are neither (`x[...]`)."""

    steps: list[Step] = field(default_factory=list)
    tensors: dict[int, Any] = field(default_factory=dict)

    @property
    def indices(self) -> Indices:
        """The index tensors by dim, None where a dim has none."""
        found: list[Any] = []
        dim, last = 0, max(self.tensors, default=-1)
        while dim <= last:
            found.append(self.tensors.get(dim))
            dim += 1 if found[-1] is None else _dims_of(found[-1])  # a mask covers as many dims as it has
        return tuple(found)


def simple_steps(key: Any, shape: tuple[int, ...]) -> tuple[Step, ...] | None:
    """The views of a key of nothing but ints and slices of ints, as most are; None for others, and for wrong ones."""
    alone = type(key) is not tuple
    items = (key,) if alone else key
    if len(items) > len(shape):
        return None
    steps: list[Step] = []
    dim = 0
    for item, length in zip(items, shape, strict=False):
        if type(item) is int and -length <= item < length:
            steps.append(Step("select", dim, item if item >= 0 else from_end(item, length)))
            continue
        if type(item) is not slice:
            return None
        start = 0 if item.start is None else item.start
        stop = END if item.stop is None else item.stop
        stride = 1 if item.step is None else item.step
        if type(start) is not int or type(stop) is not int or type(stride) is not int or stride < 1:
            return None
        if alone or start != 0 or stop < length or stride != 1:
            steps.append(Step("slice", dim, slice(start, stop, stride)))
        dim += 1
    return tuple(steps)


def read_key(key: Any, shape: tuple[int, ...]) -> Plan:
    """The plan of `x[key]` for an x of that shape. Raises PyTorch's IndexError, TypeError and ValueError."""
    alone = not isinstance(key, tuple)
    items = _as_tuple(key)
    specified = sum(_dims_of(item) for item in items)
    if specified > len(shape):
        if not shape and isinstance(key, slice):
            raise IndexError("slice() cannot be applied to a 0-dim tensor.")
        if not shape and isinstance(key, (int, np.integer)):
            if key != 0:
                raise IndexError(f"index {key} is out of bounds for dimension 0 with size 0")
            raise IndexError(
                "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to "
                "convert a 0-dim tensor to a number"
            )
        raise IndexError(f"too many indices for tensor of dimension {len(shape)}")
    plan = Plan()
    dim = 0  # of what the views so far leave
    source = 0  # of the tensor itself
    for place, item in enumerate(items):
        if item is Ellipsis:
            dim += len(shape) - specified
            source += len(shape) - specified
        elif item is None:
            plan.steps.append(Step("unsqueeze", dim, None))
            dim += 1
        elif isinstance(item, bool) or _is_zero_dim_mask(item):
            plan.steps.append(Step("unsqueeze", dim, None))
            plan.tensors[dim] = from_array(np.zeros(int(bool(raw(item))), np.int64))  # as PyTorch's: [0] or []
            dim += 1
        elif isinstance(item, slice):
            step = _slice(item, dim, shape[source], always=alone)
            if step is not None:
                plan.steps.append(step)
            dim += 1
            source += 1
        elif _is_int(item):
            plan.steps.append(Step("select", dim, _in_bounds(as_int(raw(item)), place, shape[source])))
            source += 1
        else:
            plan.tensors[dim] = _index_tensor(item)
            dim += _dims_of(plan.tensors[dim])
            source += _dims_of(item)
    return plan


def take_views(array: Array, steps: list[Step] | tuple[Step, ...]) -> Array:
    """The steps on an array; the result shares its memory."""
    for step in steps:
        array = np.expand_dims(array, step.dim) if step.kind == "unsqueeze" else array[(*at(step.dim, step.key), ...)]
    return array


def numpy_key(
    indices: Indices, shape: tuple[int, ...], check: Callable[[tuple[int, ...]], object] | None = None
) -> tuple[Any, ...]:
    """The index tensors as a NumPy key: masks as the places where they hold. Raises IndexError for a bad place.

    `check` is called with the shape of what is indexed before a place out of bounds is reported.
    """
    key: list[Any] = []
    error: IndexError | None = None
    for item in indices:
        if item is None:
            key.append(slice(None))
            continue
        array = raw(item)
        if array.dtype in (np.bool_, np.uint8):
            own = shape[len(key) : len(key) + array.ndim]
            for place, (size, length) in enumerate(zip(array.shape, own, strict=False)):
                if size != length:
                    raise IndexError(
                        f"The shape of the mask {list(array.shape)} at index {place} does not match the shape of the "
                        f"indexed tensor {list(shape)} at index {len(key) + place}"
                    )
            if len(own) < array.ndim:
                raise IndexError(f"too many indices for tensor of dimension {len(shape)}")
            key.extend(array.nonzero())
            continue
        if len(key) >= len(shape):
            got = sum(_dims_of(each) or 1 for each in indices)
            raise IndexError(f"too many indices for tensor of dimension {len(shape)} (got {got})")
        length = shape[len(key)]
        wrong = array[(array >= length) | (array < -length)]
        if wrong.size:
            dim = sum(not isinstance(known, slice) for known in key)  # PyTorch brings the indexed dims to the front
            where = f"for dimension {dim} with size {length}" if length else "for dimension with size 0"
            which = f"index {wrong.flat[0]}" if length else "index"
            error = error or IndexError(f"{which} is out of bounds {where}")
            array = np.zeros_like(array)
        key.append(array)
    found = _common_shape(key)
    if error is None:
        return tuple(key)
    if 0 in found:  # nothing is read, so no place is looked at
        return tuple([item if isinstance(item, slice) else np.zeros(found, np.int64) for item in key])
    if all(length or isinstance(item, slice) for item, length in zip(key, shape, strict=False)):
        size = np.broadcast_to(np.zeros(()), shape)[tuple(key)].shape
        if check is not None:
            check(size)
        if 0 in size:
            return tuple(key)
    raise error


def _common_shape(key: list[Any]) -> tuple[int, ...]:
    """The shape that the index arrays broadcast to. Raises IndexError where they do not."""
    arrays = [item for item in key if not isinstance(item, slice)]
    try:
        return np.broadcast_shapes(*(array.shape for array in arrays))
    except ValueError:
        shapes = ", ".join(str(list(array.shape)) for array in arrays)
        raise IndexError(
            f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}"
        ) from None


def _as_tuple(key: Any) -> tuple[Any, ...]:
    if isinstance(key, tuple):
        return key
    if isinstance(key, (list, str)) and len(key) < 32:  # a short one that holds more than numbers counts as a tuple
        held = (list, tuple, str, bytes, slice, type(None), type(Ellipsis))
        if any(isinstance(item, held) or type(item) in TENSORS for item in key):
            warnings.warn(NOT_A_TUPLE, UserWarning, stacklevel=4)
            return tuple(key)
    return (key,)


def _dims_of(item: Any) -> int:
    if item is None or item is Ellipsis or isinstance(item, bool):
        return 0
    array = raw(item) if type(item) in TENSORS else item
    if isinstance(array, list):
        array = np.asarray(array)
    if isinstance(array, np.ndarray) and array.dtype in (np.bool_, np.uint8):
        return array.ndim
    return 1


def _type_name(item: Any) -> str:
    kind = type(item)
    return f"numpy.{kind.__name__}" if isinstance(item, np.generic) else kind.__name__


def _is_int(item: Any) -> bool:
    if type(item) in TENSORS or isinstance(item, np.ndarray):
        array = raw(item)
        return array.ndim == 0 and array.dtype.kind in "iu" and array.dtype != np.uint8
    return isinstance(item, (int, np.integer))


def _is_zero_dim_mask(item: Any) -> bool:
    array = raw(item) if type(item) in TENSORS else item
    return isinstance(array, np.ndarray) and array.ndim == 0 and array.dtype in (np.bool_, np.uint8)


def _slice(item: slice, dim: int, length: int, always: bool) -> Step | None:
    step = 1 if item.step is None else _bound(item.step)
    if step == 0:
        raise ValueError("slice step cannot be zero")
    if step < 0:
        raise ValueError("step must be greater than zero")
    start = 0 if item.start is None else _bound(item.start)
    end = END if item.stop is None else _bound(item.stop)
    if start == 0 and step == 1 and end >= length and not always:
        return None  # all of the dim
    return Step("slice", dim, slice(start, end, step))


def _bound(given: Any) -> int:
    try:
        return as_int(raw(given))
    except TypeError:
        if type(given) in TENSORS:
            raise TypeError("only integer tensors of a single element can be converted to an index") from None
        raise TypeError("slice indices must be integers or None or have an __index__ method") from None


def _in_bounds(place: int, dim: int, length: int) -> int:
    if not -length <= place < length:
        raise IndexError(f"index {place} is out of bounds for dimension {dim} with size {length}")
    return from_end(place, length) if place < 0 else place


def _of_sequence(items: Any) -> Array:
    """A sequence as PyTorch reads it between brackets: bools as a mask, any other numbers as int64."""
    found = to_array(items, None) if len(items) else np.empty(np.shape(items))
    return found if found.dtype in (np.bool_, np.uint8) else found.astype(np.int64)


def _index_tensor(item: Any) -> Any:
    if type(item) in TENSORS and item.array.dtype in (np.bool_, np.uint8):
        refuse_sample(
            item,
            "vmap: We do not support batching operators that can support dynamic shape. Attempting to batch over "
            "indexing with a boolean mask.",
        )
    if type(item) not in TENSORS:
        if isinstance(item, (str, bytes)):
            raise TypeError(f"new(): invalid data type '{type(item).__name__}'")
        if not isinstance(item, (Sequence, np.ndarray)):
            raise IndexError(
                "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices "
                f"(got {_type_name(item)})"
            )
        item = from_array(item if isinstance(item, np.ndarray) and item.size else _of_sequence(item))
    require_index(item)
    return item


def require_index(item: Any) -> None:
    """Raise IndexError unless a tensor can be an index."""
    if item.array.dtype.kind == "f" or item.array.dtype in (np.int8, np.int16):
        raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
