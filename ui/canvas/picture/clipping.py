"""Strokes that reach far out of view, cut down to what can be seen; and strokes that fall together on the screen.

Qt flattens a curve and walks along a dash pattern for all of its length, seen or not, and a painter's coordinates are
exact in a limited range only: an edge across ten thousand layers is clipped here, where it costs a few array
operations. Pure NumPy; knows no Qt.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .index import Floats, Ints

Rect = tuple[float, float, float, float]  # left, top, right, bottom

ROOM = 64.0  # pixels a stroke may reach out of view
DASHED_ROOM = 1500.0  # and a dashed one, whose dashes would creep when the view moves
MANY = 600  # strokes that are painted as they are; among more, those that fall together are painted once
_RUNS, _RUN = 8, 512  # rows that are looked at to see whether many fall together, ...
_SPARSE = 0.8  # ... which they do not where more than this part has a cell of its own
_HALVINGS = 12  # of a curve's parameter, then a straight line: a stroke of a million units is cut within a unit
_MIXERS = np.random.default_rng(1).integers(0, 1 << 63, 8, np.uint64) * np.uint64(2) + np.uint64(1)  # for hashing


def contains(outer: Rect, inner: Rect) -> bool:
    """Whether a rectangle lies within another."""
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


def alike(lines: Floats, view: Rect, grid: float) -> Ints:
    """Of strokes from (x1, y1) to (x2, y2) that look the same in `view` the last, ascending: rows of `lines` (k, 4).

    Thousands that come together from afar do, and whatever else is to be done with them is done for hundreds only. Two
    look the same if their ends in view do, and if they cross the view's edges at the same places, within `grid`. An S
    leaves its ends upright: at the share u of its way across it has gone up by about arccos(1 - 2 u) / pi.
    """
    key = np.empty((len(lines), 8))
    for axis in (0, 1):
        first, last = lines[:, axis], lines[:, axis + 2]
        along = last - first
        other = np.abs(lines[:, 3 - axis] - lines[:, 1 - axis])
        for nth, end in enumerate((first, last)):
            inside = np.clip(end, view[axis], view[axis + 2])
            share = np.clip((inside - first) / np.where(along == 0, 1.0, along), 0.0, 1.0)
            key[:, 4 * axis + nth] = inside
            key[:, 4 * axis + 2 + nth] = np.arccos(1 - 2 * share) * other * (inside != end)
    return distinct(key, grid)


def clip(points: Floats, curved: NDArray[np.bool_], view: Rect, room: float | Floats) -> tuple[Ints, Floats]:
    """Which of the cubics (k, 8) can be seen in `view`, and the part of each that is worth painting, (n, 8).

    Only what reaches more than `room` (of all, or of each) out of the view is cut, and only where both of its
    coordinates grow or fall all the way, which holds for every long stroke of a layered drawing. A straight piece has
    its controls at its thirds.
    """
    rooms = np.broadcast_to(np.asarray(room, np.float64), len(points))
    limits = (view[0] - rooms, view[1] - rooms, view[2] + rooms, view[3] + rooms)
    out = np.zeros(len(points), bool)
    for column in (0, 1, 6, 7):  # the ends: what is cut has its extremes there
        place, axis = np.ascontiguousarray(points[:, column]), column % 2
        out |= (place < limits[axis]) | (place > limits[axis + 2])
    asked = np.flatnonzero(out)
    long = asked[_monotone(points[asked, 0::2]) & _monotone(points[asked, 1::2])]
    if not len(long):
        return np.arange(len(points)), points
    kept = np.ones(len(points), bool)
    low, high = _visible(points[long], curved[long], tuple(limit[long] for limit in limits))
    kept[long[low > high]] = False
    seen = low <= high
    long, low, high = long[seen], low[seen], high[seen]
    cut = points.copy()
    cut[long] = _part(points[long], low, high)
    rows = np.flatnonzero(kept)
    return rows, cut[rows]


def distinct(values: Floats, grid: float) -> Ints:
    """The last of the rows of `values` (k, up to 8) in each cell of a grid, ascending: painting the others changes
    nothing that can be seen."""
    cells = np.rint(values / grid).astype(np.int64).view(np.uint64)
    mixed = (cells * _MIXERS[: values.shape[1]]).sum(axis=1, dtype=np.uint64)
    # A table in which the last writer of each place wins sorts nothing; the few who share a place are sorted out after.
    count = len(values)
    place = (mixed >> np.uint64(64 - max(count - 1, 1).bit_length() - 2)).astype(np.int64)
    table = np.empty(1 << (max(count - 1, 1).bit_length() + 2), np.int64)
    table[place] = np.arange(count)
    winner = table[place]
    kept = winner == np.arange(count)
    others = np.flatnonzero(mixed[winner] != mixed)
    _, last = np.unique(mixed[others[::-1]], return_index=True)
    kept[others[len(others) - 1 - last]] = True
    return np.flatnonzero(kept)


def crowded(values: Floats, grid: float) -> bool:
    """Whether so many of the rows share a cell of the grid that finding them is less work than painting them.

    Neighbours in a drawing are neighbours in its rows, so that a few runs of them tell.
    """
    if len(values) <= _RUNS * _RUN:
        return True
    starts = np.linspace(0, len(values) - _RUN, _RUNS).astype(np.int64)
    sample = values[(starts[:, None] + np.arange(_RUN)).ravel()]
    return len(distinct(sample, grid)) < _SPARSE * len(sample)


def _monotone(along: Floats) -> NDArray[np.bool_]:
    """Where a coordinate never turns round: its derivative, (a, b, c) in Bernstein's form, keeps its sign."""
    a, b, c = (np.diff(along, axis=1) * np.where(along[:, 3] < along[:, 0], -1.0, 1.0)[:, None]).T
    least = -1e-9
    return np.asarray((a >= least) & (c >= least) & (b >= least - np.sqrt(np.maximum(a, 0) * np.maximum(c, 0))))


def _visible(points: Floats, curved: NDArray[np.bool_], view: tuple[Floats, ...]) -> tuple[Floats, Floats]:
    """The interval of the parameter, 0 to 1, in which each cubic is within `view`; empty where low > high."""
    low, high = np.zeros(len(points)), np.ones(len(points))
    for axis in (0, 1):
        along = points[:, axis::2]
        falling = (along[:, 3] < along[:, 0])[:, None]
        rising = np.where(falling, -along, along)
        first = np.where(falling[:, 0], -view[axis + 2], view[axis])
        last = np.where(falling[:, 0], -view[axis], view[axis + 2])
        low = np.maximum(low, np.where(rising[:, 3] < first, 2.0, _reached(rising, curved, first)))
        high = np.minimum(high, np.where(rising[:, 0] > last, -1.0, _reached(rising, curved, last)))
    return low, high


def _reached(rising: Floats, curved: NDArray[np.bool_], value: Floats) -> Floats:
    """The parameter at which each rising cubic (k, 4) comes to `value`, within 0 and 1."""
    span = rising[:, 3] - rising[:, 0]
    found = np.clip((value - rising[:, 0]) / np.where(span > 0, span, 1.0), 0.0, 1.0)
    found[span <= 0] = np.where(value >= rising[:, 0], 1.0, 0.0)[span <= 0]
    asked = np.flatnonzero(curved & (found > 0) & (found < 1))
    low, high = np.zeros(len(asked)), np.ones(len(asked))
    a, b, c, d = rising[asked].T
    for _ in range(_HALVINGS):
        t = (low + high) / 2
        before = _cubic(a, b, c, d, t) < value[asked]
        low, high = np.where(before, t, low), np.where(before, high, t)
    below, above = _cubic(a, b, c, d, low), _cubic(a, b, c, d, high)
    share = np.clip((value[asked] - below) / np.where(above > below, above - below, 1.0), 0.0, 1.0)
    found[asked] = low + (high - low) * share
    return found


def _cubic(a: Floats, b: Floats, c: Floats, d: Floats, t: Floats) -> Floats:
    r = 1 - t
    return r * r * (r * a + 3 * t * b) + t * t * (3 * r * c + t * d)


def _part(points: Floats, low: Floats, high: Floats) -> Floats:
    """The cubics from parameter `low` to `high`, by their polar forms (de Casteljau)."""
    corners = points.reshape(-1, 4, 2)

    def polar(*at: Floats) -> Floats:
        row = corners
        for share in at:
            t = share[:, None, None]
            row = row[:, :-1] * (1 - t) + row[:, 1:] * t
        return row[:, 0]

    parts = [polar(low, low, low), polar(low, low, high), polar(low, high, high), polar(high, high, high)]
    return np.concatenate(parts, axis=1)
