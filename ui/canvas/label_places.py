"""Where the number beside an edge goes: near the edge's function, clear of boxes, other numbers and strokes.

The edges of one function are placed together and the places kept, so that they depend on the drawing alone and not on
what is in view. Knows no Qt.

          ┌─────┐            Candidates lie right, left, above and below the stroke at several distances from the
          │  y  │            function; the cheapest wins: covering a box costs most, then another label, then a
          └▲───▲┘            stroke.
     2.25 (     ) 2.25
       ┌───┴───┴────┐
       │MulBackward0│
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from engine.trace import EdgeKind

from .clipping import Rect
from .drawing import Drawing
from .index import Bools, Floats, Ints
from .shown_graph import ShownGraph

LINE = 14.0  # height of one line of a label
GAP = 8.0  # between the stroke and the text
_WIDTH = 80.0  # of most numbers; `LABEL_ROOM` is that of the widest label
_CHARACTER = 6.7  # width of one of a name's
_ALONG = (26.0, 13.0, 44.0, 75.0, 110.0)  # distances from the function, tried in this order, up to half the stroke ...
_PARTS = (0.5, 0.65, 0.8)  # ... and then parts of the whole stroke
_AIR = np.array([-6.0, -1.0, 6.0, 1.0])  # around a text, for the patch under it and the width of strokes and heads
_REACH = 180.0  # obstacles farther than this from the function are not looked at
_CROWD = 48  # more edges of one function than this are not placed one against another
_BOX, _LABEL, _FOREIGN, _OWN = 60.0, 60.0, 14.0, 24.0  # costs of covering each


class Side(IntEnum):
    """Where the text lies, seen from its point on the stroke."""

    RIGHT = 0
    LEFT = 1
    ABOVE = 2
    BELOW = 3


class Place(NamedTuple):
    """A point on a stroke and where the text lies from there."""

    x: float
    y: float
    side: Side

    def rect(self, width: float, height: float) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of a text of that size."""
        left, top = self.x - width / 2, self.y - height / 2
        if self.side in (Side.RIGHT, Side.LEFT):
            left = self.x + GAP if self.side is Side.RIGHT else self.x - GAP - width
        else:
            top = self.y + GAP if self.side is Side.BELOW else self.y - GAP - height
        return (left, top, left + width, top + height)


class LabelPlaces:
    """Places, found when first asked for."""

    def __init__(self, drawing: Drawing) -> None:
        graph = drawing.graph
        self._drawing = drawing
        self._from_start = graph.edge_kind == EdgeKind.OUTPUT
        self._function = np.where(self._from_start, graph.src, graph.dst)
        self._order = np.argsort(self._function, kind="stable")
        self._sorted = self._function[self._order]
        self._numbered = ~graph.constant & ~_doubled(graph)
        self._named = graph.slot_matters | drawing.parallel | (graph.count > 1)
        self._places: dict[int, Place | None] = {}

    def near(self, edges: Ints, view: Rect) -> Ints:
        """Those of `edges` whose labels may be seen in `view`; the others' places need not be found."""
        left, top, right, bottom = self._drawing.rects[self._function[edges]].T
        seen = (left - _REACH <= view[2]) & (right + _REACH >= view[0])
        seen &= (top - _REACH <= view[3]) & (bottom + _REACH >= view[1])
        return np.asarray(edges[seen], np.int64)

    def place(self, edge: int) -> Place | None:
        """Where the label of an edge goes; None where it would lie on those of its neighbours."""
        if edge not in self._places:
            self._place_group(int(self._function[edge]))
        return self._places[edge]

    def _place_group(self, function: int) -> None:
        first, end = np.searchsorted(self._sorted, [function, function + 1])
        edges = self._order[first:end]
        self._places.update(dict.fromkeys(edges.tolist()))
        edges = edges[self._numbered[edges] | self._named[edges]]
        if len(edges) > _CROWD:
            self._place_crowd(edges)
            return
        x0, y0, x1, y1 = self._drawing.rects[function]
        region = (x0 - _REACH, y0 - _REACH, x1 + _REACH, y1 + _REACH)
        boxes = self._drawing.rects[self._drawing.box_index.touching(*region)]
        strokes, owner = self._drawing.pieces.chords(self._drawing.piece_index.touching(*region))
        count = len(_ALONG) + len(_PARTS)
        anchors = np.array([self._along(int(edge)) for edge in edges]).reshape(len(edges), count, 2)
        taken = np.zeros((0, 4))
        for k, rightwards in self._outer_first(edges, anchors[:, 0, 0]):
            edge = int(edges[k])
            places, rects, cost = self._candidates(edge, anchors[k], rightwards)
            cost = cost + _BOX * _overlaps(rects, boxes) + _LABEL * _overlaps(rects, taken)
            own = owner == edge
            patches = rects + _AIR
            cost = cost + _FOREIGN * _crossed(patches, strokes[~own], owner[~own])
            cost = cost + _OWN * _crossed(patches, strokes[own], owner[own])
            best = int(np.argmin(cost))
            self._places[edge] = places[best]
            taken = np.concatenate([taken, rects[best : best + 1]])

    def _place_crowd(self, edges: Ints) -> None:
        """Hundreds of edges meet at one function: only those that part widely enough have labels, beside the stroke.

        To weigh every place against every stroke takes seconds for thousands of edges, and finds no room for most.
        """
        for at_end in (True, False):
            mine = edges[self._from_start[edges] != at_end]
            tip, direction = self._drawing.pieces.tips(at_end, mine)
            points = tip - direction * _ALONG[0]
            across = int(np.argmax(np.ptp(points, axis=0))) if len(mine) else 0
            room, last = (_WIDTH + 2 * GAP, 2 * LINE)[across], -np.inf
            for k in np.argsort(points[:, across], kind="stable").tolist():
                if points[k, across] - last >= room:
                    last = points[k, across]
                    self._places[int(mine[k])] = Place(float(points[k, 0]), float(points[k, 1]), Side.RIGHT)

    def _outer_first(self, edges: Ints, x: Floats) -> list[tuple[int, bool]]:
        """The edges, those at the rim first, for they have the free sides; and whether each prefers its right."""
        middle = np.empty(len(edges))
        for end in (True, False):
            of_end = self._from_start[edges] == end
            middle[of_end] = x[of_end].mean() if of_end.any() else 0.0
        order = np.argsort(-np.abs(x - middle), kind="stable")
        return [(int(k), bool(x[k] >= middle[k] - 1)) for k in order]

    def _candidates(self, edge: int, anchors: Floats, rightwards: bool) -> tuple[list[Place], Floats, Floats]:
        width, height = self._size(edge)
        sides = (Side.RIGHT, Side.LEFT) if rightwards else (Side.LEFT, Side.RIGHT)
        places = [Place(float(x), float(y), side) for x, y in anchors for side in (*sides, Side.ABOVE, Side.BELOW)]
        rects = np.array([place.rect(width, height) for place in places])
        distance = np.repeat(np.arange(len(anchors)), 4)
        side = np.tile([0.0, 1.5, 1.0, 2.0], len(anchors))
        return places, rects, distance * 0.8 + side

    def _size(self, edge: int) -> tuple[float, float]:
        """Room for all that may ever stand beside an edge: the gradient's number, the argument's name under it."""
        numbered, named = bool(self._numbered[edge]), bool(self._named[edge])
        name = self._drawing.graph.text(int(self._drawing.graph.slot_text[edge])) if named else ""
        return max(_WIDTH * numbered, _CHARACTER * len(name)), LINE * max(numbered + named, 1)

    def _along(self, edge: int) -> Floats:
        """(distances and parts, 2) points of the edge, counted from its function."""
        pieces = self._drawing.pieces
        lines, _ = pieces.chords(np.arange(pieces.first[edge], pieces.first[edge + 1]), parts=8)
        corners = np.concatenate([lines[:1, 0:2], lines[:, 2:4]])
        if not self._from_start[edge]:
            corners = corners[::-1]
        walked = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
        at = np.concatenate([np.minimum(_ALONG, walked[-1] / 2), walked[-1] * np.array(_PARTS)])
        return np.stack([np.interp(at, walked, corners[:, 0]), np.interp(at, walked, corners[:, 1])], axis=1)


def _overlaps(rects: Floats, others: Floats) -> Ints:
    """(k,) how many of `others` each rectangle overlaps."""
    a, b = rects[:, None, :], others[None, :, :]
    apart = (a[..., 2] <= b[..., 0]) | (b[..., 2] <= a[..., 0]) | (a[..., 3] <= b[..., 1]) | (b[..., 3] <= a[..., 1])
    return np.asarray((~apart).sum(axis=1), np.int64)


def _doubled(graph: ShownGraph) -> Bools:
    """Edges of a leaf's data: its gradient has an edge of its own, from AccumulateGrad to the same slot."""
    width = int(graph.slot.max(initial=0)) + 1
    place = graph.dst * width + graph.slot
    accumulated = np.isin(place, place[graph.edge_kind == EdgeKind.ACCUMULATE])
    return np.asarray((graph.edge_kind == EdgeKind.INPUT) & accumulated, np.bool_)


def _crossed(rects: Floats, lines: Floats, owner: Ints) -> Ints:
    """(k,) how many edges pass through each rectangle; `lines` (x1 y1 x2 y2) follow them, those of one together.

    Clipping after Liang and Barsky.
    """
    if not len(lines):
        return np.zeros(len(rects), np.int64)
    low, high = np.zeros((len(rects), len(lines))), np.ones((len(rects), len(lines)))
    for axis in (0, 1):
        start, delta = lines[None, :, axis], (lines[:, axis + 2] - lines[:, axis])[None, :]
        level = np.abs(delta) < 1e-12
        step = np.where(level, 1.0, delta)
        a = (rects[:, axis, None] - start) / step
        b = (rects[:, axis + 2, None] - start) / step
        inside = (start >= rects[:, axis, None]) & (start <= rects[:, axis + 2, None])
        low = np.where(level, np.where(inside, low, 2.0), np.maximum(low, np.minimum(a, b)))
        high = np.where(level, high, np.minimum(high, np.maximum(a, b)))
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    return np.asarray(np.logical_or.reduceat(low < high, starts, axis=1).sum(axis=1), np.int64)
