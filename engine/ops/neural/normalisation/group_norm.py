"""Group normalisation: each group of channels of each item by its own mean and variance."""

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from ....tensor import Tensor, from_array
from ...operands import require_attribute
from ...shape.shape import contiguous
from ...single import one
from ...table import PUBLIC, Gradient, Row
from ...tools import raw
from ...typed import typed
from ...unread import beside
from .batch_norm import check_batch_size
from .normalise import (
    along_channels,
    check_mixed,
    inverse_deviation,
    moments,
    normalised,
    normalised_back,
    sum_but_channels,
)

Array = npt.NDArray[Any]


def _grouped(x: Any, group: int) -> Any:
    """(N, C, ...) as (N, group, C / group * ...)."""
    items, channels, *pixels = raw(x).shape
    return x.reshape((items, group, channels // group * prod(pixels)))


def group_norm_back(grad: Any, input: Any, weight: Any, group: int, eps: float, result1: Any, result2: Any) -> Any:
    """The gradient of the input of `group_norm`."""
    shape = raw(input).shape
    if weight is not None:
        grad = grad * along_channels(weight, len(shape))
    mean, invstd = raw(result1)[..., None], raw(result2)[..., None]
    return normalised_back(_grouped(grad, group), _grouped(input, group), mean, invstd, (2,), eps).reshape(shape)


def group_norm_weight_back(
    grad: Any, input: Any, weight: Any, group: int, eps: float, result1: Any, result2: Any
) -> Any:
    """The gradient of the weight: the normalised input's share, by channel."""
    mean, invstd = raw(result1)[..., None], raw(result2)[..., None]
    result = normalised(_grouped(input, group), mean, invstd, (2,), eps).reshape(raw(input).shape)
    return beside(sum_but_channels(grad * result), weight)


def _group_norm(
    input: Array,
    weight: Array | None,
    bias: Array | None,
    items: int,
    channels: int,
    pixels: int,
    group: int,
    eps: float,
    result1: Any,
    result2: Any,
) -> Array:
    mean, invstd = raw(result1)[..., None], raw(result2)[..., None]
    made: Array = ((_grouped(input, group) - mean) * invstd).reshape(input.shape)
    if weight is not None:
        made = made * along_channels(weight, input.ndim)
    return made if bias is None else made + along_channels(bias, input.ndim)


_group_norm_row = one(
    Row(
        "native_group_norm",
        _group_norm,
        ("input", "weight", "bias"),
        (
            Gradient(
                "over_deviation(weighted(grad, per_channel(weight, input)) - "
                "mean_over_group(weighted(grad, per_channel(weight, input)), group) - hat(input, "
                "result1, result2) * mean_over_group(weighted(grad, per_channel(weight, input)) * "
                "hat(input, result1, result2), group), result2)",
                group_norm_back,
            ),
            Gradient("sum_but_channels(grad * hat(input, result1, result2))", group_norm_weight_back),
            Gradient("sum_but_channels(grad)", lambda grad: sum_but_channels(grad)),
        ),
        node="NativeGroupNormBackward0",
        arguments=("N", "C", "HxW", "group", "eps", "result1", "result2"),
        saves=("C", "HxW", "N", "eps", "group", "input", "result1", "result2", "weight"),
        tensors=("result1", "result2"),
    )
)


@typed("group_norm", "input:Tensor num_groups:int weight:Tensor? bias:Tensor? eps:float")
def group_norm_of(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
    cudnn_enabled: bool = True,
) -> Tensor:
    """`torch.group_norm`: each group of channels of each item normalised by its own mean and variance."""
    array = input.array
    items, channels = array.shape[:2]
    if num_groups <= 0:
        raise RuntimeError(f"num groups to be greater than 0, got {num_groups}")
    if channels % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(array.shape)} and num_groups={num_groups}"
        )
    for name, given in (("weight", weight), ("bias", bias)):
        if given is not None and given.array.shape != (channels,):
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of "
                f"shape {list(given.array.shape)} and input of shape {list(array.shape)}"
            )
    check_mixed(input, weight, bias)
    if array.dtype.kind != "f":
        raise NotImplementedError(f"\"GroupNormKernelImpl\" not implemented for '{input.dtype.scalar_type}'")
    pixels = int(np.prod(array.shape[2:], dtype=np.int64))
    groups = array.reshape(items, num_groups, channels // num_groups * pixels)
    mean, variance = moments(groups, (2,))
    kept = (from_array(mean[..., 0]), from_array(inverse_deviation(variance, eps)[..., 0]))
    return _group_norm_row((contiguous(input), weight, bias), (items, channels, pixels, num_groups, eps, *kept))


def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Each group of channels of each item normalised by its own mean and variance, then scaled by channel."""
    require_attribute(input, "dim")
    shape = input.array.shape
    if len(shape) < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {len(shape)}")
    size = [shape[0] * shape[1] // num_groups, num_groups, *shape[2:]]
    check_batch_size(tuple(size), size)
    return group_norm_of(input, num_groups, weight, bias, eps)


PUBLIC["group_norm"] = group_norm_of
