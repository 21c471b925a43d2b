"""Losses of probabilities: binary cross entropy (of logits too), soft margin, KL divergence, Poisson, Gaussian.

Source of the compositions: ATen's `Loss.cpp` and PyTorch's `torch/nn/functional.py`.
"""

import math
import warnings
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .... import grad_mode
from ....arguments import broadcast_shapes
from ....creation.factories import ones_like
from ....tensor import TENSORS, Tensor
from ....types.promotion import can_cast, result_of
from ...general import general
from ...operands import require_attribute, require_tensor
from ...pointwise.scalar import add_scalar, mul_scalar
from ...rules import exp, log
from ...table import FUNCTIONS, PUBLIC, Gradient, Row
from ...tools import numel, raw, where
from ...typed import typed, user_level
from .reduction import (
    REDUCTIONS,
    SUM,
    chosen,
    constant,
    legacy,
    reduced,
    reduced_tensor,
    reduction_of,
    refuse_tracked,
    scale,
)

Array = npt.NDArray[Any]
_FLOOR: Final = -100.0  # logarithms are cut off here, so that a certain and wrong answer costs no infinity
_EPSILON: Final = 1e-12


def _weighed(value: Any, weight: Any) -> Any:
    return value if weight is None else value * constant(weight, value)


def bce_back(grad: Any, self: Any, target: Any, weight: Any, reduction: int) -> Any:
    """The gradient of `binary_cross_entropy`: (self - target) / (self * (1 - self))."""
    spread = (1 - self) * self
    spread = where(raw(spread) > _EPSILON, spread, constant(np.full((), _EPSILON, raw(self).dtype), self))
    return _weighed(scale(grad, numel(self), reduction) * (self - target) / spread, weight)


def bce_target_back(grad: Any, self: Any, target: Any, weight: Any, reduction: int) -> Any:
    """The same for the target: log(1 - self) - log(self)."""
    return _weighed(scale(grad, numel(target), reduction) * (log(1 - self) - log(self)), weight)


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x)) on arrays and tensors."""
    return x.sigmoid() if type(x) in TENSORS else 1 / (1 + np.exp(-x))


def log_sigmoid(x: Any) -> Any:
    """The logarithm of `sigmoid` on arrays and tensors."""
    if type(x) in TENSORS:
        return FUNCTIONS["log_sigmoid"](x)
    return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))


def bce_logits_back(grad: Any, self: Any, target: Any, weight: Any, pos_weight: Any, reduction: int) -> Any:
    """The gradient of `binary_cross_entropy_with_logits`: sigmoid(self) - target, where no class weighs more."""
    shared = _weighed(scale(grad, numel(self), reduction), weight)
    if pos_weight is None:
        return (sigmoid(self) - target) * shared
    positive = constant(pos_weight, self) * target
    return ((positive + 1 - target) * sigmoid(self) - positive) * shared


def bce_logits_target_back(grad: Any, self: Any, weight: Any, pos_weight: Any, reduction: int) -> Any:
    """The same for the target: -self, where no class weighs more."""
    shared = _weighed(scale(grad, numel(self), reduction), weight)
    if pos_weight is None:
        return -self * shared
    return ((1 - constant(pos_weight, self)) * log_sigmoid(self) - self) * shared


def soft_margin_back(grad: Any, self: Any, target: Any, reduction: int) -> Any:
    """The gradient of `soft_margin_loss`: -target * z / (1 + z) with z = exp(-target * self)."""
    signs = constant(target, self)
    z = exp(-signs * self)
    return scale(grad, numel(self), reduction) * -signs * z / (z + 1)


def _bce(self: Array, target: Array, weight: Any, reduction: int) -> Any:
    log_self, log_rest = np.maximum(np.log(self), _FLOOR), np.maximum(np.log1p(-self), _FLOOR)
    losses = (target - 1) * log_rest - target * log_self
    return reduced(_weighed(losses, weight), reduction)


def _bce_logits(self: Array, target: Array, weight: Any, pos_weight: Any, reduction: int, dtypes: Any) -> Any:
    """Rounded to the input's and to the target's dtype where PyTorch writes into a tensor of that dtype."""
    own, wanted = dtypes
    logs = log_sigmoid(self).astype(own, copy=False)
    if pos_weight is not None:
        logs = (((constant(pos_weight, self) - 1) * target + 1) * logs).astype(own, copy=False)
    losses = ((1 - target) * self).astype(wanted, copy=False) - logs
    return reduced(_weighed(losses.astype(wanted, copy=False), weight).astype(wanted, copy=False), reduction)


_bce_row = general(
    Row(
        "binary_cross_entropy",
        _bce,
        ("self", "target"),
        (
            Gradient(
                "weighted(scale(grad, numel(self), reduction), weight) * (self - target) / maximum((1 - "
                "self) * self, 1e-12)",
                bce_back,
            ),
            Gradient(
                "weighted(scale(grad, numel(self), reduction), weight) * (log(1 - self) - log(self))", bce_target_back
            ),
        ),
        node="BinaryCrossEntropyBackward0",
        arguments=("weight", "reduction"),
        domain="probability",
    )
)
_bce_logits_row = general(
    Row(
        "binary_cross_entropy_with_logits",
        _bce_logits,
        ("self", "target"),
        (
            Gradient(
                "weighted(scale(grad, numel(self), reduction), weight) * (sigmoid(self) - target if "
                "pos_weight is None else (pos_weight * target + 1 - target) * sigmoid(self) - pos_weight "
                "* target)",
                bce_logits_back,
            ),
            Gradient(
                "weighted(scale(grad, numel(self), reduction), weight) * (-self if pos_weight is None "
                "else (1 - pos_weight) * log(sigmoid(self)) - self)",
                bce_logits_target_back,
            ),
        ),
        node="BinaryCrossEntropyWithLogitsBackward0",
        arguments=("weight", "pos_weight", "reduction", "dtypes"),
        saves=("pos_weight", "reduction", "self", "target", "weight"),
        tensors=("weight", "pos_weight"),
    ),
    promote=True,
)
_soft_margin = general(
    Row(
        "soft_margin_loss",
        lambda self, target, reduction: reduced(np.log1p(np.exp(-constant(target, self) * self)), reduction),
        ("self",),
        (Gradient("-scale(grad, numel(self), reduction) * target * sigmoid(-target * self)", soft_margin_back),),
        node="SoftMarginLossBackward0",
        arguments=("target", "reduction"),
    )
)


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """-(target * log(input) + (1 - target) * log(1 - input)); the logarithms are at least -100."""
    kind = chosen(size_average, reduce, reduction)
    for given in (target, input):
        require_attribute(given, "size")
    if target.array.shape != input.array.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is deprecated. "
            "Please ensure they have the same size."
        )
    if weight is not None:
        weight = weight.expand(broadcast_shapes(target.array.shape, weight.array.shape))  # type: ignore[attr-defined]  # from the table
    refuse_tracked("binary_cross_entropy", weight=weight)
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f"\"binary_cross_entropy\" not implemented for '{input.dtype.scalar_type}'")
    if target.dtype is not input.dtype:
        raise RuntimeError(f"Found dtype {target.dtype.scalar_type} but expected {input.dtype.scalar_type}")
    for name, given in (("input", input), ("target", target)):
        if ((given.array < 0) | (given.array > 1)).any():
            raise RuntimeError(f"all elements of {name} should be between 0 and 1")
    _check_weight(input, weight)
    return _bce_row((input, target), (weight, kind))


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Any:
    """`binary_cross_entropy` of the input's sigmoid, computed without losing digits."""
    kind = chosen(size_average, reduce, reduction)
    for given in (target, input):
        require_attribute(given, "size")
    if target.array.shape != input.array.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    refuse_tracked("binary_cross_entropy_with_logits", weight=weight, pos_weight=pos_weight)
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f"\"log_sigmoid_cpu\" not implemented for '{input.dtype.scalar_type}'")
    if not target.dtype.is_floating_point:
        raise RuntimeError(
            f"result type {input.dtype.scalar_type} can't be cast to the desired output type {target.dtype.scalar_type}"
        )
    _check_weight(input, pos_weight)
    _check_weight(input, weight)
    dtypes = (input.dtype.numpy, target.dtype.numpy)
    return _bce_logits_row((input, target), (weight, pos_weight, kind, dtypes))


def _check_weight(input: Tensor, weight: Tensor | None) -> None:
    """Raise RuntimeError for a weight that would make the losses more: PyTorch multiplies them in place."""
    if weight is not None:
        common = list(broadcast_shapes(input.array.shape, weight.array.shape))
        if common != list(input.array.shape):
            raise RuntimeError(
                f"output with shape {list(input.array.shape)} doesn't match the broadcast shape {common}"
            )


@typed("soft_margin_loss", "input:Tensor target:Tensor")
def soft_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """log(1 + exp(-target * input)), where targets are 1 and -1."""
    kind = chosen(size_average, reduce, reduction)
    refuse_tracked("soft_margin_loss", target=target)
    if not can_cast(result_of((input, target)), input.dtype) or input.array.dtype.kind != "f":
        raise RuntimeError(f"result type Float can't be cast to the desired output type {input.dtype.scalar_type}")
    broadcast_shapes(input.array.shape, target.array.shape)  # raises where they do not
    return _soft_margin((input,), (target, kind))


def multilabel_soft_margin_loss(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """The mean over the classes (the last dim) of each one's binary cross entropy."""
    reduction = legacy(size_average, reduce, reduction)
    require_tensor("log_sigmoid", "input", 1, input)
    logsigmoid = FUNCTIONS["log_sigmoid"]
    losses = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    if weight is not None:
        losses = losses * weight
    dim = input.ndim - 1
    losses = losses.sum(dim) / input.size(dim)
    return reduced_tensor(losses, _is_valid(reduction))


@typed("kl_div", "input:Tensor target:Tensor")
def kl_div(
    input: Any,
    target: Any,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Any:
    """target * (log(target) - input); the input holds logarithms, and so does the target with `log_target`."""
    if size_average is not None or reduce is not None:
        kind = chosen(size_average, reduce, reduction)
    else:
        if reduction == "mean":
            warnings.warn(
                "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' "
                "divides only by the batch size, and aligns with the KL div math definition.'mean' will be changed to "
                "behave the same as 'batchmean' in the next major release.",
                UserWarning,
                stacklevel=user_level(),
            )
        kind = SUM if reduction == "batchmean" else reduction_of(reduction)
    if not input.is_floating_point() or not target.is_floating_point():
        raise RuntimeError("kl_div: Integral inputs not supported.")
    losses = target.exp() * (target - input) if log_target else PUBLIC["xlogy"](target, target) - target * input
    total = reduced_tensor(losses, kind)
    return total / input.shape[0] if reduction == "batchmean" and input.ndim else total


@typed("poisson_nll_loss", "input:Tensor target:Tensor log_input:bool full:bool eps:float", before=True)
def poisson_nll_loss(
    input: Any,
    target: Any,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """Minus the log-likelihood of counts; `full` adds Stirling's approximation of log(target!)."""
    reduction = legacy(size_average, reduce, reduction)
    if reduction not in REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    losses = input.exp() - target * input if log_input else input - target * add_scalar(input, eps).log()
    if full:
        stirling = target * target.log() - target + mul_scalar(mul_scalar(target, 2 * math.pi).log(), 0.5)
        losses = losses + stirling.masked_fill(target <= 1, 0)
    return reduced_tensor(losses, REDUCTIONS[reduction])


def gaussian_nll_loss(
    input: Any, target: Any, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Any:
    """Minus the log-likelihood of normal numbers with mean `input` and variance `var`, which is at least `eps`."""
    if isinstance(var, float):
        if var < 0:
            raise ValueError("var has negative entry/entries")
        var = var * ones_like(input)  # type: ignore[operator]  # operators come from the table
    elif PUBLIC["any"](var < 0):
        raise ValueError("var has negative entry/entries")
    if var.shape != input.shape:
        if input.shape[:-1] == var.shape:
            var = var.unsqueeze(-1)
        elif input.ndim != var.ndim or sum(b for a, b in zip(input.shape, var.shape, strict=True) if a != b) != 1:
            raise ValueError("var is of incorrect size")
    kind = _is_valid(reduction)
    var = var.clone()
    with grad_mode.no_grad():
        var.clamp_(min=eps)
    losses = 0.5 * (var.log() + (input - target) ** 2 / var)
    if full:
        losses += 0.5 * math.log(2 * math.pi)
    return reduced_tensor(losses, kind)


def _is_valid(reduction: str) -> int:
    if reduction not in REDUCTIONS:
        raise ValueError(f"{reduction} is not valid")
    return REDUCTIONS[reduction]
