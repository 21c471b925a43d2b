"""Other memory for a tensor in place: resize_, resize_as_ and set_, and their out-of-place relatives.

PyTorch's tensors are places in a storage that can grow; here a tensor is an array, and the storage is the memory of the
array that owns it. A tensor that outgrows it gets new memory, and takes its base and its views along.
"""

import math
import sys
import warnings
from operator import index
from typing import Any

import numpy as np
import numpy.typing as npt

from ... import observe
from ...arguments import check_size
from ...copy_slices import set_history
from ...tensor import TENSORS, Tensor
from ...types.layout import channels_last, channels_last_3d, contiguous_format, preserve_format
from ...views import Geometry, strided
from ..general import general
from ..inplace import check_history
from ..operands import invalid, require_tensor
from ..single import one
from ..table import Gradient, Row, expose
from ..tools import reshape, shape as shape_of
from ..typed import user_level
from .geometry import contiguous_strides, strides_of

Array = npt.NDArray[Any]

_set = general(Row("set_", lambda _, source: source, ("self", "source"), (None, None), node="NotImplemented"))
_resize = one(
    Row(
        "resize",
        lambda self, sizes: self.reshape(sizes),
        ("self",),
        (Gradient("reshape(grad, shape(self))", lambda grad, self: reshape(grad, shape_of(self))),),
        node="ResizeBackward",
        arguments=("sizes",),
    )
)


@expose("resize_", function=False)
def resize_(self: Tensor, *size: Any, memory_format: object = None) -> Tensor:
    """Give this tensor another shape over its memory, which grows where it is too small; what is new is zero.

    Raises RuntimeError where it requires grad, NotImplementedError where it would have to grow under a tensor that the
    engine cannot take along.
    """
    if not size:
        raise TypeError('resize_() missing 1 required positional arguments: "size"')
    if self._requires_grad:
        raise RuntimeError("cannot resize variables that require grad")
    lengths = check_size("resize_", size)
    if any(length < 0 for length in lengths):
        raise RuntimeError("numel: integer multiplication overflow")
    if memory_format is preserve_format:
        raise RuntimeError("Unsupported memory formatPreserve")
    if lengths != self.array.shape or memory_format is not None:
        _lay_out(self, lengths, _steps(lengths, memory_format))
    return self


@expose("resize_as_")
def resize_as_(self: Tensor, the_template: Tensor, *, memory_format: object = None) -> Tensor:
    """`resize_` to the shape of another tensor."""
    require_tensor("resize_as_", "the_template", 1, the_template)
    wanted = None if memory_format is preserve_format else memory_format
    return resize_(self, the_template.array.shape, memory_format=wanted)


@expose("resize", function=False)
def resize(self: Tensor, *sizes: Any) -> Tensor:
    """The same elements in another shape; deprecated in PyTorch."""
    warnings.warn("non-inplace resize is deprecated", UserWarning, stacklevel=user_level())
    return _reshaped(self, check_size("resize", sizes))


@expose("resize_as", function=False)
def resize_as(self: Tensor, tensor: Tensor) -> Tensor:
    """The same elements in the shape of another tensor; deprecated in PyTorch."""
    warnings.warn("non-inplace resize_as is deprecated", UserWarning, stacklevel=user_level())
    return _reshaped(self, tensor.array.shape)


def _reshaped(self: Tensor, sizes: tuple[int, ...]) -> Tensor:
    count, own = math.prod(sizes), self.array.shape
    if count != self.array.size:
        raise RuntimeError(
            f"requested resize to {'x'.join(map(str, sizes))} ({count} elements in total), but the given tensor has a "
            f"size of {'x'.join(map(str, own))} ({self.array.size} elements). autograd's resize can only change the "
            "shape of a given tensor, while preserving the number of elements. "
        )
    return _resize((self,), (sizes,))


@expose("set_", function=False)
def set_(self: Tensor, source: Any = None, storage_offset: int = 0, size: Any = None, stride: Any = None) -> Tensor:
    """Make this tensor one over the memory of another, or over none. Raises NotImplementedError for a view."""
    if source is not None and type(source) not in TENSORS:
        raise invalid("set_", (source,), "", "torch.Storage source", "Tensor source")
    check_history(self)
    if self._base is not None:
        raise NotImplementedError("Tensor.set_ on a view is not supported by the embedded engine; use the other tensor")
    array = np.zeros(0, self.array.dtype) if source is None else source.array
    if array.dtype != self.array.dtype:
        names = [
            {"float32": "float", "float64": "double", "int64": "long"}.get(x.name, x.name)
            for x in (source.dtype, self.dtype)
        ]
        raise RuntimeError(f"Could not set tensor of type {names[0]} to a tensor of type {names[1]}")
    if size is not None:
        array = _part(array, storage_offset, tuple(size), stride)
    if observe.observer is not None:
        observe.observer.before_inplace(self)
    node = None if source is None else _set((self, source), (), False).grad_fn
    self.array = array
    self.version.bump()
    if node is not None:
        set_history(self, node)
    if observe.observer is not None:
        observe.observer.operation(node, "set_", (self, source), (self,), True)
    return self


def _part(array: Array, storage_offset: Any, size: tuple[int, ...], stride: Any) -> Array:
    """The place in the memory of an array. Raises PyTorch's RuntimeErrors for one that is none."""
    steps = contiguous_strides(size) if stride is None else tuple(stride)
    first = index(storage_offset)
    if first < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {first}")
    if any(step < 0 for step in steps):
        raise RuntimeError(f"Storage size calculation overflowed with sizes={list(size)} and strides={list(steps)}")
    memory = _memory(array)
    if _reach(size, steps) + first > memory.size:
        raise NotImplementedError("Tensor.set_ beyond the memory of its source is not supported by the embedded engine")
    return strided(memory, Geometry(size, steps, first))


def _steps(lengths: tuple[int, ...], memory_format: object) -> tuple[int, ...]:
    """The strides of a contiguous tensor, or of one with its channels last."""
    if memory_format in (None, contiguous_format):
        return contiguous_strides(lengths)
    rank = {channels_last: 4, channels_last_3d: 5}.get(memory_format)  # type: ignore[call-overload]  # any object
    if rank is None:
        raise TypeError(f"resize_(): argument 'memory_format' must be torch.memory_format, not {type(memory_format)}")
    if len(lengths) != rank:
        raise RuntimeError(
            f"required rank {rank} tensor to use {'channels_last' if rank == 4 else 'channels_last_3d'} format"
        )
    turned = contiguous_strides((lengths[0], *lengths[2:], lengths[1]))
    return (turned[0], turned[-1], *turned[1:-1])


def _reach(lengths: tuple[int, ...], steps: tuple[int, ...]) -> int:
    """How many elements of memory a tensor spans."""
    if 0 in lengths:
        return 0
    return 1 + sum((length - 1) * step for length, step in zip(lengths, steps, strict=True))


def _memory(array: Array) -> Array:
    """All the memory that an array lies in, as a vector of its dtype."""
    owner: Any = array
    while (below := owner.base if isinstance(owner, np.ndarray) else getattr(owner, "owner", None)) is not None:
        if not isinstance(below, np.ndarray) and not hasattr(below, "owner"):
            break
        owner = below
    if not isinstance(owner, np.ndarray) or not (owner.flags.c_contiguous or owner.flags.f_contiguous):
        return array.reshape(-1) if array.flags.c_contiguous else array
    flat = owner.reshape(-1, order="C" if owner.flags.c_contiguous else "F")
    return flat.view(array.dtype) if flat.nbytes % array.itemsize == 0 else array


def _lay_out(tensor: Tensor, lengths: tuple[int, ...], steps: tuple[int, ...]) -> None:
    array = tensor.array
    memory = _memory(array)
    first = (array.__array_interface__["data"][0] - memory.__array_interface__["data"][0]) // array.itemsize
    if observe.observer is not None:
        observe.observer.before_inplace(tensor)
    if not array.size and not memory.size:
        first = 0
    if _reach(lengths, steps) + first > memory.size:
        memory = _grown(tensor, memory, _reach(lengths, steps) + first)
    tensor.array = strided(memory, Geometry(lengths, steps, first))
    tensor.version.bump()
    if observe.observer is not None:
        observe.observer.operation(None, "resize_", (tensor,), (tensor,), True)


def _grown(tensor: Tensor, memory: Array, count: int) -> Array:
    """Larger memory with the same beginning, to which all tensors over the old one have moved."""
    base = tensor if tensor._base is None else tensor._base
    counter = tensor.version
    sharing = [base, *(view for reference in counter.views if (view := reference()) is not None)]
    if sys.getrefcount(counter) > len(sharing) + 2:  # and `counter` itself, and the argument
        raise NotImplementedError(
            "resize_ of a tensor beyond its memory, which a detached tensor or a saved result shares, is not supported "
            "by the embedded engine; clone() it first"
        )
    made = np.zeros(count, memory.dtype)
    made[: memory.size] = memory
    start = memory.__array_interface__["data"][0]
    for each in sharing:
        offset = (each.array.__array_interface__["data"][0] - start) // memory.itemsize
        each.array = strided(made, Geometry(each.array.shape, strides_of(each.array), offset))
    return made
