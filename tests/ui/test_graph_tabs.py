import pytest
from PySide6.QtWidgets import QTabBar

from tests.traces import chain_trace, seed_trace
from ui.graph_tabs import GraphTabs
from ui.shown_state import Hidden
from ui.theme import LIGHT
from ui.view_state import ViewState


@pytest.fixture
def tabs(keep):
    state = ViewState(seed_trace())
    return keep(GraphTabs(state)), state


def test_there_are_no_tabs_while_the_whole_graph_is_all_there_is(tabs):
    bar, _ = tabs
    assert bar.isHidden()
    assert not bar.on_sub_graph


def test_a_sub_graph_opens_in_a_tab_of_its_own(tabs):
    bar, state = tabs
    state.light([5])
    bar.open("around y", [0, 5])
    assert not bar.isHidden()
    assert [bar.tabText(tab) for tab in range(bar.count())] == ["Whole graph", "around y"]
    assert bar.tabToolTip(1) == "around y: 2 nodes"
    assert state.shown.only == frozenset((0, 5))
    assert state.shown.lit is None


def test_each_tab_keeps_what_it_shows(tabs):
    bar, state = tabs
    state.light([5])
    bar.open("a", [0, 5])
    state.set_hidden(Hidden.CONSTANTS, True)
    bar.setCurrentIndex(0)
    assert state.shown.only is None
    assert state.shown.lit == frozenset((5,))
    assert state.shown.hidden == frozenset()
    bar.setCurrentIndex(1)
    assert state.shown.only == frozenset((0, 5))
    assert state.shown.hidden == frozenset((Hidden.CONSTANTS,))


def test_closing_a_tab_returns_to_the_one_before(tabs):
    bar, state = tabs
    bar.open("a", [0])
    bar.open("b", [5])
    bar.close_current()
    assert state.shown.only == frozenset((0,))
    bar.close_current()
    assert state.shown.only is None
    assert bar.isHidden()
    bar.close_current()
    assert bar.count() == 1


def test_a_tab_in_the_background_is_closed_by_its_button(tabs, qtbot):
    bar, state = tabs
    bar.open("a", [0])
    bar.open("b", [5])
    button = bar.tabButton(1, QTabBar.ButtonPosition.RightSide)
    assert button.accessibleName() == "Close a"
    button.click()
    assert state.shown.only == frozenset((5,))
    assert [bar.tabText(tab) for tab in range(bar.count())] == ["Whole graph", "b"]
    bar.setCurrentIndex(0)
    bar.setCurrentIndex(1)
    assert state.shown.only == frozenset((5,))


def test_long_titles_are_cut_and_told_in_full_beside(tabs):
    bar, _ = tabs
    bar.set_theme(LIGHT)
    bar.open("around " + "y" * 300, [0])
    assert len(bar.tabText(1)) == 28
    assert bar.tabToolTip(1) == "around " + "y" * 300 + ": 1 node"


def test_another_trace_is_shown_whole(tabs):
    bar, state = tabs
    bar.open("a", [0])
    state.set_trace(chain_trace(3))
    assert state.shown.only is None
    assert bar.isHidden()
    bar.open("b", [1])
    bar.close_current()
    assert state.shown.only is None
