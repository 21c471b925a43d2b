import math

import numpy as np
import pytest

from tests.traces import TraceBuilder
from ui.values import byte_size, duration, element, number, shape, short, short_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.75, "0.75"),
        (3.0, "3"),
        (-2.0, "-2"),
        (1.5e-8, "1.5e-8"),
        (2 / 3, "0.6667"),
        (1234567.0, "1.235e6"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "-∞"),
        (0.0, "0"),
    ],
)
def test_numbers_are_short(value, text):
    assert number(value) == text


def told(value, *, here=True):
    builder = TraceBuilder()
    handle = builder.array(value)
    trace = builder.build()
    return short(trace.array(handle), trace.values.get(handle) if here else None)


def test_an_array_of_one_number_is_that_number_even_while_its_elements_are_elsewhere():
    uniform = told(np.full((64, 3), 2.25), here=False)
    assert (uniform.text, uniform.shape, uniform.single) == ("2.25", (64, 3), 2.25)


def test_a_small_array_is_a_matrix_and_a_large_one_its_norm():
    assert told([[1, 2], [3, 4]]).cells == (("1", "2"), ("3", "4"))
    assert told([[1, 2], [3, 4]]).text == "[[1, 2], [3, 4]]"
    large = told(np.arange(30.0))
    assert large.cells == ()
    assert large.text.startswith("‖")
    assert not large.exact


def test_non_finite_elements_are_counted_where_they_cannot_be_written():
    broken = np.zeros(40)
    broken[:2] = np.nan
    broken[2] = np.inf
    assert told(broken).text == "2 NaN, 1 Inf"
    assert not told(broken).finite


def test_an_empty_array_says_so():
    assert told(np.zeros((0, 3))).text == "empty"


def test_a_scalar_nan_is_written_out():
    assert told(np.nan).text == "NaN"


def test_a_sum_made_in_the_window_reads_like_a_recorded_array():
    assert short_of(np.array([1.0, 2.0], np.float32)) == told([1, 2])


def test_shapes_sizes_and_times_read_as_people_write_them():
    assert (shape(()), shape((3,)), shape((2, 3))) == ("scalar", "(3,)", "(2, 3)")
    assert (byte_size(16), byte_size(1300), byte_size(3 << 30)) == ("16 B", "1.3 KiB", "3.0 GiB")
    assert (duration(0.0004), duration(1.25)) == ("0.4 ms", "1.25 s")


def test_elements_have_four_decimals_or_an_exponent():
    assert element(np.float32(4.5)) == "4.5000"
    assert element(np.float32(1e-9)) == "1e-9"
    assert element(np.int64(7)) == "7"
    assert element(np.bool_(True)) == "True"
