import numpy as np
import pytest

from ui.distinct_rows import distinct_rows


@pytest.mark.parametrize("seed", range(10))
def test_the_different_rows_are_those_that_numpy_finds_in_the_same_order(seed):
    rng = np.random.default_rng(seed)
    columns = [rng.integers(-3, 4, 200), rng.integers(0, 1 << 40, 5)[rng.integers(0, 5, 200)], rng.integers(0, 2, 200)]
    rows, which = distinct_rows(*columns)
    table = np.stack(columns, axis=1)
    assert np.array_equal(rows, np.unique(table, axis=0))
    assert np.array_equal(rows[which], table)


def test_no_rows_are_no_rows():
    rows, which = distinct_rows(np.zeros(0, np.int64), np.zeros(0, np.uint8))
    assert rows.shape == (0, 2)
    assert len(which) == 0


def test_columns_of_unsigned_bytes_do_not_overflow():
    column = np.arange(256, dtype=np.uint8)
    rows, _ = distinct_rows(column, column[::-1], column)
    assert len(rows) == 256
