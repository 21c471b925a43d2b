"""What batch, layer and group normalisation share: x shifted and scaled to mean 0 and variance 1 over some dims.

Gradients run on arrays with the mean and the inverse deviation that the forward pass kept, and on tensors with both
computed anew, so that their own gradients are right.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ....tensor import TENSORS, Tensor
from ...tools import mean_dims, raw, sum_dims

Array = npt.NDArray[Any]
Dims = tuple[int, ...]


def check_mixed(input: Tensor, *parameters: Tensor | None) -> None:
    """Raise RuntimeError for parameters of another dtype than the input: `check_mixed_data_type` of ATen."""
    own = input.array.dtype
    for each in parameters:
        if each is not None and each.array.dtype != own:
            break
    else:
        return
    given = [each.dtype for each in parameters if each is not None]
    if given[0] is input.dtype:
        other = next(each for each in given if each is not input.dtype)
        raise RuntimeError(f"expected scalar type {input.dtype.scalar_type} but found {other.scalar_type}")
    if any(each.array.dtype != np.float32 for each in parameters if each is not None):
        raise RuntimeError("mixed dtype (CPU): expect parameter to have scalar type of Float")
    raise RuntimeError("mixed dtype (CPU): all inputs must share same datatype.")


def moments(x: Array, dims: Dims) -> tuple[Array, Array]:
    """Mean and (biased) variance over `dims`, which are kept."""
    count = 1
    for dim in dims:
        count *= x.shape[dim]
    share = x.dtype.type(1 / count if count else np.nan)
    mean = np.add.reduce(x, axis=dims, keepdims=True) * share
    centred = x - mean
    centred *= centred
    return mean, np.add.reduce(centred, axis=dims, keepdims=True) * share


def inverse_deviation(variance: Array, eps: float) -> Array:
    """1 / sqrt(variance + eps)."""
    made: Array = 1 / np.sqrt(variance + variance.dtype.type(eps))
    return made


def centred_and_scale(x: Any, mean: Any, invstd: Any, dims: Dims, eps: float) -> tuple[Any, Any]:
    """x less its mean, and the inverse deviation: as kept for arrays, anew for tensors."""
    if type(x) not in TENSORS:
        return x - raw(mean), raw(invstd)
    centred = x - mean_dims(x, dims)
    return centred, (mean_dims(centred * centred, dims) + eps).rsqrt()


def normalised(x: Any, mean: Any, invstd: Any, dims: Dims, eps: float) -> Any:
    """(x - mean) / deviation."""
    centred, scale = centred_and_scale(x, mean, invstd, dims, eps)
    return centred * scale


def normalised_back(grad: Any, x: Any, mean: Any, invstd: Any, dims: Dims, eps: float) -> Any:
    """The gradient of `normalised` for x: what is left of `grad` without its mean and its part along the result."""
    centred, scale = centred_and_scale(x, mean, invstd, dims, eps)
    result = centred * scale
    along = mean_dims(grad * result, dims)
    return scale * (grad - mean_dims(grad, dims) - result * along)


def along_channels(vector: Any, ndim: int) -> Any:
    """A vector of channels, or None, shaped so that it broadcasts against (N, C, ...)."""
    if vector is None or ndim < 2:
        return vector
    return vector.reshape((1, -1, *(1,) * (ndim - 2)))


def sum_but_channels(x: Any) -> Any:
    """The sum over all dims but the channels'."""
    dims = tuple(dim for dim in range(raw(x).ndim) if dim != 1)
    return sum_dims(x, dims)
