"""Dropout in all its kinds, made of a product with noise. The noise equals PyTorch's for the same seed.

Source: ATen's `Dropout.cpp`; numbers are drawn as `bernoulli_` draws them, one double each.
"""

import math
import warnings
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ...random.generator import default_generator
from ...tensor import Tensor, from_array
from ..operands import require_attribute, require_tensor
from ..table import PUBLIC
from .memory_order import in_memory_order

Array = npt.NDArray[Any]

_ALPHA: Final = 1.7580993408473766  # -SELU's limit: what alpha dropout sets the dropped elements to, before scaling


def _noise(shape: tuple[int, ...], example: Array, keep: float, follows: bool) -> Array:
    """Ones with probability `keep`, else zeros; drawn in the order of the example's memory where `follows`."""

    def draw(count: int) -> Array:
        return (default_generator.uniform(count, np.dtype(np.float64)) < keep).astype(example.dtype)

    return in_memory_order(example, draw) if follows else draw(math.prod(shape)).reshape(shape)


def _drop(input: Any, p: float, train: bool, *, feature: bool = False, alpha: bool = False, inplace: bool) -> Any:
    if not 0 <= p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {p:g}")
    require_tensor(f"{'feature_' * feature}{'alpha_' * alpha}dropout", "input", 1, input)
    array = input.array
    if p == 0 or not train or not array.size:
        return input
    if p == 1:
        zero = from_array(np.zeros((), array.dtype))
        return input.mul_(zero) if inplace else input * zero
    if array.dtype.kind != "f":
        raise RuntimeError(f"result type Float can't be cast to the desired output type {input.dtype.scalar_type}")
    shape = array.shape
    if feature:
        if array.ndim < 2:
            raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
        shape = shape[:2] + (1,) * (array.ndim - 2)
    noise = _noise(shape, array, 1 - p, not feature)
    if not alpha:
        factor = from_array(noise / (1 - p))
        return input.mul_(factor) if inplace else input * factor
    a = 1 / math.sqrt((_ALPHA * _ALPHA * p + 1) * (1 - p))
    shift = from_array((noise - 1) * (_ALPHA * a) + _ALPHA * a * p)
    factor = from_array(noise * a)
    return input.mul_(factor).add_(shift) if inplace else (input * factor).add_(shift)


def _offer(name: str, feature: bool, alpha: bool) -> None:
    """`torch.<name>(input, p, train)` and its in-place twin."""

    def function(input: Tensor, p: float, train: bool) -> Any:
        return _drop(input, p, train, feature=feature, alpha=alpha, inplace=False)

    def inplace_function(input: Tensor, p: float, train: bool) -> Any:
        return _drop(input, p, train, feature=feature, alpha=alpha, inplace=True)

    PUBLIC[name], PUBLIC[f"{name}_"] = function, inplace_function
    function.__name__ = function.__qualname__ = name
    inplace_function.__name__ = inplace_function.__qualname__ = f"{name}_"


_offer("dropout", False, False)
_offer("feature_dropout", True, False)
_offer("alpha_dropout", False, True)
_offer("feature_alpha_dropout", True, True)


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Zeros with probability p, the rest divided by 1 - p."""
    _check(p)
    return _drop(input, p, training, inplace=inplace)


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Any:
    """Dropout that keeps mean and variance after SELU: dropped elements get SELU's limit."""
    _check(p)
    return _drop(input, p, training, alpha=True, inplace=inplace)


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Any:
    """`alpha_dropout` of whole channels."""
    _check(p)
    return _drop(input, p, training, feature=True, alpha=True, inplace=inplace)


def dropout1d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Dropout of whole channels of (N, C, L) or (C, L)."""
    require_attribute(input, "dim")
    _check(p)
    if input.ndim not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.ndim}D input. Note that dropout1d exists to "
            "provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional "
            "batch dimension (i.e. 2D or 3D inputs)."
        )
    return _drop_channels(input, p, training, inplace, input.ndim == 3)


def dropout2d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Dropout of whole channels of (N, C, H, W)."""
    require_attribute(input, "dim")
    _check(p)
    if input.ndim not in (3, 4):
        _warn_of_dims("dropout2d", input.ndim, "2 spatial dimensions", "3D or 4D")
    if input.ndim == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired "
            "- input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a "
            "future release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain "
            "the 1D channel-wise dropout behavior, please switch to using dropout1d instead.",
            UserWarning,
            stacklevel=2,
        )
    return _drop(input, p, training, feature=True, inplace=inplace)


def dropout3d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Dropout of whole channels of (N, C, D, H, W) or (C, D, H, W)."""
    require_attribute(input, "dim")
    _check(p)
    if input.ndim not in (4, 5):
        _warn_of_dims("dropout3d", input.ndim, "3 spatial dimensions", "4D or 5D")
    return _drop_channels(input, p, training, inplace, input.ndim == 5)


def _drop_channels(input: Any, p: float, training: bool, inplace: bool, is_batched: bool) -> Any:
    if not is_batched:
        input = input.unsqueeze_(0) if inplace else input.unsqueeze(0)
    made = _drop(input, p, training, feature=True, inplace=inplace)
    if not is_batched:
        made = made.squeeze_(0) if inplace else made.squeeze(0)
    return made


def _check(p: float) -> None:
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _warn_of_dims(name: str, ndim: int, dims: str, takes: str) -> None:
    warnings.warn(
        f"{name}: Received a {ndim}-D input to {name}, which is deprecated and will result in an error in a future "
        "release. To retain the behavior and silence this warning, please use dropout instead. Note that "
        f"{name} exists to provide channel-wise dropout on inputs with {dims}, a channel dimension, and an optional "
        f"batch dimension (i.e. {takes} inputs).",
        UserWarning,
        stacklevel=3,
    )
