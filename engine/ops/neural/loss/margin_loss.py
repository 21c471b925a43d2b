"""Losses that ask for a margin, made of other rows: hinge and cosine embedding, ranking, triplets.

Source of the compositions: ATen's `Loss.cpp`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ....creation.factories import ones_like, zeros_like
from ....tensor import Tensor, from_array
from ...pointwise.scalar import add_scalar, sub_scalar
from ...table import PUBLIC
from ...typed import typed
from .distance import distance_of, pairwise_distance
from .reduction import REDUCTIONS, chosen, reduced_tensor

_EPSILON = 1e-12  # added to squared norms


@typed("hinge_embedding_loss", "input:Tensor target:Tensor margin:float", before=True)
def hinge_embedding_loss(
    input: Any,
    target: Any,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """The input where the target is 1, max(0, margin - input) where it is -1."""
    kind = chosen(size_average, reduce, reduction)
    zeros = zeros_like(input)
    gaps = from_array(np.asarray(margin, input.array.dtype)) - input
    apart = PUBLIC["where"](target != 1, gaps.clamp_min(0), zeros)
    alike = PUBLIC["where"](target != -1, input, zeros)
    return reduced_tensor(apart + alike, kind)


@typed("margin_ranking_loss", "input1:- input2:- target:- margin:float", before=True)
def margin_ranking_loss(
    input1: Any,
    input2: Any,
    target: Any,
    margin: float = 0.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """max(0, -target * (input1 - input2) + margin)."""
    kind = chosen(size_average, reduce, reduction)
    if not input1.ndim == input2.ndim == target.ndim:
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.shape}, input2: {input2.shape}, target: {target.shape} "
        )
    return reduced_tensor(add_scalar(-target * (input1 - input2), float(margin)).clamp_min(0), kind)


@typed("cosine_embedding_loss", "input1:Tensor input2:Tensor target:Tensor margin:float", before=True)
def cosine_embedding_loss(
    input1: Any,
    input2: Any,
    target: Any,
    margin: float = 0.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """1 - cos where the target is 1, max(0, cos - margin) where it is -1."""
    kind = chosen(size_average, reduce, reduction)
    dims = target.ndim
    if dims > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if not input1.ndim == input2.ndim == dims + 1:
        raise RuntimeError(
            f"{dims}D target tensor expects {dims + 1}D input tensors, but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)}."
        )
    products = (input1 * input2).sum(dims)
    first = add_scalar((input1 * input1).sum(dims), _EPSILON)
    second = add_scalar((input2 * input2).sum(dims), _EPSILON)
    cosines = products / (first * second).sqrt()
    zeros = zeros_like(cosines)
    alike = PUBLIC["where"](target == 1, ones_like(cosines) - cosines, zeros)
    apart = PUBLIC["where"](target == -1, sub_scalar(cosines, margin).clamp_min(0), zeros)
    return reduced_tensor(alike + apart, kind)


@typed(
    "triplet_margin_loss",
    "anchor:Tensor positive:Tensor negative:Tensor margin:float p:float eps:float swap:bool",
    before=True,
)
def triplet_margin_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """max(0, margin + distance to the positive - distance to the negative), by the p-norm."""
    kind = chosen(size_average, reduce, reduction)
    _check_margin(margin)
    _check_dims(anchor, positive, negative)
    to_positive = distance_of(anchor, positive, p, eps)
    to_negative = distance_of(anchor, negative, p, eps)
    if swap:
        to_negative = PUBLIC["minimum"](to_negative, distance_of(positive, negative, p, eps))
    return reduced_tensor((add_scalar(to_positive, float(margin)) - to_negative).clamp_min(0), kind)


def triplet_margin_with_distance_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Any:
    """`triplet_margin_loss` by any distance."""
    if reduction not in REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    _check_margin(margin)
    _check_dims(anchor, positive, negative)
    distance: Callable[..., Any] = pairwise_distance if distance_function is None else distance_function
    to_positive, to_negative = distance(anchor, positive), distance(anchor, negative)
    if swap:
        to_negative = PUBLIC["minimum"](to_negative, distance(positive, negative))
    return reduced_tensor((margin + to_positive - to_negative).clamp_min(0), REDUCTIONS[reduction])


def _check_margin(margin: float) -> None:
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")


def _check_dims(anchor: Any, positive: Any, negative: Any) -> None:
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {anchor.ndim}D, positive {positive.ndim}D, and negative {negative.ndim}D inputs"
        )
