import pytest

from ui.theme import DARK, LIGHT, contrast, mix, ramp_colour, ramp_position, rgb

THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)


@THEMES
@pytest.mark.parametrize("role", ["text", "dim", "accent", "accumulate", "function", "error", "now", "nonfinite"])
def test_text_is_readable_on_canvas_and_panel(theme, role):
    colour = getattr(theme, role)
    assert contrast(colour, theme.background) >= 4.5
    assert contrast(colour, theme.panel) >= 4.5


@THEMES
def test_text_is_readable_on_the_fills_of_nodes_and_buttons(theme):
    for fill in (theme.raised, theme.leaf_fill, theme.function_fill, theme.accumulate_fill):
        assert contrast(theme.text, fill) >= 4.5
    assert contrast(theme.on_accent, theme.accent) >= 4.5


@THEMES
def test_the_ramp_stands_out_from_the_canvas_everywhere(theme):
    for step in range(33):
        assert contrast(ramp_colour(theme, step / 32), theme.background) >= 3


@THEMES
def test_now_is_readable_on_the_fills_of_nodes_too(theme):
    for fill in (theme.raised, theme.leaf_fill, theme.function_fill, theme.accumulate_fill):
        assert contrast(theme.now, fill) >= 4.5


def test_contrast_spans_from_one_to_twenty_one():
    assert contrast("#777777", "#777777") == 1
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_mixing_goes_from_one_colour_to_the_other():
    assert mix("#000000", "#ff8040", 0) == "#000000"
    assert mix("#000000", "#ff8040", 1) == "#ff8040"
    assert rgb(mix("#000000", "#ff8040", 0.5)) == (128, 64, 32)


def test_a_norm_stands_on_the_ramp_by_its_logarithm():
    assert ramp_position(1e-3, 1e-3, 1e3) == 0
    assert ramp_position(1.0, 1e-3, 1e3) == pytest.approx(0.5)
    assert ramp_position(1e3, 1e-3, 1e3) == 1
    assert ramp_position(1e9, 1e-3, 1e3) == 1


def test_zero_stands_at_the_bottom_and_a_single_magnitude_at_the_top():
    assert ramp_position(0.0, 1e-3, 1e3) == 0
    assert ramp_position(5.0, 5.0, 5.0) == 1
