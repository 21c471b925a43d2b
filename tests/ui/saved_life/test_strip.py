from itertools import pairwise

import pytest
from PySide6.QtCore import Qt

from tests.recorded import position_of, recorded
from ui.naming import Names
from ui.saved_life import Deed, SavedLives, lives
from ui.stepping import PassSteps
from ui.theme import DARK, LIGHT
from ui.words import GoTo


def strip(keep, program, op, pass_id=0, width=360):
    trace = recorded(program)
    position = position_of(trace, op, pass_id)
    node = PassSteps(trace, pass_id).node(position)
    made = keep(SavedLives())
    made.set_lives(tuple((life, "1") for life in lives(trace, node, Names(trace), pass_id, position)))
    made.resize(width, made.sizeHint().height())
    made.show()
    return made


def test_a_click_on_a_mark_leads_where_it_happened(keep, qtbot):
    made = strip(keep, "edited", "ExpBackward0")
    edit = next(mark for mark in made.marks() if mark.moment.deed is Deed.EDITED)
    with qtbot.waitSignal(made.chosen) as told:
        qtbot.mouseClick(made, Qt.MouseButton.LeftButton, pos=made._area(edit).center().toPoint())
    assert told.args[0] == GoTo(source=0, line=3)


def test_tab_goes_from_mark_to_mark_and_enter_leads_there(keep, qtbot):
    made = strip(keep, "second backward", "ExpBackward0", 1)
    made.setFocus()
    for _ in range(3):
        assert made.focusNextPrevChild(True)
    with qtbot.waitSignal(made.chosen) as told:
        qtbot.keyClick(made, Qt.Key.Key_Return)
    assert told.args[0] == GoTo(pass_id=0, position=2)


def test_a_screen_reader_is_told_the_whole_life(keep):
    made = strip(keep, "edited", "ExpBackward0")
    assert made.accessibleName() == (
        "result y⁽¹⁾ v0: saved line 2 · edited add_ line 3 · refused step 3 (saved at v0, now v1: modified) = 1"
    )


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("width", [120, 216, 360, 800])
def test_marks_stay_inside_and_do_not_overlap(keep, width, theme):
    made = strip(keep, "second backward", "ExpBackward0", 1, width)
    made.set_theme(theme)
    made.grab()
    marks = made.marks()
    assert all(mark.left + mark.width <= width for mark in marks)
    assert all(a.left + a.width <= b.left for a, b in pairwise(marks))
    assert made._area(marks[-1]).bottom() <= made.height()
