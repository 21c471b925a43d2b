"""Losses of classes: negative log-likelihood, of items and of images, and cross entropy, which is made of it.

Source of the compositions: ATen's `LossNLL.cpp`.
"""

from math import nan, prod
from typing import Any

import numpy as np
import numpy.typing as npt

from ....tensor import TENSORS, Tensor, from_array
from ....types.dtype import int64, uint8
from ...pointwise.elementwise import kernel
from ...pointwise.scalar import add_scalar, div_scalar, mul_scalar
from ...reductions.softmax import log_softmax
from ...rules import zeros_like
from ...shape.shape import contiguous, reshape_to
from ...single import one
from ...table import Gradient, Row
from ...tools import raw
from ...typed import typed
from .reduction import MEAN, NONE, SUM, legacy, reduced_tensor, reduction_of, refuse_tracked

Array = npt.NDArray[Any]


def _back(
    grad_output: Array, self: Array, target: Any, weight: Any, reduction: int, ignore_index: int, total_weight: Any
) -> Array:
    """The gradient of `nll_loss`: minus the weight at each target, as shared by the reduction.

    The classes are dim 1 of `self`, or its only dim.
    """
    made = np.zeros(self.shape, self.dtype)
    if weight is None and _all_count(self.shape, raw(target), ignore_index):
        one_share = 1 / float(raw(total_weight)) if reduction == MEAN else 1.0
        made[_places(self.shape, raw(target))] = -self.dtype.type(one_share) * grad_output
        return made
    classes, weights = _picked(self.shape, raw(target), raw(weight), ignore_index)
    if reduction == MEAN:
        weights = weights / raw(total_weight)
    # Ignored items have none, though their share be 0 / 0, as where all are ignored.
    shares = np.where(raw(target) == ignore_index, 0, -weights.astype(self.dtype) * grad_output)
    made[_places(self.shape, classes)] = shares
    return made


def _places(shape: tuple[int, ...], classes: Array) -> tuple[Any, ...]:
    """The index of each item's class in an array of `shape`."""
    if len(shape) == 1:
        return (classes,)
    if len(shape) == 2:  # the usual case, at less cost
        return np.arange(shape[0]), classes
    places: list[Any] = list(np.indices(classes.shape, sparse=True))
    return (places[0], classes, *places[1:])


def _all_count(shape: tuple[int, ...], target: Array, ignore_index: int) -> bool:
    """Whether every item has a class that exists and is not ignored, by the quickest test: as with most data."""
    if ignore_index >= 0 or not target.size or target.dtype.kind != "i":
        return False
    smallest, largest = np.minimum.reduce(target, axis=None), np.maximum.reduce(target, axis=None)
    return bool(smallest >= 0 and largest < shape[min(1, len(shape) - 1)])


def _picked(shape: tuple[int, ...], target: Array, weight: Any, ignore_index: int) -> tuple[Array, Array]:
    """The class of each item (0 for an ignored one) and its weight (0 for an ignored one)."""
    counted = target != ignore_index
    count = shape[min(1, len(shape) - 1)]
    classes = target if counted.all() else np.where(counted, target, 0)
    outside = counted & ((target < 0) | (target >= count))
    if outside.any():
        raise IndexError(f"Target {target[outside].flat[0]} is out of bounds.")
    if weight is None:
        return classes, counted.astype(np.float64)
    return classes, np.where(counted, weight[classes], 0.0)


def _nll(self: Array, target: Any, weight: Any, reduction: int, ignore_index: int, total_weight: Any) -> Any:
    if weight is None and _all_count(self.shape, raw(target), ignore_index):
        losses = np.asarray(-self[_places(self.shape, raw(target))])
        if reduction == NONE and self.ndim > 1:
            return losses
        total_weight.array[...] = losses.size
        total = np.add.reduce(losses, axis=None)
        return total / total_weight.array if reduction == MEAN else total
    classes, weights = _picked(self.shape, raw(target), raw(weight), ignore_index)
    losses = np.where(weights == 0, 0, -self[_places(self.shape, classes)] * weights).astype(self.dtype)
    if reduction == NONE and self.ndim > 1:
        return losses
    total_weight.array[...] = weights.sum()  # an output for the node to keep, as in PyTorch's kernel
    return losses.sum() / total_weight.array if reduction == MEAN else losses.sum()


KEPT = ("target", "weight", "reduction", "ignore_index", "total_weight")


def _pair(name: str, node: str) -> Any:
    """The row of a loss, and that of its gradient, which is the loss's transpose."""

    def forward_of(grad: Any, target: Any, weight: Any, reduction: int, ignore_index: int) -> Any:
        total = _total(grad)
        if type(grad) in TENSORS:
            return loss((grad,), (target, weight, reduction, ignore_index, total))
        return _nll(grad, target, weight, reduction, ignore_index, total)

    back = kernel(
        f"{name}_backward",
        _back,
        ("grad_output", "self"),
        (
            (
                f"{name}(grad, target, weight, reduction, ignore_index)",
                lambda grad, target, weight, reduction, ignore_index: forward_of(
                    grad, target, weight, reduction, ignore_index
                ),
            ),
            ("zeros_like(grad)", lambda grad: zeros_like(grad)),
        ),
        f"{node}BackwardBackward0",
        KEPT,
        tensors=("target", "weight", "total_weight"),
    )
    loss = one(
        Row(
            name,
            _nll,
            ("self",),
            (
                Gradient(
                    "-weighted(per_item(grad, self), per_class(weight, self)) * one_hot(target, self, ignore_index) "
                    "/ (total_weight if reduction == 1 else 1)",
                    lambda grad, self, target, weight, reduction, ignore_index, total_weight: back(
                        grad, self, target, weight, reduction, ignore_index, total_weight
                    ),
                ),
            ),
            node=f"{node}Backward0",
            arguments=KEPT,
            tensors=("target", "weight", "total_weight"),
        )
    )
    return loss, back


_nll_loss, nll_loss_backward = _pair("nll_loss", "NllLoss")
_nll_loss2d, nll_loss2d_backward = _pair("nll_loss2d", "NllLoss2D")


@typed("nll_loss_nd", "input:Tensor target:Tensor weight:Tensor? reduction:- ignore_index:int")
def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """Minus the log-probability of each target class.

    (N, C) and (N,), (C,) and (), (N, C, d1, ...) and (N, d1, ...).
    """
    return _nll_nd(input, target, weight, reduction_of(legacy(size_average, reduce, reduction)), ignore_index)


@typed(
    "cross_entropy_loss",
    "input:Tensor target:Tensor weight:Tensor? reduction:- ignore_index:int label_smoothing:float",
)
def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """`nll_loss` of the log-softmax over the classes; targets are class indices, or probabilities of every class."""
    kind = reduction_of(legacy(size_average, reduce, reduction))
    if input.array.shape == target.array.shape:
        if not target.dtype.is_floating_point:
            raise RuntimeError(
                "Expected floating point type for target with class probabilities, got " + target.dtype.scalar_type
            )
        if ignore_index >= 0:
            raise RuntimeError("ignore_index is not supported for floating point target")
        return _of_probabilities(input, target, weight, kind, label_smoothing)
    if label_smoothing > 0:
        return _smoothed(input, target, weight, kind, ignore_index, label_smoothing)
    return _nll_nd(log_softmax(input, _class_dim(input)), target, weight, kind, ignore_index)


def _nll_nd(input: Any, target: Any, weight: Any, kind: int, ignore_index: int) -> Any:
    shape, size = input.array.shape, target.array.shape
    if not shape:
        raise ValueError("Expected 1 or more dimensions (got 0)")
    if len(shape) != 1 and (not size or shape[0] != size[0]):
        raise ValueError(
            f"Expected input batch_size ({shape[0]}) to match target batch_size ({size[0] if size else 0})."
        )
    if len(shape) <= 2:
        return _nll_of_items(input, target, weight, kind, ignore_index)
    if len(shape) == 4:
        return _nll_of_images(input, target, weight, kind, ignore_index)
    out = (shape[0], *shape[2:])
    if size[1:] != shape[2:]:
        raise RuntimeError(f"Expected target size {list(out)}, got {list(size)}")
    pixels = prod(shape[2:])
    image = reshape_to(contiguous(input), (*shape[:2], 1, pixels))
    losses = _nll_of_images(image, reshape_to(contiguous(target), (shape[0], 1, pixels)), weight, kind, ignore_index)
    return reshape_to(losses, out) if kind == NONE else losses


def _nll_of_items(input: Any, target: Any, weight: Any, kind: int, ignore_index: int) -> Any:
    shape, size = input.array.shape, target.array.shape
    if len(size) > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if len(shape) == 1 and size not in ((), (1,)):
        raise ValueError("For 1D input, 1D target must have size 1, but got target size: " + str(size[0]))
    _check_types(input, target, weight, "nll_loss_out_frame")
    if weight is not None and weight.array.shape != (shape[-1],):
        raise RuntimeError(
            f"weight tensor should be defined either for all {shape[-1]} classes or no classes but got weight tensor "
            f"of shape: {list(weight.array.shape)}"
        )
    refuse_tracked("nll_loss_forward", weight=weight)
    return _nll_loss((input,), (target, weight, kind, ignore_index, _total(input)))


def _nll_of_images(input: Any, target: Any, weight: Any, kind: int, ignore_index: int) -> Any:
    shape, size = input.array.shape, target.array.shape
    if len(size) != 3:
        raise RuntimeError(
            f"only batches of spatial targets supported (3D tensors) but got targets of dimension: {len(size)}"
        )
    if weight is not None and weight.array.size != shape[1]:
        raise RuntimeError("weight tensor should be defined either for all or no classes")
    if (shape[0], *shape[2:]) != size:
        raise RuntimeError(f"size mismatch (got input: {list(shape)} , target: {list(size)}")
    _check_types(input, target, weight, "nll_loss2d_forward_out_frame")
    refuse_tracked("nll_loss2d_forward", weight=weight)
    return _nll_loss2d((input,), (target, weight, kind, ignore_index, _total(input)))


def _check_types(input: Any, target: Any, weight: Any, kernel: str) -> None:
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{input.dtype.scalar_type}'")
    if target.dtype not in (int64, uint8):
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {target.dtype.scalar_type}")
    if weight is not None and weight.dtype is not input.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype.scalar_type} but found {weight.dtype.scalar_type}")


def _total(input: Any) -> Tensor:
    """Where the row puts the sum of the weights, for the node to show."""
    return from_array(np.zeros((), raw(input).dtype))


def _class_dim(input: Tensor) -> int:
    return 0 if input.array.ndim == 1 else 1


def _along_classes(weight: Any, input: Any) -> Any:
    """The weights of the classes, shaped so that they broadcast against the input."""
    dims = input.array.ndim
    if dims <= 1:
        return weight
    return reshape_to(weight, (1, weight.array.shape[0], *(1,) * (dims - 2)))


def _check_smoothing(label_smoothing: float) -> None:
    if label_smoothing > 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing:g}")


def _of_probabilities(input: Any, target: Any, weight: Any, kind: int, label_smoothing: float) -> Any:
    dim = _class_dim(input)
    if not input.array.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    classes = input.array.shape[dim]
    if weight is not None and weight.array.shape != (classes,):
        raise RuntimeError(
            f"cross_entropy: weight tensor should be defined either for all {classes} classes or no classes but got "
            f"weight tensor of shape: {list(weight.array.shape)}"
        )
    logs: Any = log_softmax(input, dim)
    if label_smoothing > 0:
        _check_smoothing(label_smoothing)
        target = add_scalar(mul_scalar(target, 1 - label_smoothing), label_smoothing / classes)
    losses = logs * target if weight is None else logs * target * _along_classes(weight, logs)
    if kind == NONE:
        return -losses.sum(dim)
    total = -losses.sum()
    if kind == SUM:
        return total
    return div_scalar(total, logs.numel() // classes) if logs.numel() else total.fill_(nan)


def _smoothed(input: Any, target: Any, weight: Any, kind: int, ignore_index: int, label_smoothing: float) -> Any:
    _check_smoothing(label_smoothing)
    dim = _class_dim(input)
    logs: Any = log_softmax(input, dim)
    likelihood = _nll_nd(logs, target, weight, kind, ignore_index)
    smooth = -(logs if weight is None else logs * _along_classes(weight, logs)).sum(dim)
    ignored = target == ignore_index
    smooth = smooth.masked_fill_(ignored, 0.0)
    if kind == MEAN:
        counted = ~ignored
        count = counted.sum() if weight is None else weight.gather(0, target.masked_select(counted).flatten()).sum()
        smooth = smooth.sum() / count
    else:
        smooth = reduced_tensor(smooth, kind)
    return mul_scalar(likelihood, 1 - label_smoothing) + mul_scalar(smooth, label_smoothing / input.array.shape[dim])
