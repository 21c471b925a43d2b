"""From which elements, with which weights, each element of a resized signal is made: one dim at a time, plain arrays.

The formulas and their order of rounding are ATen's UpSample.h and UpSampleKernel.cpp: positions are computed in the
dtype of the data.
"""

from functools import lru_cache
from math import ceil
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .taps import Taps

Array = npt.NDArray[Any]
CUBIC: Final = -0.75  # the cubic kernel's free parameter; with antialias it is -0.5, as Pillow's
CUBIC_ANTIALIAS: Final = -0.5
# How PyTorch's gradients of "nearest" find the elements, and the result itself for images of one channel: not always as
# the result does.
NEAREST_INDEX: Final = "nearest_index"
_WIDTHS: Final = {"bilinear_aa": 2, "bicubic_aa": 4, "lanczos_aa": 6}


@lru_cache(maxsize=256)
def taps_of(mode: str, size: int, out: int, align_corners: bool, scale: float | None, kind: str) -> Taps:
    """The taps of a dim of `size` elements resized to `out`; `scale` is the factor asked for, `kind` "f4" or "f8"."""
    real = np.dtype(kind).type
    if mode in _WIDTHS:
        return _antialias_taps(mode, size, out, _step(size, out, align_corners, scale, real))
    if mode == NEAREST_INDEX:
        return _single(_nearest_index(size, out, scale))
    step = _step(size, out, align_corners, scale, real)
    number = np.arange(out).astype(real)
    if mode == "nearest":
        return _single(np.minimum(np.floor(step * number), size - 1))
    if mode == "nearest_exact":
        position = np.maximum(step * (number + real(0.5)) - real(0.5), 0)
        return _single(np.minimum(np.floor(position + real(0.5)), size - 1))
    position = step * number if align_corners else step * (number + real(0.5)) - real(0.5)
    if mode == "linear":
        return _linear_taps(np.maximum(position, 0), size, out)
    base = np.minimum(np.floor(position), size - 1)
    indices = np.clip(base[:, None] + np.arange(-1, 3), 0, size - 1).astype(np.intp)
    weights = cubic_weights(np.clip(position - base, 0, 1))
    return Taps(indices, np.stack(weights, axis=1).astype(np.float64))


def _step(size: int, out: int, align_corners: bool, scale: float | None, real: Any) -> Any:
    """How far apart the positions of neighbours are."""
    if align_corners:
        return real(real(size - 1) / (out - 1)) if out > 1 else real(0)
    return real(1.0 / scale) if scale is not None and scale > 0 else real(size) / real(out)


def _nearest_index(size: int, out: int, scale: float | None) -> Array:
    """`nearest_idx` of UpSample.h, which does not ask for the factor where the size stays or doubles."""
    number = np.arange(out)
    if out == size:
        return number
    if out == 2 * size:
        return number // 2
    step = _step(size, out, False, scale, np.float32)
    made: Array = np.minimum(np.floor(step * number.astype(np.float32)), size - 1)
    return made


def _single(places: Array) -> Taps:
    return Taps(places.astype(np.intp)[:, None], np.ones((len(places), 1)))


def _linear_taps(position: Array, size: int, out: int) -> Taps:
    if size == out:
        return _single(np.arange(out))
    first = np.minimum(np.floor(position), size - 1)
    second = np.minimum(first + 1, size - 1)
    part = np.clip(position - first, 0, 1)
    indices = np.stack((first, second), axis=1).astype(np.intp)
    return Taps(indices, np.stack((1 - part, part), axis=1).astype(np.float64))


def cubic_weights(t: Any) -> tuple[Any, Any, Any, Any]:
    """The weights of the four elements around a position that is `t` behind the second; on arrays and on tensors."""
    rest = 1 - t
    return _far(t + 1), _near(t), _near(rest), _far(rest + 1)


def cubic_slopes(t: Any) -> tuple[Any, Any, Any, Any]:
    """The derivatives of `cubic_weights` for t."""
    rest = 1 - t
    return _far_slope(t + 1), _near_slope(t), -_near_slope(rest), -_far_slope(rest + 1)


def _near(x: Any) -> Any:
    return ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1


def _far(x: Any) -> Any:
    return ((CUBIC * x - 5 * CUBIC) * x + 8 * CUBIC) * x - 4 * CUBIC


def _near_slope(x: Any) -> Any:
    return (3 * (CUBIC + 2) * x - 2 * (CUBIC + 3)) * x


def _far_slope(x: Any) -> Any:
    return (3 * CUBIC * x - 10 * CUBIC) * x + 8 * CUBIC


def _antialias_taps(mode: str, size: int, out: int, step: Any) -> Taps:
    """The kernel stretched by the step where that is larger than one, cut off at the borders, summing to one."""
    real = type(step)
    width = real(_WIDTHS[mode] * 0.5)
    support = width * step if step >= 1 else width
    shrink = real(1 / step) if step >= 1 else real(1)
    most = ceil(support) * 2 + 1
    # C++ adds the halves in double precision.
    center = (np.float64(step) * (np.arange(out) + 0.5)).astype(real)
    first = np.maximum(((center - support).astype(np.float64) + 0.5).astype(np.int64), 0)
    last = ((center + support).astype(np.float64) + 0.5).astype(np.int64)
    counts = np.clip(np.minimum(last, size) - first, 0, most)
    steps = np.arange(int(counts.max()))
    valid = steps < counts[:, None]
    weights = np.where(valid, _kernel(mode, (steps + first[:, None] - center[:, None] + 0.5) * shrink), 0)
    total = weights.sum(axis=1, keepdims=True)
    weights = np.divide(weights, total, out=weights, where=total != 0)
    return Taps(np.minimum(first[:, None] + steps, size - 1), weights, valid)


def _kernel(mode: str, x: Array) -> Array:
    x = np.abs(x)
    if mode == "bilinear_aa":
        made: Array = np.maximum(1 - x, 0)
        return made
    if mode == "lanczos_aa":
        return np.where(x < 3, np.sinc(x) * np.sinc(x / 3), 0)
    a = CUBIC_ANTIALIAS
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return np.where(x < 1, near, np.where(x < 2, far, 0))
