"""Channels turned into pixels and back (pixel_shuffle, pixel_unshuffle), and channels dealt out in another order.

Source of the formulas: `pixel_shuffle`, `pixel_unshuffle` and `channel_shuffle` in PyTorch's `derivatives.yaml`.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor
from ..operands import require_tensor
from ..single import one
from ..table import CALLS, Gradient, Row, expose

Array = npt.NDArray[Any]


def _shuffled(array: Array, upscale_factor: int) -> Array:
    r = upscale_factor
    *batch, channels, height, width = array.shape
    parts = array.reshape(*batch, channels // (r * r), r, r, height, width)
    n = len(batch)
    moved = parts.transpose(*range(n), n, n + 3, n + 1, n + 4, n + 2)
    return np.ascontiguousarray(moved).reshape(*batch, channels // (r * r), height * r, width * r)


def _unshuffled(array: Array, downscale_factor: int) -> Array:
    r = downscale_factor
    *batch, channels, height, width = array.shape
    parts = array.reshape(*batch, channels, height // r, r, width // r, r)
    n = len(batch)
    moved = parts.transpose(*range(n), n, n + 2, n + 4, n + 1, n + 3)
    return np.ascontiguousarray(moved).reshape(*batch, channels * r * r, height // r, width // r)


def _dealt(array: Array, groups: int) -> Array:
    parts = array.reshape(array.shape[0], groups, array.shape[1] // groups, *array.shape[2:])
    return np.ascontiguousarray(parts.swapaxes(1, 2)).reshape(array.shape)


def pixel_shuffle_any(x: Any, factor: int) -> Any:
    """`pixel_shuffle` of arrays and tensors."""
    return CALLS["pixel_shuffle"]((x,), (factor,)) if type(x) in TENSORS else _shuffled(x, factor)


def pixel_unshuffle_any(x: Any, factor: int) -> Any:
    """`pixel_unshuffle` of arrays and tensors."""
    return CALLS["pixel_unshuffle"]((x,), (factor,)) if type(x) in TENSORS else _unshuffled(x, factor)


def channel_shuffle_back(grad: Any, groups: int) -> Any:
    """The channels dealt back; as many groups as each of the groups had channels."""
    if type(grad) not in TENSORS:
        return _dealt(grad, grad.shape[1] // groups)
    return CALLS["channel_shuffle"]((grad,), (grad.array.shape[1] // groups,))


_pixel_shuffle = one(
    Row(
        "pixel_shuffle",
        _shuffled,
        ("self",),
        (
            Gradient(
                "pixel_unshuffle_any(grad, upscale_factor)",
                lambda grad, upscale_factor: pixel_unshuffle_any(grad, upscale_factor),
            ),
        ),
        node="PixelShuffleBackward0",
        arguments=("upscale_factor",),
    )
)
_pixel_unshuffle = one(
    Row(
        "pixel_unshuffle",
        _unshuffled,
        ("self",),
        (
            Gradient(
                "pixel_shuffle_any(grad, downscale_factor)",
                lambda grad, downscale_factor: pixel_shuffle_any(grad, downscale_factor),
            ),
        ),
        node="PixelUnshuffleBackward0",
        arguments=("downscale_factor",),
    )
)
_channel_shuffle = one(
    Row(
        "channel_shuffle",
        _dealt,
        ("self",),
        (Gradient("channel_shuffle_back(grad, groups)", channel_shuffle_back),),
        node="ChannelShuffleBackward0",
        arguments=("groups",),
    )
)
_native = one(
    Row(
        "native_channel_shuffle",
        _dealt,
        ("self",),
        (None,),
        node="NotImplemented",
        arguments=("groups",),
    )
)


@expose("pixel_shuffle", method=False)
def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """Groups of channels spread over finer pixels: (..., C * r * r, H, W) to (..., C, H * r, W * r)."""
    channels, _, _ = _image("pixel_shuffle", "upscale_factor", input, upscale_factor)
    if channels % upscale_factor**2:
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, "
            f"but input.size(-3)={channels} is not divisible by {upscale_factor**2}"
        )
    return _pixel_shuffle((input,), (upscale_factor,))


@expose("pixel_unshuffle", method=False)
def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """Finer pixels gathered into channels: (..., C, H * r, W * r) to (..., C * r * r, H, W)."""
    _, height, width = _image("pixel_unshuffle", "downscale_factor", input, downscale_factor)
    for what, size, place in (("height", height, -2), ("width", width, -1)):
        if size % downscale_factor:
            raise RuntimeError(
                f"pixel_unshuffle expects {what} to be divisible by downscale_factor, but input.size({place})={size} "
                f"is not divisible by {downscale_factor}"
            )
    return _pixel_unshuffle((input,), (downscale_factor,))


@expose("channel_shuffle", method=False)
def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """The channels, in so many groups, dealt out one of each group in turn."""
    _check_channels(input, groups)
    return _channel_shuffle((input,), (groups,))


@expose("native_channel_shuffle", method=False)
def native_channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """`channel_shuffle` without a derivative."""
    _check_channels(input, groups)
    return _native((input,), (groups,))


def _image(name: str, factor_name: str, input: Tensor, factor: int) -> tuple[int, int, int]:
    require_tensor(name, "input", 1, input)
    if input.array.ndim < 3:
        raise RuntimeError(
            f"{name} expects input to have at least 3 dimensions, but got input with {input.array.ndim} dimension(s)"
        )
    if factor <= 0:
        raise RuntimeError(f"{name} expects a positive {factor_name}, but got {factor}")
    channels, height, width = input.array.shape[-3:]
    return channels, height, width


def _check_channels(input: Tensor, groups: int) -> None:
    require_tensor("channel_shuffle", "input", 1, input)
    if input.array.ndim <= 2:
        raise RuntimeError(
            f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(input.array.shape)}"
        )
    if groups <= 0:
        raise RuntimeError(f"Number of groups to divide channels in must be positive. Value of groups:{groups}")
    if input.array.shape[1] % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {input.array.shape[1]} channels and {groups} groups."
        )
