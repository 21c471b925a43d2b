import numpy as np
import pytest

from ui.canvas.geometry import make_pieces


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
