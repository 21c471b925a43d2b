"""Which of many rectangles touch a view or lie under a point: rows sorted by their top, no tree. Knows no Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class RowIndex:
    """Rectangles (k, 4) as left, top, right, bottom, found by a binary search over tops and one vectorised test.

    A layered drawing is made of rows, so the binary search leaves little; the tallest rectangle says how far above a
    view one may begin that still reaches into it.
    """

    def __init__(self, rects: Floats) -> None:
        self._order = np.argsort(rects[:, 1], kind="stable")
        self._rects = np.ascontiguousarray(rects[self._order].T)
        self._rank = np.argsort(self._order, kind="stable")
        self._tallest = float((rects[:, 3] - rects[:, 1]).max(initial=0.0))

    def touching(self, left: float, top: float, right: float, bottom: float) -> Ints:
        """Rows of the rectangles that overlap the given one or touch it, in ascending order."""
        x0, y0, x1, y1 = self._rects
        first = int(np.searchsorted(y0, top - self._tallest, side="left"))
        end = int(np.searchsorted(y0, bottom, side="right"))
        window = slice(first, end)
        found = (y1[window] >= top) & (x0[window] <= right) & (x1[window] >= left)
        if end - first == len(y0) and found.all():
            return np.arange(len(y0))
        return np.sort(self._order[window][found])

    def at(self, x: float, y: float, reach: float = 0.0) -> int:
        """The last rectangle under a point, else the nearest within `reach`, else -1."""
        found = self.touching(x, y, x, y)
        if len(found) or not reach:
            return int(found[-1]) if len(found) else -1
        near = self.touching(x - reach, y - reach, x + reach, y + reach)
        if not len(near):
            return -1
        left, top, right, bottom = self._rects[:, self._rank[near]]
        away = np.maximum(np.maximum(left - x, x - right), np.maximum(top - y, y - bottom))
        return int(near[np.argmin(away)])
