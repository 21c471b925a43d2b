"""Where the texts beside edges go: near the edge's function, never on a box, an arrowhead or another text.

The edges of one function are placed together, those that carry a gradient before those that only have a name. What has
a place keeps it, so that no text jumps while a pass is stepped through or the camera moves; what finds no room has no
label, and the hover card tells it. Knows no Qt.

          ┌─────┐            Candidates lie around points of the stroke at several distances from the function
          │  y  │            (`label_candidates`); of those that are free the one is taken that crosses least.
          └▲───▲┘
     2.25 (     ) 2.25
       ┌───┴───┴────┐
       │MulBackward0│
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from engine.trace import EdgeKind

from .clipping import Rect
from .drawing import Drawing
from .index import Bools, Floats, Ints
from .label_candidates import FARTHEST, Candidates, Form, Place, Size, candidates, first_place, points_along
from .obstacles import HEAD, Taken, around, heads, overlaps, passing, within

_PATCH = np.array([-5.0, -1.0, 5.0, 2.0])  # around a text: the patch under it, and a little air
_AIR = 7.0  # nearer than this to a box, say at its corner, a text is read less easily
_WIDE = np.array([-_AIR, -_AIR, _AIR, _AIR])
_FAR = _AIR + HEAD  # what is farther than this has no arrowhead near either
_REACH = FARTHEST + 120.0  # from a function's box to the far end of its labels, at most
_CROWD = 48  # edges of one function that have labels, at most: thousands meet at some
_ROOM = 96.0  # and how far they are apart there, at least
_CHUNKS = (8, 40)  # most labels find their place among the first few candidates
_PLAIN, _CARRYING, _OWN = 14.0, 50.0, 45.0  # costs of covering a stroke
_CLOSE, _AMBIGUOUS = 2.5, 4.0  # and of coming close to a box, and to another stroke
_MOST = {True: 40.0, False: 16.0}  # what a number's place, and a mere name's, may cost


def _patch(rect: Rect) -> Rect:
    left, top, right, bottom = _PATCH.tolist()
    return rect[0] + left, rect[1] + top, rect[2] + right, rect[3] + bottom


class Texts(Protocol):
    """What stands beside the edges of a drawing during a whole pass, whichever step is shown."""

    @property
    def numbered(self) -> Bools:
        """(m,) has a number, at some step."""

    @property
    def named(self) -> Bools:
        """(m,) has a name."""

    def size(self, edge: int) -> Size:
        """How wide its words are at most."""


class LabelPlaces:
    """Places, found when first asked for."""

    def __init__(self, drawing: Drawing, texts: Texts) -> None:
        graph = drawing.graph
        self._drawing, self._texts = drawing, texts
        self._from_start = graph.edge_kind == EdgeKind.OUTPUT
        self._function = np.where(self._from_start, graph.src, graph.dst)
        self._order = np.argsort(self._function, kind="stable")
        self._sorted = self._function[self._order]
        self._labelled = texts.numbered | texts.named
        self._places: dict[int, Place] = {}
        self._sought = np.zeros(len(graph.edge), np.bool_)  # has a place, or has none
        self._placed = np.zeros(len(graph.edge), np.bool_)
        self._taken = Taken()
        self._queue: list[tuple[bool, int]] = []  # functions whose numbers, or mere names, have no place yet
        self._done: set[tuple[bool, int]] = set()

    def near(self, edges: Ints, view: Rect) -> Ints:
        """Those of `edges` whose labels may be seen in `view`; the others' places need not be found."""
        edges = edges[self._labelled[edges]]
        left, top, right, bottom = self._drawing.rects[self._function[edges]].T
        seen = (left - _REACH <= view[2]) & (right + _REACH >= view[0])
        seen &= (top - _REACH <= view[3]) & (bottom + _REACH >= view[1])
        return np.asarray(edges[seen], np.int64)

    def find(self, edges: Ints, most: int | None = None) -> None:
        """Find the places of labels, of about `most` now; the others wait for `go_on`."""
        functions = np.unique(self._function[edges[~self._sought[edges]]]).tolist()
        wanted = [(carrying, function) for carrying in (True, False) for function in functions]
        self._queue = [group for group in reversed(wanted) if group not in self._done]
        self.go_on(most)

    def go_on(self, most: int | None = None) -> None:
        """Find the places of about `most` of the labels that wait."""
        found = 0
        while self._queue and (most is None or found < most):
            found += self._place_group(*self._queue.pop())

    @property
    def waiting(self) -> bool:
        """Whether some of the labels that were asked for have no place yet."""
        return bool(self._queue)

    def placed(self, edges: Ints) -> Ints:
        """Those of the edges whose labels have a place."""
        return np.asarray(edges[self._placed[edges]], np.int64)

    def place(self, edge: int) -> Place | None:
        """Where the label of an edge goes; None where there is no room for it."""
        if not self._sought[edge]:
            self.find(np.array([edge]))
        return self._places.get(edge)

    # -- one function --------------------------------------------------------------------------------------------

    def _place_group(self, carrying: bool, function: int) -> int:
        """Place the labels of a function's edges that carry a gradient, or of those that only have a name."""
        self._done.add((carrying, function))
        first, end = np.searchsorted(self._sorted, [function, function + 1])
        edges = self._order[first:end]
        edges = edges[
            self._texts.numbered[edges] if carrying else self._texts.named[edges] & ~self._texts.numbered[edges]
        ]
        self._sought[edges] = True
        if len(edges) > _CROWD:
            edges = self._spread(edges)
        if not len(edges):
            return 0
        mine, ends = edges.tolist(), self._from_start[edges].tolist()
        sizes = [self._texts.size(edge) for edge in mine]
        pieces = self._drawing.pieces
        x = pieces.ends(True, edges)[:, 0]
        x[ends] = pieces.ends(False, edges)[ends, 0]
        crowded = []
        for k, right in self._outer_first(edges, x):
            place = first_place(pieces, mine[k], sizes[k], from_start=ends[k], rightwards=right)
            if place is None or not self._place_alone(mine[k], place, sizes[k]):
                crowded.append((mine[k], sizes[k], right))
        if crowded:
            self._weigh(function, crowded, _MOST[carrying])
        self._name_all_or_none(edges)
        return len(edges)

    def _place_alone(self, edge: int, place: Place, size: Size) -> bool:
        """Give a label the first of its places, if nothing but its own stroke, a straight line, is near.

        Most labels are like that, and the place is the one that would be found by weighing all.
        """
        drawing = self._drawing
        left, top, right, bottom = rect = _patch(place.rect(*size.of(place.form)))
        strokes = drawing.piece_index.touching(left - _FAR, top - _FAR, right + _FAR, bottom + _FAR)
        if len(strokes) > 1 or len(drawing.box_index.touching(left - _AIR, top - _AIR, right + _AIR, bottom + _AIR)):
            return False
        x0, y0, x1, y1 = drawing.pieces.lines[drawing.pieces.first[edge]].tolist()
        beside = left > max(x0, x1) or right < min(x0, x1)
        if not beside or top < min(y0, y1) + HEAD or bottom > max(y0, y1) - HEAD or not self._taken.is_free(rect):
            return False  # level with an arrowhead it may still be beside it: weighing tells
        self._take(edge, place, rect)
        return True

    def _weigh(self, function: int, edges: list[tuple[int, Size, bool]], most: float) -> None:
        """Place the labels of these edges of a function, one after the other, where they cost least."""
        drawing = self._drawing
        x0, y0, x1, y1 = drawing.rects[function].tolist()
        region = (x0 - _REACH, y0 - _REACH, x1 + _REACH, y1 + _REACH)
        pieces = drawing.piece_index.touching(*region)
        strokes = drawing.pieces.chords(pieces)
        boxes = drawing.rects[drawing.box_index.touching(*region)]
        owners = drawing.pieces.edge[pieces]
        blocks = np.concatenate([boxes, heads(drawing.pieces, owners[np.diff(owners, prepend=-1) != 0])])
        for edge, size, rightwards in edges:
            points = points_along(drawing.pieces, edge, from_start=bool(self._from_start[edge]))
            tried = candidates(points, size, rightwards=rightwards)
            best = self._best(edge, tried, blocks, strokes, most)
            if best >= 0:
                left, top, right, bottom = tried.rects[best].tolist()
                self._take(edge, tried.place(best), _patch((left, top, right, bottom)))

    def _take(self, edge: int, place: Place, patch: Rect) -> None:
        self._places[edge], self._placed[edge] = place, True
        self._taken.add(patch)

    def _name_all_or_none(self, edges: Ints) -> None:
        """The slots of operands that may be swapped are told apart for all, or for none."""
        twins = edges[self._drawing.parallel[edges] & ~self._drawing.graph.slot_matters[edges]]
        found = {int(edge): place for edge in twins if (place := self._places.get(int(edge))) is not None}
        if len(found) < len(twins) or any(place.form is Form.NUMBER for place in found.values()):
            self._places.update((edge, place._replace(form=Form.NUMBER)) for edge, place in found.items())

    def _best(self, edge: int, tried: Candidates, blocks: Floats, strokes: tuple[Floats, Ints], most: float) -> int:
        """The free candidate that costs least, -1 where there is none."""
        if not len(tried.rects):
            return -1
        patches = tried.rects + _PATCH
        area = around(patches)
        blocks = np.concatenate([within(blocks, area), self._taken.near(area)])
        lines, owner = strokes
        near = np.flatnonzero(
            (np.minimum(lines[:, 0], lines[:, 2]) < area[2])
            & (np.maximum(lines[:, 0], lines[:, 2]) > area[0])
            & (np.minimum(lines[:, 1], lines[:, 3]) < area[3])
            & (np.maximum(lines[:, 1], lines[:, 3]) > area[1])
        )
        lines, owner = lines[near], owner[near]
        weight = np.where(owner == edge, _OWN, np.where(self._texts.numbered[owner], _CARRYING, _PLAIN))
        best, least = -1, most
        for first, end in zip((0, *_CHUNKS), (*_CHUNKS, len(patches)), strict=True):
            costs = tried.costs[first:end]
            if not len(costs) or least <= costs[0]:
                break
            part = np.concatenate([patches[first:end], patches[first:end] + _WIDE])
            through, starts = passing(part, lines, owner)
            hit, close = np.split(overlaps(part, blocks) > 0, 2)
            costs = costs + through[: len(costs)] @ weight[starts] + _CLOSE * close
            costs = costs + _AMBIGUOUS * np.minimum(through[len(costs) :, owner[starts] != edge].sum(axis=1), 2)
            costs = np.where(hit, np.inf, costs)
            if costs.min() < least:
                best, least = first + int(np.argmin(costs)), float(costs.min())
        return best

    def _outer_first(self, edges: Ints, x: Floats) -> list[tuple[int, bool]]:
        """The edges, those at the rim first, for they have the free sides; and whether each prefers its right."""
        middle = np.empty(len(edges))
        for end in (True, False):
            of_end = self._from_start[edges] == end
            middle[of_end] = x[of_end].mean() if of_end.any() else 0.0
        order = np.argsort(-np.abs(x - middle), kind="stable")
        return [(int(k), bool(x[k] >= middle[k] - 1)) for k in order]

    def _spread(self, edges: Ints) -> Ints:
        """Of hundreds of edges that meet at one function, those that part widely enough for a label."""
        kept: list[int] = []
        for at_end in (True, False):
            mine = edges[self._from_start[edges] != at_end]
            tip, direction = self._drawing.pieces.tips(at_end, mine)
            points = tip - direction * 26.0
            across = int(np.argmax(np.ptp(points, axis=0))) if len(mine) else 0
            room, last = (_ROOM, _ROOM / 3)[across], -np.inf
            for k in np.argsort(points[:, across], kind="stable").tolist():
                if points[k, across] - last >= room and len(kept) < _CROWD:
                    last = points[k, across]
                    kept.append(int(mine[k]))
        return np.array(kept, np.int64)
