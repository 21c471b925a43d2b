import pytest

from ui.console_colours import _prompt_colours, pygments_style
from ui.readable import TEXT_CONTRAST, code_colours, readable
from ui.style import card, palette, style_sheet
from ui.theme import THEMES as ALL, contrast

THEMES = pytest.mark.parametrize("theme", ALL.values(), ids=ALL)


@THEMES
@pytest.mark.parametrize("colour", ["#ffff00", "#00008b", "#808080", "#000000", "#ffffff", "#ff0000"])
def test_any_colour_becomes_readable_on_the_surface(theme, colour):
    assert contrast(readable(colour, card(theme)), card(theme)) >= TEXT_CONTRAST


def test_a_colour_that_can_be_read_stays_as_it_is():
    assert readable("#000000", "#ffffff") == "#000000"


@THEMES
def test_every_part_of_code_can_be_read(theme):
    for colour in (*code_colours(theme).values(), *_prompt_colours(theme)):
        assert contrast(colour, card(theme)) >= TEXT_CONTRAST


@THEMES
def test_the_consoles_style_uses_the_colours_of_the_script_pane(theme):
    used = {f"#{style['color']}" for _, style in pygments_style(theme) if style["color"]}
    assert set(code_colours(theme).values()) <= used


@THEMES
def test_the_look_of_the_window_is_made_of_the_themes_colours(qapp, theme):
    assert palette(theme).window().color().name() == theme.panel
    assert theme.accent in style_sheet(theme)
