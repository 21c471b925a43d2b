"""Margins between classes, one node each: multi_margin_loss and multilabel_margin_loss.

Their gradients' gradients are not implemented, in PyTorch's words.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ....tensor import Tensor, from_array
from ....types.dtype import int64
from ...single import one
from ...table import Gradient, Row
from ...tools import raw
from ...typed import typed
from ..underived import underived
from .reduction import MEAN, NONE, chosen, refuse_tracked

Array = npt.NDArray[Any]


def _reduced_items(losses: Array, reduction: int) -> Any:
    return losses if reduction == NONE else losses.sum() if reduction != MEAN else losses.sum() / max(losses.size, 1)


def _margins(array: Array, target: Array, margin: float) -> tuple[Array, Array]:
    """margin - x[target] + x of every other class (0 for the target itself), and the targets as a column."""
    column = target.reshape(-1, 1)
    items = array.reshape(column.shape[0], -1)
    found = np.maximum(margin - np.take_along_axis(items, column, 1) + items, 0)
    np.put_along_axis(found, column, 0, 1)
    return found, column


def _multi_margin(self: Array, target: Any, p: int, margin: float, weight: Any, reduction: int) -> Any:
    found, column = _margins(self, raw(target), margin)
    powers = found if p == 1 else found * found
    if weight is not None:
        powers = powers * raw(weight)[column]
    losses = (powers.sum(1) / found.shape[1]).astype(self.dtype)
    return _reduced_items(losses if raw(target).ndim else losses.reshape(()), reduction)


def _multi_margin_back(
    grad: Array, self: Array, target: Any, p: int, margin: float, weight: Any, reduction: int
) -> Array:
    found, column = _margins(self, raw(target), margin)
    slopes = (found > 0).astype(self.dtype) if p == 1 else 2 * found
    if weight is not None:
        slopes = slopes * raw(weight)[column]
    slopes = slopes / found.shape[1]
    np.put_along_axis(slopes, column, -slopes.sum(1, keepdims=True), 1)
    shared = grad.reshape(-1, 1) if reduction == NONE else grad / len(column) if reduction == MEAN else grad
    made: Array = (slopes * shared).reshape(self.shape).astype(self.dtype)
    return made


def _targets(target: Array) -> tuple[Array, Array]:
    """Which classes are targets of each item: those before the first -1; and the columns that hold targets."""
    before = np.logical_and.accumulate(target >= 0, axis=1)
    marked = np.zeros(target.shape, bool)
    rows = np.nonzero(before)[0]
    marked[rows, target[before]] = True
    return marked, before


def _multilabel_margin(self: Array, target: Any, reduction: int, is_target: Any) -> Any:
    items, labels = np.atleast_2d(self), np.atleast_2d(raw(target))
    marked, before = _targets(labels)
    chosen_scores = np.take_along_axis(items, np.where(before, labels, 0), 1) if items.size else items
    gaps = np.maximum(1 - chosen_scores[:, :, None] + items[:, None, :], 0)
    gaps = gaps * before[:, :, None] * ~marked[:, None, :]
    losses = (gaps.sum((1, 2)) / items.shape[1]).astype(self.dtype)
    return _reduced_items(losses if self.ndim > 1 else losses.reshape(()), reduction)


def _multilabel_margin_back(grad: Array, self: Array, target: Any, reduction: int, is_target: Any) -> Array:
    items, labels = np.atleast_2d(self), np.atleast_2d(raw(target))
    marked, before = _targets(labels)
    places = np.where(before, labels, 0)
    gaps = 1 - np.take_along_axis(items, places, 1)[:, :, None] + items[:, None, :]
    open_ = (gaps > 0) & before[:, :, None] & ~marked[:, None, :]
    slopes = open_.sum(1).astype(self.dtype)
    rows = np.broadcast_to(np.arange(len(items))[:, None], labels.shape)
    np.subtract.at(slopes, (rows, places), open_.sum(2).astype(self.dtype))
    shared = grad.reshape(-1, 1) if reduction == NONE else grad / len(items) if reduction == MEAN else grad
    made: Array = (slopes / items.shape[1] * shared).reshape(self.shape).astype(self.dtype)
    return made


multi_margin_back = underived(
    "multi_margin_loss_backward",
    _multi_margin_back,
    ("grad_output", "self"),
    ("target", "p", "margin", "weight", "reduction"),
)
multilabel_margin_back = underived(
    "multilabel_margin_loss_backward",
    _multilabel_margin_back,
    ("grad_output", "self"),
    ("target", "reduction", "is_target"),
)
_multi_margin_row = one(
    Row(
        "multi_margin_loss",
        _multi_margin,
        ("self",),
        (
            Gradient(
                "multi_margin_back(grad, self, target, p, margin, weight, reduction)",
                lambda grad, self, target, p, margin, weight, reduction: multi_margin_back(
                    grad, self, target, p, margin, weight, reduction
                ),
            ),
        ),
        node="MultiMarginLossBackward0",
        arguments=("target", "p", "margin", "weight", "reduction"),
    )
)
_multilabel_margin_row = one(
    Row(
        "multilabel_margin_loss",
        _multilabel_margin,
        ("self",),
        (
            Gradient(
                "multilabel_margin_back(grad, self, target, reduction, is_target)",
                lambda grad, self, target, reduction, is_target: multilabel_margin_back(
                    grad, self, target, reduction, is_target
                ),
            ),
        ),
        node="MultilabelMarginLossBackward0",
        arguments=("target", "reduction", "is_target"),
        tensors=("target", "is_target"),
    )
)


@typed("multi_margin_loss", "input:Tensor target:Tensor p:- margin:- weight:Tensor?")
def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """The mean over the other classes of max(0, margin - input[target] + input[class]) to the power of p."""
    kind = chosen(size_average, reduce, reduction)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.array.ndim != 1:
        raise ValueError("weight must be one-dimensional")
    refuse_tracked("multi_margin_loss", weight=weight)
    shape, size = input.array.shape, target.array.shape
    classes, items = _check_items(shape)
    if (len(shape) > 1 and len(size) != 1) or target.array.size != items:
        raise RuntimeError(
            "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch "
            f"size). Expected target size [{items}], but got {list(size)}. Input has shape {list(shape)}."
        )
    if weight is not None and weight.array.size != classes:
        raise RuntimeError(f"inconsistent weight size, expected {classes} but got {list(weight.array.shape)}")
    _check_types(input, target, "multi_margin_loss_cpu_kernel")
    if ((target.array < 0) | (target.array >= classes)).any():
        raise RuntimeError("target out of range")
    return _multi_margin_row((input,), (target, p, margin, weight, kind))


@typed("multilabel_margin_loss", "input:Tensor target:Tensor")
def multilabel_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """The mean over the classes of max(0, 1 - input[target] + input[other]), summed over the targets before a -1."""
    kind = chosen(size_average, reduce, reduction)
    shape, size = input.array.shape, target.array.shape
    classes, _ = _check_items(shape)
    if (size or (1,)) != (shape or (1,)):
        raise RuntimeError(f"inconsistent target size: {list(size)} for input of size: {list(shape)}")
    if (target.array.size and target.array.min() < -1) or (target.array.size and target.array.max() >= classes):
        raise RuntimeError("argument #2 'target' is out of range")
    _check_types(input, target, "multilabel_margin_loss_forward_out_frame")
    marked = _targets(np.atleast_2d(target.array))[0] if target.array.size else target.array
    is_target = from_array(marked.reshape(size).astype(input.array.dtype))
    return _multilabel_margin_row((input,), (target, kind, is_target))


def _check_items(shape: tuple[int, ...]) -> tuple[int, int]:
    """How many classes and items there are."""
    if len(shape) > 2 or (shape and shape[-1] == 0):
        raise RuntimeError(
            f"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list(shape)}"
        )
    return (shape[-1] if shape else 1), (shape[0] if len(shape) > 1 else 1)


def _check_types(input: Tensor, target: Tensor, kernel: str) -> None:
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{input.dtype.scalar_type}'")
    if target.dtype is not int64:
        raise RuntimeError(f"expected scalar type Long but found {target.dtype.scalar_type}")
