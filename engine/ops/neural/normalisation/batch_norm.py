"""Batch normalisation with its running statistics, and instance normalisation, which PyTorch makes of it."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .... import observe
from ....tensor import Tensor, from_array
from ...operands import require_attribute
from ...pointwise.cast import cast_to
from ...shape.shape import contiguous, view
from ...single import one
from ...table import PUBLIC, Gradient, Row
from ...tools import like, raw
from ...typed import typed
from ...unread import beside
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
_STATISTICS = "input:Tensor weight:Tensor? bias:Tensor? running_mean:Tensor? running_var:Tensor?"


def _dims(x: Any) -> tuple[int, ...]:
    return tuple(dim for dim in range(raw(x).ndim) if dim != 1)


def _kept(statistic: Any, x: Any) -> Any:
    return along_channels(raw(statistic), raw(x).ndim)


def batch_norm_back(
    grad: Any,
    input: Any,
    weight: Any,
    running_mean: Any,
    running_var: Any,
    training: bool,
    eps: float,
    result1: Any,
    result2: Any,
) -> Any:
    """The gradient of the input: through the batch's own statistics in training, past fixed ones else."""
    if weight is not None:
        grad = grad * along_channels(weight, raw(input).ndim)
    if not training:
        return beside(grad * like(_kept(inverse_deviation(raw(running_var), eps), input), grad), input)
    return normalised_back(grad, input, _kept(result1, input), _kept(result2, input), _dims(input), eps)


def batch_norm_weight_back(
    grad: Any,
    input: Any,
    weight: Any,
    running_mean: Any,
    running_var: Any,
    training: bool,
    eps: float,
    result1: Any,
    result2: Any,
) -> Any:
    """The gradient of the weight: the normalised input's share."""
    if training:
        result = normalised(input, _kept(result1, input), _kept(result2, input), _dims(input), eps)
    else:
        invstd = inverse_deviation(raw(running_var), eps)
        result = (input - like(_kept(running_mean, input), input)) * like(_kept(invstd, input), input)
    return beside(sum_but_channels(grad * result), weight)


def batch_norm_bias_back(grad: Any, input: Any, weight: Any) -> Any:
    """The gradient of the bias: the sum over all but the channels."""
    return beside(sum_but_channels(grad), input, weight)


def _batch_norm(
    input: Array,
    weight: Array | None,
    bias: Array | None,
    running_mean: Any,
    running_var: Any,
    training: bool,
    eps: float,
    result1: Any,
    result2: Any,
) -> Array:
    mean = raw(result1 if training else running_mean)
    invstd = raw(result2) if training else inverse_deviation(raw(running_var), eps)
    scale = invstd if weight is None else invstd * weight
    shift = -mean * scale if bias is None else bias - mean * scale
    made: Array = input * along_channels(scale, input.ndim) + along_channels(shift, input.ndim)
    return made.astype(input.dtype, copy=False)


_row = one(
    Row(
        "native_batch_norm",
        _batch_norm,
        ("input", "weight", "bias"),
        (
            Gradient(
                "over_deviation(weighted(grad, per_channel(weight, input)) - mean_over(weighted(grad, "
                "per_channel(weight, input)), but_channels(input)) - hat(input, result1, result2) * "
                "mean_over(weighted(grad, per_channel(weight, input)) * hat(input, result1, result2), "
                "but_channels(input)), result2) if training else weighted(grad, per_channel(weight, "
                "input)) / sqrt(per_channel(running_var, input) + eps)",
                batch_norm_back,
            ),
            Gradient(
                "sum_but_channels(grad * (hat(input, result1, result2) if training else hat(input, "
                "running_mean, 1 / sqrt(running_var + eps))))",
                batch_norm_weight_back,
            ),
            Gradient("sum_but_channels(grad)", batch_norm_bias_back),
        ),
        node="NativeBatchNormBackward0",
        arguments=("running_mean", "running_var", "training", "eps", "result1", "result2"),
        saves=("eps", "input", "result1", "result2", "running_mean", "running_var", "training", "weight"),
        tensors=("running_mean", "running_var", "result1", "result2"),
    )
)


@typed(
    "batch_norm",
    f"{_STATISTICS} training:bool momentum:float eps:float",
)
def batch_norm_of(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool = True,
) -> Tensor:
    """`torch.batch_norm`: (input - mean) / deviation * weight + bias by channel; training updates the running ones."""
    array = input.array
    channels = array.shape[1] if array.ndim > 1 else 0
    for name, given in (
        ("running_mean", running_mean),
        ("running_var", running_var),
        ("weight", weight),
        ("bias", bias),
    ):
        if given is None:
            if name.startswith("running") and not training:
                raise RuntimeError(f"{name} must be defined in evaluation mode")
        elif given.array.size != channels:
            raise RuntimeError(f"{name} should contain {channels} elements not {given.array.size}")
    if not array.size:
        made: Any = input.clone()  # type: ignore[attr-defined]  # from the table
        made = made if weight is None else made * weight[0]  # type: ignore[index]  # from the table
        return made if bias is None else made + bias[0]  # type: ignore[no-any-return,index]  # from the table
    if array.ndim < 2:
        raise IndexError(f"Dimension out of range (expected to be in range of [-{array.ndim or 1}, 0], but got 1)")
    if array.dtype.kind != "f":
        raise NotImplementedError(f"\"batch_norm\" not implemented for '{input.dtype.scalar_type}'")
    check_mixed(input, weight, bias, running_mean, running_var)
    empty = np.empty(0, array.dtype)
    mean, invstd = empty, empty
    if training:
        kept_mean, kept_variance = moments(array, _dims(array))
        mean, variance = kept_mean.reshape(-1), kept_variance.reshape(-1)
        invstd = inverse_deviation(variance, eps)
        count = array.size // channels if channels else 0
        _run_on(running_mean, mean, momentum)
        _run_on(running_var, variance * (count / (count - 1) if count > 1 else np.nan), momentum)
    statistics = (running_mean, running_var, training, eps, from_array(mean), from_array(invstd))
    return _row((input, weight, bias), statistics)


def _run_on(running: Tensor | None, new: Array, momentum: float) -> None:
    """Move a running statistic towards the batch's. As in PyTorch's kernel, its version does not count on."""
    if running is None:
        return
    if observe.observer is not None:
        observe.observer.before_inplace(running)
    running.array[...] = momentum * new + (1 - momentum) * running.array


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """(input - mean) / sqrt(variance + eps) * weight + bias for each channel, dim 1.

    Mean and variance are the batch's in training, which also moves the running ones; else the running ones.
    """
    _check_running(running_mean, running_var)
    if training:
        check_batch_size(input.array.shape, input.shape)
    if training and eps <= 0.0:
        raise ValueError(f"batch_norm eps must be positive during training, but got {eps}")
    if eps < 0.0:
        raise ValueError(f"batch_norm eps must be non-negative, but got {eps}")
    return batch_norm_of(input, weight, bias, running_mean, running_var, training, momentum, eps)


def _check_running(running_mean: Tensor | None, running_var: Tensor | None) -> None:
    """Raise ValueError where only one of both is there."""
    if (running_mean is None) != (running_var is None):
        raise ValueError("running_mean and running_var must either both be None or neither be None")


def check_batch_size(size: tuple[int, ...], shown: Any) -> None:
    """Raise ValueError where there is one value per channel, which has no variance."""
    count = size[0]
    for length in size[2:]:
        count *= length
    if count == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {shown}")


@typed(
    "instance_norm",
    f"{_STATISTICS} use_input_stats:bool momentum:float eps:float",
)
def instance_norm_of(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    use_input_stats: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool = True,
) -> Tensor:
    """`torch.instance_norm`: batch normalisation with every item's channels as channels of their own."""
    if not use_input_stats and (running_mean is None or running_var is None):
        raise RuntimeError("Expected running_mean and running_var to be defined when use_input_stats is false")
    shape = input.array.shape
    items, channels = shape[:2]

    def repeated(vector: Any) -> Any:
        return None if vector is None else vector.repeat(items)

    mean, var = (
        repeated(None if running is None else cast_to(running, input.dtype)) for running in (running_mean, running_var)
    )
    flat = view(contiguous(input), (1, items * channels, *shape[2:]))
    made = batch_norm_of(flat, repeated(weight), repeated(bias), mean, var, use_input_stats, momentum, eps)
    for running, moved in ((running_mean, mean), (running_var, var)):
        if running is not None:
            running.detach().copy_(moved.view(items, channels).mean(0))  # type: ignore[attr-defined]  # from the table
    return view(made, shape)


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Each channel of each item normalised by its own mean and variance."""
    require_attribute(input, "size")
    if use_input_stats:
        count = 1
        for length in input.array.shape[2:]:
            count *= length
        if count == 1:
            raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.shape}")
    _check_running(running_mean, running_var)
    return instance_norm_of(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps)


PUBLIC["batch_norm"], PUBLIC["instance_norm"] = batch_norm_of, instance_norm_of
