import pytest
from PySide6.QtCore import Qt

from engine.trace import Trace
from tests.traces import chain_trace, seed_trace
from ui.breakpoints import Breakpoint
from ui.breakpoints.panel import Breakpoints
from ui.theme import LIGHT
from ui.view_state import ViewState


@pytest.fixture
def panel_on(keep, qtbot):
    def make(trace):
        state = ViewState(trace)
        panel = keep(Breakpoints(state))
        panel.resize(360, 300)
        panel.show()
        qtbot.waitExposed(panel)
        return panel, state

    return make


def rows(qtbot, panel):
    qtbot.waitUntil(lambda: not panel.busy)
    items = [panel.list.topLevelItem(row) for row in range(panel.list.topLevelItemCount())]
    return [(item.text(0), item.text(1), item.checkState(0) == Qt.CheckState.Checked) for item in items]


def type_condition(qtbot, panel, text):
    panel.field.clear()
    qtbot.keyClicks(panel.field, text)
    qtbot.keyClick(panel.field, Qt.Key.Key_Return)


def test_an_empty_list_says_how_to_set_a_breakpoint(panel_on):
    panel, _ = panel_on(Trace())
    assert panel.empty.isVisible()
    assert "right-click a box" in panel.empty.text()


def test_a_typed_condition_becomes_a_breakpoint_with_its_hits(panel_on, qtbot):
    panel, state = panel_on(seed_trace())
    state.set_step(0, 0)
    type_condition(qtbot, panel, "shape == (2, 2)")
    assert state.breakpoints == (Breakpoint(condition="shape == (2, 2)"),)
    ((title, hits, enabled),) = rows(qtbot, panel)
    assert (title, enabled) == ("shape == (2, 2)", True)
    assert hits == "4 times"
    assert panel.field.text() == ""
    type_condition(qtbot, panel, "shape == (2, 2)")
    assert len(state.breakpoints) == 1


def test_a_condition_that_cannot_be_read_stays_in_the_field_with_what_is_wrong(panel_on, qtbot):
    panel, state = panel_on(seed_trace())
    type_condition(qtbot, panel, "norms > 1")
    assert state.breakpoints == ()
    assert panel.field.text() == "norms > 1"
    assert panel.problem.text() == "At character 1: there is no fact 'norms'; did you mean norm?"
    type_condition(qtbot, panel, "norm > 1")
    assert not panel.problem.isVisible()


def test_a_box_switches_a_breakpoint_off_and_delete_removes_it(panel_on, qtbot):
    panel, state = panel_on(seed_trace())
    state.set_breakpoints([Breakpoint(op="MulBackward0"), Breakpoint(condition="nan")])
    assert rows(qtbot, panel) == [("every MulBackward0", "", True), ("nan", "", True)]
    panel.list.topLevelItem(0).setCheckState(0, Qt.CheckState.Unchecked)
    assert [breakpoint.enabled for breakpoint in state.breakpoints] == [False, True]
    panel.list.topLevelItem(0).setSelected(True)
    qtbot.keyClick(panel.list, Qt.Key.Key_Delete)
    assert state.breakpoints == (Breakpoint(condition="nan"),)


def test_the_buttons_go_from_hit_to_hit_and_say_where_there_is_none(panel_on, qtbot):
    panel, state = panel_on(seed_trace())
    state.set_breakpoints([Breakpoint(op="MulBackward0")])
    state.set_step(0, 0)
    rows(qtbot, panel)
    visited = []
    for _ in range(2):
        panel.next.click()
        visited.append(state.position)
    names = [state.trace.node(state.steps.node(position)).op for position in visited]
    assert names == ["MulBackward0"] * 2
    panel.next.click()
    assert panel.problem.text() == "No breakpoint hits after this step."
    panel.previous.click()
    assert state.position == visited[0]


def test_activating_a_row_goes_to_its_hits_in_turn(panel_on, qtbot):
    panel, state = panel_on(seed_trace())
    state.set_breakpoints([Breakpoint(op="MulBackward0"), Breakpoint(op="AddBackward0")])
    state.set_step(0, 0)
    rows(qtbot, panel)
    added = panel.list.topLevelItem(1)
    for _ in range(2):
        panel.list.itemActivated.emit(added, 0)
        assert state.trace.node(state.steps.node(state.position)).op == "AddBackward0"


def test_nothing_is_asked_of_a_long_pass_while_the_list_is_hidden(panel_on, qtbot):
    panel, state = panel_on(chain_trace(500))
    panel.hide()
    state.set_step(0, 3)
    state.set_breakpoints([Breakpoint(condition="norm > 0")])
    assert rows(qtbot, panel) == [("norm > 0", "", True)]
    panel.show()
    qtbot.waitUntil(lambda: rows(qtbot, panel)[0][1] == f"{state.step_count:,} times")


def test_it_takes_the_colours_of_a_theme(panel_on):
    panel, _ = panel_on(seed_trace())
    panel.set_theme(LIGHT)
    assert LIGHT.accent in panel.styleSheet()


def test_the_examples_in_the_field_are_whole_in_a_small_window(panel_on):
    panel, _ = panel_on(seed_trace())
    panel.resize(326, 300)  # the dock of a window 1280 pixels wide
    panel.layout().activate()
    field = panel.field
    room = field.width() - 2 * field.fontMetrics().averageCharWidth()
    assert field.fontMetrics().horizontalAdvance(field.placeholderText()) <= room
