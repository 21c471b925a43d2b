"""Embedding: rows of a table looked up by index."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ....tensor import TENSORS, Tensor, from_array
from ....types.dtype import int32, int64
from ...inplace import write
from ...operands import require_tensor
from ...shape.gather import index_select_back
from ...single import one
from ...table import PUBLIC, Gradient, Row
from ...tools import like, raw

Array = npt.NDArray[Any]


def rows_back(grad: Any, index: Array, count: int) -> Any:
    """The rows of `grad` added to those rows of a table of `count` that a vector of indices names."""
    shape = (count, *raw(grad).shape[1:])
    if type(grad) in TENSORS:
        return index_select_back(grad, shape, 0, from_array(index))
    made = np.zeros(shape, grad.dtype)
    np.add.at(made, index, grad)
    return made


def embedding_back(grad: Any, indices: Any, count: int, padding_idx: int, scale_grad_by_freq: bool) -> Any:
    """The gradient of the table: each looked-up row's, none at the padding; of rows used often maybe their mean."""
    index = raw(indices).reshape(-1)
    rows = grad.reshape((index.size, raw(grad).shape[-1]))
    weights = None
    if scale_grad_by_freq:
        weights = 1 / np.maximum(np.bincount(index, minlength=count), 1)[index]
    if padding_idx >= 0 and (index == padding_idx).any():
        weights = (index != padding_idx) * (1.0 if weights is None else weights)
    if weights is not None:
        rows = rows * like(weights.astype(raw(grad).dtype).reshape(-1, 1), grad)
    return rows_back(rows, index, count)


_row = one(
    Row(
        "embedding",
        lambda weight, indices, weight_sym_argsize_0, padding_idx, scale_grad_by_freq, sparse: weight[raw(indices)],
        ("weight",),
        (
            Gradient(
                "embedding_back(grad, indices, weight_sym_argsize_0, padding_idx, scale_grad_by_freq)",
                lambda grad, indices, weight_sym_argsize_0, padding_idx, scale_grad_by_freq: embedding_back(
                    grad, indices, weight_sym_argsize_0, padding_idx, scale_grad_by_freq
                ),
            ),
        ),
        node="EmbeddingBackward0",
        arguments=("indices", "weight_sym_argsize_0", "padding_idx", "scale_grad_by_freq", "sparse"),
        saves=("indices", "padding_idx", "scale_grad_by_freq", "sparse", "weight_sym_argsize_0"),
    )
)


def lookup(
    weight: Tensor, indices: Tensor, padding_idx: int = -1, scale_grad_by_freq: bool = False, sparse: bool = False
) -> Tensor:
    """`torch.embedding`: the rows of `weight` that `indices` names."""
    if weight.array.ndim != 2:
        raise RuntimeError("'weight' must be 2-D")
    check_indices(indices, "embedding")
    refuse_sparse("embedding", sparse)
    count = weight.array.shape[0]
    if indices.array.size and (indices.array.min() < 0 or indices.array.max() >= count):
        raise IndexError("index out of range in self")
    return _row((weight,), (indices, count, padding_idx, scale_grad_by_freq, sparse))


PUBLIC["embedding"] = lookup


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """The rows of `weight` that `input` names; no gradient goes to row `padding_idx`.

    With `max_norm` the rows that are used are first scaled down to it, in place.
    """
    require_tensor("embedding", "indices", 2, input)
    if padding_idx is None:
        padding_idx = -1
    else:
        count = weight.array.shape[0]
        if not -count <= padding_idx < max(count, 1):
            raise AssertionError("Padding_idx must be within num_embeddings")
        padding_idx %= max(count, 1)
    if max_norm is not None:
        renorm(weight, input, max_norm, norm_type)
    return lookup(weight, input, padding_idx, scale_grad_by_freq, sparse)


def renorm(weight: Tensor, indices: Tensor, max_norm: float, norm_type: float) -> None:
    """Scale the rows that are named and longer than `max_norm` down to it, in place and unseen by autograd."""
    check_indices(indices, "embedding_renorm_", 2)
    used = np.unique(indices.array)
    if used.size and (used[0] < 0 or used[-1] >= weight.array.shape[0]):
        outside = used[0] if used[0] < 0 else used[-1]
        raise IndexError(
            f"select(): index {outside} out of range for tensor of size {list(weight.array.shape)} at dimension 0"
        )
    rows = weight.array[used]
    norms = np.linalg.norm(rows, norm_type, axis=1)
    long = norms > max_norm
    if long.any():
        changed = weight.array.copy()
        changed[used[long]] = rows[long] * (max_norm / (norms[long] + 1e-7)).astype(rows.dtype)[:, None]
        write(weight, changed)


def check_indices(indices: Tensor, function: str, argument: int = 1) -> None:
    """Raise PyTorch's RuntimeError for indices that are no integers."""
    if indices.dtype not in (int64, int32):
        raise RuntimeError(
            f"Expected tensor for argument #{argument} 'indices' to have one of the following scalar types: Long, Int; "
            f"but got torch.{indices.dtype.scalar_type}Tensor instead (while checking arguments for {function})"
        )


def refuse_sparse(function: str, sparse: bool) -> None:
    """Raise NotImplementedError for gradients that would be sparse tensors."""
    if sparse:
        raise NotImplementedError(f"{function}(sparse=True) is not supported by the embedded engine; use sparse=False")
