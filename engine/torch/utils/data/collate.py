"""Samples put together into a batch."""

import copy
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import numpy as np

from ....creation.factories import as_tensor, tensor
from ....ops.table import PUBLIC
from ....tensor import Tensor
from ....types.dtype import float64


def default_convert(data: Any) -> Any:
    """Arrays as tensors, in whatever they stand; everything else as it is."""
    if isinstance(data, (np.ndarray, np.generic)):
        return data if data.dtype.kind in "SUO" else as_tensor(data)
    if isinstance(data, (Tensor, str, bytes)):
        return data
    return _inside(data, default_convert)


def default_collate(batch: Any) -> Any:
    """A batch of samples: tensors stacked, numbers as tensors, dictionaries and sequences by their parts."""
    first = batch[0]
    if isinstance(first, Tensor):
        return PUBLIC["stack"](batch, 0)
    if isinstance(first, np.ndarray) and first.dtype.kind not in "SUO":
        return PUBLIC["stack"]([as_tensor(each) for each in batch], 0)
    if isinstance(first, (np.bool_, np.number)):
        return as_tensor(np.asarray(batch))
    if isinstance(first, float):
        return tensor(batch, dtype=float64)
    if isinstance(first, int):
        return tensor(batch)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        made = {key: default_collate([sample[key] for sample in batch]) for key in first}
        return _like(first, made)
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*map(default_collate, zip(*batch, strict=True)))
    if isinstance(first, Sequence):
        if any(len(sample) != len(first) for sample in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        parts = [default_collate(samples) for samples in zip(*batch, strict=True)]
        return parts if isinstance(first, tuple) else _like(first, parts)
    raise TypeError(
        "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found " + str(type(first))
    )


def _inside(data: Any, change: Callable[[Any], Any]) -> Any:
    """The same container with every element changed."""
    if isinstance(data, Mapping):
        return _like(data, {key: change(value) for key, value in data.items()})
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*map(change, data))
    if isinstance(data, tuple):
        return [change(value) for value in data]  # a list, as in PyTorch
    if isinstance(data, Sequence):
        return _like(data, [change(value) for value in data])
    return data


def _like(container: Any, parts: Any) -> Any:
    """The parts in a container of the same kind, where such a one can be made."""
    try:
        if isinstance(container, (MutableMapping, MutableSequence)):
            made = copy.copy(container)
            if isinstance(made, MutableMapping):
                made.update(parts)
            else:
                made[:] = parts
            return made
        return type(container)(parts)
    except TypeError:
        return parts
