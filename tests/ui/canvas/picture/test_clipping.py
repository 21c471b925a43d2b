import numpy as np
import pytest

from ui.canvas.picture.clipping import alike, clip, contains, crowded, distinct

VIEW = (0.0, 0.0, 100.0, 80.0)


def at(points, t):
    """(k, 2) points of cubics (k, 8) at parameter t."""
    a, b, c, d = (points[:, i : i + 2] for i in (0, 2, 4, 6))
    return (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d


def inside(where, reach=0.0):
    left, top, right, bottom = VIEW
    x, y = where[:, 0], where[:, 1]
    return (x >= left - reach) & (x <= right + reach) & (y >= top - reach) & (y <= bottom + reach)


def s_curve(a, b):
    """From a to b, leaving and entering along y, as the layout's slants are drawn."""
    (x0, y0), (x1, y1) = a, b
    return [x0, y0, x0, y0 + 0.62 * (y1 - y0), x1, y1 - 0.62 * (y1 - y0), x1, y1]


def straight(a, b):
    a, b = np.array(a, float), np.array(b, float)
    return [*a, *(a + (b - a) / 3), *(a + (b - a) * 2 / 3), *b]


def test_what_reaches_out_only_a_little_stays_as_it_is():
    points = np.array([s_curve((10, -20), (60, 90)), straight((5, 5), (5, 130))])
    rows, cut = clip(points, np.array([True, False]), VIEW, 64.0)
    assert rows.tolist() == [0, 1]
    assert np.array_equal(cut, points)


def test_a_straight_line_across_a_million_units_is_cut_to_the_view_and_its_room():
    points = np.array([straight((50, -1e6), (50, 1e6)), straight((50, 1e6), (50, -1e6))])
    rows, cut = clip(points, np.zeros(2, bool), VIEW, 64.0)
    assert rows.tolist() == [0, 1]
    assert np.allclose(cut[:, [0, 1, 6, 7]], [[50, -64, 50, 144], [50, 144, 50, -64]])


def test_a_long_stroke_that_only_its_rectangle_brings_into_view_is_left_out():
    points = np.array([s_curve((-9000, -400), (9000, 5000)), straight((-9000, 5000), (9000, -5400))])
    rows, _ = clip(points, np.array([True, False]), VIEW, 64.0)
    assert rows.tolist() == []


@pytest.mark.parametrize("seed", range(20))
def test_everything_visible_of_a_stroke_is_kept(seed):
    rng = np.random.default_rng(seed)
    ends = rng.uniform(-1, 1, (200, 2, 2)) * rng.choice([150, 3000, 400_000], (200, 1, 1))
    points = np.array([s_curve(*e) if rng.random() < 0.6 else straight(*e) for e in ends.tolist()])
    curved = ~np.isclose(points[:, 2], points[:, 0] + (points[:, 6] - points[:, 0]) / 3)
    rows, cut = clip(points, curved, VIEW, 64.0)
    samples = np.stack([at(points, t) for t in np.linspace(0, 1, 4001)], axis=1)  # (200, 4001, 2)
    kept = dict(zip(rows.tolist(), cut, strict=True))
    for row, path in enumerate(samples):
        seen = path[inside(path)]
        if len(seen):
            part = np.concatenate([at(kept[row][None], t) for t in np.linspace(0, 1, 2001)])
            nearest = [np.hypot(*(part - point).T).min() for point in seen[:: max(1, len(seen) // 20)]]
            assert max(nearest) < 2.0
        if row in kept and not np.array_equal(kept[row], points[row]):
            ends = at(kept[row][None], 0.0), at(kept[row][None], 1.0)
            assert all(inside(end, 65.0).all() for end in ends)


def test_one_stroke_stands_for_those_in_its_cell_of_the_grid():
    values = np.array([[0.0, 0.0], [0.1, 0.1], [5.0, 0.0], [0.2, -0.2], [5.0, 7.0]])
    assert distinct(values, 1.0).tolist() == [2, 3, 4]


def test_no_two_cells_of_a_large_grid_are_taken_for_one():
    x, y = np.meshgrid(np.arange(-150, 150), np.arange(-150, 150))
    values = np.stack([x.ravel(), y.ravel(), (x * y).ravel()], axis=1).astype(float)
    assert len(distinct(values, 1.0)) == len(values)


def test_each_stroke_has_room_of_its_own():
    points = np.array([straight((50, -1e5), (50, 1e5))] * 2)
    _, cut = clip(points, np.zeros(2, bool), VIEW, np.array([10.0, 500.0]))
    assert np.allclose(cut[:, [1, 7]], [[-10, VIEW[3] + 10], [-500, VIEW[3] + 500]])


@pytest.mark.parametrize("seed", range(5))
def test_the_last_row_of_every_cell_stands_for_it_among_thousands(seed):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 60, (5000, 2)).astype(float)
    last = {tuple(row): k for k, row in enumerate(values.tolist())}
    assert distinct(values, 1.0).tolist() == sorted(last.values())


def test_a_sheaf_is_crowded_and_a_grid_is_not():
    sheaf = np.linspace(0, 50, 20_000)[:, None] * [1.0, 0.0]
    grid = np.stack(np.meshgrid(np.arange(200), np.arange(200)), axis=-1).reshape(-1, 2).astype(float)
    assert crowded(sheaf, 0.5)
    assert not crowded(grid, 0.5)


def test_of_strokes_that_look_alike_in_view_one_is_left():
    far = np.arange(2000) * 40.0 + 5000.0
    ports = 50 + np.arange(2000) * 0.001  # all within two pixels
    lines = np.stack([-far, np.full(2000, 10.0), ports, np.full(2000, 60.0)], axis=1)
    kept = alike(lines, VIEW, 0.5)
    assert 1 <= len(kept) < 120
    assert kept[-1] == 1999  # the last of those that are alike, in ascending order
    assert (np.diff(kept) > 0).all()


def test_every_stroke_that_is_left_out_runs_close_to_one_that_is_kept():
    rng = np.random.default_rng(3)
    count = 400
    lines = np.stack(
        [rng.uniform(-9000, 9000, count), np.full(count, 5.0), rng.uniform(45, 55, count), np.full(count, 70.0)], axis=1
    )
    kept = alike(lines, VIEW, 0.5)
    assert len(kept) < count
    curves = np.array([s_curve(line[:2], line[2:]) for line in lines.tolist()])
    ways = np.stack([at(curves, t) for t in np.linspace(0, 1, 4001)], axis=1)
    left_out = np.setdiff1d(np.arange(60), kept)
    assert len(left_out) > 3
    for k in left_out:
        seen = ways[k][inside(ways[k])][::200]
        away = np.abs(ways[kept][:, None, ::8] - seen[None, :, None]).sum(axis=3).min(axis=2)
        assert away.max(axis=1).min() < 3.0


def test_strokes_whose_ends_differ_in_view_are_not_alike():
    lines = np.array([[10.0, 10, 50, 60], [12.0, 10, 50, 60], [10.0, 10, 50, 62], [10.0, 10, 50, 60]])
    assert alike(lines, VIEW, 0.5).tolist() == [1, 2, 3]


def test_a_rectangle_lies_within_one_that_reaches_as_far():
    assert contains(VIEW, VIEW)
    assert contains(VIEW, (1, 1, 99, 79))
    assert not contains(VIEW, (-1, 1, 99, 79))
    assert not contains(VIEW, (1, 1, 99, 81))
