import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF

from engine.trace import NONE, Trace
from tests.tapes import mlp_trace
from tests.traces import chain_trace, seed_trace
from ui.canvas.camera.fitting import Camera, Corner
from ui.canvas.view import CanvasView
from ui.theme import DARK
from ui.view_state import ViewState


@pytest.fixture
def canvas(qtbot):
    made = []

    def make(trace, width=900, height=700):
        state = ViewState(trace)
        view = CanvasView(state, DARK)
        view.set_animated(False)
        view.resize(width, height)
        qtbot.addWidget(view)
        view.show()
        qtbot.waitUntil(lambda: not view.busy, timeout=20_000)
        made.append(view)
        return view, state

    yield make
    for view in made:
        view.close_job()


def covered(view, part):
    """Boxes under a part that stands over the graph."""
    area = view.graph.mapToScene(part.geometry()).boundingRect()
    return view.picture.drawing.box_index.touching(area.left(), area.top(), area.right(), area.bottom())


@pytest.mark.parametrize("size", [(900, 700), (420, 500), (320, 300)])
def test_an_offer_covers_nothing_of_a_graph_that_is_fitted(canvas, size):
    view, _ = canvas(seed_trace(), *size)
    before = view.graph.camera
    view.overlays.offer.show_offer("Something can be done about this graph.", "Do it", lambda: None)
    assert view.graph.camera != before
    assert not len(covered(view, view.overlays.offer))
    view.fit()
    assert not len(covered(view, view.overlays.offer))
    view.overlays.offer.dismiss()
    assert view.graph.camera == before


def test_an_offer_leaves_alone_where_somebody_looks(canvas):
    view, _ = canvas(seed_trace())
    view.graph.go_to(view.picture.rect(0))
    before = view.graph.camera
    view.overlays.offer.show_offer("Something can be done about this graph.", "Do it", lambda: None)
    assert view.graph.camera == before


def look_at_corner(view, corner, scale=1.0):
    """Box 0 under the given corner of the viewport."""
    rect, port = view.picture.rect(0), view.graph.viewport()
    away = (port.width() / 2 - 90) / scale, (port.height() / 2 - 50) / scale
    x = rect.center().x() + (-away[0] if corner.is_right else away[0])
    y = rect.center().y() + (-away[1] if corner.is_bottom else away[1])
    view.graph.look(Camera(scale, x, y))


def test_the_legend_moves_off_a_box_once_the_camera_rests(canvas, qtbot):
    view, state = canvas(seed_trace())
    state.set_step(0, 2)
    legend = view.overlays.legend
    look_at_corner(view, view.overlays.corner)
    assert len(covered(view, legend))
    qtbot.waitUntil(lambda: not len(covered(view, legend)), timeout=5_000)
    assert view.graph.legend_corner is view.overlays.corner


def test_the_overview_moves_off_a_box_and_never_onto_the_legend(canvas):
    view, state = canvas(mlp_trace(), 700, 600)
    state.set_step(0, 2)
    for corner in Corner:
        look_at_corner(view, corner)
        view.clearance.settle()
        parts = view.overlays
        assert not parts.map.isHidden()
        assert not parts.map.geometry().intersects(parts.legend.geometry())
        assert view.graph.rect().contains(parts.map.geometry())


def test_a_legend_without_a_free_corner_says_less_and_stays(canvas):
    view, state = canvas(mlp_trace(), 320, 260)
    state.set_step(0, 2)
    view.graph.look(Camera(0.5, view.graph.camera.x, view.graph.camera.y))
    parts = view.overlays
    corner, size = parts.corner, parts.legend.size()
    parts.give_way(lambda rect: False)
    assert parts.corner is corner
    assert parts.legend.height() < size.height()
    assert parts.legend_size[1] > size.height()  # a fit leaves room for all of it
    view.fit()
    view.clearance.settle()
    assert parts.legend.size() == size


def test_a_legend_says_less_before_it_covers_anything(canvas):
    view, state = canvas(mlp_trace(), 900, 700)
    state.set_step(0, 2)
    parts = view.overlays
    whole = parts.legend.height()
    parts.give_way(lambda rect: rect.height() < whole and rect.x() > 300 and rect.y() < 300)
    assert parts.legend.height() < whole
    assert parts.corner is Corner.TOP_RIGHT


def test_a_step_brings_its_box_out_from_under_the_legend(canvas):
    view, state = canvas(chain_trace(60), 600, 400)
    state.set_step(0, 1)
    box = int(view.picture.drawing.graph.box_of[state.steps.node(20)])
    rect = view.picture.rect(box)
    scale, legend = 1.0, view.overlays.legend.geometry()
    middle = QPointF(legend.center())
    view.graph.look(Camera(scale, rect.center().x() - middle.x() + 300, rect.center().y() - middle.y() + 200))
    assert view.graph.seen().contains(rect)
    assert view.clearance.is_covered(rect)
    state.set_position(20)
    assert view.graph.seen().contains(rect)
    assert not view.clearance.is_covered(rect)


def test_the_legend_is_seen_through_while_the_pointer_is_at_a_box_under_it(canvas):
    view, state = canvas(seed_trace())
    state.set_step(0, 2)
    look_at_corner(view, view.overlays.corner)
    legend = view.overlays.legend
    solid = legend.grab().toImage()
    inside = QPointF(legend.geometry().center())
    view.overlays.hover(0, inside)
    faded = legend.grab().toImage()
    view.overlays.hover(NONE, inside)
    again = legend.grab().toImage()
    assert solid == again
    assert solid != faded


def test_an_empty_canvas_has_nothing_to_clear(canvas):
    view, _ = canvas(Trace())
    view.clearance.settle()
    assert not view.clearance.is_covered(QRectF(0, 0, 10, 10))
    assert np.isfinite(view.graph.camera.scale)


def test_the_legend_stands_above_an_offer_that_reaches_into_its_corner(canvas):
    view, state = canvas(seed_trace(), 420, 700)
    state.set_step(0, 2)
    parts = view.overlays
    parts.offer.show_offer("The graph has grown into a crooked picture.", "Lay out afresh", lambda: None)
    view.graph.legend_corner = Corner.BOTTOM_LEFT
    parts.move_legend(Corner.BOTTOM_LEFT)
    assert parts.offer.geometry().bottom() > 660
    assert not parts.offer.geometry().intersects(parts.legend.geometry())
    view.fit()
    assert not len(covered(view, parts.legend))
    assert not len(covered(view, parts.offer))
