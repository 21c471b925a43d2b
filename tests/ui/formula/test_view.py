import pytest
from PySide6.QtGui import QColor

from ui.formula.boxes import Face, Line, Text
from ui.formula.compose import compose
from ui.formula.terms import Style
from ui.formula.view import FormulaView
from ui.theme import DARK, LIGHT


def words(*texts):
    return tuple(Text(text, Face.MONO) for text in texts)


@pytest.fixture
def view(keep):
    return keep(FormulaView())


def test_a_line_breaks_before_a_segment_that_does_not_fit(view):
    view.set_lines((Line(words("g × other", "= 0.75 × 3", "= 2.25"), head=Text("slot 0", Face.MONO)),))
    assert view.heightForWidth(800) < view.heightForWidth(200) < view.heightForWidth(110)


def test_a_shorter_way_is_taken_where_one_segment_is_too_wide(view):
    long = "x" * 80
    view.set_lines((Line(words(long), shorter=(words("short"),)),))
    view.resize(200, 40)
    drawn = [ink.text for line in view._break(200) for _, placed in line.pieces for ink in placed.inks]
    assert drawn == ["short"]
    assert view.text() == long


def test_nothing_is_wider_than_the_view(view):
    rule = compose("grad * exponent * self ** (exponent - 1) / (other * other + self)", {}, Style.DISPLAY).box
    view.set_lines((Line(words("one", "two", "three", "four")), Line((rule,), scale=1.5)))
    for width in (120, 180, 260, 400):
        for line in view._break(width):
            assert all(x + placed.width <= width + 1 for x, placed in line.pieces)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_formulas_are_painted_in_the_colours_of_their_roles(view, theme):
    view.set_theme(theme)
    view.set_lines((Line((Text("MMMM", Face.MONO_BOLD, "now"),), scale=3),))
    view.resize(300, view.heightForWidth(300))
    image = view.grab().toImage()
    seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert QColor(theme.now).name() in seen


def test_the_text_is_there_for_screen_readers(view):
    view.set_lines((Line(words("a", "= b"), head=Text("slot 1")),))
    assert view.accessibleName() == "slot 1 a = b"
