"""Graphs at the edges, from the program to the painted picture: each is drawn whole, legibly, without an overlap."""

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from engine.trace import NONE, EdgeKind, NodeKind
from tests.engine.programs import record
from tests.traces import TraceBuilder, chain_trace
from tests.ui.canvas.test_view import settle
from ui.canvas.layout.packing import component_labels
from ui.canvas.other_layouts.spread import overlapping
from ui.canvas.picture.drawing import lay_out
from ui.canvas.picture.fonts import Fonts
from ui.canvas.picture.picture import Picture
from ui.canvas.shown.shown_graph import View
from ui.canvas.view import CanvasView
from ui.shown_state import Hidden, ShownState
from ui.snapshot import Snapshot
from ui.theme import DARK
from ui.view_state import ViewState


def drawn(program, view=View.TENSORS_AND_FUNCTIONS):
    trace = record(program) if isinstance(program, str) else program
    return Picture(lay_out(Snapshot.of(trace), Fonts(), view=view), DARK)


def painted(picture, scale=1.0):
    """What is painted of a picture, at most 1200 pixels wide and high."""
    bounds = picture.bounds
    image = QImage(
        min(1200, round(bounds.width() * scale) + 1),
        min(1200, round(bounds.height() * scale) + 1),
        QImage.Format.Format_RGB32,
    )
    image.fill(QColor(DARK.background))
    painter = QPainter(image)
    painter.scale(scale, scale)
    painter.translate(-bounds.topLeft())
    found = picture.paint(painter, bounds, scale)
    painter.end()
    return found


def assert_apart(picture):
    rects = picture.drawing.rects
    x, y = (rects[:, 0] + rects[:, 2]) / 2, (rects[:, 1] + rects[:, 3]) / 2
    first, _ = overlapping(x, y, rects[:, 2] - rects[:, 0], rects[:, 3] - rects[:, 1], lambda: None)
    assert not len(first)


def titles(picture):
    return [picture.drawing.graph.title_text(box) for box in range(len(picture.drawing.rects))]


def arrows(picture):
    """(from, to, slot) of every drawn argument."""
    graph, names = picture.drawing.graph, titles(picture)
    inputs = np.flatnonzero(graph.edge_kind == EdgeKind.INPUT)
    return sorted((names[graph.src[e]], names[graph.dst[e]], int(graph.slot[e])) for e in inputs)


def lines(picture):
    """Where each edge runs, as something that can be compared."""
    pieces = picture.drawing.pieces
    return {pieces.points[a:b].tobytes() for a, b in zip(pieces.first[:-1], pieces.first[1:], strict=True)}


@pytest.mark.parametrize("view", list(View))
def test_an_empty_graph_is_an_empty_picture(qapp, view):
    picture = drawn("pass", view)
    assert picture.bounds.isEmpty()
    assert len(painted(picture).boxes) == 0


def test_one_node_is_one_box(qapp):
    picture = drawn("x = torch.ones(2)")
    assert titles(picture) == ["x"]
    assert len(painted(picture).boxes) == 1


def test_what_is_not_connected_stands_apart(qapp):
    picture = drawn("a = torch.ones(2, requires_grad=True) * 2\nb = torch.ones(3, requires_grad=True) * 3")
    graph, rects = picture.drawing.graph, picture.drawing.rects
    part = component_labels(len(rects), graph.src, graph.dst)
    one, other = (rects[part == label] for label in np.unique(part))
    (left, top), (right, bottom) = one[:, :2].min(axis=0), one[:, 2:].max(axis=0)
    beside = other[:, 0].min() > right or other[:, 2].max() < left
    assert beside or other[:, 1].min() > bottom or other[:, 3].max() < top


def test_ten_thousand_leaves_into_one_cat_are_all_there_at_every_zoom(qapp):
    picture = drawn("y = torch.cat([torch.ones(1, requires_grad=True) for _ in range(10_000)])")
    assert len(arrows(picture)) == 10_000
    assert_apart(picture)
    cat = picture.rect(titles(picture).index("CatBackward0"))
    assert cat.width() < 10_000  # the box does not grow with its slots
    for scale in (0.001, 0.1, 1.0):
        assert len(painted(picture, scale).pieces) >= 10_000


def test_a_chain_of_a_hundred_thousand_nodes_is_drawn(qapp):
    picture = drawn(chain_trace(33_334))
    assert len(picture.drawing.rects) >= 100_000
    assert painted(picture, 0.001).detail == 0


def test_a_times_a_times_a_has_four_arrows_of_their_own(qapp):
    picture = drawn("a = torch.ones(2, requires_grad=True)\nb = a * a * a")
    from_a = [arrow for arrow in arrows(picture) if arrow[0] == "a"]
    assert [slot for *_, slot in from_a] == [0, 1, 1]
    assert len(arrows(picture)) == 4
    assert len(lines(picture)) == len(picture.drawing.graph.edge)


def test_cat_of_a_b_a_has_three_arrows_in_the_order_of_its_arguments(qapp):
    picture = drawn(
        "a = torch.ones(2, requires_grad=True)\nb = torch.ones(2, requires_grad=True)\nc = torch.cat([a, b, a])"
    )
    assert sorted((slot, name) for name, to, slot in arrows(picture) if to == "CatBackward0") == [
        (0, "a"), (1, "b"), (2, "a"),
    ]  # fmt: skip
    graph, pieces = picture.drawing.graph, picture.drawing.pieces
    cat = [e for e in range(len(graph.edge)) if graph.edge_kind[e] == EdgeKind.INPUT]
    ends = {int(graph.slot[e]): pieces.ends(True, np.array([e]))[0, 0] for e in cat}
    assert ends[0] < ends[1] < ends[2]


def test_a_leaf_used_five_thousand_times_has_five_thousand_arrows(qapp):
    picture = drawn("w = torch.ones(1, requires_grad=True)\nys = [w * 2.0 for _ in range(5_000)]")
    assert sum(name == "w" for name, *_ in arrows(picture)) == 5_000
    assert_apart(picture)
    assert len(painted(picture, 0.01).pieces) >= 5_000


@pytest.mark.parametrize("name", ["v" * 300, "权重矩阵", "وزن", "переменная"])
def test_names_of_any_length_and_script_fit_their_boxes(qapp, name):
    picture = drawn(f"{name} = torch.ones(2, requires_grad=True)\n_ = {name} * 2")
    box = next(b for b, title in enumerate(titles(picture)) if title[0] == name[0])
    assert Fonts().title_width(titles(picture)[box]) <= picture.rect(box).width()
    assert picture.rect(box).width() < 400
    assert box in painted(picture).boxes


def test_the_selection_stays_over_a_layout_afresh_and_growth(qtbot):
    state = ViewState(record("x = torch.ones(2, requires_grad=True)\ny = x * 2\nz = y + 1"))
    view = CanvasView(state)
    view.set_animated(False)
    qtbot.addWidget(view)
    view.resize(600, 600)
    view.show()
    settle(qtbot, view)
    state.select([5])
    before = view.picture
    view.lay_out_afresh()
    settle(qtbot, view)
    assert view.picture is not before
    assert state.selection == (5,)
    assert view.picture.node(int(view.picture.selected[0])) == 5
    view.close_job()


def test_a_name_that_was_deleted_stays_as_a_former_name(qapp):
    picture = drawn(record("x = torch.ones(2, requires_grad=True)\ny = x * 2\nz = y + 1", "del y"))
    graph = picture.drawing.graph
    box = titles(picture).index("y")
    assert graph.former[box]
    assert not graph.former[titles(picture).index("z")]
    assert graph.box_of[graph.node[box]] != NONE


def test_a_graph_of_numbers_alone_is_drawn_with_its_states(qapp):
    picture = drawn("a = torch.tensor(2.0, requires_grad=True)\nb = a * a\nc = b + a\nc.backward()")
    assert_apart(picture)
    seconds = {picture.drawing.graph.text(int(t)) for t in picture.drawing.graph.second}
    assert any("scalar" in text for text in seconds)
    assert len(painted(picture).boxes) == len(picture.drawing.rects)


@pytest.mark.parametrize("orientation", ["top-to-bottom", "left-to-right"])
def test_a_picture_from_which_all_is_hidden_is_empty_and_what_comes_back_is_drawn(qapp, orientation):
    builder = TraceBuilder()
    builder.add("nodes", kind=NodeKind.CONSTANT)
    snapshot, nothing = Snapshot.of(builder.build()), ShownState(hidden=frozenset({Hidden.CONSTANTS}))
    before = lay_out(snapshot, Fonts(), orientation=orientation)
    empty = lay_out(snapshot, Fonts(), shown=nothing, orientation=orientation, previous=before)
    assert len(empty.rects) == 0
    again = lay_out(snapshot, Fonts(), orientation=orientation, previous=empty)
    assert len(again.rects) == 1
