import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QShortcut

from engine.trace import NONE, Trace
from tests.tapes import mlp_trace
from ui.canvas.view import CanvasView
from ui.theme import DARK
from ui.view_state import ViewState

CONTROL, LEFT = Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def canvas(qtbot):
    view = CanvasView(ViewState(mlp_trace()), DARK)
    view.set_animated(False)
    view.resize(700, 600)
    qtbot.addWidget(view)
    view.show()
    qtbot.waitExposed(view)
    view.graph.setFocus()
    qtbot.waitUntil(lambda: not view.busy and view.picture is not None, timeout=20_000)
    yield view
    view.close_job()


def test_arrow_keys_walk_along_edges_with_a_ring_and_the_selection(canvas, qtbot):
    state, graph = canvas._state, canvas.picture.drawing.graph
    start = int(graph.src[0])
    state.select([int(graph.node[start])])
    qtbot.keyClick(canvas.graph, Qt.Key.Key_Down)
    there = int(canvas.picture.selected[-1])
    assert there in graph.dst[graph.src == start]
    assert canvas.picture.marked == there
    qtbot.keyClick(canvas.graph, Qt.Key.Key_Up)
    assert canvas.picture.selected.tolist() == [start]
    assert canvas.graph.seen().contains(canvas.picture.rect(start))


def test_without_a_selection_a_walk_begins_in_the_middle_of_the_view(canvas, qtbot):
    qtbot.keyClick(canvas.graph, Qt.Key.Key_Down)
    assert canvas.picture.marked != NONE
    assert len(canvas._state.selection) == 1


def test_left_and_right_belong_to_the_window_until_a_walk_has_begun(canvas, qtbot):
    stepped = []
    QShortcut(Qt.Key.Key_Right, canvas).activated.connect(lambda: stepped.append(1))
    qtbot.keyClick(canvas.graph, Qt.Key.Key_Right)
    assert len(stepped) == 1
    qtbot.keyClick(canvas.graph, Qt.Key.Key_Down)
    qtbot.keyClick(canvas.graph, Qt.Key.Key_Right)
    assert len(stepped) == 1
    canvas.navigation.end_walk()
    assert canvas.picture.marked == NONE
    qtbot.keyClick(canvas.graph, Qt.Key.Key_Right)
    assert len(stepped) == 2


def test_a_click_ends_the_walk(canvas, qtbot):
    qtbot.keyClick(canvas.graph, Qt.Key.Key_Down)
    qtbot.mouseClick(canvas.graph.viewport(), LEFT, pos=QPoint(2, 2))
    assert not canvas.graph.walking
    assert canvas.picture.marked == NONE


def test_control_and_a_digit_keep_a_view_and_the_digit_comes_back_to_it(canvas, qtbot):
    said = []
    canvas.navigation.said.connect(said.append)
    canvas.graph.look(canvas.graph.camera._replace(scale=1.3, x=10.0, y=20.0))
    kept = canvas.graph.camera
    qtbot.keyClick(canvas.graph, Qt.Key.Key_3, CONTROL)
    canvas.fit()
    assert canvas.graph.camera != kept
    qtbot.keyClick(canvas.graph, Qt.Key.Key_3)
    assert canvas.graph.camera == pytest.approx(kept)
    qtbot.keyClick(canvas.graph, Qt.Key.Key_7)
    assert canvas.graph.camera == pytest.approx(kept)
    assert "Bookmark 3" in said[0]
    assert "no bookmark 7" in said[1]


def test_back_and_forward_through_views(canvas):
    navigation, graph = canvas.navigation, canvas.graph
    cameras = [graph.camera._replace(scale=1.0, x=0.0, y=y) for y in (0.0, 700.0)]
    for camera in cameras:
        graph.look(camera)
        navigation.remember()
    navigation.back()
    assert graph.camera == pytest.approx(cameras[0])
    navigation.forward()
    assert graph.camera == pytest.approx(cameras[1])


def test_control_and_a_drag_zoom_to_the_rectangle(canvas, qtbot):
    graph, port = canvas.graph, canvas.graph.viewport()
    first, last = QPoint(200, 150), QPoint(400, 350)
    area = [graph.scene_point(QPointF(p)) for p in (first, last)]
    qtbot.mousePress(port, LEFT, CONTROL, first)
    qtbot.mouseMove(port, QPoint(300, 300))
    qtbot.mouseMove(port, last)
    qtbot.mouseRelease(port, LEFT, CONTROL, last)
    assert graph.camera.x == pytest.approx((area[0].x() + area[1].x()) / 2, abs=2)
    seen = graph.seen().adjusted(-1, -1, 1, 1)
    assert seen.contains(area[0])
    assert seen.contains(area[1])
    assert graph.seen().height() == pytest.approx(area[1].y() - area[0].y(), rel=0.05)


def test_nothing_of_this_fails_on_an_empty_canvas(qtbot):
    view = CanvasView(ViewState(Trace()), DARK)
    qtbot.addWidget(view)
    view.show()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_1, Qt.Key.Key_Space):
        qtbot.keyClick(view.graph, key)
    qtbot.keyClick(view.graph, Qt.Key.Key_1, CONTROL)
    view.navigation.back()
    view.navigation.forward()
    assert view.picture is None
    view.close_job()
