"""Layer normalisation, and RMS normalisation, which PyTorch makes of other rows."""

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from ....tensor import Tensor, from_array
from ....types.dtype import C_NAMES
from ....types.typeinfo import finfo
from ...operands import require_tensor
from ...pointwise.cast import cast_to
from ...pointwise.scalar import add_scalar
from ...shape.shape import contiguous
from ...single import one
from ...table import PUBLIC, Gradient, Row
from ...tools import mean_dims, raw, sum_dims
from ...unread import beside
from .normalise import centred_and_scale, check_mixed, inverse_deviation, moments, normalised, normalised_back

Array = npt.NDArray[Any]


def _last(ndim: int, count: int) -> tuple[int, ...]:
    return tuple(range(ndim - count, ndim))


def _leading(ndim: int, count: int) -> tuple[int, ...]:
    return tuple(range(ndim - count))


def layer_norm_back(
    grad: Any, input: Any, normalized_shape: tuple[int, ...], weight: Any, eps: float, result1: Any, result2: Any
) -> Any:
    """The gradient of the input of `layer_norm`."""
    if weight is not None:
        grad = grad * weight
    return normalised_back(grad, input, result1, result2, _last(raw(input).ndim, len(normalized_shape)), eps)


def layer_norm_weight_back(
    grad: Any, input: Any, normalized_shape: tuple[int, ...], weight: Any, eps: float, result1: Any, result2: Any
) -> Any:
    """The gradient of the weight: the normalised input's share, summed over all but the normalised dims."""
    ndim, count = raw(input).ndim, len(normalized_shape)
    products = grad * normalised(input, result1, result2, _last(ndim, count), eps)
    return beside(sum_dims(products, _leading(ndim, count)) if ndim > count else products, weight)


def layer_norm_back_together(
    grad: Any, input: Any, normalized_shape: tuple[int, ...], weight: Any, eps: float, result1: Any, result2: Any
) -> tuple[Any, Any, Any]:
    """The gradients of input, weight and bias, with what they share computed once."""
    dims = _last(raw(input).ndim, len(normalized_shape))
    leading = _leading(raw(input).ndim, len(normalized_shape))
    centred, scale = centred_and_scale(input, result1, result2, dims, eps)
    result = centred * scale
    products = grad * result
    whole = grad
    if weight is not None:
        whole, along = grad * weight, products * weight
    else:
        along = products
    to_input = scale * (whole - mean_dims(whole, dims) - result * mean_dims(along, dims))
    to_weight = sum_dims(products, leading) if leading else products
    to_bias = sum_dims(grad, leading) if leading else grad
    return to_input, beside(to_weight, weight), beside(to_bias, input, weight)


def layer_norm_bias_back(grad: Any, input: Any, normalized_shape: tuple[int, ...], weight: Any) -> Any:
    """The gradient of the bias: the sum over all but the normalised dims."""
    ndim, count = raw(grad).ndim, len(normalized_shape)
    return beside(sum_dims(grad, _leading(ndim, count)) if ndim > count else grad, input, weight)


def _layer_norm(
    input: Array,
    weight: Array | None,
    bias: Array | None,
    normalized_shape: tuple[int, ...],
    eps: float,
    result1: Any,
    result2: Any,
) -> Array:
    made: Array = (input - raw(result1)) * raw(result2)
    if weight is not None:
        made *= weight
    if bias is not None:
        made += bias
    return made


_layer_norm_row = one(
    Row(
        "native_layer_norm",
        _layer_norm,
        ("input", "weight", "bias"),
        (
            Gradient(
                "over_deviation(weighted(grad, weight) - mean_over(weighted(grad, weight), "
                "last_dims(normalized_shape)) - hat(input, result1, result2) * mean_over(weighted(grad, "
                "weight) * hat(input, result1, result2), last_dims(normalized_shape)), result2)",
                layer_norm_back,
            ),
            Gradient("sum_to(grad * hat(input, result1, result2), normalized_shape)", layer_norm_weight_back),
            Gradient("sum_to(grad, normalized_shape)", layer_norm_bias_back),
        ),
        node="NativeLayerNormBackward0",
        arguments=("normalized_shape", "eps", "result1", "result2"),
        saves=("bias", "input", "normalized_shape", "result1", "result2", "weight"),
        tensors=("result1", "result2"),
        together=Gradient(
            "layer_norm_back_together(grad, input, normalized_shape, weight, eps, result1, result2)",
            layer_norm_back_together,
        ),
    )
)


def layer_norm(
    input: Tensor,
    normalized_shape: Any,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
    cudnn_enable: bool = True,
) -> Tensor:
    """(input - mean) / sqrt(variance + eps) * weight + bias, mean and variance over the last dims."""
    require_tensor("layer_norm", "input", 1, input)
    shape = _normalized_shape("layer_norm", input, normalized_shape, weight=weight, bias=bias)
    array = input.array
    check_mixed(input, weight, bias)
    if array.dtype.kind != "f":
        raise NotImplementedError(f"\"LayerNormKernelImpl\" not implemented for '{input.dtype.scalar_type}'")
    mean, variance = moments(array, _last(array.ndim, len(shape)))
    kept = (from_array(mean), from_array(inverse_deviation(variance, eps)))
    return _layer_norm_row((input, weight, bias), (shape, eps, *kept))


def rms_norm(input: Any, normalized_shape: Any, weight: Any = None, eps: float | None = None) -> Any:
    """input / sqrt(mean of its squares + eps) * weight, the mean over the last dims."""
    require_tensor("rms_norm", "input", 1, input)
    shape = _normalized_shape("rms_norm", input, normalized_shape, weight=weight)
    if not isinstance(eps, (float, int, type(None))):
        raise TypeError(f"rms_norm(): argument 'eps' (position 4) must be float, not {type(eps).__name__}")
    if weight is not None and weight.dtype is not input.dtype:
        kinds = f"input dtype = {C_NAMES[input.dtype.name]}, weight dtype = {C_NAMES[weight.dtype.name]}"
        warnings.warn(
            f"Mismatch dtype between input and weight: {kinds}, Cannot dispatch to fused implementation.", stacklevel=2
        )
    if not input.dtype.is_floating_point:
        raise NotImplementedError(f"\"rms_norm\" not implemented for '{input.dtype.scalar_type}'")
    dims = _last(input.ndim, len(shape))
    epsilon = finfo(input.dtype).eps if eps is None else eps
    made = input * add_scalar((input**2).mean(dims[::-1], True), epsilon).rsqrt()
    return contiguous(cast_to(made if weight is None else made * weight, input.dtype))


def _normalized_shape(name: str, input: Tensor, given: Any, **parameters: Tensor | None) -> tuple[int, ...]:
    """The normalised dims' lengths. Raises RuntimeError in PyTorch's words where something does not fit."""
    if not isinstance(given, (tuple, list)) or not all(isinstance(length, (int, np.integer)) for length in given):
        raise TypeError(
            f"{name}(): argument 'normalized_shape' (position 2) must be tuple of ints, not {type(given).__name__}"
        )
    shape = tuple(given)
    own = input.array.shape
    if name == "rms_norm" and len(own) < len(shape):
        raise ValueError(f"Input tensor must have at least {len(shape)} dimensions, but got {len(own)}")
    if not shape:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got "
            f"normalized_shape = {list(shape)}"
        )
    for parameter, value in parameters.items():
        if value is not None and value.array.shape != shape:
            raise RuntimeError(
                f"Expected {parameter} to be of same shape as normalized_shape, but got {parameter} of shape "
                f"{list(value.array.shape)} and normalized_shape = {list(shape)}"
            )
    if own[len(own) - len(shape) :] != shape or len(own) < len(shape):
        starred = ("" if name == "rms_norm" else ", ") + ", ".join(map(str, shape))
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [*{starred}], but got input of "
            f"size{list(own)}"
        )
    return shape


PUBLIC["layer_norm"], PUBLIC["rms_norm"] = layer_norm, rms_norm
