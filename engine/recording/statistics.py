"""Norm, mean, spread, range and non-finite counts of arrays: many small ones at once, or one of any size in chunks.

All statistics but the counts run over the finite elements, in double precision; complex numbers count by magnitude.
Knows nothing of recording.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

CHUNK = 1 << 15  # elements: a quarter of a megabyte of doubles, which stays in the cache
CANCELLED = 1e-4  # sum of squares - n * mean^2 is exact enough while more than this share of it is left


class Statistics(NamedTuple):
    """Of one array. `norm` is the 2-norm, `std` divides by n; NaN where there is no finite element."""

    norm: float
    mean: float
    std: float
    min: float
    max: float
    zeros: int
    nans: int
    infs: int


def of_stack(stack: NDArray[Any]) -> list[Statistics]:
    """The statistics of each `stack[i]`, computed together; for small arrays of one shape and dtype."""
    values = _real(stack.reshape(len(stack), -1))
    count = values.shape[1]
    if count == 0 or not np.isfinite(values).all():
        return [of_array(row) for row in stack]
    mean = values.mean(axis=1)
    low, high = values.min(axis=1), values.max(axis=1)
    scale = np.maximum(np.abs(low), np.abs(high))  # so that squares neither overflow nor vanish
    scale[scale == 0] = 1.0
    scaled = values / scale[:, None]
    norm = scale * np.sqrt(np.einsum("ij,ij->i", scaled, scaled))
    scaled -= (mean / scale)[:, None]
    std = scale * np.sqrt(np.einsum("ij,ij->i", scaled, scaled) / count)
    zeros = count - np.count_nonzero(values, axis=1)
    columns = (norm.tolist(), mean.tolist(), std.tolist(), low.tolist(), high.tolist(), zeros.tolist())
    return [Statistics._make((*row, 0, 0)) for row in zip(*columns, strict=True)]


def of_array(array: NDArray[Any]) -> Statistics:
    """The statistics of an array of any size, memory layout and number of dimensions, without a copy of it."""
    with np.errstate(over="ignore", under="ignore"):
        found = _one_pass(array, 1.0)
        largest = max(abs(found.min), abs(found.max))
        if 0.0 < largest < 1e-140 or largest > 1e140:  # squares vanished or overflowed
            return _one_pass(array, largest)
    return found


def _one_pass(array: NDArray[Any], scale: float) -> Statistics:
    """Divides by `scale` before squaring. The chunks' means and spreads are merged after Chan et al. (1979)."""
    count, zeros, nans, infs = 0, 0, 0, 0
    mean, spread, squares = 0.0, 0.0, 0.0  # of the scaled elements
    low, high = math.inf, -math.inf
    for chunk in _chunks(array):
        values = chunk
        least, most = float(chunk.min()), float(chunk.max())  # nan if there is one: min and max pass it on
        if not (math.isfinite(least) and math.isfinite(most)):
            values = chunk[np.isfinite(chunk)]
            missing = int(np.isnan(chunk).sum())
            nans, infs = nans + missing, infs + len(chunk) - len(values) - missing
            if not len(values):
                continue
            least, most = float(values.min()), float(values.max())
        size = len(values)
        if least <= 0.0 <= most:
            zeros += int(np.count_nonzero(values == 0))  # three times as fast as counting what is not zero
        low, high = min(low, least), max(high, most)
        scaled = values.astype(np.float64)
        if scale != 1.0:
            scaled /= scale
        total = _sum_of_squares(scaled)
        squares += total
        middle = float(scaled.sum()) / size
        own = total - size * middle * middle
        if own < CANCELLED * total:  # nothing is left of the digits: take the distances themselves
            scaled -= middle
            own = _sum_of_squares(scaled)
        step = middle - mean
        spread += own + step * step * count * size / (count + size)
        mean += step * size / (count + size)
        count += size
    if count == 0:
        return Statistics(0.0, math.nan, math.nan, math.nan, math.nan, zeros, nans, infs)
    std = scale * math.sqrt(spread / count)
    return Statistics(scale * math.sqrt(squares), scale * mean, std, low, high, zeros, nans, infs)


def _chunks(array: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """The elements, or their magnitudes, at most `CHUNK` at a time, in the order of the memory."""
    if array.flags.forc:
        pieces: Any = (array.ravel(order="K"),) if array.size else ()
    else:
        flags: Sequence[Any] = ("external_loop", "buffered", "zerosize_ok")
        pieces = np.nditer(array, flags=flags, buffersize=CHUNK, order="K")
    for piece in pieces:
        for start in range(0, len(piece), CHUNK):
            yield _magnitude(piece[start : start + CHUNK])


def _sum_of_squares(values: NDArray[Any]) -> float:
    # Not `values @ values`: BLAS would start threads, which wait for processors that the user's code is using.
    return float(np.einsum("i,i->", values, values))


def _magnitude(values: NDArray[Any]) -> NDArray[Any]:
    return np.abs(values) if values.dtype.kind == "c" else values


def _real(values: NDArray[Any]) -> NDArray[Any]:
    return _magnitude(values).astype(np.float64)
