import numpy as np
import pytest

from tests.tapes import mlp_trace
from ui.canvas.picture.drawing import lay_out
from ui.canvas.picture.fonts import Fonts
from ui.canvas.picture.geometry import make_pieces
from ui.snapshot import Snapshot


def pieces_of(*routes, **kwargs):
    points = np.array([p for r in routes for p in r], float).reshape(-1, 2)
    counts = np.array([len(r) for r in routes], np.int64)
    stop = np.cumsum(counts)
    return make_pieces(points, stop - counts, stop, **kwargs)


def test_a_straight_route_is_one_line():
    p = pieces_of([(0, 0), (0, 50)])
    assert p.lines.tolist() == [[0, 0, 0, 50]]
    assert not p.curved.any()


def test_a_slanted_stretch_leaves_and_enters_upright():
    p = pieces_of([(0, 0), (100, 50)])
    assert p.curved.tolist() == [True]
    (x0, y0, cx1, cy1, cx2, cy2, x3, y3) = p.points[0]
    assert (x0, y0, x3, y3) == (0, 0, 100, 50)
    assert (cx1, cx2) == (0, 100)
    assert y0 < cy1
    assert cy2 < y3


def test_pieces_run_on_without_a_gap_from_the_first_point_to_the_last():
    route = [(0, 0), (40, 50), (40, 150), (40, 152), (200, 152), (200, 220)]
    p = pieces_of(route, [(5, 5), (5, 9)])
    mine = p.points[p.first[0] : p.first[1]]
    assert mine[0, :2].tolist() == [0, 0]
    assert mine[-1, 6:].tolist() == [200, 220]
    assert np.allclose(mine[1:, :2], mine[:-1, 6:])


def test_a_straight_edge_of_any_length_is_one_piece():
    p = pieces_of([(0, 0), (0, 1e6)])
    assert p.lines.tolist() == [[0, 0, 0, 1e6]]


def test_heads_point_along_the_data_at_its_end_and_against_it_at_its_start():
    p = pieces_of([(0, 0), (30, 40), (30, 90)], [(7, 0), (7, 20)])
    edges = np.array([0, 1])
    tip, direction = p.tips(True, edges)
    assert tip.tolist() == [[30, 90], [7, 20]]
    assert np.allclose(direction, [[0, 1], [0, 1]])
    tip, direction = p.tips(False, edges)
    assert tip.tolist() == [[0, 0], [7, 0]]
    assert np.allclose(direction, [[0, -1], [0, -1]])


def test_a_route_within_one_point_keeps_one_piece():
    p = pieces_of([(1, 1), (1, 1)], [(0, 0), (0, 5)])
    assert p.first.tolist() == [0, 1, 2]
    assert np.isfinite(p.tips(True, np.array([0]))[1]).all()


def test_a_bulge_bends_an_edge_of_one_stretch_and_leaves_its_ends():
    p = pieces_of([(-8, 0), (-8, 50)], [(8, 0), (8, 50)], bulge=np.array([-24.0, 24.0]))
    assert p.lines[:, [0, 2]].tolist() == [[-8, -8], [8, 8]]
    rects = p.rects()
    assert rects[0, 0] < -20
    assert rects[1, 2] > 20


def test_left_to_right_the_ends_of_a_slant_lie_along_x():
    p = pieces_of([(0, 0), (50, 100)], flow=0)
    assert p.points[0, [3, 5]].tolist() == [0, 100]


def test_no_edges_make_no_pieces():
    p = pieces_of()
    assert len(p.edge) == 0
    assert p.first.tolist() == [0]
    assert p.rects().shape == (0, 4)


@pytest.mark.parametrize("seed", range(20))
def test_every_edge_has_its_pieces_and_they_stay_within_its_route(seed):
    rng = np.random.default_rng(seed)
    routes = []
    for _ in range(30):
        ys = np.cumsum(rng.integers(0, 120, rng.integers(2, 8)))
        routes.append([(float(x), float(y)) for x, y in zip(rng.integers(-300, 300, len(ys)), ys, strict=True)])
    p = pieces_of(*routes)
    assert p.first[-1] == len(p.edge)
    assert (np.diff(p.first) >= 1).all()
    rects = p.rects()
    for e, route in enumerate(routes):
        xs, ys = zip(*route, strict=True)
        mine = rects[p.first[e] : p.first[e + 1]]
        assert mine[:, 0].min() >= min(xs) - 1e-9
        assert mine[:, 2].max() <= max(xs) + 1e-9
        assert mine[:, 1].min() >= min(ys) - 1e-9
        assert mine[:, 3].max() <= max(ys) + 1e-9


def test_a_rectangle_beside_a_slanting_stroke_is_not_crossed_by_it(qapp):
    """Although it lies in the rectangle around the stroke."""
    drawing = lay_out(Snapshot.of(mlp_trace()), Fonts())
    spans = drawing.pieces.rects()
    wide = int(np.argmax(np.where(drawing.pieces.curved, spans[:, 2] - spans[:, 0], 0)))
    left, top, right, bottom = spans[wide].tolist()
    middle = ((left + right) / 2, (top + bottom) / 2)
    assert drawing.is_crossed((middle[0] - 9, top, middle[0] + 9, bottom))
    corners = [(left + 1, top + 1), (right - 5, top + 1), (left + 1, bottom - 5), (right - 5, bottom - 5)]
    assert any(not drawing.is_crossed((x, y, x + 4, y + 4)) for x, y in corners)
    assert drawing.is_crossed(tuple(drawing.rects[0].tolist()))


def test_parallel_strokes_that_slant_turn_one_after_the_other_and_do_not_bend_back():
    """The left of two that go to the right turns later, so that they do not cross."""
    a, b = pieces_of([(0, 0), (90, 56)]), pieces_of([(16, 0), (106, 56)])
    left = pieces_of([(0, 0), (90, 56)], bulge=np.array([-24.0]))
    right = pieces_of([(16, 0), (106, 56)], bulge=np.array([24.0]))
    for plain, parted in ((a, left), (b, right)):
        assert parted.points[0, 0::2].tolist() == plain.points[0, 0::2].tolist()  # nothing moves aside
        assert (parted.points[0, 1::2] >= 0).all()
        assert (parted.points[0, 1::2] <= 56).all()
    assert left.points[0, 3] > a.points[0, 3]
    assert right.points[0, 3] < b.points[0, 3]


def test_parallel_strokes_that_stand_upright_part_as_a_lens():
    parted = pieces_of([(0, 0), (0, 56)], bulge=np.array([24.0]))
    assert parted.points[0, [2, 4]].tolist() == [24.0, 24.0]
    assert parted.points[0, [3, 5]].tolist() == pieces_of([(0, 0), (0, 56)]).points[0, [3, 5]].tolist()
