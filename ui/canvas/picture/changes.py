"""Which part of a picture a step changes, so that no more of it is painted. Knows no Qt.

A box changes with its style, or because its second line counts something that is not what it was; an edge changes with
its style. Closed groups, and edges that stand for several, count everything that happens in them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...naming import Bools, Ints
from ...stepping import NodeState
from ..shown.shown_graph import GROUP
from ..shown.story import Story
from .clipping import Rect
from .drawing import LABEL_ROOM
from .index import Floats
from .picture import Picture

_GLOW = 24.0  # around a box: outlines and the glow of the node that runs
_LABEL = 40.0  # above and below a stroke: arrowheads, and the lines of a label


class Looks(NamedTuple):
    """What a picture looked like at a step."""

    story: Story | None
    boxes: Ints
    edges: Ints


def looks_of(picture: Picture) -> Looks:
    """The looks to compare with later."""
    return Looks(picture.story, picture.box_rows, picture.edge_rows)


def changed_area(before: Looks, picture: Picture) -> Rect | None:
    """Left, top, right and bottom of all that looks different now; None where that may be everything."""
    story, earlier = picture.story, before.story
    if story is None or earlier is None or story.run is not earlier.run:
        return None
    drawing, graph = picture.drawing, picture.drawing.graph
    boxes = (before.boxes != picture.box_rows) | (graph.kind == GROUP) | _counted(earlier, story)
    edges = (before.edges != picture.edge_rows) | (graph.count > 1)
    points = drawing.pieces.points[np.flatnonzero(edges[drawing.pieces.edge])].reshape(-1, 4, 2)
    strokes = np.concatenate([points.min(axis=1), points.max(axis=1)], axis=1)
    around_boxes, around_strokes = (_GLOW, _GLOW), (LABEL_ROOM + _GLOW, _LABEL)
    areas = np.concatenate([_grown(drawing.rects[boxes], *around_boxes), _grown(strokes, *around_strokes)])
    if not len(areas):
        return (0.0, 0.0, 0.0, 0.0)
    (left, top), (right, bottom) = areas[:, :2].min(axis=0), areas[:, 2:].max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _counted(earlier: Story, story: Story) -> Bools:
    """The boxes that say a place in the queue, or wait for another number of gradients than before."""
    runner, state = story.run.graph.runner, story.node_state
    missing = earlier.missing[runner] != story.missing[runner]
    return np.asarray((state == NodeState.READY) | missing, np.bool_)


def _grown(rects: Floats, across: float, along: float) -> Floats:
    grown: Floats = rects + np.array([-across, -along, across, along])
    return grown
