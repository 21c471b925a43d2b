import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

from engine.recording.statistics import CHUNK, of_array, of_stack

numbers = st.floats(-1e6, 1e6, width=32) | st.sampled_from([math.nan, math.inf, -math.inf, 0.0])
arrays = hnp.arrays("float32", hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4), elements=numbers)


def plainly(array):
    values = np.asarray(array, dtype=np.float64).reshape(-1)
    finite = values[np.isfinite(values)]
    middle = (finite.mean(), finite.std(), finite.min(), finite.max()) if len(finite) else (math.nan,) * 4
    counts = (np.count_nonzero(finite == 0), np.isnan(values).sum(), np.isinf(values).sum())
    return (np.linalg.norm(finite), *middle, *counts)


@given(arrays)
def test_statistics_are_numpys_over_the_finite_elements(array):
    np.testing.assert_allclose(of_array(array), plainly(array), rtol=1e-9, atol=1e-9)


@given(st.lists(hnp.arrays("float32", (2, 3), elements=numbers), min_size=1, max_size=5))
def test_a_stack_has_the_statistics_of_its_members(members):
    for found, member in zip(of_stack(np.stack(members)), members, strict=True):
        np.testing.assert_allclose(found, plainly(member), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("dtype", ["bool", "int64", "uint8", "float16", "float64"])
def test_every_dtype_has_statistics(dtype):
    array = np.arange(6).astype(dtype).reshape(2, 3)
    np.testing.assert_allclose(of_array(array), plainly(array))
    np.testing.assert_allclose(of_stack(array[None])[0], plainly(array))


def test_complex_numbers_count_by_magnitude():
    assert of_array(np.array([3 + 4j, 0])).max == 5.0


def test_chunks_merge_to_the_statistics_of_the_whole():
    array = np.random.default_rng(0).normal(1e6, 1.0, 3 * CHUNK + 17)
    np.testing.assert_allclose(of_array(array), plainly(array), rtol=1e-9)


def test_memory_layout_does_not_matter():
    array = np.random.default_rng(0).normal(size=(300, 500))
    for view in (array.T, array[::-3, ::7], np.broadcast_to(array[0], (40, 500))):
        np.testing.assert_allclose(of_array(view), plainly(view), rtol=1e-9)


@pytest.mark.parametrize("size", [1e200, 1e-200])
def test_squares_neither_overflow_nor_vanish(size):
    for found in (of_array(np.array([3.0, -4.0]) * size), of_stack(np.array([[3.0, -4.0]]) * size)[0]):
        assert found.norm == pytest.approx(5 * size)
        assert found.std == pytest.approx(3.5 * size)


def test_a_large_array_is_not_copied():
    array = np.zeros((16, 1 << 20), np.float32)
    tracemalloc.start()
    try:
        found = of_array(array.T)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.zeros == array.size
    assert peak < array.nbytes / 10
