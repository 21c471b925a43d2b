"""`torch.nn.functional`: the functions that the engine's operations already give."""

from ...calls.guard import guard as _guard
from ...ops.linear.bilinear import bilinear
from ...ops.linear.matmul import linear
from ...ops.neural.activations.functional import FUNCTIONAL as _ACTIVATIONS
from ...ops.neural.attention.attention import scaled_dot_product_attention
from ...ops.neural.attention.multi_head import multi_head_attention_forward
from ...ops.neural.dropout import (
    alpha_dropout,
    dropout,
    dropout1d,
    dropout2d,
    dropout3d,
    feature_alpha_dropout,
)
from ...ops.neural.embedding.embedding import embedding
from ...ops.neural.embedding.embedding_bag import embedding_bag
from ...ops.neural.loss.class_loss import cross_entropy, nll_loss
from ...ops.neural.loss.ctc_loss import ctc_loss
from ...ops.neural.loss.distance import cosine_similarity, pairwise_distance
from ...ops.neural.loss.linear_loss import linear_cross_entropy
from ...ops.neural.loss.margin_loss import (
    cosine_embedding_loss,
    hinge_embedding_loss,
    margin_ranking_loss,
    triplet_margin_loss,
    triplet_margin_with_distance_loss,
)
from ...ops.neural.loss.multi_margin_loss import multi_margin_loss, multilabel_margin_loss
from ...ops.neural.loss.probability_loss import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    gaussian_nll_loss,
    kl_div,
    multilabel_soft_margin_loss,
    poisson_nll_loss,
    soft_margin_loss,
)
from ...ops.neural.loss.regression_loss import huber_loss, l1_loss, mse_loss, smooth_l1_loss
from ...ops.neural.normalisation.batch_norm import batch_norm, instance_norm
from ...ops.neural.normalisation.group_norm import group_norm
from ...ops.neural.normalisation.layer_norm import layer_norm, rms_norm
from ...ops.neural.windowed import FUNCTIONAL as _WINDOWED
from ...ops.reductions.pair_distances import pdist
from ...ops.reductions.vectors import gumbel_softmax, log_softmax, normalize, one_hot, softmax, softmin
from ...ops.shape.pad import pad
from ...ops.shape.shuffle import channel_shuffle, pixel_shuffle, pixel_unshuffle
from ..names import missing as _missing

globals().update(_ACTIVATIONS)
globals().update(_WINDOWED)  # convolution, pooling and sampling


globals().update(_guard("torch.nn.functional", globals()))


def __getattr__(name: str) -> object:
    raise _missing("torch.nn.functional", name)


__all__ = [
    "alpha_dropout",
    "batch_norm",
    "bilinear",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "channel_shuffle",
    "cosine_embedding_loss",
    "cosine_similarity",
    "cross_entropy",
    "ctc_loss",
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "embedding",
    "embedding_bag",
    "feature_alpha_dropout",
    "gaussian_nll_loss",
    "group_norm",
    "gumbel_softmax",
    "hinge_embedding_loss",
    "huber_loss",
    "instance_norm",
    "kl_div",
    "l1_loss",
    "layer_norm",
    "linear",
    "linear_cross_entropy",
    "log_softmax",
    "margin_ranking_loss",
    "mse_loss",
    "multi_head_attention_forward",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "nll_loss",
    "normalize",
    "one_hot",
    "pad",
    "pairwise_distance",
    "pdist",
    "pixel_shuffle",
    "pixel_unshuffle",
    "poisson_nll_loss",
    "rms_norm",
    "scaled_dot_product_attention",
    "smooth_l1_loss",
    "soft_margin_loss",
    "softmax",
    "softmin",
    "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
]
