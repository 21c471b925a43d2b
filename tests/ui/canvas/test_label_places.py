import itertools

import numpy as np
import pytest

from engine.trace import EdgeKind
from tests.tapes import mlp_trace, started
from ui.canvas.drawing import lay_out
from ui.canvas.fonts import Fonts
from ui.canvas.label_places import LabelPlaces
from ui.snapshot import Snapshot


def addmm_trace():
    """A linear layer: three slots of one function, each a leaf with data and gradient on edges of their own."""
    b = started()
    leaves = [b.leaf(name, np.ones(3)) for name in ("bias", "x", "weight")]
    b.function("AddmmBackward0", "layer(x)", leaves, "y", np.ones(3))
    return b.build()


def labels(trace):
    """(drawing, rectangles of all labels as large as they can be)."""
    drawing = lay_out(Snapshot.of(trace), Fonts())
    places = LabelPlaces(drawing)
    rects = []
    for edge in range(len(drawing.graph.edge)):
        if places._numbered[edge] or places._named[edge]:
            rects.append(places.place(edge).rect(*places._size(edge)))
    return drawing, rects


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize("make", [addmm_trace, mlp_trace])
def test_no_label_lies_on_another_or_on_a_box(qapp, make):
    drawing, rects = labels(make())
    assert not [pair for pair in itertools.combinations(rects, 2) if overlap(*pair)]
    assert not [(r, b) for r in rects for b in drawing.rects.tolist() if overlap(r, b)]


def test_the_data_edge_of_a_leaf_keeps_no_room_for_a_number(qapp):
    drawing, _ = labels(addmm_trace())
    places = LabelPlaces(drawing)
    kinds = drawing.graph.edge_kind
    assert not places._numbered[kinds == EdgeKind.INPUT].any()
    assert places._numbered[kinds == EdgeKind.ACCUMULATE].all()
