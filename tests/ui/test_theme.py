import re
from dataclasses import fields

import pytest

from ui import theme as module
from ui.canvas.picture.look import box_styles, edge_styles
from ui.readable import code_colours
from ui.theme import HIGH_CONTRAST, contrast, mix, ramp_colour, ramp_position, rgb

THEMES = pytest.mark.parametrize("theme", module.THEMES.values(), ids=lambda theme: theme.name)
FILLS = ("raised", "leaf_fill", "function_fill", "accumulate_fill")
TEXTS = ("text", "dim", "accent", "accumulate", "function", "leaf", "error", "now", "nonfinite")


@THEMES
def test_every_role_of_a_theme_is_a_colour(theme):
    for role in fields(theme):
        value = getattr(theme, role.name)
        if role.name not in ("name", "dark", "least"):
            for colour in value if role.name == "ramp" else (value,):
                assert re.fullmatch("#[0-9a-f]{6}", colour), role.name


@pytest.mark.parametrize("role", TEXTS)
@pytest.mark.parametrize("surface", ["background", "panel", *FILLS])
def test_high_contrast_is_level_aaa_for_text_on_every_surface(role, surface):
    assert contrast(getattr(HIGH_CONTRAST, role), getattr(HIGH_CONTRAST, surface)) >= 7


def test_in_high_contrast_everything_drawn_stands_out():
    theme = HIGH_CONTRAST
    assert contrast(theme.on_accent, theme.accent) >= 7
    assert contrast(theme.line, theme.panel) >= 3
    assert all(contrast(ramp_colour(theme, step / 32), theme.background) >= 4.5 for step in range(33))
    for box in box_styles(theme):
        assert contrast(box.border, theme.background) >= 3
        assert min(contrast(box.title, box.fill), contrast(box.second, box.fill)) >= 7
    for edge in edge_styles(theme):
        assert contrast(edge.colour, theme.background) >= 3
    for colour in code_colours(theme).values():
        assert contrast(colour, theme.panel) >= 7


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
