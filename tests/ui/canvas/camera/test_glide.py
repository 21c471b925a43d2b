import numpy as np
import pytest

from tests.tapes import mlp_trace
from tests.traces import chain_trace
from ui.canvas.camera.glide import between, way_back
from ui.canvas.picture.drawing import lay_out
from ui.canvas.picture.fonts import Fonts
from ui.snapshot import Snapshot


@pytest.fixture
def drawings(qapp):
    """The same graph laid out downwards and to the right."""
    snapshot = Snapshot.of(mlp_trace())
    return lay_out(snapshot, Fonts()), lay_out(snapshot, Fonts(), orientation="left-to-right")


def test_boxes_start_where_they_were_and_end_where_they_belong(drawings):
    before, now = drawings
    way = way_back(before, now)
    start, end = between(now, way, 0.0), between(now, way, 1.0)
    centres = [(d.rects[:, :2] + d.rects[:, 2:]) / 2 for d in (before, start, now, end)]
    assert np.allclose(centres[0], centres[1])
    assert np.allclose(centres[2], centres[3])
    assert np.allclose(end.pieces.points, now.pieces.points)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.8])
def test_edges_keep_to_their_boxes_on_the_way(drawings, share):
    before, now = drawings
    way = way_back(before, now)
    passing = between(now, way, share)
    first, last = now.pieces.first[:-1], now.pieces.first[1:] - 1
    left = way * (1 - share)
    moved = passing.pieces.points - now.pieces.points
    assert np.allclose(moved[first, 0:2], left[now.graph.src])
    assert np.allclose(moved[last, 6:8], left[now.graph.dst])


def test_strokes_stay_whole_on_the_way(drawings):
    before, now = drawings
    points = between(now, way_back(before, now), 0.4).pieces.points
    inner = np.flatnonzero(np.diff(now.pieces.edge) == 0)
    assert np.allclose(points[inner, 6:8], points[inner + 1, 0:2])


def test_what_does_not_move_and_what_was_moved_with_the_camera_has_no_way(drawings):
    _, now = drawings
    assert way_back(now, now) is None
    moved = way_back(now, now, (50.0, 0.0))
    assert np.allclose(moved, [50.0, 0.0])


def test_new_boxes_appear_where_they_belong(qapp):
    trace = chain_trace(10)
    snapshot = Snapshot.of(trace)
    before, now = lay_out(snapshot, Fonts()), lay_out(Snapshot.of(chain_trace(20)), Fonts())
    way = way_back(before, now)
    if way is not None:
        assert not way[len(before.rects) :].any()
