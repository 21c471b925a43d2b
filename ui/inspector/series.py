"""What the inspector's plots draw, as numbers: bins of a histogram, heights of the norms. Qt-free."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_ELEMENTS = 100_000  # a histogram of more elements takes an even sample
BINS = 15
LOG_RANGE = 1e3  # larger ratios are drawn on a log scale


def counts(values: NDArray[np.generic]) -> tuple[NDArray[np.int64], float, float]:
    """Histogram of the finite elements: counts per bin and the range. No finite element: no bins."""
    flat = np.asarray(values).reshape(-1)
    flat = flat[:: max(1, math.ceil(flat.size / MOST_ELEMENTS))].astype(np.float64)
    flat = flat[np.isfinite(flat)]
    if not flat.size:
        return np.zeros(0, np.int64), 0.0, 0.0
    low, high = float(flat.min()), float(flat.max())
    if low == high or not math.isfinite(high - low):
        bins = np.zeros(BINS, np.int64)
        bins[BINS // 2] = flat.size
        return bins, low, high
    return np.histogram(flat, BINS)[0].astype(np.int64), low, high


def scaled(norms: Floats) -> tuple[Floats, bool]:
    """Heights 0-1 of the norms (NaN stays), and whether the scale is logarithmic. Zero lies at the bottom."""
    finite = norms[np.isfinite(norms)]
    positive = finite[finite > 0]
    if not len(positive):
        return np.where(np.isfinite(norms), 0.0, np.nan), False
    low, high = float(positive.min()), float(positive.max())
    if high / low > LOG_RANGE:
        with np.errstate(divide="ignore", invalid="ignore"):
            heights = (np.log(norms) - math.log(low)) / (math.log(high) - math.log(low))
        return np.where(norms == 0, 0.0, heights), True
    base = float(finite.min())
    span = high - base
    return (norms - base) / span if span > 0 else np.where(np.isfinite(norms), 0.5, np.nan), False


def evenly(start: float, stop: float, size: int, most: int) -> NDArray[np.int64]:
    """At most `most` of the indices 0..size-1 that lie in start..stop, evenly picked; at least one."""
    first = min(max(math.floor(start), 0), size - 1)
    last = min(max(math.ceil(stop), first + 1), size)
    return np.linspace(first, last - 1, min(last - first, most)).round().astype(np.int64)
