"""Sample inputs in a neutral form, and the two worlds (PyTorch, the engine) in which they are made real.

A sample is frozen once: tensors become storage, shape and strides, PyTorch's own objects become names. Each world
then makes arguments of its own from it, afresh for every call, so that neither call can disturb the other.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

_MOST_DIMS = 64  # NumPy's limit


class OutOfScopeError(Exception):
    """The sample holds what the engine leaves out on purpose (a sparse or quantized tensor)."""


@dataclass(frozen=True, eq=False)
class TensorSpec:
    """A tensor by its memory: `storage` is one-dimensional, strides count elements."""

    storage: np.ndarray
    dtype: str
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    requires_grad: bool

    def array(self):
        """The elements, over a copy of the storage."""
        if 0 in self.shape:
            return np.empty(self.shape, self.dtype)
        storage = self.storage.copy()
        return as_strided(storage, self.shape, [stride * storage.itemsize for stride in self.strides])

    def __str__(self):
        dense = np.empty(self.shape, bool).strides == self.strides or 0 in self.shape
        marks = ("" if dense else f" strides {list(self.strides)}") + (" grad" if self.requires_grad else "")
        if not self.shape and self.storage.size:
            return f"{self.dtype}({self.storage[0]}){marks}"
        return f"{self.dtype}{list(self.shape)}{marks}"


@dataclass(frozen=True)
class Named:
    """Something that both worlds hold under a name: a dtype, layout, memory format, device, Size or Generator."""

    kind: str
    value: Any

    def __str__(self):
        return f"torch.{self.value}" if self.kind == "attribute" else f"{self.kind}({self.value!r})"


@dataclass(frozen=True)
class Foreign:
    """Any other object of PyTorch's (a function, a module): `calls.py` knows how to rebuild it."""

    value: Any

    def __str__(self):
        return getattr(self.value, "__name__", type(self.value).__name__)


@dataclass(frozen=True)
class Sample:
    """The arguments of one call."""

    args: tuple
    kwargs: dict

    def __str__(self):
        parts = [show(value) for value in self.args]
        return ", ".join(parts + [f"{name}={show(value)}" for name, value in self.kwargs.items()])

    def size(self):
        """Elements of all tensors."""
        return sum(max(1, int(np.prod(spec.shape))) for spec in self.specs())

    def specs(self):
        """Every tensor, each once, in order."""
        found = []
        _collect([self.args, self.kwargs], found)
        return found


def freeze(sample):
    """The neutral form of a SampleInput."""
    seen = {}
    args = tuple(_freeze(value, seen) for value in (sample.input, *sample.args))
    return Sample(args, {name: _freeze(value, seen) for name, value in sample.kwargs.items()})


def show(value):
    """A frozen value in one line."""
    if isinstance(value, (list, tuple)):
        inner = ", ".join(show(item) for item in value)
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {show(item)}" for key, item in value.items()) + "}"
    return str(value) if isinstance(value, (TensorSpec, Named, Foreign)) else repr(value)


def _collect(value, found):
    if isinstance(value, TensorSpec):
        if all(value is not other for other in found):
            found.append(value)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _collect(item, found)
    elif isinstance(value, dict):
        _collect(list(value.values()), found)


def _freeze(value, seen):
    import torch

    if isinstance(value, torch.Tensor):
        if id(value) not in seen:
            seen[id(value)] = (_freeze_tensor(value), value)  # the tensor too: its id must stay its own
        return seen[id(value)][0]
    if isinstance(value, torch.Size):
        return Named("Size", tuple(value))
    if isinstance(value, (torch.dtype, torch.layout, torch.memory_format)):
        return Named("attribute", str(value).removeprefix("torch."))
    if isinstance(value, torch.device):
        return Named("device", str(value))
    if isinstance(value, torch.Generator):
        return Named("Generator", value.initial_seed())
    if isinstance(value, (list, tuple)):
        items = [_freeze(item, seen) for item in value]
        if hasattr(value, "_fields"):
            return type(value)(*items)
        return items if isinstance(value, list) else tuple(items)
    if isinstance(value, dict):
        return {key: _freeze(item, seen) for key, item in value.items()}
    plain = value is None or isinstance(value, (bool, int, float, complex, str, slice, type(...), np.generic, type))
    return value if plain else Foreign(value)


def _freeze_tensor(tensor):
    import torch

    if tensor.layout is not torch.strided or tensor.is_quantized or tensor.is_nested:
        raise OutOfScopeError("sparse, quantized and nested tensors")
    if tensor.device.type != "cpu" or tensor.ndim > _MOST_DIMS:
        raise OutOfScopeError("tensors of other devices, and more dimensions than NumPy has")
    dense = tensor.detach().resolve_conj().resolve_neg()
    dtype = str(dense.dtype).removeprefix("torch.")
    shape, strides = tuple(dense.shape), dense.stride()
    if dense.numel() == 0:
        return TensorSpec(np.empty(0), dtype, shape, strides, tensor.requires_grad)
    length = 1 + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))
    flat = dense.as_strided((length,), (1,), dense.storage_offset()).clone()
    if dense.dtype in (torch.bfloat16, torch.float16) or (dense.dtype.itemsize == 1 and dense.is_floating_point()):
        flat = flat.float()
    return TensorSpec(flat.numpy(), dtype, shape, strides, tensor.requires_grad)
