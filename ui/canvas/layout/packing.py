"""Connected components: finding them, and setting their drawings side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .arrays import IntArray

Point = tuple[float, float]


def component_labels(n: int, src: IntArray, dst: IntArray) -> IntArray:
    """For each node the smallest node of its connected component.

    Labels are hooked to smaller ones over all edges at once and then shortened, in a number of rounds that grows with
    the logarithm of the path lengths (Shiloach and Vishkin 1982).
    """
    label = np.arange(n)
    while True:
        a, b = label[src], label[dst]
        low, high = np.minimum(a, b), np.maximum(a, b)
        if np.array_equal(low, high):
            return label
        np.minimum.at(label, high, low)
        while True:
            shorter = label[label]
            if np.array_equal(shorter, label):
                break
            label = shorter


def pack(sizes: Sequence[Point], gap: float, aspect: float) -> list[Point]:
    """Upper left corners for boxes of (width, height), in the given order.

    Small ones are stacked in columns no taller than the tallest; the columns stand side by side, or when very many in
    rows that fill a frame of about this ``aspect``, width over height.
    """
    if not sizes:
        return []
    tallest = max(h for _, h in sizes)
    columns: list[list[int]] = []
    column_height = 0.0
    for i, (_, h) in enumerate(sizes):
        if columns and column_height + gap + h <= tallest:
            columns[-1].append(i)
            column_height += gap + h
        else:
            columns.append([i])
            column_height = h
    widths = [max(sizes[i][0] for i in column) for column in columns]
    row_width = max(*widths, (sum(w + gap for w in widths) * (tallest + gap) * aspect) ** 0.5, tallest * aspect)
    corners: list[Point] = [(0.0, 0.0)] * len(sizes)
    x = y = 0.0
    for column, width in zip(columns, widths, strict=True):
        if x > 0 and x + width > row_width:
            x, y = 0.0, y + tallest + gap
        below = y
        for i in column:
            corners[i] = (x, below)
            below += sizes[i][1] + gap
        x += width + gap
    return corners
