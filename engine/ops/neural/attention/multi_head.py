"""Multi-head attention as a function, made of products, softmax and `scaled_dot_product_attention`.

Source of the composition: `multi_head_attention_forward` of PyTorch's `torch/nn/functional.py`.
"""

import math
import warnings
from typing import Any

import numpy as np

from ....tensor import from_array
from ....types.dtype import bool_
from ...linear.matmul import linear
from ...table import PUBLIC
from ..dropout import dropout
from .attention import scaled_dot_product_attention


def canonical_mask(mask: Any, name: str, other: Any, other_name: str, target: Any, check_other: bool = True) -> Any:
    """A mask that is added: one of bools becomes 0 and -inf. Raises AssertionError for other dtypes."""
    if mask is None:
        return None
    if mask.dtype is not bool_ and not mask.dtype.is_floating_point:
        raise AssertionError(f"only bool and floating types of {name} are supported")
    if check_other and other is not None and mask.dtype is not other.dtype:
        warnings.warn(
            f"Support for mismatched {name} and {other_name} is deprecated. Use same type for both instead.",
            UserWarning,
            stacklevel=3,
        )
    if mask.dtype.is_floating_point:
        return mask
    return from_array(np.where(mask.array, -np.inf, 0).astype(target.array.dtype))


def _check_shapes(query: Any, key: Any, value: Any, key_padding_mask: Any, attn_mask: Any, num_heads: int) -> bool:
    """Whether there is a batch dim. Raises AssertionError in PyTorch's words for shapes that do not fit."""
    dims = query.dim()
    if dims not in (2, 3):
        raise AssertionError(f"query should be unbatched 2D or batched 3D tensor but received {dims}-D query tensor")
    kind = "batched (3-D)" if dims == 3 else "unbatched (2-D)"
    if key.dim() != dims or value.dim() != dims:
        raise AssertionError(
            f"For {kind} `query`, expected `key` and `value` to be {dims}-D but found {key.dim()}-D and "
            f"{value.dim()}-D tensors respectively"
        )
    if key_padding_mask is not None and key_padding_mask.dim() != dims - 1:
        raise AssertionError(
            f"For {kind} `query`, expected `key_padding_mask` to be `None` or {dims - 1}-D but found "
            f"{key_padding_mask.dim()}-D tensor instead"
        )
    if attn_mask is not None and attn_mask.dim() not in (2, 3):
        raise AssertionError(
            f"For {kind} `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found {attn_mask.dim()}-D tensor "
            "instead"
        )
    if dims == 2 and attn_mask is not None and attn_mask.dim() == 3:
        wanted = (num_heads, query.shape[0], key.shape[0])
        if attn_mask.shape != wanted:
            raise AssertionError(f"Expected `attn_mask` shape to be {wanted} but got {attn_mask.shape}")
    return bool(dims == 3)


def _projected_together(q: Any, k: Any, v: Any, weight: Any, bias: Any) -> tuple[Any, Any, Any]:
    """Query, key and value by one packed weight, in as few products as there are different inputs."""
    width = q.shape[-1]
    if k is v and q is k:
        parts = _unpacked(linear(q, weight, bias), 3, width)
        return parts[0], parts[1], parts[2]
    if k is v:
        for_q, for_kv = weight.split([width, 2 * width])
        bias_q, bias_kv = (None, None) if bias is None else bias.split([width, 2 * width])
        query = linear(q, for_q, bias_q)
        parts = _unpacked(linear(k, for_kv, bias_kv), 2, width)
        return query, parts[0], parts[1]
    weights = weight.chunk(3)
    biases = (None, None, None) if bias is None else bias.chunk(3)
    query, key, value = (linear(x, w, b) for x, w, b in zip((q, k, v), weights, biases, strict=True))
    return query, key, value


def _unpacked(packed: Any, count: int, width: int) -> Any:
    """(..., count * width) as (count, ..., width)."""
    return packed.unflatten(-1, (count, width)).unsqueeze(0).transpose(0, -2).squeeze(-2).contiguous()


def _projected_apart(inputs: tuple[Any, ...], weights: tuple[Any, ...], biases: tuple[Any, ...]) -> tuple[Any, ...]:
    width = inputs[0].shape[-1]
    for name, given, weight in zip(("query", "key", "value"), inputs, weights, strict=True):
        wanted = (width, given.shape[-1])
        if weight.shape != wanted:
            raise AssertionError(f"expecting {name} weights shape of {wanted}, but got {weight.shape}")
    for name, bias in zip(("query", "key", "value"), biases, strict=True):
        if bias is not None and bias.shape != (width,):
            raise AssertionError(f"expecting {name} bias shape of {(width,)}, but got {bias.shape}")
    return tuple(linear(x, w, b) for x, w, b in zip(inputs, weights, biases, strict=True))


def multi_head_attention_forward(
    query: Any,
    key: Any,
    value: Any,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Any,
    in_proj_bias: Any,
    bias_k: Any,
    bias_v: Any,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Any,
    out_proj_bias: Any,
    training: bool = True,
    key_padding_mask: Any = None,
    need_weights: bool = True,
    attn_mask: Any = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Any = None,
    k_proj_weight: Any = None,
    v_proj_weight: Any = None,
    static_k: Any = None,
    static_v: Any = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Any, Any]:
    """Attention of several heads; (L, N, E), (S, N, E) and (S, N, E) give (L, N, E) and the weights, if wanted."""
    is_batched = _check_shapes(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not is_batched:
        query, key, value = query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1)
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    length, items, width = query.shape
    key_padding_mask = canonical_mask(key_padding_mask, "key_padding_mask", attn_mask, "attn_mask", query)
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
            "`generate_square_subsequent_mask` to create this mask."
        )
    if is_causal and key_padding_mask is None and not need_weights:
        attn_mask = None  # the hint is enough
    else:
        attn_mask = canonical_mask(attn_mask, "attn_mask", None, "", query, False)
        is_causal = is_causal and key_padding_mask is None
    if width != embed_dim_to_check:
        raise AssertionError(f"was expecting embedding dimension of {embed_dim_to_check}, but got {width}")
    head = width // num_heads
    if head * num_heads != width:
        raise AssertionError(f"embed_dim {width} not divisible by num_heads {num_heads}")
    if use_separate_proj_weight:
        if key.shape[:2] != value.shape[:2]:
            raise AssertionError(
                f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}"
            )
        for name, given in (("q", q_proj_weight), ("k", k_proj_weight), ("v", v_proj_weight)):
            if given is None:
                raise AssertionError(f"use_separate_proj_weight is True but {name}_proj_weight is None")
        biases = (None, None, None) if in_proj_bias is None else in_proj_bias.chunk(3)
        weights = (q_proj_weight, k_proj_weight, v_proj_weight)
        q, k, v = _projected_apart((query, key, value), weights, biases)
    else:
        if key.shape != value.shape:
            raise AssertionError(f"key shape {key.shape} does not match value shape {value.shape}")
        if in_proj_weight is None:
            raise AssertionError("use_separate_proj_weight is False but in_proj_weight is None")
        q, k, v = _projected_together(query, key, value, in_proj_weight, in_proj_bias)
    attn_mask = _checked_mask(attn_mask, length, key.shape[0], items * num_heads)
    if bias_k is not None and bias_v is not None:
        if static_k is not None or static_v is not None:
            raise AssertionError(f"bias cannot be added to static {'key' if static_k is not None else 'value'}.")
        k = PUBLIC["cat"]([k, bias_k.repeat(1, items, 1)])
        v = PUBLIC["cat"]([v, bias_v.repeat(1, items, 1)])
        attn_mask, key_padding_mask = _wider(attn_mask), _wider(key_padding_mask)
    elif bias_k is not None or bias_v is not None:
        raise AssertionError(
            "bias_k is set but bias_v is None" if bias_k is not None else "bias_v is set but bias_k is None"
        )
    q = q.view(length, items * num_heads, head).transpose(0, 1)
    k = _heads("static_k", k, static_k, items * num_heads, head)
    v = _heads("static_v", v, static_v, items * num_heads, head)
    if add_zero_attn:
        zero = from_array(np.zeros((items * num_heads, 1, head), k.array.dtype))
        k, v = PUBLIC["cat"]([k, zero], 1), PUBLIC["cat"]([v, zero], 1)
        attn_mask, key_padding_mask = _wider(attn_mask), _wider(key_padding_mask)
    source = k.shape[1]
    if key_padding_mask is not None:
        for dim, wanted in enumerate((items, source)):
            if key_padding_mask.shape[dim] != wanted:
                raise AssertionError(
                    f"Expected key_padded_mask.shape[{dim}] to be {wanted}, but got {key_padding_mask.shape[dim]}"
                )
        padding = key_padding_mask.view(items, 1, 1, source).expand(-1, num_heads, -1, -1)
        padding = padding.reshape(items * num_heads, 1, source)
        attn_mask = padding if attn_mask is None else attn_mask + padding
    dropped = dropout_p if training else 0.0
    if not need_weights:
        if attn_mask is not None:
            if attn_mask.shape[0] == 1 and attn_mask.dim() == 3:
                attn_mask = attn_mask.unsqueeze(0)
            else:
                attn_mask = attn_mask.view(items, num_heads, -1, source)
        q = q.view(items, num_heads, length, head)
        k = k.view(items, num_heads, source, head)
        v = v.view(items, num_heads, source, head)
        out = scaled_dot_product_attention(q, k, v, attn_mask, dropped, is_causal)
        out = out.permute(2, 0, 1, 3).reshape(items * length, width)
        out = linear(out, out_proj_weight, out_proj_bias).view(length, items, -1)  # type: ignore[attr-defined]  # from the table
        return (out if is_batched else out.squeeze(1)), None
    if is_causal and attn_mask is None:
        raise AssertionError("FIXME: is_causal not implemented for need_weights")
    weights = _weights(q, k, attn_mask)
    if dropped > 0.0:
        weights = dropout(weights, dropped)
    out = PUBLIC["bmm"](weights, v).transpose(0, 1).reshape(length * items, width)
    out = linear(out, out_proj_weight, out_proj_bias).view(length, items, -1)  # type: ignore[attr-defined]  # from the table
    weights = weights.view(items, num_heads, length, source)
    if average_attn_weights:
        weights = weights.mean(1)
    return (out, weights) if is_batched else (out.squeeze(1), weights.squeeze(0))


def _weights(q: Any, k: Any, attn_mask: Any) -> Any:
    """The softmax of the scaled products, one row per query."""
    scaled = q * math.sqrt(1.0 / float(q.shape[-1]))
    if attn_mask is not None:
        scores = PUBLIC["baddbmm"](attn_mask, scaled, k.transpose(-2, -1))
    else:
        scores = PUBLIC["bmm"](scaled, k.transpose(-2, -1))
    return PUBLIC["softmax"](scores, -1)


def _checked_mask(mask: Any, length: int, source: int, heads: int) -> Any:
    if mask is None:
        return None
    wanted = (length, source) if mask.ndim == 2 else (heads, length, source)
    if mask.ndim not in (2, 3):
        raise RuntimeError(f"attn_mask's dimension {mask.ndim} is not supported")
    if mask.shape != wanted:
        raise RuntimeError(f"The shape of the {mask.ndim}D attn_mask is {mask.shape}, but should be {wanted}.")
    return mask.unsqueeze(0) if mask.ndim == 2 else mask


def _wider(mask: Any) -> Any:
    """A mask with a column of zeros for a key that was added."""
    return None if mask is None else PUBLIC["constant_pad_nd"](mask, (0, 1))


def _heads(name: str, projected: Any, static: Any, heads: int, width: int) -> Any:
    """(S, N, E) as (N * heads, S, E / heads), or what the caller gave in its place."""
    if static is None:
        return projected.view(projected.shape[0], heads, width).transpose(0, 1)
    for dim, wanted in ((0, heads), (2, width)):
        if static.shape[dim] != wanted:
            raise AssertionError(f"expecting {name}.size({dim}) of {wanted}, but got {static.shape[dim]}")
    return static
