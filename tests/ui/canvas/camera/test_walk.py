import pytest

from tests.tapes import mlp_trace
from tests.traces import chain_trace
from ui.canvas.camera.fitting import Camera
from ui.canvas.camera.view_history import Place, ViewHistory, camera_of, place_of
from ui.canvas.camera.walk import Direction, nearest_to, next_box
from ui.canvas.picture.drawing import lay_out
from ui.canvas.picture.fonts import Fonts
from ui.snapshot import Snapshot


@pytest.fixture
def mlp(qapp):
    return lay_out(Snapshot.of(mlp_trace()), Fonts())


def test_down_goes_to_a_box_that_uses_this_one_and_up_to_one_that_it_uses(mlp):
    graph = mlp.graph
    for box in range(len(graph.node)):
        down, up = (next_box(mlp, box, d) for d in (Direction.DOWN, Direction.UP))
        users = set(graph.dst[graph.src == box].tolist())
        used = set(graph.src[graph.dst == box].tolist())
        assert down in users or (down == box and not users)
        assert up in used or (up == box and not used)


def test_a_step_and_a_step_back_end_where_they_began(mlp):
    for box in range(len(mlp.graph.node)):
        there = next_box(mlp, box, Direction.DOWN)
        if there != box:
            assert next_box(mlp, there, Direction.UP, came_from=box) == box


def test_left_and_right_go_along_the_row(mlp):
    for box in range(len(mlp.graph.node)):
        right = next_box(mlp, box, Direction.RIGHT)
        if right != box:
            assert mlp.rects[right, 0] > mlp.rects[box, 0]
            assert next_box(mlp, right, Direction.LEFT) == box


def test_where_data_flows_to_the_right_so_do_the_keys(qapp):
    drawing = lay_out(Snapshot.of(mlp_trace()), Fonts(), orientation="left-to-right")
    box = int(drawing.graph.src[0])
    assert next_box(drawing, box, Direction.RIGHT, flow=0) in drawing.graph.dst[drawing.graph.src == box]


def test_a_view_is_found_again_after_the_graph_has_grown(qapp):
    before, after = (lay_out(Snapshot.of(chain_trace(n)), Fonts()) for n in (20, 60))
    x, y = before.rects[7, :2] + 10
    place = place_of(Camera(0.8, x, y), before)
    camera = camera_of(place, after)
    assert camera.scale == 0.8
    assert after.graph.node[nearest_to(after, camera.x, camera.y)] == place.node
    assert camera_of(place, before) == pytest.approx((0.8, x, y))


def test_what_is_not_shown_any_more_has_no_camera(mlp):
    assert camera_of(Place(1.0, 10_000, 0.0, 0.0), mlp) is None


def test_back_and_forward_go_through_the_views_and_a_new_one_ends_what_lay_ahead(mlp):
    history = ViewHistory()
    places = [place_of(Camera(1.0, 0.0, 400.0 * k), mlp) for k in range(4)]
    for place in places[:3]:
        history.visit(place, mlp, 300.0)
    assert history.step(-1, mlp) == camera_of(places[1], mlp)
    assert history.step(-1, mlp) == camera_of(places[0], mlp)
    assert history.step(-1, mlp) is None
    assert history.step(1, mlp) == camera_of(places[1], mlp)
    history.visit(places[3], mlp, 300.0)
    assert history.step(1, mlp) is None
    assert history.step(-1, mlp) == camera_of(places[1], mlp)


def test_a_camera_that_hardly_moved_shows_the_same_view(mlp):
    history = ViewHistory()
    history.visit(place_of(Camera(1.0, 0.0, 0.0), mlp), mlp, 1000.0)
    history.visit(place_of(Camera(1.1, 20.0, 0.0), mlp), mlp, 1000.0)
    assert history.step(-1, mlp) is None
    history.visit(place_of(Camera(2.0, 20.0, 0.0), mlp), mlp, 500.0)
    assert history.step(-1, mlp) is not None
