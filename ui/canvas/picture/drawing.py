"""A shown graph with places: boxes, strokes and the indices that find them. Knows no Qt and no pass.

Everything slow happens here, in one function that any thread may call; what it returns is never changed again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, NodeKind

from ...distinct_rows import distinct_rows
from ...naming import numbered
from ...shown_state import ShownState
from ...snapshot import Snapshot
from ..layout import Drawing as Layout, Gaps, Orientation, Previous, Problem, layout_arrays
from ..other_layouts import LAYERED, lay_out_otherwise
from ..shown.captions import GROUP_CHARACTERS, STATE_CHARACTERS
from ..shown.shown_graph import GROUP, UNGROUPED, ShownGraph, View, show
from .geometry import Pieces, cubic_pieces, make_pieces
from .index import Floats, Ints, RowIndex
from .obstacles import crossed

# Room for a number and a slot's name between two layers: one under the other, or as wide as the number is.
GAPS: dict[Orientation, Gaps] = {
    "top-to-bottom": Gaps(layer=56.0, node=30.0, edge=18.0),
    "left-to-right": Gaps(layer=108.0, node=30.0, edge=18.0),
}
LABEL_ROOM = 120.0  # beside an edge, for the same
_HEIGHT = 50.0  # one for all that have two lines, so that boxes of a layer end on one line
_GROUP_HEIGHT = 70.0  # three lines, and room for a second border
_PADDING = 16.0  # left and right of a box's text

_BULGE = 3.0  # how much farther than their ends parallel edges part

# Height, smallest width and whether the room of a state's text is kept, by NodeKind.
_BOXES: dict[int, tuple[float, float, bool]] = {
    NodeKind.TENSOR: (_HEIGHT, 96.0, False),
    NodeKind.FUNCTION: (_HEIGHT, 0.0, True),
    NodeKind.ACCUMULATE: (_HEIGHT, 0.0, True),
    NodeKind.GRAD: (_HEIGHT, 112.0, False),
    NodeKind.CONSTANT: (36.0, 56.0, False),
    GROUP: (_GROUP_HEIGHT, 120.0, False),
}


class Measure(Protocol):
    """How wide texts are, in scene units."""

    def title_width(self, text: str) -> float:
        """Width of a box's first line."""

    def second_width(self, text: str) -> float:
        """Width of a box's second line."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """`rects` (n, 4) are left, top, right, bottom of the boxes; `bounds` the same of everything ever drawn here."""

    graph: ShownGraph
    rects: Floats
    pieces: Pieces
    parallel: NDArray[np.bool_]  # (m,) shares both ends with another edge
    box_index: RowIndex
    piece_index: RowIndex
    bounds: tuple[float, float, float, float]
    trunks: dict[tuple[int, int], Floats]  # where the layout ran its long edges, for the next update
    shown: ShownState = UNGROUPED  # what the picture was asked to show
    kind: str = LAYERED  # the layout, a key of `other_layouts.KINDS`

    def is_free(self, rect: tuple[float, float, float, float]) -> bool:
        """Whether nothing is drawn in a rectangle at any step: no box, no stroke, no number beside one."""
        left, top, right, bottom = rect
        strokes = self.piece_index.touching(left - LABEL_ROOM, top, right + LABEL_ROOM, bottom)
        return not len(strokes) and not len(self.box_index.touching(*rect))

    def is_crossed(self, rect: tuple[float, float, float, float]) -> bool:
        """Whether a box or a stroke lies in a rectangle."""
        if len(self.box_index.touching(*rect)):
            return True
        lines, owner = self.pieces.chords(self.piece_index.touching(*rect), parts=16)
        return bool(crossed(np.array([rect]), lines, owner, np.ones(len(lines))).any())


def lay_out(
    snapshot: Snapshot,
    measure: Measure,
    *,
    view: View = View.TENSORS_AND_FUNCTIONS,
    shown: ShownState = UNGROUPED,
    orientation: Orientation = "top-to-bottom",
    kind: str = LAYERED,
    previous: Drawing | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Drawing:
    """Show the snapshot, lay it out and prepare it for painting.

    With `previous` (of the same trace and view) what was there keeps its place where it can, in the layered layout.
    Raises `layout.LayoutCancelled` soon after `cancelled()` is true, and `other_layouts.LayoutRefused`.
    """
    graph = show(snapshot, view, shown)
    sizes = box_sizes(graph, measure)
    problem = Problem(graph.src, graph.dst, sizes[:, 0].copy(), sizes[:, 1].copy(), slot=graph.slot)
    flow = 1 if orientation == "top-to-bottom" else 0
    if kind != LAYERED:
        otherwise = lay_out_otherwise(problem, kind, orientation=orientation, cancelled=cancelled)
        return place(graph, sizes, otherwise, flow=flow, shown=shown, kind=kind)
    grows = previous is not None and previous.kind == LAYERED and _is_similar(previous, graph, shown)
    before = _previous(previous, graph) if previous is not None and grows else None
    layout = layout_arrays(problem, GAPS[orientation], previous=before, orientation=orientation, cancelled=cancelled)
    return place(graph, sizes, layout, flow=flow, shown=shown)


def box_sizes(graph: ShownGraph, measure: Measure) -> Floats:
    """(n, 2) width and height: boxes grow with their text, and have room for all that a step may write."""
    widths = _title_widths(graph, measure)
    widths = np.maximum(widths, _text_widths(graph, graph.second, measure.second_width))
    closed = graph.kind == GROUP
    if graph.third.any():
        widths = np.maximum(widths, _text_widths(graph, graph.third, measure.second_width))
    if closed.any():
        widths[closed] = np.maximum(widths[closed], measure.second_width("0" * GROUP_CHARACTERS))
    widths += 2 * _PADDING
    state = measure.second_width("0" * STATE_CHARACTERS) + _PADDING
    heights = np.empty(len(widths))
    runs = (graph.runner != graph.node) & ~closed
    for kind, (height, narrowest, keeps_state) in _BOXES.items():
        of_kind = graph.kind == kind
        heights[of_kind] = height
        widths[of_kind] = np.maximum(widths[of_kind], narrowest)
        if keeps_state:
            widths[of_kind] = np.maximum(widths[of_kind], state)
    widths[runs] = np.maximum(widths[runs], state)
    heights[(graph.third != 0) & ~closed] = _GROUP_HEIGHT
    return np.stack([np.ceil(widths / 2) * 2, heights], axis=1)


def _title_widths(graph: ShownGraph, measure: Measure) -> Floats:
    """Of a numbered title only the count of digits matters, which are all of one width."""
    digits = np.where(graph.number > 0, np.floor(np.log10(np.maximum(graph.number, 1))) + 1, 0).astype(np.int64)
    pairs, inverse = distinct_rows(graph.title, digits)
    texts = [numbered(graph.text(title), 10**count // 10) for title, count in pairs.tolist()]
    return np.array([measure.title_width(text) for text in texts], np.float64)[inverse]


def _text_widths(graph: ShownGraph, texts: Ints, width: Callable[[str], float]) -> Floats:
    used, inverse = np.unique(texts, return_inverse=True)
    return np.array([width(graph.text(index)) for index in used.tolist()], np.float64)[inverse]


def _is_similar(drawing: Drawing, graph: ShownGraph, shown: ShownState) -> bool:
    """Whether places are worth keeping: not when groups were opened or closed and most boxes are others now."""
    if drawing.shown == shown:
        return True
    old = drawing.graph
    if not len(graph.node):
        return False
    number = graph.box_of[old.node]
    kept = int(((number != NONE) & (graph.node[number] == old.node)).sum())
    return 2 * kept >= max(len(old.node), len(graph.node))


def _previous(drawing: Drawing, graph: ShownGraph) -> Previous | None:
    """The last layout by the numbers of the present boxes."""
    old = drawing.graph
    if old.view is not graph.view or not len(old.node) or not len(graph.node):
        return None
    number = graph.box_of[old.node]  # the new box of each old one
    kept = (number != NONE) & (graph.node[number] == old.node)
    x, y = np.full(len(graph.node), np.nan), np.full(len(graph.node), np.nan)
    x[number[kept]] = (drawing.rects[kept, 0] + drawing.rects[kept, 2]) / 2
    y[number[kept]] = (drawing.rects[kept, 1] + drawing.rects[kept, 3]) / 2

    def still(box: int) -> bool:
        return box == NONE or bool(kept[box])

    def renumbered(box: int) -> int:
        return NONE if box == NONE else int(number[box])

    trunks = {
        (renumbered(a), renumbered(b)): places for (a, b), places in drawing.trunks.items() if still(a) and still(b)
    }
    return Previous(x, y, trunks) if kept.any() else None


def place(
    graph: ShownGraph,
    sizes: Floats,
    layout: Layout,
    flow: int = 1,
    shown: ShownState = UNGROUPED,
    kind: str = LAYERED,
) -> Drawing:
    """The graph where a layout put it; `flow` is the axis along which layers follow each other (1: y).

    The routes of every kind but the layered one are cubics.
    """
    centres = np.stack([layout.x, layout.y], axis=1)
    rects = np.concatenate([centres - sizes / 2, centres + sizes / 2], axis=1)
    routes = layout.routes
    points = np.stack([routes.x, routes.y], axis=1)
    parallel, bulge = _parallel(graph, points[routes.start, 1 - flow] if len(graph.edge) else np.zeros(0))
    if kind == LAYERED:
        pieces = make_pieces(points, routes.start, routes.stop, flow=flow, bulge=bulge)
    else:
        pieces = cubic_pieces(points, routes.start, routes.stop)
    piece_rects = pieces.rects()
    return Drawing(
        graph,
        rects,
        pieces,
        parallel,
        RowIndex(rects),
        RowIndex(piece_rects),
        _bounds(rects, piece_rects),
        layout.trunks,
        shown,
        kind,
    )


def _parallel(graph: ShownGraph, lane: Floats) -> tuple[NDArray[np.bool_], Floats]:
    """Which edges share both ends with another, and how far each of those bends away from the others."""
    pair = graph.src * max(len(graph.node), 1) + graph.dst
    _, group, counts = np.unique(pair, return_inverse=True, return_counts=True)
    middle = np.bincount(group, weights=lane, minlength=len(counts)) / np.maximum(counts, 1)
    return counts[group] > 1, np.where(counts[group] > 1, (lane - middle[group]) * _BULGE, 0.0)


def _bounds(rects: Floats, pieces: Floats) -> tuple[float, float, float, float]:
    """Boxes with room for the glow of "now", and strokes with room for the numbers beside them."""
    if not len(rects):
        return (0.0, 0.0, 0.0, 0.0)
    glow = 16.0
    left, top = rects[:, :2].min(axis=0) - glow
    right, bottom = rects[:, 2:].max(axis=0) + glow
    if len(pieces):
        left, right = min(left, pieces[:, 0].min() - LABEL_ROOM), max(right, pieces[:, 2].max() + LABEL_ROOM)
        top, bottom = min(top, pieces[:, 1].min() - 4), max(bottom, pieces[:, 3].max() + 4)
    return (float(left), float(top), float(right), float(bottom))
