"""What the words of formulas mean that no rule uses: texts say in mathematics what rules compute with few operations.

Plain functions of arrays, written from the mathematics and not for speed; the tests evaluate texts with them.
"""

import math

import numpy as np
from numpy import tanh

from engine.ops.dims import axes
from engine.ops.reductions import statistics
from engine.ops.tools import raw
from engine.special.error_functions import erf
from engine.special.gamma_functions import lgamma

KAPPA, ROOT = 0.044715, math.sqrt(2 / math.pi)


# ---- functions of one number ----


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softplus(x):
    return np.log1p(np.exp(x))


def normal_cdf(x):
    return (1 + erf(np.asarray(x) / math.sqrt(2))) / 2


def normal_pdf(x):
    return np.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def tanh_cdf(x):
    """`normal_cdf`, nearly."""
    return (1 + tanh(ROOT * (x + KAPPA * x**3))) / 2


def tanh_pdf(x):
    """The slope of `tanh_cdf`."""
    return (1 - tanh(ROOT * (x + KAPPA * x**3)) ** 2) * ROOT * (1 + 3 * KAPPA * x * x) / 2


def tanh_pdf_slope(x):
    """The slope of `tanh_pdf`."""
    bent, slope = tanh(ROOT * (x + KAPPA * x**3)), ROOT * (1 + 3 * KAPPA * x * x)
    return (1 - bent**2) * (6 * ROOT * KAPPA * x / 2 - bent * slope**2)


# ---- sums and extremes along dims ----


def tail_sum(x, dim):
    """The sum of each element and all that follow it along `dim`."""
    return np.flip(np.cumsum(np.flip(x, dim), dim), dim) if np.ndim(x) else x


def extremes(value, extreme, dim):
    """1 where the value is the extreme one, shared evenly among equals."""
    same = ((value == extreme) | (np.isnan(value) & np.isnan(extreme))).astype(value.dtype)
    return same / same.sum(axes(dim or (), same.ndim), keepdims=True)


def count(x, dim):
    """How many elements a reduction over `dim` takes together."""
    return math.prod(x.shape[each] for each in axes(dim or (), x.ndim))


# ---- halves and classes ----


def first_half(x, dim):
    return np.split(x, 2, dim)[0]


def second_half(x, dim):
    return np.split(x, 2, dim)[1]


def both(first, second, dim):
    return np.concatenate((first, second), dim)


def weighted(x, weight):
    return x if weight is None else x * raw(weight)


def one_hot(target, scores, ignore_index):
    """1 at the class of each item, none at the items that are ignored; classes are dim 1, or the only dim."""
    dim = min(1, scores.ndim - 1)
    classes = np.arange(scores.shape[dim]).reshape([-1 if i == dim else 1 for i in range(scores.ndim)])
    target = np.expand_dims(np.reshape(raw(target), () if scores.ndim == 1 else np.shape(raw(target))), dim)
    return ((classes == target) & (target != ignore_index)).astype(scores.dtype)


def per_class(weight, scores):
    return None if weight is None else per_channel(raw(weight), scores) if scores.ndim > 1 else raw(weight)


def per_item(grad, scores):
    return np.expand_dims(grad, 1) if np.ndim(grad) and scores.ndim > 1 else grad


# ---- normalised inputs ----


def per_channel(vector, x):
    """A vector of channels against (N, C, ...); statistics of groups against their channels."""
    vector = raw(vector)
    if vector is None or x.ndim < 2 or vector.ndim > 2:
        return vector
    if vector.ndim == 2 and vector.shape[0] == x.shape[0]:
        vector = np.repeat(vector, x.shape[1] // vector.shape[1], 1)
    return vector.reshape((*vector.shape[:-1], -1, *(1,) * (x.ndim - 2)))


def _statistic(value, x):
    value = raw(value)
    return value if np.ndim(value) == x.ndim > 2 else per_channel(value, x)


def hat(x, mean, rstd):
    """x less its mean, divided by its deviation."""
    return (x - _statistic(mean, x)) * _statistic(rstd, x)


def over_deviation(x, rstd):
    return x * _statistic(rstd, x)


def last_dims(sizes):
    return tuple(range(-len(sizes), 0))


def but_channels(x):
    return tuple(dim for dim in range(x.ndim) if dim != 1)


def mean_over(x, dims):
    total = x.sum(dims or None, keepdims=True)
    return total / max(x.size // max(total.size, 1), 1)


def mean_over_group(x, group):
    grouped = x.reshape(x.shape[0], group, -1)
    return np.broadcast_to(grouped.mean(2, keepdims=True), grouped.shape).reshape(x.shape)


# ---- matrices ----


def inv(x):
    return np.linalg.inv(x)


def mirrored(x):
    """The lower half of x, mirrored at the diagonal and halved."""
    return (np.tril(x) + np.tril(x, -1).swapaxes(-2, -1)) / 2


def triangle(x, upper, unitriangular):
    """The triangle of x that is read, with ones on the diagonal where they are meant."""
    made = np.triu(x) if upper else np.tril(x)
    return np.where(np.eye(x.shape[-1], dtype=bool), 1, made) if unitriangular else made


def per_matrix(numbers):
    return np.asarray(numbers)[..., None, None]


def times(matrix, x):
    """matrix @ x; x may be a vector for each matrix."""
    return (matrix @ x[..., None])[..., 0] if x.ndim == matrix.ndim - 1 else matrix @ x


def by_transpose(x, y, matrix):
    """x @ y.mT; of vectors, as beside `matrix` they are, the outer product."""
    return x[..., :, None] * y[..., None, :] if x.ndim == matrix.ndim - 1 else x @ y.swapaxes(-2, -1)


# ---- attention ----


def scale_of(query, scale):
    return 1 / math.sqrt(query.shape[-1]) if scale is None else scale


def attention_weights(query, key, is_causal, attn_mask, scale):
    scores = query @ key.swapaxes(-2, -1) * scale_of(query, scale)
    scores = scores if attn_mask is None else scores + raw(attn_mask)
    if is_causal:
        scores = np.where(np.tri(*scores.shape[-2:], dtype=bool), scores, -np.inf)
    largest = scores.max(-1, keepdims=True)
    shares = np.exp(scores - np.where(np.isneginf(largest), 0, largest))
    total = shares.sum(-1, keepdims=True)
    return shares / np.where(total == 0, 1, total)  # a query that may look nowhere has no weights


def softmax_back(shares, grad):
    return shares * (grad - (shares * grad).sum(-1, keepdims=True))


def masked_fill(x, mask, value):
    return np.where(raw(mask), value, x)


NAMES = (
    "sigmoid softplus normal_cdf normal_pdf tanh_cdf tanh_pdf tanh_pdf_slope tail_sum extremes count first_half "
    "second_half both weighted one_hot per_class per_item per_channel hat over_deviation last_dims but_channels "
    "mean_over mean_over_group inv mirrored triangle per_matrix times by_transpose scale_of attention_weights "
    "softmax_back masked_fill"
)
WORDS = {name: globals()[name] for name in NAMES.split()} | {
    "pi": np.pi,
    "inf": np.inf,
    "nan": np.nan,
    "abs": np.abs,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "maximum": np.maximum,
    "lgamma": lgamma,
    "spread": statistics.spread,
}
