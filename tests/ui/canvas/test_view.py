import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication

from engine.trace import NONE, Trace
from tests.tapes import mlp_trace, started
from tests.traces import chain_trace, seed_trace
from ui.canvas.camera.fitting import Camera
from ui.canvas.painting.painter import Detail
from ui.canvas.picture.picture import Picture
from ui.canvas.shown.shown_graph import View
from ui.canvas.view import CanvasView
from ui.theme import DARK, LIGHT
from ui.view_state import ViewState


@pytest.fixture
def canvas(qtbot):
    made = []

    def make(trace, width=900, height=1100):
        state = ViewState(trace)
        view = CanvasView(state, DARK)
        view.set_animated(False)
        view.resize(width, height)
        qtbot.addWidget(view)
        view.show()
        settle(qtbot, view)
        made.append(view)
        return view, state

    yield make
    for view in made:
        view.close_job()


def settle(qtbot, view):
    qtbot.waitUntil(lambda: not view.busy, timeout=20_000)


def at(view, node):
    """Where the middle of a node's box is, in the viewport."""
    box = int(view.picture.drawing.graph.box_of[node])
    return view.graph.mapFromScene(view.picture.rect(box).center())


def wheel(view, where, notches):
    event = QWheelEvent(
        QPointF(where), QPointF(view.graph.mapToGlobal(where)), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view.graph.viewport(), event)


def test_an_empty_canvas_says_what_will_be_here(canvas):
    view, _ = canvas(Trace())
    assert view.objectName() == "canvas"
    assert view.picture is None
    assert view.scene_bounds().isEmpty()
    assert view.overlays.hint.isVisible()
    view.fit()


def test_a_trace_becomes_a_picture_that_fits_the_view(canvas):
    view, _ = canvas(seed_trace())
    assert not view.overlays.hint.isVisible()
    assert len(view.picture.drawing.rects) == 13
    assert view.graph.seen().contains(view.scene_bounds())
    assert "13 boxes, 13 edges" in view.accessibleDescription()


def test_qt_and_the_camera_agree_on_what_is_where(canvas):
    view, _ = canvas(mlp_trace(), 700, 500)
    for scale in (0.11, 0.5, 1.7):
        view.graph.look(view.graph.camera._replace(scale=scale, x=33.3, y=77.7))
        for point in (QPoint(0, 0), QPoint(350, 250), QPoint(699, 499)):
            ours, qts = view.graph.scene_point(QPointF(point)), view.graph.mapToScene(point)
            assert abs(ours.x() - qts.x()) * scale <= 1
            assert abs(ours.y() - qts.y()) * scale <= 1


def test_a_click_selects_and_a_click_beside_clears(canvas, qtbot):
    view, state = canvas(seed_trace())
    qtbot.mouseClick(view.graph.viewport(), Qt.MouseButton.LeftButton, pos=at(view, 5))
    assert state.selection == (5,)
    qtbot.mouseClick(view.graph.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert state.selection == ()


def test_shift_click_extends_and_takes_back(canvas, qtbot):
    view, state = canvas(seed_trace())
    shift = Qt.KeyboardModifier.ShiftModifier
    for node in (5, 10):
        qtbot.mouseClick(view.graph.viewport(), Qt.MouseButton.LeftButton, shift, at(view, node))
    assert state.selection == (5, 10)
    qtbot.mouseClick(view.graph.viewport(), Qt.MouseButton.LeftButton, shift, at(view, 5))
    assert state.selection == (10,)
    qtbot.mouseClick(view.graph.viewport(), Qt.MouseButton.LeftButton, shift, QPoint(3, 3))
    assert state.selection == (10,)


def test_a_selection_from_elsewhere_is_outlined_and_comes_into_view_only_if_outside(canvas):
    view, state = canvas(chain_trace(60), 600, 400)
    view.graph.look(view.graph.camera._replace(scale=1.0, x=0.0, y=100.0))
    near = next(n for n in range(len(state.trace.nodes)) if view.graph.seen().contains(
        view.picture.rect(int(view.picture.drawing.graph.box_of[n]))))  # fmt: skip
    before = view.graph.camera
    state.select([near])
    assert view.graph.camera == before
    assert view.picture.selected.tolist() == [near]
    far = int(np.argmax(view.picture.drawing.rects[:, 1]))
    state.select([far])
    assert view.graph.camera != before
    assert view.graph.seen().contains(view.picture.rect(far))


@pytest.mark.parametrize("size", [(900, 1100), (420, 500), (320, 300), (1000, 260)])
@pytest.mark.parametrize("make", [seed_trace, mlp_trace])
def test_the_legend_covers_no_box_and_no_stroke_after_a_fit(canvas, make, size):
    view, state = canvas(make(), *size)
    state.set_step(0, 2)
    view.fit()
    legend = view.overlays.legend
    assert legend.isVisible()
    covered = view.graph.mapToScene(legend.geometry()).boundingRect()
    edges = covered.left(), covered.top(), covered.right(), covered.bottom()
    assert not len(view.picture.drawing.box_index.touching(*edges))
    assert not len(view.picture.drawing.piece_index.touching(*edges))


def test_a_step_recolours_shows_the_legend_and_reveals_the_node(canvas):
    view, state = canvas(chain_trace(60), 600, 400)
    assert not view.overlays.legend.isVisible()
    state.set_step(0, 1)
    assert view.overlays.legend.isVisible()
    view.graph.look(view.graph.camera._replace(scale=1.0))
    for position in (2, 30, 61, 5):
        state.set_position(position)
        now = view.picture.story.now_box
        assert view.picture.node(now) == state.steps.node(position)
        assert view.graph.seen().contains(view.picture.rect(now))
        assert f"step {position} of 61" in view.accessibleDescription()
    state.set_step(NONE, 0)
    assert view.picture.story is None
    assert not view.overlays.legend.isVisible()


def test_a_step_that_moves_the_view_takes_the_card_of_another_box_away(canvas, qtbot):
    view, state = canvas(chain_trace(60), 600, 400)
    state.set_step(0, 61)
    view.graph.look(view.graph.camera._replace(scale=1.0))
    state.set_position(60)
    state.set_position(61)
    box = view.picture.story.now_box
    view.graph.box_hovered.emit(box, QPointF(view.graph.mapFromScene(view.picture.rect(box).center())))
    qtbot.waitUntil(view.overlays.card.isVisible)
    state.set_position(1)
    assert not view.overlays.card.isVisible()
    assert view.picture.hovered == NONE


def test_at_the_beginning_of_a_walk_the_node_that_runs_first_is_in_view(canvas):
    view, state = canvas(chain_trace(60), 600, 400)
    state.set_step(0, 1)
    view.graph.look(view.graph.camera._replace(scale=1.0))
    state.set_position(61)
    first = view.picture.rect(view.picture.drawing.graph.box_of[state.steps.node(1)])
    assert not view.graph.seen().intersects(first)
    state.set_position(0)
    assert view.picture.story.now_box == NONE
    assert view.graph.seen().contains(first)


def test_a_step_whose_node_is_in_view_moves_nothing(canvas):
    view, state = canvas(seed_trace())
    state.set_step(0, 1)
    view.graph.look(view.graph.camera)
    before = view.graph.camera
    for position in (2, 3, 4, 5, 1):
        state.set_position(position)
        assert view.graph.camera == before


def test_the_frame_shows_the_colour_of_now(canvas):
    view, state = canvas(seed_trace())
    state.set_step(0, 3)
    image = view.grab().toImage()
    rect = view.picture.rect(6)
    spot = view.graph.mapFromScene(QPointF(rect.left() + 30, rect.top() + 1.0))
    around = [image.pixelColor(spot.x(), spot.y() + dy).name() for dy in range(-4, 5)]
    assert QColor(DARK.now).name() in around


def test_growth_is_shown_and_followed_until_the_user_moves_the_view(canvas, qtbot):
    b = started()
    b.add("names", name="a", node=b.tensor("a", 1.0))
    trace = b.build()
    view, state = canvas(trace, 500, 400)

    def grow(count):
        b.trace = trace
        for _ in range(count):
            b.tensor("b", 2.0)
        b.build()
        state.trace_grew()
        settle(qtbot, view)

    grow(30)
    assert len(view.picture.drawing.rects) == 31
    assert view.graph.seen().contains(view.scene_bounds())
    wheel(view, QPoint(250, 200), 2)
    before = view.graph.camera
    grow(3)
    assert len(view.picture.drawing.rects) == 34
    assert view.graph.camera == before
    qtbot.keyClick(view.graph, Qt.Key.Key_Space)
    assert view.graph.seen().contains(view.scene_bounds())


def test_many_signals_of_one_turn_make_one_layout(canvas, qtbot):
    view, state = canvas(seed_trace())
    pictures = []
    view.layouts.job.ready.connect(pictures.append)
    state.set_trace(mlp_trace())
    for _ in range(50):
        state.trace_grew()
    settle(qtbot, view)
    assert len(pictures) == 1
    assert len(view.picture.drawing.rects) == len(state.trace.nodes)


def test_new_values_without_new_nodes_lay_nothing_out(canvas, qtbot):
    view, state = canvas(seed_trace())
    shown = view.picture
    state.trace_grew()
    settle(qtbot, view)
    assert view.picture is shown


def test_another_trace_takes_the_place_of_the_first(canvas, qtbot):
    view, state = canvas(seed_trace())
    state.select([5])
    state.set_step(0, 3)
    state.set_trace(mlp_trace())
    settle(qtbot, view)
    assert len(view.picture.drawing.rects) == len(state.trace.nodes)
    assert view.picture.story is None
    state.set_trace(Trace())
    settle(qtbot, view)
    assert view.picture is None
    assert view.overlays.hint.isVisible()


def test_a_newer_trace_replaces_a_layout_under_way(canvas, qtbot):
    view, state = canvas(chain_trace(3000))
    state.set_trace(chain_trace(2500))
    QApplication.processEvents()
    state.set_trace(seed_trace())
    settle(qtbot, view)
    assert len(view.picture.drawing.rects) == 13


def test_the_wheel_zooms_at_the_pointer_within_limits(canvas):
    view, _ = canvas(seed_trace())
    where = QPoint(200, 300)
    before = view.graph.scene_point(QPointF(where))
    wheel(view, where, 1)
    after = view.graph.scene_point(QPointF(where))
    assert (after - before).manhattanLength() < 1e-6
    assert view.graph.camera.scale > 1
    wheel(view, where, 100)
    assert view.graph.camera.scale == 4.0
    wheel(view, where, -300)
    assert 0 < view.graph.camera.scale <= 0.05


def test_a_drag_pans_and_selects_nothing(canvas, qtbot):
    view, state = canvas(seed_trace())
    port = view.graph.viewport()
    before = view.graph.camera
    start = at(view, 5)
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(port, start + QPoint(20, 15))
    qtbot.mouseMove(port, start + QPoint(40, 30))
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=start + QPoint(40, 30))
    assert state.selection == ()
    assert view.graph.camera.scale == before.scale
    assert view.graph.camera.x == pytest.approx(before.x - 40 / before.scale)
    assert view.graph.camera.y == pytest.approx(before.y - 30 / before.scale)


def test_the_graph_cannot_be_lost_by_panning(canvas):
    view, _ = canvas(seed_trace())
    view.graph.pan(QPointF(1e7, -1e7))
    assert view.graph.seen().intersects(view.scene_bounds())


def test_a_double_click_looks_at_a_box_from_near(canvas, qtbot):
    view, _ = canvas(chain_trace(60), 600, 400)
    view.fit()
    box = 30
    qtbot.mouseDClick(view.graph.viewport(), Qt.MouseButton.LeftButton, pos=at(view, box))
    assert view.graph.camera.scale >= 1
    middle = view.picture.rect(view.picture.box_at(view.graph.camera.x, view.graph.camera.y))
    assert view.graph.seen().contains(middle)


def test_keys_other_than_space_are_left_to_the_window(canvas, qtbot):
    view, _ = canvas(seed_trace())
    before = view.graph.camera
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_PageDown):
        qtbot.keyClick(view.graph, key)
    assert view.graph.camera == before


def test_resting_on_a_box_shows_its_card_inside_the_canvas(canvas, qtbot):
    view, state = canvas(seed_trace())
    state.set_step(0, 3)
    port = view.graph.viewport()
    qtbot.mouseMove(port, at(view, 12))
    qtbot.waitUntil(view.overlays.card.isVisible)
    card = view.overlays.card
    assert view.rect().contains(card.geometry())
    qtbot.mouseMove(port, QPoint(3, 3))
    assert not card.isVisible()


def test_views_can_be_changed_and_selections_follow(canvas, qtbot):
    view, state = canvas(seed_trace())
    state.set_step(0, 3)
    state.select([6])
    for choice, boxes in ((View.FUNCTIONS, 5), (View.COMPACT, 7), (View.TENSORS_AND_FUNCTIONS, 13)):
        view.set_view(choice)
        settle(qtbot, view)
        assert len(view.picture.drawing.rects) == boxes
        assert len(view.picture.selected) == 1
        assert view.picture.story.now_box != NONE


def test_left_to_right_the_last_tensor_stands_right_of_the_first(canvas, qtbot):
    view, _ = canvas(seed_trace())
    view.set_orientation("left-to-right")
    settle(qtbot, view)
    rects = view.picture.drawing.rects
    assert rects[12, 0] > rects[0, 2]


def test_a_theme_reaches_the_pixels(canvas):
    view, _ = canvas(seed_trace())
    view.set_theme(LIGHT)
    corner = view.grab().toImage().pixelColor(view.width() - 3, 3).name()
    assert corner == LIGHT.background


def test_a_large_graph_opens_at_its_newest_part_with_an_overview(canvas):
    view, state = canvas(chain_trace(300), 600, 500)
    assert view.graph.camera.scale >= 0.5
    assert view.graph.seen().contains(view.picture.rect(len(state.trace.nodes) - 1))
    assert view.overlays.map.isVisible()
    view.fit()
    assert view.graph.seen().contains(view.scene_bounds())
    assert not view.overlays.map.isVisible()


def test_a_click_in_the_overview_moves_the_view(canvas, qtbot):
    view, _ = canvas(chain_trace(300), 600, 500)
    before = view.graph.camera
    qtbot.mouseClick(view.overlays.map, Qt.MouseButton.LeftButton, pos=QPoint(66, 20))
    assert view.graph.camera.y < before.y
    assert view.graph.camera.scale == before.scale


def test_a_failing_layout_leaves_the_last_picture_and_says_so(canvas, qtbot, monkeypatch, caplog):
    view, state = canvas(seed_trace())
    shown = view.picture

    def broken(*args, **kwargs):
        raise RuntimeError("no layout today")

    monkeypatch.setattr("ui.canvas.placing.layout_job.lay_out", broken)
    view.lay_out_afresh()
    settle(qtbot, view)
    assert view.picture is shown
    assert view.overlays.notice.isVisible()
    assert "no layout today" in caplog.text
    assert state.trace is not None


def test_a_slow_layout_is_announced_until_it_is_done(canvas, qtbot, monkeypatch):
    import threading

    from ui.canvas.placing import layout_job

    view, _ = canvas(seed_trace())
    go = threading.Event()
    real = layout_job.lay_out

    def slow(*args, **kwargs):
        go.wait(10)
        return real(*args, **kwargs)

    monkeypatch.setattr(layout_job, "lay_out", slow)
    view.lay_out_afresh()
    qtbot.waitUntil(view.overlays.notice.isVisible, timeout=5000)
    assert len(view.picture.drawing.rects) == 13
    go.set()
    settle(qtbot, view)
    assert not view.overlays.notice.isVisible()


def test_a_canvas_that_is_thrown_away_stops_its_thread(qtbot):
    state = ViewState(chain_trace(4000))
    view = CanvasView(state, DARK)
    view.close_job()
    assert not view.layouts.job.busy or view.layouts.job._pool.activeThreadCount() == 0
    view.deleteLater()


def test_the_pointer_on_a_box_paints_no_more_than_its_surroundings(canvas, qtbot, monkeypatch):
    view, _ = canvas(chain_trace(200))
    view.graph.look(Camera(1.0, *view.picture.rect(100).center().toTuple()))
    view.graph.viewport().repaint()
    qtbot.waitUntil(lambda: not view.graph.labels.running)
    view.clearance.settle()
    QApplication.processEvents()  # what labels and overlays had still to paint
    view.graph.viewport().repaint()
    whole = len(view.graph.item.painted.boxes)
    paint, frames = Picture.paint, []  # all of them: the hover card that appears uncovers a part beside the box later
    monkeypatch.setattr(Picture, "paint", lambda *args, **options: frames.append(paint(*args, **options)) or frames[-1])
    node = int(view.picture.drawing.graph.node[100])
    qtbot.mouseMove(view.graph.viewport(), at(view, node))
    qtbot.waitUntil(lambda: view.picture.hovered == 100)

    def surroundings():
        """What was painted with the box, without the overview, which is painted from far in its own time."""
        return [frame.boxes for frame in frames if frame.detail is Detail.NEAR and 100 in frame.boxes]

    qtbot.waitUntil(lambda: bool(surroundings()))
    assert len(surroundings()[0]) < whole


def test_a_crooked_picture_is_laid_out_afresh_by_itself_until_somebody_has_looked_around_in_it(canvas, monkeypatch):
    view, _ = canvas(seed_trace())
    asked = []
    monkeypatch.setattr(view.layouts, "lay_out_afresh", lambda: asked.append("afresh"))
    monkeypatch.setattr(view.reports._drift, "follow", lambda *_, **__: True)
    view.reports.offer_afresh(view.picture.drawing)
    assert asked == ["afresh"]
    assert view.overlays.offer.text == ""
    view.graph.touched = True
    view.reports.offer_afresh(view.picture.drawing)
    assert asked == ["afresh"]
    assert "crooked" in view.overlays.offer.text
