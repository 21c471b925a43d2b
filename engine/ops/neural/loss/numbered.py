"""The losses of the torch namespace itself, which take their reduction as a number: 0 none, 1 the mean, 2 the sum.

Left out it is 0, although the signatures say "mean": PyTorch's parser reads that default as a number and finds none.
"""

from typing import Any

from ...linear.bilinear import bilinear
from ...table import METHODS, expose
from . import margin_loss as margins, probability_loss as probabilities

expose("bilinear", method=False)(bilinear)


def _reduced(losses: Any, reduction: int) -> Any:
    return losses if reduction == 0 else METHODS["mean" if reduction == 1 else "sum"](losses)


@expose("kl_div", method=False)
def kl_div(input: Any, target: Any, reduction: int = 0, *, log_target: bool = False) -> Any:
    """target * (log(target) - input)."""
    return _reduced(probabilities.kl_div(input, target, reduction="none", log_target=log_target), reduction)


@expose("binary_cross_entropy_with_logits", method=False)
def binary_cross_entropy_with_logits(
    input: Any, target: Any, weight: Any = None, pos_weight: Any = None, reduction: int = 0
) -> Any:
    """The cross entropy of the input's sigmoid."""
    words = ("none", "mean", "sum")[reduction]
    loss = probabilities.binary_cross_entropy_with_logits
    return loss(input, target, weight, reduction=words, pos_weight=pos_weight)


@expose("poisson_nll_loss", method=False)
def poisson_nll_loss(input: Any, target: Any, log_input: bool, full: bool, eps: float, reduction: int) -> Any:
    """The negative logarithm of the likelihood under a Poisson distribution."""
    losses = probabilities.poisson_nll_loss(input, target, log_input, full, eps=eps, reduction="none")
    return _reduced(losses, reduction)


@expose("cosine_embedding_loss", method=False)
def cosine_embedding_loss(input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: int = 0) -> Any:
    """How far pairs are from pointing the same way, or from not doing so."""
    return _reduced(margins.cosine_embedding_loss(input1, input2, target, margin, reduction="none"), reduction)


@expose("hinge_embedding_loss", method=False)
def hinge_embedding_loss(input: Any, target: Any, margin: float = 1.0, reduction: int = 0) -> Any:
    """The distances of equal pairs, and what different ones lack to the margin."""
    return _reduced(margins.hinge_embedding_loss(input, target, margin, reduction="none"), reduction)


@expose("margin_ranking_loss", method=False)
def margin_ranking_loss(input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: int = 0) -> Any:
    """What pairs lack to being ranked as the target says."""
    return _reduced(margins.margin_ranking_loss(input1, input2, target, margin, reduction="none"), reduction)


@expose("triplet_margin_loss", method=False)
def triplet_margin_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: int = 0,
) -> Any:
    """How much nearer the positive is to the anchor than the negative, up to the margin."""
    losses = margins.triplet_margin_loss(anchor, positive, negative, margin, p, eps, swap, reduction="none")
    return _reduced(losses, reduction)
