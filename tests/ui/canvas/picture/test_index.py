import numpy as np
import pytest

from ui.canvas.picture.index import RowIndex


def boxes(seed, count=400):
    rng = np.random.default_rng(seed)
    corner = rng.uniform(-1000, 1000, (count, 2))
    return np.concatenate([corner, corner + rng.uniform(0, 150, (count, 2))], axis=1)


@pytest.mark.parametrize("seed", range(30))
def test_the_index_finds_exactly_what_a_look_at_all_finds(seed):
    rects, rng = boxes(seed), np.random.default_rng(seed + 99)
    index = RowIndex(rects)
    for _ in range(20):
        left, top = rng.uniform(-1200, 1200, 2)
        right, bottom = np.array([left, top]) + rng.uniform(0, 800, 2)
        overlap = (rects[:, 2] >= left) & (rects[:, 0] <= right) & (rects[:, 3] >= top) & (rects[:, 1] <= bottom)
        assert index.touching(left, top, right, bottom).tolist() == np.flatnonzero(overlap).tolist()


def test_a_view_of_everything_finds_everything_in_order():
    rects = boxes(1)
    assert RowIndex(rects).touching(-1e9, -1e9, 1e9, 1e9).tolist() == list(range(len(rects)))


def test_a_point_finds_the_last_rectangle_over_it_or_none():
    index = RowIndex(np.array([[0, 0, 10, 10], [5, 5, 15, 15]], float))
    assert index.at(2, 2) == 0
    assert index.at(7, 7) == 1
    assert index.at(30, 30) == -1


def test_beside_all_rectangles_the_nearest_within_reach_is_found():
    index = RowIndex(np.array([[0, 0, 10, 10], [0, 20, 10, 30]], float))
    assert index.at(5, 12, reach=3) == 0
    assert index.at(5, 19, reach=3) == 1
    assert index.at(5, 15, reach=3) == -1
    assert index.at(5, 15) == -1


def test_an_empty_index_finds_nothing():
    index = RowIndex(np.zeros((0, 4)))
    assert index.touching(-1, -1, 1, 1).tolist() == []
    assert index.at(0, 0) == -1
