"""Losses with a node of their own, mean squared error and negative log likelihood, and those made of other rows."""

import warnings
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ...dtype import int64, uint8
from ...promotion import result_of
from ...tensor import TENSORS, Tensor, from_array
from ..reductions.softmax import log_softmax
from ..shape.expand import broadcast_tensors
from ..shape.gather import gather_back
from ..single import one
from ..table import Gradient, Row
from ..tools import raw

Array = npt.NDArray[Any]

REDUCTIONS: Final = {"none": 0, "mean": 1, "sum": 2}
_SIZES = (
    "Using a target size ({}) that is different to the input size ({}). This will likely lead to incorrect results due "
    "to broadcasting. Please ensure they have the same size."
)


def _reduced(losses: Array, reduction: int) -> Any:
    if reduction == 0:
        return losses
    return losses.mean() if reduction == 1 else losses.sum()


def scale(grad: Any, count: int, reduction: int) -> Any:
    """The gradient of one element's loss: with "mean" the loss's shared among them."""
    return grad / count if reduction == 1 else grad


def nll_back(grad: Any, shape: tuple[int, ...], target: Any, weight: Any, reduction: int, ignore_index: int) -> Any:
    """The gradient of `nll_loss`: minus the weight at each target, as shared by the reduction."""
    classes, weights, total = _picked(shape, raw(target), raw(weight), ignore_index)
    per_item = grad * _constant(-weights / (total if reduction == 1 else 1.0), grad)
    columns = from_array(classes.reshape(-1, 1))
    rows = (classes.size, shape[-1])
    return gather_back(per_item.reshape(-1, 1), rows, 1, columns).reshape(shape)


def _constant(array: Array, example: Any) -> Any:
    made = array.astype(raw(example).dtype)
    return from_array(made) if type(example) in TENSORS else made


def _picked(shape: tuple[int, ...], target: Array, weight: Any, ignore_index: int) -> tuple[Array, Array, Any]:
    """The class of each item (0 for an ignored one), its weight (0 for an ignored one), and the sum of the weights."""
    items = np.atleast_1d(target).astype(np.int64)
    counted = items != ignore_index
    wrong = items[counted & ((items < 0) | (items >= shape[-1]))]
    if wrong.size:
        raise IndexError(f"Target {wrong[0]} is out of bounds.")
    classes = np.where(counted, items, 0)
    weights = counted.astype(np.float64) if weight is None else np.where(counted, weight[classes], 0.0)
    return classes, weights, weights.sum()


def _nll(self: Array, target: Any, weight: Any, reduction: int, ignore_index: int) -> Any:
    classes, weights, total = _picked(self.shape, raw(target), raw(weight), ignore_index)
    chosen = np.take_along_axis(np.atleast_2d(self), classes.reshape(-1, 1), axis=1).reshape(-1)
    losses = np.where(weights == 0, 0, -chosen * weights).astype(self.dtype)
    if reduction == 0:
        return losses.reshape(raw(target).shape)
    return losses.sum() / self.dtype.type(total if reduction == 1 else 1)


_mse = one(
    Row(
        "mse_loss",
        lambda self, target, reduction: _reduced((self - target) * (self - target), reduction),
        ("self", "target"),
        (
            Gradient(
                "(grad / numel(self) if reduction == 1 else grad) * 2 * (self - target)",
                lambda grad, self, target, reduction: scale(grad, raw(self).size, reduction) * 2 * (self - target),
            ),
            Gradient(
                "(grad / numel(self) if reduction == 1 else grad) * 2 * (target - self)",
                lambda grad, self, target, reduction: scale(grad, raw(self).size, reduction) * 2 * (target - self),
            ),
        ),
        node="MseLossBackward0",
        arguments=("reduction",),
    )
)
_nll_loss = one(
    Row(
        "nll_loss",
        _nll,
        ("self",),
        (
            Gradient(
                "nll_back(grad, self_shape, target, weight, reduction, ignore_index)",
                lambda grad, self_shape, target, weight, reduction, ignore_index: nll_back(
                    grad, self_shape, target, weight, reduction, ignore_index
                ),
            ),
        ),
        node="NllLossBackward0",
        arguments=("target", "weight", "reduction", "ignore_index"),
    )
)


def mse_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """The squares of the differences, their mean or their sum."""
    one_input, other = _same_size(input, target)
    kind = _reduction(reduction)
    if not result_of((input, target)).is_floating_point:
        raise NotImplementedError(f"\"mse_cpu\" not implemented for '{input.dtype.scalar_type}'")
    return _mse((one_input, other), (kind,))


def l1_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """The sizes of the differences, their mean or their sum."""
    one_input, other = _same_size(input, target)
    kind = _reduction(reduction)
    losses: Any = abs(one_input - other)  # type: ignore[operator]  # operators come from the table
    made: Tensor = losses if kind == 0 else losses.mean() if kind == 1 else losses.sum()
    return made


def nll_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, ignore_index: int = -100, reduction: str = "mean"
) -> Tensor:
    """Minus the log-probability of each target class; (N, C) and (N,), or (C,) and a 0-d target."""
    kind = _reduction(reduction)
    shape, targets = input.array.shape, target.array
    if not shape:
        raise ValueError("Expected 1 or more dimensions (got 0)")
    if len(shape) > 2:
        raise NotImplementedError("nll_loss with more than two dims is not supported by the embedded engine")
    if len(shape) == 2 and (not targets.ndim or shape[0] != targets.shape[0]):
        count = targets.shape[0] if targets.ndim else 0
        raise ValueError(f"Expected input batch_size ({shape[0]}) to match target batch_size ({count}).")
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f"\"nll_loss_out_frame\" not implemented for '{input.dtype.scalar_type}'")
    if target.dtype not in (int64, uint8):
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {target.dtype.scalar_type}")
    if weight is not None and weight.array.shape != (shape[-1],):
        raise RuntimeError(
            f"weight tensor should be defined either for all {shape[-1]} classes or no classes but got weight tensor "
            f"of shape: {list(weight.array.shape)}"
        )
    return _nll_loss((input,), (target, weight, kind, ignore_index))


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """`nll_loss` of the log-softmax over the classes; targets are class indices."""
    _reduction(reduction)
    if label_smoothing:
        raise NotImplementedError("cross_entropy(label_smoothing=...) is not supported by the embedded engine")
    if target.array.shape == input.array.shape and target.dtype.is_floating_point:
        raise NotImplementedError(
            "cross_entropy with probabilities as targets is not supported by the embedded engine; "
            "use -(target * input.log_softmax(1)).sum(1).mean()"
        )
    return nll_loss(log_softmax(input, 1 if input.array.ndim > 1 else 0), target, weight, ignore_index, reduction)


def _reduction(name: str) -> int:
    if name not in REDUCTIONS:
        raise ValueError(f"{name} is not a valid value for reduction")
    return REDUCTIONS[name]


def _same_size(input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    if target.array.shape == input.array.shape:
        return input, target
    warnings.warn(_SIZES.format(target.shape, input.shape), UserWarning, stacklevel=3)
    first, second = broadcast_tensors(input, target)
    return first, second
