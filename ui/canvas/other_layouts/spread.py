"""From places of points to places of boxes: the picture grows, or boxes are pushed apart, until none overlap."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..layout.arrays import FloatArray, IntArray

GAP = 26.0  # between two boxes, at the least
_LOOSE = 3.0  # times the area of all boxes: where growing begins
_GROWTH = 1.12
_PUSHES = 12  # between two growths


def spread(
    x: FloatArray, y: FloatArray, width: FloatArray, height: FloatArray, *, pushed: bool, check: Callable[[], None]
) -> tuple[FloatArray, FloatArray]:
    """Places (px) at which boxes of `width` and `height` keep a gap, in the shape of `x` and `y` (any unit)."""
    w, h = width + GAP, height + GAP
    x, y = _parted(x - x.mean(), y - y.mean())
    wide, high = max(float(np.ptp(x)), 1e-9), max(float(np.ptp(y)), 1e-9)
    scale = (_LOOSE * float((w * h).sum()) / (wide * high)) ** 0.5
    scale = min(scale, float(w.sum()) / wide, float(h.sum()) / high)  # in a line, one after the other is enough
    x, y = x * scale, y * scale
    while True:
        check()
        first, second = overlapping(x, y, w, h, check)
        if not len(first):
            return x, y
        for _ in range(_PUSHES if pushed else 0):
            check()
            x, y = _pushed_apart(x, y, w, h, first, second)
            first, second = overlapping(x, y, w, h, check)
            if not len(first):
                return x, y
        x, y = x * _GROWTH, y * _GROWTH


def _parted(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Points in the very same place go a little way off each other, along a spiral."""
    places = np.stack([x, y], axis=1)
    size = max(float(np.ptp(x)), float(np.ptp(y)), 1e-9)
    _, group = np.unique(np.round(places / size, 6), axis=0, return_inverse=True)
    order = np.argsort(group.ravel(), kind="stable")
    counts = np.bincount(group.ravel())
    turn = np.empty(len(x))
    turn[order] = np.arange(len(x)) - np.repeat(np.cumsum(counts) - counts, counts)
    away = 1e-3 * size * np.sqrt(turn)
    return x + away * np.cos(2.4 * turn), y + away * np.sin(2.4 * turn)


def overlapping(
    x: FloatArray, y: FloatArray, w: FloatArray, h: FloatArray, check: Callable[[], None]
) -> tuple[IntArray, IntArray]:
    """Pairs of boxes that overlap: each is compared with those that follow it from top to bottom until none reach."""
    order = np.argsort(y, kind="stable")
    xs, ys, ws, hs = x[order], y[order], w[order], h[order]
    tallest, found = float(h.max(initial=0.0)), []
    for step in range(1, len(x)):
        if step % 64 == 0:
            check()
        below = ys[step:] - ys[:-step]
        near = below < tallest
        if not near.any():
            break
        hit = near & (below < (hs[step:] + hs[:-step]) / 2 - 1e-6)
        hit &= np.abs(xs[step:] - xs[:-step]) < (ws[step:] + ws[:-step]) / 2 - 1e-6
        rows = np.flatnonzero(hit)
        if len(rows):
            found.append((order[rows], order[rows + step]))
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found])


def _pushed_apart(
    x: FloatArray, y: FloatArray, w: FloatArray, h: FloatArray, first: IntArray, second: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Each pair moves half of what it overlaps, on the axis where that is less."""
    dx, dy = x[second] - x[first], y[second] - y[first]
    over_x = (w[first] + w[second]) / 2 - np.abs(dx)
    over_y = (h[first] + h[second]) / 2 - np.abs(dy)
    sideways = over_x < over_y
    by_x = np.where(sideways, np.where(dx < 0, -1.0, 1.0) * (over_x + 0.5) / 2, 0.0)
    by_y = np.where(sideways, 0.0, np.where(dy < 0, -1.0, 1.0) * (over_y + 0.5) / 2)
    n = len(x)
    x = x - np.bincount(first, by_x, n) + np.bincount(second, by_x, n)
    y = y - np.bincount(first, by_y, n) + np.bincount(second, by_y, n)
    return x, y
