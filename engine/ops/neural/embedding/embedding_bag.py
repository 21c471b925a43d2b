"""EmbeddingBag: the sum, mean or maximum of the rows of a table that each bag of indices names."""

import warnings
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ....tensor import TENSORS, from_array
from ....types.dtype import int64
from ...operands import require_attribute
from ...shape.gather import gather_back
from ...shape.shape import reshape_to
from ...single import one
from ...table import CALLS, Gradient, Row
from ...tools import like, raw
from ..underived import underived
from .embedding import check_indices, refuse_sparse, renorm, rows_back

Array = npt.NDArray[Any]
_MODES: Final = {"sum": 0, "mean": 1, "max": 2}
SUM, MEAN, MAX = 0, 1, 2


def _rows(x: Any, index: Array) -> Any:
    """The rows of x that a vector of indices names."""
    return CALLS["index_select"]((x,), (0, from_array(index), x.array.shape)) if type(x) in TENSORS else x[index]


def _factors(
    indices: Array, bags: Array, sizes: Array, mode: int, padding_idx: int, scale_grad_by_freq: bool, count: int
) -> Array:
    """How much of its bag's gradient each looked-up row gets, weights of samples aside."""
    own = np.minimum(bags, sizes.size - 1)
    made = np.ones(indices.size) if mode == SUM else 1 / np.maximum(sizes[own], 1)
    if scale_grad_by_freq:
        # PyTorch's kernel reads the frequency of the i-th different index at place i of all the sorted indices.
        different, which = np.unique(indices, return_inverse=True)
        read = np.sort(indices)[: different.size]
        made = made / np.bincount(indices, minlength=count)[read][which]
    counted: Array = made * (indices != padding_idx) * (bags < sizes.size)
    return counted


def bag_back(
    grad: Any,
    indices: Any,
    weight_sym_argsize_0: int,
    mode: int,
    padding_idx: int,
    scale_grad_by_freq: bool,
    per_sample_weights: Any,
    result1: Any,
    result2: Any,
    result3: Any,
) -> Any:
    """The gradient of the table: each row's share of the gradient of its bag; of the largest elements all of it."""
    index, bags = raw(indices), raw(result1)
    if mode == MAX:
        chosen = raw(result3)
        held = like((chosen >= 0).astype(raw(grad).dtype), grad)
        shape = (weight_sym_argsize_0, raw(grad).shape[1])
        return gather_back(grad * held, shape, 0, like_index(np.maximum(chosen, 0), grad))
    factors = _factors(index, bags, raw(result2), mode, padding_idx, scale_grad_by_freq, weight_sym_argsize_0)
    shares = like(factors.astype(raw(grad).dtype).reshape(-1, 1), grad)
    rows = _rows(grad, np.minimum(bags, len(raw(grad)) - 1)) * shares
    if per_sample_weights is not None:
        rows = rows * per_sample_weights.reshape((-1, 1))
    return rows_back(rows, index, weight_sym_argsize_0)


def like_index(index: Array, example: Any) -> Any:
    """Indices as what `gather_back` takes beside `example`."""
    return from_array(index) if type(example) in TENSORS else index


def _bag_weights_back(grad: Array, weight: Array, indices: Any, padding_idx: int, result1: Any) -> Array:
    """The gradient of each sample's weight: the bag's gradient times the row."""
    index, bags = raw(indices), raw(result1)
    counted = (index != padding_idx) & (bags < len(grad))
    made: Array = (grad[np.minimum(bags, len(grad) - 1)] * weight[index]).sum(1) * counted
    return made.astype(grad.dtype, copy=False)


bag_weights_back = underived(
    "_embedding_bag_per_sample_weights_backward",
    _bag_weights_back,
    ("grad", "weight"),
    ("indices", "padding_idx", "result1"),
)


def _heeds_last_offset(weight: Array, mode: int, padding_idx: int) -> bool:
    """Whether PyTorch's quick kernel, which stops at the last offset, takes these."""
    return mode != MAX and padding_idx < 0 and weight.dtype == np.float32 and bool(weight[:1].flags.c_contiguous)


def _bag(
    weight: Array,
    per_sample_weights: Array | None,
    indices: Any,
    offsets: Any,
    weight_sym_argsize_0: int,
    scale_grad_by_freq: bool,
    mode: int,
    sparse: bool,
    padding_idx: int,
    result1: Any,
    result2: Any,
    result3: Any,
) -> Array:
    index, bags, sizes = raw(indices), raw(result1), raw(result2)
    if mode == MAX:
        largest = raw(result3)
        picked: Array = np.take_along_axis(weight, np.maximum(largest, 0), 0) if weight.size else weight[:0]
        return np.where(largest >= 0, picked, 0).astype(weight.dtype)
    rows = weight[index]
    if per_sample_weights is not None:
        rows = rows * per_sample_weights[:, None]
    kept = (index != padding_idx) & (bags < sizes.size)
    if _heeds_last_offset(weight, mode, padding_idx) and raw(offsets).size > sizes.size:
        kept[raw(offsets)[-1] :] = False
    made = np.zeros((sizes.size, weight.shape[1]), weight.dtype)
    np.add.at(made, bags[kept], rows[kept])
    if mode == MEAN:
        made /= np.maximum(sizes, 1).astype(weight.dtype)[:, None]
    return made


_row = one(
    Row(
        "_embedding_bag",
        _bag,
        ("weight", "per_sample_weights"),
        (
            Gradient(
                "bag_back(grad, indices, weight_sym_argsize_0, mode, padding_idx, scale_grad_by_freq, "
                "per_sample_weights, result1, result2, result3)",
                bag_back,
            ),
            Gradient(
                "bag_weights_back(grad, weight, indices, padding_idx, result1)",
                lambda grad, weight, indices, padding_idx, result1: bag_weights_back(
                    grad, weight, indices, padding_idx, result1
                ),
            ),
        ),
        node="EmbeddingBagBackward0",
        arguments=(
            "indices",
            "offsets",
            "weight_sym_argsize_0",
            "scale_grad_by_freq",
            "mode",
            "sparse",
            "padding_idx",
            "result1",
            "result2",
            "result3",
        ),
        saves=(
            "indices",
            "mode",
            "offsets",
            "padding_idx",
            "per_sample_weights",
            "result1",
            "result2",
            "result3",
            "scale_grad_by_freq",
            "sparse",
            "weight",
            "weight_sym_argsize_0",
        ),
        tensors=("indices", "offsets", "result1", "result2", "result3"),
    )
)


def embedding_bag(
    input: Any,
    weight: Any,
    offsets: Any = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Any = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Any:
    """The sum, mean or maximum of each bag's rows; bags are the rows of `input`, or begin at `offsets` of it."""
    require_attribute(input, "dim")
    if weight.dtype is int64 and input.is_floating_point():
        warnings.warn(
            "Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is "
            "deprecated, and should now be `embedding_bag(input, weight, ...)`.",
            UserWarning,
            stacklevel=2,
        )
        weight, input = input, weight
    if per_sample_weights is not None and input.shape != per_sample_weights.shape:
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({per_sample_weights.shape}) is not None, then it must have the "
            f"same shape as the input ({input.shape})"
        )
    if weight.ndim != 2:
        raise ValueError(f"weight has to be a 2D Tensor, but got Tensor of dimension {weight.ndim}")
    if input.ndim == 2:
        if offsets is not None:
            raise ValueError(
                "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length "
                f"sequences. However, found offsets of type {type(offsets)}"
            )
        length = input.shape[1]
        offsets = from_array(np.arange(input.shape[0], dtype=input.array.dtype) * length)
        include_last_offset = False
        input = reshape_to(input, (input.array.size,))
        if per_sample_weights is not None:
            per_sample_weights = reshape_to(per_sample_weights, (input.array.size,))
    elif input.ndim != 1:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.ndim}")
    elif offsets is None:
        raise ValueError("offsets has to be a 1D Tensor but got None")
    elif offsets.ndim != 1:
        raise ValueError("offsets has to be a 1D Tensor")
    kind = _mode(mode, scale_grad_by_freq, sparse)
    if max_norm is not None:
        renorm(weight, input, max_norm, norm_type)
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' "
            f"(got mode='{mode}'). Please open a feature request on GitHub."
        )
    check_indices(input, "embedding_bag")
    refuse_sparse("embedding_bag", sparse)
    count = weight.array.shape[0]
    padding = -1 if padding_idx is None else padding_idx % count
    found = _bags(input.array, offsets.array, include_last_offset, padding, kind, weight.array)
    return _row(
        (weight, per_sample_weights),
        (input, offsets, count, scale_grad_by_freq, kind, sparse, padding, *map(from_array, found)),
    )


def _mode(mode: str, scale_grad_by_freq: bool, sparse: bool) -> int:
    if mode not in _MODES:
        raise ValueError("mode has to be one of sum, mean or max")
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    if mode == "max" and sparse:
        raise ValueError("max mode does not support sparse weights")
    return _MODES[mode]


def _bags(
    indices: Array, offsets: Array, include_last_offset: bool, padding_idx: int, mode: int, weight: Array
) -> tuple[Array, Array, Array]:
    """Of each index its bag, of each bag its size without padding, and the row of each bag's largest elements.

    Indices from the last offset on belong to no bag of sums where PyTorch's quick kernel runs, which the number after
    the last one says; its other kernels, its sizes and its gradients of means count them to the last bag.
    """
    count = weight.shape[0]
    wrong = indices[(indices < 0) | (indices >= count)]
    if wrong.size:
        raise RuntimeError(f"embedding_bag: Expected idx >= 0 && idx < num_embeddings but found idx to be {wrong[0]}")
    if include_last_offset and not offsets.size:
        raise RuntimeError("include_last_offset: number of offsets should be at least 1")
    if offsets.size and offsets[0] != 0:
        raise RuntimeError(
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, "
            f"got {offsets[0]}\n[ torch.{'Long' if offsets.dtype.itemsize == 8 else 'Int'}Tensor{{}} ]"
        )
    if offsets.size and offsets[-1] > indices.size:
        raise RuntimeError(
            f"offsets[-1] can not be greater than input's length {indices.size} but got offsets[-1] of {offsets[-1]}"
        )
    starts = offsets[:-1] if include_last_offset else offsets
    bags = np.searchsorted(starts, np.arange(indices.size), "right") - 1
    kept = indices != padding_idx
    sizes = np.bincount(bags[kept], minlength=starts.size)
    if include_last_offset and mode == SUM and _heeds_last_offset(weight, mode, padding_idx):
        bags[offsets[-1] :] = starts.size
    if mode == SUM:
        return bags, np.zeros_like(sizes), np.zeros_like(sizes)  # sums need no sizes
    if mode == MEAN:
        return bags, sizes, sizes
    largest = np.full((starts.size, weight.shape[1]), -1)
    for bag in range(starts.size):
        own = indices[kept & (bags == bag)]
        if own.size:
            largest[bag] = own[weight[own].argmax(0)]
    return bags, sizes, largest
