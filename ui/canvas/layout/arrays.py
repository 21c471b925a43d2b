"""The array types of the layout and the one conversion all its loops start from: edge arrays to neighbour lists."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


def neighbour_lists(n: int, tails: IntArray, heads: IntArray) -> list[list[int]]:
    """For each of ``n`` nodes the heads of its edges, in the order of the edges."""
    sorted_heads = heads[np.argsort(tails, kind="stable")].tolist()
    ends = np.cumsum(np.bincount(tails, minlength=n)).tolist()
    return [sorted_heads[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def run_starts(counts: IntArray) -> IntArray:
    """Where each run begins when runs of ``counts`` items are laid one after the other."""
    starts = np.zeros(len(counts), dtype=np.int64)
    np.cumsum(counts[:-1], out=starts[1:])
    return starts
