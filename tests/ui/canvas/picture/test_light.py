import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from engine.trace import NONE
from tests.engine.programs import record
from tests.traces import chain_trace, seed_trace
from tests.ui.grouping.graphs import LAYERS
from ui.canvas.picture.drawing import lay_out
from ui.canvas.picture.fonts import Fonts
from ui.canvas.picture.look import box_styles, dimmed_box, dimmed_edge, edge_styles
from ui.canvas.picture.picture import Picture
from ui.canvas.shown.shown_graph import GROUP, View
from ui.canvas.view import CanvasView
from ui.grouping.gather import gather
from ui.shown_state import Grouping
from ui.snapshot import Snapshot
from ui.theme import DARK, LIGHT, contrast
from ui.view_state import ViewState

X, FUNCTION, Y, OUT = 0, 4, 5, 12


@pytest.fixture
def canvas(keep, qtbot):
    made = []

    def make(trace):
        state = ViewState(trace)
        view = keep(CanvasView(state))
        view.set_animated(False)
        view.resize(800, 600)
        view.show()
        settle(qtbot, view)
        made.append(view)
        return view, state

    yield make
    for view in made:
        view.close_job()


def settle(qtbot, view):
    qtbot.waitUntil(lambda: not view.busy, timeout=20_000)


def picture(view=View.TENSORS_AND_FUNCTIONS):
    return Picture(lay_out(Snapshot.of(seed_trace()), Fonts(), view=view))


@pytest.mark.parametrize("view", list(View))
def test_what_is_lit_looks_as_ever_and_the_rest_is_dimmed(qapp, view):
    plain, lit = picture(view), picture(view)
    lit.set_lit({FUNCTION, Y})
    box_of, graph = plain.drawing.graph.box_of, plain.drawing.graph
    for box in range(len(graph.node)):
        here, before = lit.box_styles[lit.box_rows[box]], plain.box_styles[plain.box_rows[box]]
        assert here == (before if box in box_of[[FUNCTION, Y]] else dimmed_box(before, DARK))
        assert lit.is_lit(box) == (here == before)
    for edge in range(len(graph.edge)):
        here, before = lit.edge_styles[lit.edge_rows[edge]], plain.edge_styles[plain.edge_rows[edge]]
        both = lit.is_lit(int(graph.src[edge])) and lit.is_lit(int(graph.dst[edge]))
        assert here == (before if both else dimmed_edge(before, DARK))
    lit.set_lit(None)
    assert np.array_equal(lit.box_rows, plain.box_rows)
    assert np.array_equal(lit.edge_rows, plain.edge_rows)


def test_lighting_nothing_dims_everything_and_unknown_nodes_are_left_out(qapp):
    dark = picture()
    dark.set_lit(frozenset())
    assert not any(dark.is_lit(box) for box in range(len(dark.drawing.graph.node)))
    dark.set_lit({-1, 99})
    assert not any(dark.is_lit(box) for box in range(len(dark.drawing.graph.node)))


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_what_is_dimmed_is_fainter_than_what_is_lit_and_still_there(theme):
    for style in box_styles(theme):
        dim = dimmed_box(style, theme)
        assert 1.15 < contrast(dim.title, theme.background) < contrast(style.title, theme.background)
        assert contrast(dim.far, theme.background) <= contrast(style.far, theme.background)
    for edge in edge_styles(theme):
        assert contrast(dimmed_edge(edge, theme).colour, theme.background) < contrast(edge.colour, theme.background)
        assert dimmed_edge(edge, theme).width == edge.width


def test_the_canvas_lights_without_laying_out_again(canvas):
    view, state = canvas(seed_trace())
    drawing = view.picture.drawing
    state.light([Y])
    assert not view.busy
    assert view.picture.drawing is drawing
    assert view.picture.is_lit(int(drawing.graph.box_of[Y]))
    assert not view.picture.is_lit(int(drawing.graph.box_of[OUT]))


def test_a_marked_node_is_in_view_and_stays_marked_in_the_next_picture(canvas, qtbot):
    view, _ = canvas(seed_trace())
    view.graph.zoom(8.0, view.graph.mapFromScene(view.picture.rect(0).center()).toPointF())
    view.mark(OUT)
    rect = view.picture.rect(int(view.picture.drawing.graph.box_of[OUT]))
    assert view.graph.seen(view.graph.camera).intersects(rect)
    view.lay_out_afresh()
    settle(qtbot, view)
    assert view.picture.marked == view.picture.drawing.graph.box_of[OUT]
    view.mark(NONE)
    assert view.picture.marked == NONE


def test_going_to_a_node_opens_the_groups_around_it(canvas, qtbot):
    view, state = canvas(record(LAYERS))
    groups = gather(Snapshot.of(state.trace), Grouping.BY_MODULE)
    state.set_grouping(Grouping.BY_MODULE)
    settle(qtbot, view)
    state.set_collapsed(groups.keys)
    settle(qtbot, view)
    deep = next(n for n in range(len(state.trace.nodes)) if state.trace.node(n).label.endswith("layers.7.far.weight"))
    box = int(view.picture.drawing.graph.box_of[deep])
    assert view.picture.drawing.graph.kind[box] == GROUP
    state.light([deep])
    assert view.picture.is_lit(box)
    view.go_to(deep)
    settle(qtbot, view)
    graph = view.picture.drawing.graph
    box = int(graph.box_of[deep])
    assert graph.kind[box] != GROUP
    assert graph.node[box] == deep
    assert view.graph.seen(view.graph.camera).contains(view.picture.rect(box).center())
    assert view.graph.camera.scale >= 1.0


def test_a_sub_graph_is_drawn_alone_and_the_canvas_knows_what_it_draws(canvas, qtbot):
    view, state = canvas(seed_trace())
    nodes = np.arange(len(state.trace.nodes))
    assert view.draws(nodes).all()
    state.show_only([FUNCTION, Y])
    settle(qtbot, view)
    assert sorted(view.picture.drawing.graph.node.tolist()) == [FUNCTION, Y]
    assert np.flatnonzero(view.draws(nodes)).tolist() == [FUNCTION, Y]
    assert not view.draws(np.array([99])).any()
    state.show_only(None)
    settle(qtbot, view)
    assert view.draws(nodes).all()


def test_an_empty_canvas_can_be_asked_everything(canvas):
    view, _ = canvas(type(seed_trace())())
    view.mark(3)
    view.go_to(3)
    assert view.draws(np.arange(2)).all()


def test_from_far_few_lit_boxes_are_larger_than_specks(qapp):
    def painted(lit):
        shown = Picture(lay_out(Snapshot.of(chain_trace(400)), Fonts()))
        shown.set_lit(lit)
        image = QImage(60, 60, QImage.Format.Format_RGB32)
        image.fill(QColor(DARK.background))
        painter = QPainter(image)
        middle = shown.rect(200).center()
        painter.translate(30, 30)
        painter.scale(0.02, 0.02)
        painter.translate(-middle.x(), -middle.y())
        shown.paint(painter, QRectF(middle.x() - 1500, middle.y() - 1500, 3000, 3000), 0.02)
        painter.end()
        colour = QColor(shown.box_styles[shown.box_rows[200]].far)
        return sum(image.pixelColor(x, y) == colour for x in range(60) for y in range(60))

    node = int(Picture(lay_out(Snapshot.of(chain_trace(400)), Fonts())).drawing.graph.node[200])
    assert painted({node}) >= 20
