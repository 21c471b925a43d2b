import pytest

from ui.formula.boxes import Face, Fence, Fraction, Grid, Radical, Row, Script, Space, Text
from ui.formula.layout import FenceInk, RuleInk, TextInk, place

SIZE = 10.0


class Square:
    """Every letter is one em wide, 0.8 em high and 0.2 em deep."""

    def width(self, text, face, size):
        return len(text) * size

    def ascent(self, face, size):
        return 0.8 * size

    def descent(self, face, size):
        return 0.2 * size

    def axis(self, face, size):
        return 0.3 * size


def placed(box):
    return place(box, Square(), SIZE)


def texts(box):
    return {ink.text: ink for ink in placed(box).inks if isinstance(ink, TextInk)}


def test_boxes_in_a_row_stand_on_one_baseline():
    inks = texts(Row((Text("ab"), Space(0.5), Text("c"))))
    assert (inks["ab"].x, inks["ab"].y) == (0, 0)
    assert (inks["c"].x, inks["c"].y) == (25, 0)


def test_a_fraction_has_its_bar_between_its_parts_and_both_centred():
    box = Fraction(Text("a"), Text("bcd"))
    inks = texts(box)
    bar = next(ink for ink in placed(box).inks if isinstance(ink, RuleInk))
    assert inks["a"].y < bar.y < bar.y + bar.height < inks["bcd"].y
    assert inks["a"].x + 5 == pytest.approx(inks["bcd"].x + 15)
    assert placed(box).width >= 30


def test_a_superscript_is_smaller_and_higher_and_a_subscript_lower():
    inks = texts(Script(Text("x"), sup=Text("2"), sub=Text("i")))
    assert inks["2"].size < inks["x"].size
    assert inks["2"].y < 0 < inks["i"].y


def test_scripts_of_scripts_stay_legible():
    box = Text("x")
    for _ in range(6):
        box = Script(Text("x"), sup=box)
    assert min(ink.size for ink in placed(box).inks) >= 0.6 * SIZE


def test_brackets_grow_with_what_they_hold():
    small, tall = placed(Fence("(", Text("x"), ")")), placed(Fence("(", Fraction(Text("a"), Text("b")), ")"))
    assert not any(isinstance(ink, FenceInk) for ink in small.inks)
    fences = [ink for ink in tall.inks if isinstance(ink, FenceInk)]
    assert [fence.kind for fence in fences] == ["(", ")"]
    assert fences[0].height == pytest.approx(tall.ascent + tall.descent)


def test_a_matrix_has_its_columns_under_each_other_around_the_axis():
    box = Grid(((Text("1"), Text("22")), (Text("33"), Text("4"))))
    inks = texts(box)
    assert inks["1"].y < inks["33"].y
    assert inks["22"].x + 10 == pytest.approx(inks["4"].x + 5)
    size = placed(box)
    assert size.ascent - 3 == pytest.approx(size.descent + 3)


def test_a_root_covers_what_it_holds():
    box = Radical(Text("abc"))
    bar = next(ink for ink in placed(box).inks if isinstance(ink, RuleInk))
    assert bar.width >= 30
    assert bar.y < -8


def test_all_ink_lies_within_the_box():
    box = Row((Fraction(Script(Text("x"), sup=Text("2")), Radical(Text("y"))), Fence("{", Grid(((Text("a"),),)), "")))
    size = placed(box)
    for ink in size.inks:
        assert 0 <= ink.x <= size.width
        top = ink.y - 0.8 * ink.size if isinstance(ink, TextInk) else ink.y
        assert top >= -size.ascent - 0.01


def test_an_empty_row_has_no_size():
    assert (placed(Row(())).width, placed(Row(())).ascent) == (0, 0)


def test_the_face_of_a_text_is_kept():
    assert texts(Text("x", Face.MONO))["x"].face is Face.MONO
