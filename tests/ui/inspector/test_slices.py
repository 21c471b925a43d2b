import numpy as np
import pytest
from hypothesis import given, strategies as st

from ui.inspector.slices import SliceError, apply, as_matrix, default, parse

whole = st.one_of(st.none(), st.integers(-20, 20))


@given(st.lists(st.one_of(st.integers(-5, 5), st.builds(slice, whole, whole, whole.filter(lambda s: s != 0)))))
def test_what_numpy_writes_is_read_back(index):
    def spelled(part):
        if isinstance(part, int):
            return str(part)
        numbers = ["" if n is None else str(n) for n in (part.start, part.stop, part.step)]
        return ":".join(numbers)

    assert parse("[" + ", ".join(map(spelled, index)) + "]") == tuple(index)


def test_brackets_and_a_trailing_comma_are_optional():
    assert parse("::5, :2") == parse("[::5, :2,]") == (slice(None, None, 5), slice(None, 2))
    assert parse("") == parse("[]") == ()
    assert parse("[..., 0]") == (..., 0)


@pytest.mark.parametrize("text", ["x", "1.5", "[a:b]", "__import__('os')", "1:2:3:4", "[[0]]", "0 if x else 1", "1,,2"])
def test_anything_else_is_refused_with_an_example(text):
    with pytest.raises(SliceError, match=r"\[::5, :2\]"):
        parse(text)


def test_a_step_of_zero_is_refused():
    with pytest.raises(SliceError, match="cannot be 0"):
        parse("[::0]")


def test_an_index_that_does_not_fit_is_refused():
    with pytest.raises(SliceError, match="out of bounds"):
        apply(np.zeros((2, 3)), parse("[5]"))
    with pytest.raises(SliceError, match="leaves 3 dimensions"):
        apply(np.zeros((2, 3, 4)), parse("[:]"))


@given(st.lists(st.integers(1, 4), max_size=5).map(tuple))
def test_the_first_part_shown_fits_every_shape(shape):
    part = as_matrix(apply(np.zeros(shape), parse(default(shape))))
    assert part.ndim == 2


def test_a_part_is_a_view_and_copies_nothing():
    array = np.zeros((1000, 1000))
    assert np.shares_memory(apply(array, parse("[::5, :2]")), array)


def test_a_short_vector_is_a_row_and_a_long_one_a_column():
    assert as_matrix(np.zeros(4)).shape == (1, 4)
    assert as_matrix(np.zeros(40)).shape == (40, 1)
    assert as_matrix(np.float32(3).reshape(())).shape == (1, 1)
