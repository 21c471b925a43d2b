"""From bend points to strokes: every edge becomes a run of straight and curved pieces.

A stretch that slants from one layer to the next is drawn as an S whose ends run along the flow, so that edges leave
and enter boxes upright and bends are smooth of themselves. Pieces, not edges, are what is culled and painted; one that
reaches far out of view is cut when it is painted (`clipping`), not here: thousands of edges across thousands of layers
would be millions of pieces. Pure NumPy; knows no Qt.

      │ straight        ╮ corner, only beside a stretch that lies across the flow
      ╰──╮ S            ╰──────
         │ straight
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .index import Floats, Ints

CORNER = 14.0  # largest radius of a corner; it never takes more than half of a neighbouring stretch
FLAT = 8.0  # a stretch that advances less than this along the flow lies across it
UPRIGHT = 0.62  # the part of an S's advance that its handles take: more makes it stand longer at its ends
LENS = 36.0  # ends of parallel edges that are farther aside than this: a slant, which does not bend aside
SLANT = 0.6  # how much earlier or later it turns, of what an upright one bends aside
HEAD_ROOM = 10.0  # an arrowhead takes its direction from where the edge is this far from its point


@dataclass(frozen=True, slots=True)
class Pieces:
    """Strokes in the order of the edges and along each edge in the direction of the data.

    `points` (k, 8) holds x, y of the start, two control points and the end of a cubic; `curved` (k,) tells curves from
    straight lines, whose control points lie on them. `first` (m + 1,) is where each edge's pieces begin; `lines` (k, 4)
    are the pieces' ends alone.
    """

    points: Floats
    lines: Floats
    curved: NDArray[np.bool_]
    edge: Ints
    first: Ints

    def rects(self) -> Floats:
        """(k, 4) bounding rectangles."""
        x, y = self.points[:, 0::2], self.points[:, 1::2]
        return np.stack([x.min(axis=1), y.min(axis=1), x.max(axis=1), y.max(axis=1)], axis=1)

    def ends(self, at_end: bool, edges: Ints) -> Floats:
        """The last points of `edges`, or with `at_end` false their first ones, (k, 2)."""
        row = self.first[edges + 1] - 1 if at_end else self.first[edges]
        return self.points[row, 6:8] if at_end else self.points[row, 0:2]

    def tips(self, at_end: bool, edges: Ints) -> tuple[Floats, Floats]:
        """Where the arrowheads of `edges` point to, (k, 2), and in which direction, (k, 2) of length 1.

        With `at_end` the head is at the end of the data's path, otherwise at its start, against the data.
        """
        row = self.first[edges + 1] - 1 if at_end else self.first[edges]
        tip_at, near, far = (
            (slice(6, 8), slice(4, 6), slice(0, 2)) if at_end else (slice(0, 2), slice(2, 4), slice(6, 8))
        )
        tip, back = self.points[row, tip_at], self.points[row, near]
        short = np.hypot(*(tip - self.points[row, far]).T) < HEAD_ROOM
        inner = row - 1 if at_end else row + 1
        short &= (inner >= self.first[edges]) & (inner < self.first[edges + 1])
        back[short] = self.points[inner[short], near]
        return tip, unit(tip - back)

    def chords(self, rows: Ints, parts: int = 4) -> tuple[Floats, Ints]:
        """Straight lines (k, 4) that follow the given pieces, and the edge each belongs to."""
        steps = np.linspace(0.0, 1.0, parts + 1)[:, None, None]
        a, b, c, d = (self.points[rows][None, :, i : i + 2] for i in (0, 2, 4, 6))
        r = 1 - steps
        along = r**3 * a + 3 * r**2 * steps * b + 3 * r * steps**2 * c + steps**3 * d
        lines = np.concatenate([along[:-1], along[1:]], axis=2)
        return lines.transpose(1, 0, 2).reshape(-1, 4), np.repeat(self.edge[rows], parts)


def unit(vectors: Floats) -> Floats:
    """Vectors (k, 2) at length 1; those without length stay so."""
    length = np.hypot(vectors[:, 0], vectors[:, 1])
    return vectors / np.where(length > 0, length, 1.0)[:, None]


def make_pieces(points: Floats, start: Ints, stop: Ints, *, flow: int = 1, bulge: Floats | None = None) -> Pieces:
    """Strokes of all edges; edge e runs over `points[start[e]:stop[e]]`, of which there are at least two.

    `flow` is the axis along which layers follow each other (1: y). `bulge` (m,) draws an edge of one stretch aside,
    so that parallel edges part.
    """
    counts = stop - start
    if not len(counts):
        empty = np.zeros(0, np.int64)
        return Pieces(np.zeros((0, 8)), np.zeros((0, 4)), np.zeros(0, bool), empty, np.zeros(1, np.int64))
    edge_of_point = np.repeat(np.arange(len(counts)), counts)
    along = np.arange(len(edge_of_point)) - np.repeat(np.cumsum(counts) - counts, counts)
    points = points[np.repeat(start, counts) + along]
    begins = np.flatnonzero(edge_of_point[:-1] == edge_of_point[1:])  # the stretch from this point to the next
    across = np.abs(points[begins + 1, flow] - points[begins, flow]) < FLAT
    corners = _corners(len(points), begins, across, edge_of_point)
    enter, leave = _corner_ends(points, corners)

    stretches, slanted = _stretches(leave[begins], enter[begins + 1], flow, across)
    if bulge is not None:
        single = (counts[edge_of_point[begins]] == 2) & (bulge[edge_of_point[begins]] != 0)
        stretches[single] = _parted(stretches[single], bulge[edge_of_point[begins[single]]], flow)
        slanted |= single
    curves = _quadratic(enter[corners], points[corners], leave[corners])

    # Along an edge: stretch 0, corner 1, stretch 1, ... ; the corner at point i comes before the stretch from it.
    order = np.argsort(np.concatenate([2 * begins + 1, 2 * corners]), kind="stable")
    pieces = np.concatenate([stretches, curves])[order]
    curved = np.concatenate([slanted, np.ones(len(curves), bool)])[order]
    edge = np.concatenate([edge_of_point[begins], edge_of_point[corners]])[order]
    return _drawn(pieces, curved, edge, len(counts))


def cubic_pieces(points: Floats, start: Ints, stop: Ints) -> Pieces:
    """Strokes of edges that are cubics already, of which the end of each is the start of the next.

    Edge e has the control points `points[start[e]:stop[e]]`, 3k + 1 of them.
    """
    cubics = (stop - start - 1) // 3
    edge = np.repeat(np.arange(len(start)), cubics)
    along = np.arange(len(edge)) - np.repeat(np.cumsum(cubics) - cubics, cubics)
    first = start[edge] + 3 * along
    pieces = points[first[:, None] + np.arange(4)].reshape(-1, 8)
    on_line = np.abs(pieces - _straight(pieces[:, :2], pieces[:, 6:])).max(axis=1, initial=0.0) < 0.5
    return _drawn(pieces, ~on_line, edge, len(start))


def _corners(count: int, begins: Ints, across: NDArray[np.bool_], edge: Ints) -> Ints:
    """Inner points beside a stretch that lies across the flow; elsewhere bends are smooth already."""
    beside = np.zeros(count, bool)
    beside[begins[across]] = True
    beside[begins[across] + 1] = True
    beside[[0, -1]] = False
    beside[1:-1] &= (edge[1:-1] == edge[:-2]) & (edge[1:-1] == edge[2:])
    return np.flatnonzero(beside)


def _corner_ends(points: Floats, corners: Ints) -> tuple[Floats, Floats]:
    """Where the rounding of each corner begins and ends; both are the point itself where there is no corner."""
    before, after = points[corners] - points[corners - 1], points[corners + 1] - points[corners]
    shorter = np.minimum(np.hypot(*before.T), np.hypot(*after.T))
    radius = np.minimum(CORNER, shorter / 2)[:, None]
    enter, leave = points.copy(), points.copy()
    enter[corners] -= unit(before) * radius
    leave[corners] += unit(after) * radius
    return enter, leave


def _stretches(a: Floats, b: Floats, flow: int, across: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.bool_]]:
    """An S where a stretch slants, a straight line where it does not; and which are curves."""
    slanted = ~across & (np.abs(b[:, 1 - flow] - a[:, 1 - flow]) > 0.5)
    straight, curve = _straight(a, b), _straight(a, b)
    for first, near, far in ((2, a, b), (4, b, a)):
        curve[:, first + flow] = near[:, flow] + UPRIGHT * (far[:, flow] - near[:, flow])
        curve[:, first + 1 - flow] = near[:, 1 - flow]
    return np.where(slanted[:, None], curve, straight), slanted


def _parted(pieces: Floats, by: Floats, flow: int) -> Floats:
    """Parallel strokes drawn apart: upright ones bend aside, as a lens; of slanting ones the inner turns later."""
    across = 1 - flow
    aside = pieces[:, 6 + across] - pieces[:, across]
    advance = pieces[:, 6 + flow] - pieces[:, flow]
    upright = np.clip(1.0 - np.abs(aside) / LENS, 0.0, 1.0)
    later = -np.sign(aside) * by * (1.0 - upright) * SLANT * np.sign(advance)
    low, high = np.minimum(pieces[:, flow], pieces[:, 6 + flow]), np.maximum(pieces[:, flow], pieces[:, 6 + flow])
    parted = pieces.copy()
    for control in (2, 4):
        parted[:, control + across] += by * upright
        parted[:, control + flow] = np.clip(parted[:, control + flow] + later, low, high)
    return parted


def _straight(a: Floats, b: Floats) -> Floats:
    return np.concatenate([a, a + (b - a) / 3, a + (b - a) * (2 / 3), b], axis=1)


def _quadratic(a: Floats, control: Floats, b: Floats) -> Floats:
    """A quadratic curve raised to the cubic that draws the same."""
    return np.concatenate([a, a + (control - a) * (2 / 3), b + (control - b) * (2 / 3), b], axis=1)


def _drawn(points: Floats, curved: NDArray[np.bool_], edge: Ints, edges: int) -> Pieces:
    """Leave out pieces without length."""
    drawn = np.hypot(points[:, 6] - points[:, 0], points[:, 7] - points[:, 1]) > 1e-9
    speck = np.bincount(edge[drawn], minlength=edges) == 0  # both ends in one point: keep what there is
    kept = drawn | speck[edge]
    points, curved, edge = np.ascontiguousarray(points[kept]), curved[kept], edge[kept]
    first = np.searchsorted(edge, np.arange(edges + 1))
    lines = np.ascontiguousarray(points[:, [0, 1, 6, 7]])
    return Pieces(points, lines, curved, edge.astype(np.int64), first.astype(np.int64))
