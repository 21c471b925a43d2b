"""Connectionist temporal classification: the probability of a label sequence over all its alignments.

Source: Graves et al., "Connectionist Temporal Classification" (2006), in logarithms, as ATen's `LossCTC.cpp`. As there,
the gradient takes `log_probs` for a log-softmax: it is the slope of what was before that.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ....tensor import Tensor, from_array
from ....types.dtype import float32, float64
from ...single import several
from ...table import PUBLIC, Gradient, Row
from ...tools import raw
from ..underived import underived
from .reduction import MEAN, SUM, reduction_of

Array = npt.NDArray[Any]
Lengths = tuple[int, ...]


def _log_add(*terms: Array) -> Array:
    """The logarithm of the sum of exponentials, -inf where all are -inf."""
    stacked = np.stack(terms)
    largest = stacked.max(0)
    shift = np.where(np.isneginf(largest), 0, largest)
    made: Array = np.log(np.exp(stacked - shift).sum(0)) + shift
    return made


def _extended(targets: Array, target_lengths: Lengths, blank: int) -> Array:
    """(N, 2S+1): the labels of each item with blanks before, between and after."""
    longest = max(target_lengths, default=0)
    made = np.full((len(target_lengths), 2 * longest + 1), blank)
    if targets.ndim == 2:
        made[:, 1::2] = targets[:, :longest]
        return made
    start = 0
    for item, length in enumerate(target_lengths):
        made[item, 1 : 2 * length : 2] = targets[start : start + length]
        start += length
    return made


def _skips(labels: Array) -> Array:
    """Where a path may come from two states before: at a label that differs from the last one."""
    made = np.zeros(labels.shape, bool)
    made[:, 2:] = labels[:, 2:] != labels[:, :-2]
    made[:, ::2] = False
    return made


def _shifted(log_values: Array, by: int) -> Array:
    made = np.full_like(log_values, -np.inf)
    if by > 0:
        made[:, by:] = log_values[:, :-by]
    else:
        made[:, :by] = log_values[:, -by:]
    return made


def _ctc(
    log_probs: Array, targets: Any, input_lengths: Lengths, target_lengths: Lengths, blank: int, zero_infinity: bool
) -> tuple[Array, Array]:
    """Minus the log-likelihood of each item, and the logarithms of the forward variables (N, T, 2S+1)."""
    labels = _extended(raw(targets).astype(np.int64), target_lengths, blank)
    count, items = log_probs.shape[:2]
    skips, rows = _skips(labels), np.arange(items)
    alpha = np.full((items, count, labels.shape[1]), -np.inf, log_probs.dtype)
    emitted = log_probs[:, rows[:, None], labels]
    ends = 2 * np.array(target_lengths, np.int64).reshape(items)
    if count:
        alpha[:, 0, 0] = emitted[0, :, 0]
        if labels.shape[1] > 1:
            alpha[:, 0, 1] = np.where(ends > 0, emitted[0, :, 1], -np.inf)
    for t in range(1, count):
        last = alpha[:, t - 1]
        jump = np.where(skips, _shifted(last, 2) if labels.shape[1] > 2 else -np.inf, -np.inf)
        before = _shifted(last, 1) if labels.shape[1] > 1 else np.full_like(last, -np.inf)
        alpha[:, t] = _log_add(last, before, jump) + emitted[t]
    losses = np.zeros(items, log_probs.dtype)
    for item, (length, end) in enumerate(zip(input_lengths, ends, strict=True)):
        if length == 0:
            losses[item] = 0 if end == 0 else np.inf
            continue
        final = alpha[item, length - 1]
        losses[item] = -_log_add(final[end : end + 1], final[end - 1 : end] if end else np.array([-np.inf]))[0]
    return losses, alpha


def _ctc_back(
    grad: Array,
    log_probs: Array,
    targets: Any,
    input_lengths: Lengths,
    target_lengths: Lengths,
    blank: int,
    zero_infinity: bool,
    result0: Array,
    result1: Array,
) -> Array:
    labels = _extended(raw(targets).astype(np.int64), target_lengths, blank)
    skips = _skips(labels)
    made = np.zeros_like(log_probs)
    states = labels.shape[1]
    for item, (length, labels_length) in enumerate(zip(input_lengths, target_lengths, strict=True)):
        loss = result0[item]
        if length == 0 or (zero_infinity and np.isposinf(loss)):
            continue
        probs = log_probs[:length, item]
        emitted = probs[:, labels[item]]
        own = np.arange(states) <= 2 * labels_length
        beta = np.full((length, states), -np.inf, log_probs.dtype)
        end = 2 * labels_length
        beta[-1, end] = emitted[-1, end]
        if end:
            beta[-1, end - 1] = emitted[-1, end - 1]
        ahead = np.zeros(states, bool)
        ahead[:-2] = skips[item, 2:]
        for t in range(length - 2, -1, -1):
            following = beta[t + 1][None]
            after = _shifted(following, -1)[0] if states > 1 else np.full(states, -np.inf)
            jump = np.where(ahead, _shifted(following, -2)[0] if states > 2 else -np.inf, -np.inf)
            beta[t] = np.where(own, _log_add(following[0], after, jump) + emitted[t], -np.inf)
        joint = result1[item, :length] + beta
        shares = np.full(probs.shape, -np.inf, log_probs.dtype)
        for state in range(end + 1):
            label = labels[item, state]
            shares[:, label] = np.logaddexp(shares[:, label], joint[:, state])
        if end and labels[item, end - 1] == blank:  # PyTorch does not add the two last states at the last time
            shares[-1, blank] = joint[-1, end - 1]
        made[:length, item] = (np.exp(probs) - np.exp(shares + loss - probs)) * grad[item]
    return made


ctc_back = underived(
    "_ctc_loss_backward",
    _ctc_back,
    ("grad", "log_probs"),
    ("targets", "input_lengths", "target_lengths", "blank", "zero_infinity", "result0", "result1"),
)


def _back(
    grad: Any,
    log_probs: Any,
    targets: Any,
    input_lengths: Lengths,
    target_lengths: Lengths,
    blank: int,
    zero_infinity: bool,
    result: Any,
) -> Any:
    kept = (raw(result[0]), raw(result[1]))
    return ctc_back(grad, log_probs, targets, input_lengths, target_lengths, blank, zero_infinity, *kept)


_row = several(
    Row(
        "_ctc_loss",
        _ctc,
        ("log_probs",),
        (
            Gradient(
                "ctc_back(grad, log_probs, targets, input_lengths, target_lengths, blank, zero_infinity, *result)",
                _back,
            ),
        ),
        node="CtcLossBackward0",
        arguments=("targets", "input_lengths", "target_lengths", "blank", "zero_infinity"),
        many=True,
        results=("result0", "result1"),
        untracked=(1,),
        saves=(
            "blank",
            "input_lengths",
            "log_probs",
            "result0",
            "result1",
            "target_lengths",
            "targets",
            "zero_infinity",
        ),
        tensors=("targets",),
    )
)


def ctc_loss_of(
    log_probs: Any,
    targets: Any,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: int = MEAN,
    zero_infinity: bool = False,
) -> Any:
    """`torch.ctc_loss`: (T, N, C) or (T, C) log-probabilities, (N, S) targets or all of them in one row."""
    if log_probs.dtype not in (float32, float64):
        raise NotImplementedError(f"\"ctc_loss_cpu\" not implemented for '{log_probs.dtype.scalar_type}'")
    batched = log_probs.ndim == 3
    probs = log_probs if batched else log_probs.unsqueeze(1)
    labels = targets.unsqueeze(0) if not batched and targets.ndim == 1 else targets
    lengths, label_lengths = _lengths("input_lengths", input_lengths), _lengths("target_lengths", target_lengths)
    _check(probs.array, labels.array, lengths, label_lengths, blank)
    losses: Any = _row((probs,), (labels, lengths, label_lengths, blank, zero_infinity))[0]
    if zero_infinity:
        zero = from_array(np.zeros((), losses.array.dtype))
        losses = PUBLIC["where"](losses == np.inf, zero, losses)
    if reduction == MEAN:
        counts = np.maximum(np.array(label_lengths), 1).astype(losses.array.dtype)
        return (losses / from_array(counts)).mean()
    if reduction == SUM:
        return losses.sum()
    return losses if batched else losses.squeeze(0)


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Any:
    """Minus the log-probability of each item's labels, over all ways to align them with the input."""
    return ctc_loss_of(log_probs, targets, input_lengths, target_lengths, blank, reduction_of(reduction), zero_infinity)


def _lengths(name: str, given: Any) -> Lengths:
    if isinstance(given, Tensor):
        if given.array.dtype.kind not in "iu":
            raise RuntimeError(f"{name} must be integral")
        return tuple(int(length) for length in given.array.reshape(-1))
    return tuple(int(length) for length in given)


def _check(probs: Array, targets: Array, lengths: Lengths, label_lengths: Lengths, blank: int) -> None:
    count, items, classes = probs.shape
    if not 0 <= blank < classes:
        raise RuntimeError("blank must be in label range")
    for name, given in (("input_lengths", lengths), ("target_lengths", label_lengths)):
        if len(given) != items:
            raise RuntimeError(f"{name} must be of size batch_size")
    where = "(while checking arguments for ctc_loss_allocate_outputs)"
    longest = max(label_lengths, default=0)
    if targets.ndim == 1:
        if targets.size != sum(label_lengths):
            raise RuntimeError(
                f"Expected tensor to have size {sum(label_lengths)} at dimension 0, but got size {targets.size} for "
                f"argument #2 'targets' {where}"
            )
    elif targets.shape[0] != items:
        raise RuntimeError(
            f"Expected tensor to have size {items} at dimension 0, but got size {targets.shape[0]} for argument #2 "
            f"'targets' {where}"
        )
    elif targets.shape[1] < longest:
        raise RuntimeError(
            f"Expected tensor to have size at least {longest} at dimension 1, but got size {targets.shape[1]} for "
            f"argument #2 'targets' {where}"
        )
    if lengths and max(lengths) > count:
        raise RuntimeError(
            f"Expected input_lengths to have value at most {count}, but got value {max(lengths)} {where}"
        )
    used = targets if targets.ndim == 1 else targets[:, :longest]
    if used.size and not ((used >= 0) & (used < classes)).all():
        raise IndexError(f"ctc_loss: targets must be labels from 0 to {classes - 1}")


PUBLIC["ctc_loss"] = ctc_loss_of
