"""`torch.nn.modules.conv` and its like: the layers, the bases that people inherit from, and small functions."""

import collections.abc
from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Any

from ...nn import batchnorm, convolution, lazy, loss, pooling, transformer
from ...nn.module import Module
from ..places import make_places
from . import modules


def _ntuple(count: int) -> Callable[[Any], tuple[Any, ...]]:
    """A function that repeats what is not iterable."""

    def parse(value: Any) -> tuple[Any, ...]:
        return tuple(value) if isinstance(value, collections.abc.Iterable) else tuple(repeat(value, count))

    return parse


def _reverse_repeat_tuple(values: Iterable[Any], times: int) -> tuple[Any, ...]:
    """Each value several times, the last one first: how paddings are written for `pad`."""
    return tuple(value for value in reversed(tuple(values)) for _ in range(times))


def consume_prefix_in_state_dict_if_present(state_dict: dict[str, Any], prefix: str) -> None:
    """Take a prefix such as `module.` off the names of a state_dict, in place."""
    for key in list(state_dict):
        if key.startswith(prefix):
            state_dict[key.removeprefix(prefix)] = state_dict.pop(key)
    described = getattr(state_dict, "_metadata", {})
    for key in list(described):
        if key and (key == prefix.replace(".", "") or key.startswith(prefix)):
            described[key[len(prefix) :]] = described.pop(key)


_BASES: tuple[type[Module], ...] = (
    lazy.LazyModuleMixin,
    batchnorm._NormBase,
    batchnorm._BatchNorm,
    batchnorm._InstanceNorm,
    convolution._ConvNd,
    loss._Loss,
    loss._WeightedLoss,
    pooling._MaxPoolNd,
    pooling._AdaptiveAvgPoolNd,
    pooling._AdaptiveMaxPoolNd,
    pooling._AvgPoolNd,
    pooling._LPPoolNd,
    pooling._MaxUnpoolNd,
)
convolution._ConvNd.__module__ = "torch.nn.modules.conv"

_more: dict[str, dict[str, Any]] = {
    "utils": {
        "_ntuple": _ntuple,
        "_single": _ntuple(1),
        "_pair": _ntuple(2),
        "_triple": _ntuple(3),
        "_quadruple": _ntuple(4),
        "_reverse_repeat_tuple": _reverse_repeat_tuple,
        "consume_prefix_in_state_dict_if_present": consume_prefix_in_state_dict_if_present,
    },
    "transformer": {"_get_clones": transformer._clones},
}
for _base in _BASES:
    _more.setdefault(_base.__module__.rpartition(".")[2], {})[_base.__name__] = _base
make_places(modules.__name__, [member for member in vars(modules).values() if isinstance(member, type)], _more)
