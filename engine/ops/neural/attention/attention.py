"""Scaled dot-product attention: one node where PyTorch's CPU kernel has one, else made of other rows.

Source of the choice and of the composition: ATen's `sdp_utils_cpp.cpp` and `attention.cpp`. The kernel's gradient uses
the saved logarithms of the sums of exponentials: P = exp(scores - logsumexp), dS = P * (dP - sum(dO * O)).
"""

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ....arguments import broadcast_shapes
from ....tensor import Tensor, from_array
from ....types.dtype import C_NAMES, bool_
from ....types.promotion import promote_types
from ...linear.matmul import matmul
from ...pointwise.scalar import mul_scalar
from ...shape.shape import contiguous, view
from ...single import several
from ...table import PUBLIC, Gradient, Row
from ...tools import raw
from ...typed import typed
from ..underived import underived
from .backends import fused
from .safe_softmax import safe_softmax

Array = npt.NDArray[Any]


def _grouped(array: Array, heads: int) -> Array:
    """Keys or values repeated so that each head of the queries has its own."""
    own = array.shape[1]
    return array if own == heads else np.repeat(array, heads // own, axis=1)


def _scores(query: Array, key: Array, is_causal: bool, attn_mask: Any, scale: float | None) -> Array:
    """query @ key.T * scale, with the mask added, and -inf where a causal query must not look."""
    factor = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    made: Array = np.matmul(query * query.dtype.type(factor), _grouped(key, query.shape[1]).swapaxes(-2, -1))
    if attn_mask is not None:
        made += raw(attn_mask)
    if is_causal:
        made[..., np.tri(*made.shape[-2:], dtype=np.bool_) == 0] = -np.inf
    return made


def _attend(
    query: Array, key: Array, value: Array, dropout_p: float, is_causal: bool, attn_mask: Any, scale: float | None
) -> tuple[Array, Array]:
    """The output, and the logarithm of the sum of exponentials of each query's scores (0 where all are masked)."""
    weights = _scores(query, key, is_causal, attn_mask, scale)
    if not weights.shape[-1]:
        return np.zeros((*query.shape[:-1], value.shape[-1]), query.dtype), np.zeros(query.shape[:-1], query.dtype)
    largest = np.maximum.reduce(weights, axis=-1, keepdims=True)
    if attn_mask is not None:
        largest[np.isneginf(largest)] = 0
    weights -= largest
    np.exp(weights, out=weights)
    total = np.add.reduce(weights, axis=-1, keepdims=True)
    if attn_mask is not None:
        total[total == 0] = 1
    weights /= total
    output = _laid_out_as(query)
    np.matmul(weights, _grouped(value, query.shape[1]), out=output)
    return output, (largest + np.log(total))[..., 0]


def _laid_out_as(query: Array) -> Array:
    """An array with the queries' order of dims in memory: what follows sees views where PyTorch has views."""
    return np.empty_like(query, order="C" if 0 in query.strides else "K")


def _ungrouped(gradient: Array, heads: int) -> Array:
    """The gradient of `_grouped`: heads that share keys and values add up."""
    items, own, *rest = gradient.shape
    return gradient if own == heads else gradient.reshape(items, heads, own // heads, *rest).sum(2)


def _attend_back(
    grad: Array,
    query: Array,
    key: Array,
    value: Array,
    output: Array,
    logsumexp: Array,
    is_causal: bool,
    attn_mask: Any,
    scale: float | None,
) -> tuple[Array, Array, Array]:
    heads = query.shape[1]
    factor = query.dtype.type(1 / math.sqrt(query.shape[-1]) if scale is None else scale)
    weights = _scores(query, key, is_causal, attn_mask, scale)
    weights -= logsumexp[..., None]
    np.exp(weights, out=weights)
    to_value = np.matmul(weights.swapaxes(-2, -1), grad)
    slopes = np.matmul(grad, _grouped(value, heads).swapaxes(-2, -1))
    slopes -= np.add.reduce(grad * output, axis=-1, keepdims=True)
    slopes *= weights
    slopes *= factor
    to_query = np.matmul(slopes, _grouped(key, heads))
    to_key = np.matmul(slopes.swapaxes(-2, -1), query)
    return to_query, _ungrouped(to_key, key.shape[1]), _ungrouped(to_value, value.shape[1])


_back = underived(
    "_scaled_dot_product_flash_attention_for_cpu_backward",
    _attend_back,
    ("grad_out", "query", "key", "value", "output", "logsumexp"),
    ("is_causal", "attn_mask", "scale"),
    many=True,
)


def attention_back(
    grad: Any, query: Any, key: Any, value: Any, result: Any, is_causal: bool, attn_mask: Any, scale: float | None
) -> Any:
    """The gradients of query, key and value."""
    return _back(grad, query, key, value, *result, is_causal, attn_mask, scale)


_WEIGHTS: Final = "attention_weights(query, key, is_causal, attn_mask, scale)"
_TO_SCORES: Final = f"softmax_back({_WEIGHTS}, grad @ mT(value))"
_TEXTS: Final = (
    f"{_TO_SCORES} @ key * scale_of(query, scale)",
    f"mT({_TO_SCORES}) @ query * scale_of(query, scale)",
    f"mT({_WEIGHTS}) @ grad",
)


def _one_of(place: int) -> Gradient:
    return Gradient(
        _TEXTS[place],
        lambda grad, query, key, value, result, is_causal, attn_mask, scale: attention_back(
            grad, query, key, value, result, is_causal, attn_mask, scale
        )[place],
    )


_kernel = several(
    Row(
        "_scaled_dot_product_flash_attention_for_cpu",
        _attend,
        ("query", "key", "value"),
        (_one_of(0), _one_of(1), _one_of(2)),
        node="ScaledDotProductFlashAttentionForCpuBackward0",
        arguments=("dropout_p", "is_causal", "attn_mask", "scale"),
        many=True,
        results=("output", "logsumexp"),
        untracked=(1,),
        saves=("attn_mask", "dropout_p", "is_causal", "key", "logsumexp", "output", "query", "scale", "value"),
        tensors=("attn_mask",),
        together=Gradient(
            "attention_back(grad, query, key, value, result, is_causal, attn_mask, scale)", attention_back
        ),
    )
)


@typed(
    "scaled_dot_product_attention",
    "query:Tensor key:Tensor value:Tensor attn_mask:Tensor? dropout_p:float is_causal:bool",
    direct=True,
)
def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Any:
    """softmax(query @ key.T * scale + mask) @ value; (..., L, E), (..., S, E) and (..., S, Ev) give (..., L, Ev).

    `scale` is 1/sqrt(E) unless given; a bool mask tells where to look, another one is added; `is_causal` lets each
    query look at keys up to its own place; with `enable_gqa` heads of queries share heads of keys and values.
    """
    _check(query, key, value, attn_mask)
    mask = attn_mask
    if mask is not None and mask.dtype is bool_:
        mask = from_array(np.where(mask.array, 0, -np.inf).astype(query.array.dtype))
    if fused(_has_kernel(query, key, value, mask, dropout_p, enable_gqa)):
        return _kernel((query, key, value), (dropout_p, is_causal, mask, scale))[0]
    return _composed(query, key, value, mask, dropout_p, is_causal, scale, enable_gqa)


def _check(query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None) -> None:
    names = [C_NAMES[each.dtype.name] for each in (query, key, value)]
    if len(set(names)) > 1:
        raise RuntimeError(
            "Expected query, key, and value to have the same dtype, but got query.dtype: "
            f"{names[0]} key.dtype: {names[1]} and value.dtype: {names[2]} instead."
        )
    dims = [each.array.ndim for each in (query, key, value)]
    if min(dims) < 2:
        raise RuntimeError(
            f"Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: {dims[0]} key.dim: "
            f"{dims[1]} and value.dim: {dims[2]} instead."
        )
    if attn_mask is None:
        return
    if attn_mask.dtype is not bool_ and attn_mask.dtype is not query.dtype and attn_mask.dtype.name != "float32":
        raise RuntimeError(
            "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: "
            f"{C_NAMES[attn_mask.dtype.name]} and  query.dtype: {names[0]} instead."
        )


def _has_kernel(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, dropout_p: float, enable_gqa: bool
) -> bool:
    """Whether PyTorch's one-node CPU kernel takes these."""
    q, k, v = query.array, key.array, value.array
    if not q.ndim == k.ndim == v.ndim == 4 or dropout_p or q.dtype.kind != "f":
        return False
    if not q.shape[0] == k.shape[0] == v.shape[0] or not q.shape[3] == k.shape[3] == v.shape[3]:
        return False
    if k.shape[1] != v.shape[1] or k.shape[2] != v.shape[2] or 0 in (q.shape[2], k.shape[2]):
        return False
    if q.shape[1] != k.shape[1] and not (enable_gqa and k.shape[1] and q.shape[1] % k.shape[1] == 0):
        return False
    if any(array.shape[3] != 1 and array.strides[3] != array.itemsize for array in (q, k, v)):
        return False
    if mask is None:
        return True
    shape = mask.array.shape
    if len(shape) < 2:
        raise IndexError("Dimension out of range (expected to be in range of [-1, 0], but got -2)")
    if mask.requires_grad or shape[-2] not in (1, q.shape[2]) or shape[-1] not in (1, k.shape[2]):
        return False
    return len(shape) == 2 or (len(shape) == 4 and shape[0] in (1, q.shape[0]) and shape[1] in (1, q.shape[1]))


def _composed(
    query: Any,
    key: Any,
    value: Any,
    mask: Any,
    dropout_p: float,
    is_causal: bool,
    scale: float | None,
    enable_gqa: bool,
) -> Any:
    length, keys = query.array.shape[-2], key.array.shape[-2]
    if is_causal:
        if mask is not None:
            raise RuntimeError(
                "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True"
            )
        mask = from_array(np.where(np.tri(length, keys, dtype=np.bool_), 0, -np.inf).astype(query.array.dtype))
    if enable_gqa:
        key, value = _shared(query, key), _shared(query, value)
    width = query.array.shape[-1]
    factor = math.sqrt(abs(scale)) if scale is not None else (1 / math.sqrt(width)) ** 0.5 if width else 1.0
    scores: Any = matmul(
        mul_scalar(query, -factor if scale is not None and scale < 0 else factor),
        mul_scalar(key.transpose(-2, -1), factor),
    )
    if mask is not None:
        scores = scores.add_(mask) if _fits(scores, mask) else scores + mask
    weights: Any = safe_softmax(scores, -1)
    if dropout_p > 0:
        weights = PUBLIC["dropout"](weights, dropout_p, True)
    return matmul(weights, value)


def _fits(scores: Any, mask: Any) -> bool:
    """Whether the mask can be added in place."""
    return bool(broadcast_shapes(scores.array.shape, mask.array.shape) == scores.array.shape) and (
        promote_types(scores.dtype, mask.dtype) is scores.dtype
    )


def _shared(query: Any, given: Any) -> Any:
    """Heads of keys or values repeated for all the heads of the queries."""
    if query.array.ndim < 3 or given.array.ndim < 3:
        return given
    heads, own = query.array.shape[-3], given.array.shape[-3]
    if heads == own:
        return given
    if not own or heads % own:
        raise RuntimeError("Number of heads in key and value must divide the number of heads in ")
    shape = given.array.shape
    wide = given.unsqueeze(-3).expand(*shape[:-2], heads // own, *shape[-2:])
    return view(contiguous(wide), (*shape[:-3], heads, *shape[-2:]))
