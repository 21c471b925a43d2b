"""Losses of differences with a node of their own: squared, smooth L1, Huber; and the absolute one, made of others."""

import warnings
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ....tensor import TENSORS, Tensor
from ....types.dtype import of_numpy
from ....types.promotion import result_of
from ...general import general
from ...operands import require_attribute
from ...pointwise.elementwise import kernel
from ...shape.expand import broadcast_tensors
from ...table import Gradient, Row
from ...tools import like, numel, raw, sign, where
from .reduction import MEAN, REDUCTIONS, legacy, reduced, reduced_tensor, reduction_of, scale

Array = npt.NDArray[Any]
_SIZES: Final = (
    "Using a target size ({}) that is different to the input size ({}). This will likely lead to incorrect results due "
    "to broadcasting. Please ensure they have the same size."
)


def smooth_l1_slope(difference: Any, beta: float) -> Any:
    """The slope of `smooth_l1`: difference / beta within +-beta, its sign outside."""
    return where(abs(raw(difference)) < beta, difference / beta, sign(difference))


def huber_slope(difference: Any, delta: float) -> Any:
    """The slope of `huber`: the difference within +-delta, delta times its sign outside."""
    return where(abs(raw(difference)) <= delta, difference, sign(difference) * delta)


def smooth_l1_curve(difference: Any, beta: float) -> Any:
    """The slope of `smooth_l1_slope`: 1 / beta within +-beta, else zero; a constant."""
    array = raw(difference)
    return like(np.where(abs(array) < beta, 1 / beta, 0).astype(array.dtype), difference)


def huber_curve(difference: Any, delta: float) -> Any:
    """The slope of `huber_slope`: 1 within +-delta, else zero, and zero at the bounds, as in PyTorch; a constant."""
    array = raw(difference)
    return like((abs(array) < delta).astype(array.dtype), difference)


def _smooth_l1(difference: Array, beta: float) -> Array:
    size = np.abs(difference)
    made: Array = np.where(size < beta, 0.5 * size * size / beta, size - 0.5 * beta)
    return made


def _huber(difference: Array, delta: float) -> Array:
    size = np.abs(difference)
    made: Array = np.where(size <= delta, 0.5 * size * size, delta * (size - 0.5 * delta))
    return made


mse_loss_backward: Callable[..., Any] = kernel(
    "mse_loss_backward",
    lambda grad_output, self, target, reduction: scale(grad_output, numel(self), reduction) * 2 * (self - target),
    ("grad_output", "self", "target"),
    (
        (
            "scale(grad, numel(self), reduction) * 2 * (self - target)",
            lambda grad, self, target, reduction: mse_loss_backward(grad, self, target, reduction),
        ),
        (
            "scale(grad * grad_output, numel(self), reduction) * 2",
            lambda grad, grad_output, self, reduction: scale(grad * grad_output, numel(self), reduction) * 2,
        ),
        (
            "-scale(grad * grad_output, numel(self), reduction) * 2",
            lambda grad, grad_output, self, reduction: -scale(grad * grad_output, numel(self), reduction) * 2,
        ),
    ),
    "MseLossBackwardBackward0",
    ("reduction",),
)
_mse = general(
    Row(
        "mse_loss",
        lambda self, target, reduction: reduced((self - target) * (self - target), reduction),
        ("self", "target"),
        (
            Gradient(
                "scale(grad, numel(self), reduction) * 2 * (self - target)",
                lambda grad, self, target, reduction: mse_loss_backward(grad, self, target, reduction),
            ),
            Gradient(
                "scale(grad, numel(self), reduction) * 2 * (target - self)",
                lambda grad, self, target, reduction: mse_loss_backward(grad, target, self, reduction),
            ),
        ),
        node="MseLossBackward0",
        arguments=("reduction",),
    ),
    promote=True,
)
smooth_l1_loss_backward: Callable[..., Any] = kernel(
    "smooth_l1_loss_backward",
    lambda grad_output, self, target, reduction, beta: (
        scale(grad_output, numel(self), reduction) * smooth_l1_slope(self - target, beta)
    ),
    ("grad_output", "self", "target"),
    (
        (
            "scale(grad, numel(self), reduction) * where(abs(self - target) < beta, (self - target) "
            "/ beta, sign(self - target))",
            lambda grad, self, target, reduction, beta: smooth_l1_loss_backward(grad, self, target, reduction, beta),
        ),
        (
            "scale(grad * grad_output, numel(self), reduction) * where(abs(self - target) < beta, 1 / beta, 0)",
            lambda grad, grad_output, self, target, reduction, beta: (
                scale(grad * grad_output, numel(self), reduction) * smooth_l1_curve(self - target, beta)
            ),
        ),
        (
            "-scale(grad * grad_output, numel(self), reduction) * where(abs(self - target) < beta, 1 / beta, 0)",
            lambda grad, grad_output, self, target, reduction, beta: (
                -scale(grad * grad_output, numel(self), reduction) * smooth_l1_curve(self - target, beta)
            ),
        ),
    ),
    "SmoothL1LossBackwardBackward0",
    ("reduction", "beta"),
)
_smooth_l1_row = general(
    Row(
        "smooth_l1_loss",
        lambda self, target, reduction, beta: reduced(_smooth_l1(self - target, beta), reduction),
        ("self", "target"),
        (
            Gradient(
                "scale(grad, numel(self), reduction) * where(abs(self - target) < beta, (self - target) "
                "/ beta, sign(self - target))",
                lambda grad, self, target, reduction, beta: smooth_l1_loss_backward(
                    grad, self, target, reduction, beta
                ),
            ),
            Gradient(
                "scale(grad, numel(self), reduction) * where(abs(target - self) < beta, (target - self) "
                "/ beta, sign(target - self))",
                lambda grad, self, target, reduction, beta: smooth_l1_loss_backward(
                    grad, target, self, reduction, beta
                ),
            ),
        ),
        node="SmoothL1LossBackward0",
        arguments=("reduction", "beta"),
    ),
    promote=True,
)


def _difference(self: Any, target: Any) -> Any:
    """self - target. Raises RuntimeError for different dtypes, which only the kernel of the gradient refuses."""
    own, other = raw(self).dtype, raw(target).dtype
    if own != other:
        names = [of_numpy(kind).scalar_type for kind in (other, own)]
        raise RuntimeError(f"Found dtype {names[0]} but expected {names[1]}")
    return self - target


huber_loss_backward: Callable[..., Any] = kernel(
    "huber_loss_backward",
    lambda grad_output, self, target, reduction, delta: (
        scale(grad_output, numel(self), reduction) * huber_slope(_difference(self, target), delta)
    ),
    ("grad_output", "self", "target"),
    (
        (
            "scale(grad, numel(self), reduction) * where(abs(self - target) <= delta, self - target, "
            "delta * sign(self - target))",
            lambda grad, self, target, reduction, delta: huber_loss_backward(grad, self, target, reduction, delta),
        ),
        (
            "where(abs(self - target) < delta, scale(grad * grad_output, numel(self), reduction), 0)",
            lambda grad, grad_output, self, target, reduction, delta: (
                scale(grad * grad_output, numel(self), reduction) * huber_curve(self - target, delta)
            ),
        ),
        (
            "where(abs(self - target) < delta, -scale(grad * grad_output, numel(self), reduction), 0)",
            lambda grad, grad_output, self, target, reduction, delta: (
                -scale(grad * grad_output, numel(self), reduction) * huber_curve(self - target, delta)
            ),
        ),
    ),
    "HuberLossBackwardBackward0",
    ("reduction", "delta"),
)
_huber_row = general(
    Row(
        "huber_loss",
        lambda self, target, reduction, delta: reduced(_huber(self - target, delta), reduction),
        ("self", "target"),
        (
            Gradient(
                "scale(grad, numel(self), reduction) * where(abs(self - target) <= delta, self - target, "
                "delta * sign(self - target))",
                lambda grad, self, target, reduction, delta: huber_loss_backward(grad, self, target, reduction, delta),
            ),
            Gradient(
                "scale(grad, numel(self), reduction) * where(abs(target - self) <= delta, target - self, "
                "delta * sign(target - self))",
                lambda grad, self, target, reduction, delta: huber_loss_backward(grad, target, self, reduction, delta),
            ),
        ),
        node="HuberLossBackward0",
        arguments=("reduction", "delta"),
    ),
)


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Any:
    """The squares of the differences, their mean or their sum; with `weight` their weighted mean."""
    _warn_of_sizes(input, target)
    reduction = legacy(size_average, reduce, reduction)
    first, second = _broadcast(input, target)
    if weight is not None:
        _check_weight(weight, input)
        return _weighted((first - second) ** 2, weight, reduction)
    kind = reduction_of(reduction)
    _require_float("mse_cpu", first, second)
    return _mse((first, second), (kind,))


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Any:
    """The sizes of the differences, their mean or their sum; with `weight` their weighted mean."""
    _warn_of_sizes(input, target)
    reduction = legacy(size_average, reduce, reduction)
    first, second = _broadcast(input, target)
    if weight is not None:
        _check_weight(weight, input)
        return _weighted(abs(first - second), weight, reduction)
    kind = reduction_of(reduction)
    return reduced_tensor(abs(first - second), kind)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Any:
    """Half the squares of differences below `beta`, divided by it; the sizes of larger ones less half of it."""
    _warn_of_sizes(input, target)
    kind = reduction_of(legacy(size_average, reduce, reduction))
    first, second = _broadcast(input, target)
    if beta == 0.0:
        return reduced_tensor(abs(first - second), kind)
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    _require_float("smooth_l1_cpu", first, second)
    return _smooth_l1_row((first, second), (kind, float(beta)))


def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None
) -> Any:
    """Half the squares of differences up to `delta`, and `delta` times (their size less half of it) beyond."""
    _warn_of_sizes(input, target)
    first, second = _broadcast(input, target)
    if weight is None:
        return _huber_of(first, second, reduction_of(reduction), delta)
    if weight.shape != input.shape:
        raise ValueError("Weights and input must have the same size.")
    losses = _huber_of(first, second, REDUCTIONS["none"], delta) * weight
    return reduced_tensor(losses, _mode(reduction))


def _broadcast(input: Tensor, target: Tensor) -> tuple[Any, Any]:
    if input.array.shape == target.array.shape:
        return input, target
    first, second = broadcast_tensors(input, target)
    return first, second


def _huber_of(input: Any, target: Any, kind: int, delta: float) -> Any:
    if not delta > 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    if input.array.dtype.kind != "f":
        _require_float("huber_cpu", input, target)
        raise RuntimeError(
            f"result type {target.dtype.scalar_type} can't be cast to the desired output type {input.dtype.scalar_type}"
        )
    made = _huber_row((input, target), (kind, float(delta)))
    return made if made.array.dtype is input.array.dtype else made.to(input.dtype)


def _weighted(losses: Any, weight: Any, reduction: str) -> Any:
    weighted = losses * weight
    kind = _mode(reduction)
    return weighted.sum() / weight.sum() if kind == MEAN else reduced_tensor(weighted, kind)


def _mode(reduction: str) -> int:
    if reduction not in REDUCTIONS:
        raise ValueError(f"Invalid reduction mode: {reduction}. Expected one of 'none', 'mean', 'sum'.")
    return REDUCTIONS[reduction]


def _check_weight(weight: Tensor, input: Tensor) -> None:
    if weight.array.shape != input.array.shape:
        raise ValueError("Weights and input must have the same size.")


def _require_float(kernel: str, input: Tensor, target: Tensor) -> None:
    if input.array.dtype.kind != "f" and target.array.dtype.kind != "f":
        common = result_of((input, target))
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{common.scalar_type}'")


def _warn_of_sizes(input: Tensor, target: Tensor) -> None:
    if type(target) not in TENSORS or type(input) not in TENSORS:
        require_attribute(input if type(target) in TENSORS else target, "size")
    if target.array.shape != input.array.shape:
        warnings.warn(_SIZES.format(target.shape, input.shape), UserWarning, stacklevel=3)
