"""Where `grid_sample` looks: the elements around each place of a grid, and their weights, one dim at a time.

Follows ATen's GridSampler.h. Whatever depends on the grid runs on arrays and on tensors, so that gradients have
gradients; which elements are looked at does not, and is computed from arrays.
"""

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ...tools import like, raw
from .resize_taps import cubic_slopes, cubic_weights

Array = npt.NDArray[Any]
BILINEAR: Final = 0
NEAREST: Final = 1
BICUBIC: Final = 2
ZEROS: Final = 0
BORDER: Final = 1


class Tap(NamedTuple):
    """One of the elements of a dim that a place is made of."""

    place: npt.NDArray[np.intp]  # within the dim
    inside: npt.NDArray[np.bool_]  # False where zero stands in for it
    weight: Any
    slope: Any  # the derivative of the weight for the grid


def taps_of(grid: Any, size: int, interpolation: int, padding: int, align_corners: bool) -> list[Tap]:
    """The taps along a dim of `size` elements for coordinates in [-1, 1]."""
    scale = (size - 1) / 2 if align_corners else size / 2
    given = raw(grid)
    clean = np.where(np.isnan(given), given.dtype.type(-1), given)
    places = (clean + 1) * given.dtype.type(scale) if align_corners else ((clean + 1) * size - 1) / 2
    if interpolation == BICUBIC:
        base = np.floor(places)
        part = _place(grid, scale, places, base)
        weights, slopes = cubic_weights(part), cubic_slopes(part)
        taps = []
        for offset in range(4):
            at = _moved(base + (offset - 1), size, padding, align_corners)[0]
            taps.append(_tap(at, size, weights[offset], slopes[offset] * scale))
        return taps
    moved, turned = _moved(places, size, padding, align_corners)
    if interpolation == NEAREST:
        zero = like(np.zeros_like(moved), grid)
        return [_tap(np.rint(moved), size, like(np.ones_like(moved), grid), zero)]
    base = np.floor(moved)
    factor = turned * given.dtype.type(scale)
    part = _place(grid, factor, moved, base)
    slope = like(np.broadcast_to(factor, moved.shape), grid)
    return [_tap(base, size, 1 - part, -slope), _tap(base + 1, size, part, slope)]


def _place(grid: Any, factor: Any, places: Array, base: Array) -> Any:
    """How far behind `base` the places are: as an array, or as a tensor that depends on the grid."""
    part = places - base
    if grid is raw(grid):
        return part
    own = raw(grid)
    slope = np.broadcast_to(np.asarray(factor, own.dtype), own.shape)
    clean = np.where(np.isfinite(own), own, 0)
    return grid * like(slope, grid) + like(part - clean * slope, grid)


def _tap(at: Array, size: int, weight: Any, slope: Any) -> Tap:
    inside = (at >= 0) & (at < size)
    return Tap(np.where(inside, at, 0).astype(np.intp), inside, weight, slope)


def _moved(places: Array, size: int, padding: int, align_corners: bool) -> tuple[Array, Any]:
    """The places as the padding mode moves them inside, and the derivative of that: 1, 0 or -1."""
    if padding == ZEROS:
        return places, places.dtype.type(1)
    turned: Any = np.ones_like(places)
    if padding != BORDER:
        low, high = (0.0, float(size - 1)) if align_corners else (-0.5, size - 0.5)
        places, turned = _reflected(places, low, high)
    inside = (places > 0) & (places < size - 1)
    return np.clip(places, 0, size - 1), turned * inside


def _reflected(places: Array, low: float, high: float) -> tuple[Array, Array]:
    span = high - low
    if span == 0:
        return np.zeros_like(places), np.zeros_like(places)
    away = places - low
    sign = np.where(away < 0, -1, 1).astype(places.dtype)
    away = np.abs(away)
    extra = np.fmod(away, span)
    even = np.floor(away / span) % 2 == 0
    made = np.where(even, extra + low, span - extra + low).astype(places.dtype)
    return made, np.where(even, sign, -sign)
