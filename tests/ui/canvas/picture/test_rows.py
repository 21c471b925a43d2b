import numpy as np

from ui.canvas.painting.far_painter import grow
from ui.canvas.picture.rows import by_row, in_order


def test_equal_rows_come_together_ascending_and_keep_their_order():
    rows = np.array([7, 2, 7, 249, 2, 2])
    order, parts = in_order(rows)
    assert order.tolist() == [1, 4, 5, 0, 2, 3]
    assert [(row, order[part].tolist()) for row, part in parts] == [(2, [1, 4, 5]), (7, [0, 2]), (249, [3])]
    assert [(row, members.tolist()) for row, members in by_row(rows)] == [(2, [1, 4, 5]), (7, [0, 2]), (249, [3])]


def test_nothing_has_no_rows():
    assert list(by_row(np.zeros(0, np.int64))) == []


def test_what_would_vanish_grows_about_its_centre_and_the_rest_stays():
    rects = np.array([[10.0, 20.0, 1.0, 8.0], [0.0, 0.0, 5.0, 5.0]])
    grow(rects, 3.0)
    assert rects.tolist() == [[9.0, 20.0, 3.0, 8.0], [0.0, 0.0, 5.0, 5.0]]
