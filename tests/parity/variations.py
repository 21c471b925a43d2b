"""Samples made from samples: at double precision, with gaps in memory, fewer of them."""

from dataclasses import replace

import numpy as np

from .samples import Named, Sample, TensorSpec


def at_double_precision(sample):
    """The same sample with its float32 tensors and dtypes as float64."""
    made = {}
    args = tuple(_changed(value, _doubled, made) for value in sample.args)
    return Sample(args, {name: _changed(value, _doubled, made) for name, value in sample.kwargs.items()})


def strided(sample):
    """The same sample, whose tensors keep to every second element of their memory."""
    made = {}
    args = tuple(_changed(value, _every_second, made) for value in sample.args)
    return Sample(args, {name: _changed(value, _every_second, made) for name, value in sample.kwargs.items()})


def spread(items, most):
    """At most `most` of the items, evenly spread over all."""
    if len(items) <= most:
        return items
    return [items[index * len(items) // most] for index in range(most)]


def _changed(value, change, made):
    """`value` with `change` applied to its tensors (once each: what was one tensor stays one) and dtypes."""
    if isinstance(value, (TensorSpec, Named)):
        return made.setdefault(id(value), change(value))
    if type(value) in (list, tuple):
        return type(value)(_changed(item, change, made) for item in value)
    return value


def _doubled(value):
    if isinstance(value, TensorSpec) and value.dtype == "float32":
        return replace(value, storage=value.storage.astype(np.float64), dtype="float64")
    return Named("attribute", "float64") if value == Named("attribute", "float32") else value


def _every_second(value):
    if not isinstance(value, TensorSpec) or 0 in value.shape:
        return value
    storage = np.repeat(value.storage, 2)[:-1]
    return replace(value, storage=storage, strides=tuple(2 * stride for stride in value.strides))
