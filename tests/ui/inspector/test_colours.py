import numpy as np
import pytest
from hypothesis import given, strategies as st

from ui.inspector.colours import LEVELS, NONFINITE, ink, levels, palette, pixels
from ui.theme import DARK, LIGHT, contrast

THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)


@THEMES
@pytest.mark.parametrize("mixed", [True, False])
def test_numbers_can_be_read_on_every_colour(theme, mixed):
    for colour in palette(theme, mixed):
        assert contrast(ink(colour), colour) >= 4.5


def test_mixed_signs_are_centred_at_zero():
    found = levels(np.array([-2.0, 0.0, 4.0]), -2.0, 4.0)
    assert found[1] == (LEVELS - 1) // 2
    assert found[2] == LEVELS - 1
    assert found[1] - found[0] == (found[2] - found[1]) // 2


def test_values_of_one_sign_grow_with_their_magnitude():
    assert levels(np.array([0.0, 2.0, 4.0]), 0.0, 4.0).tolist() == [0, 127, 254]
    assert levels(np.array([-4.0, -2.0]), -4.0, -2.0).tolist() == [254, 127]


@given(st.lists(st.floats(width=32, allow_nan=True, allow_infinity=True), min_size=1))
def test_nan_and_inf_have_an_entry_of_their_own(values):
    array = np.array(values, np.float32)
    finite = array[np.isfinite(array)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    found = levels(array, low, high)
    assert ((found == NONFINITE) == ~np.isfinite(array)).all()
    assert ((found >= 0) & (found <= NONFINITE)).all()


def test_integers_and_truth_values_have_colours_too():
    assert levels(np.array([False, True]), 0.0, 1.0).tolist() == [0, 254]
    assert levels(np.int64(3), 0.0, 3.0) == 254


@THEMES
def test_pixels_are_the_palette(theme):
    assert [f"#{pixel & 0xFFFFFF:06x}" for pixel in pixels(theme, True).tolist()] == list(palette(theme, True))
