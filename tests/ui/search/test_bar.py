import numpy as np
import pytest
from PySide6.QtCore import Qt

from engine.trace import NONE, Trace
from tests.traces import seed_trace
from ui.search.bar import HINT, NO_GRADIENTS, NOTHING, TOO_SLOW, SearchBar
from ui.theme import LIGHT
from ui.view_state import ViewState

X, Y = 0, 5


class Canvas:
    """Keeps what it was asked for; `hidden` nodes are not drawn."""

    def __init__(self):
        self.marked, self.gone_to, self.hidden = NONE, NONE, set()

    def mark(self, node):
        self.marked = node

    def go_to(self, node):
        self.gone_to = node

    def draws(self, nodes):
        return np.array([node not in self.hidden for node in nodes.tolist()], np.bool_)


@pytest.fixture
def search(keep):
    def make(trace=None):
        state, canvas = ViewState(trace if trace is not None else seed_trace()), Canvas()
        bar = keep(SearchBar(state, canvas))
        bar.open()
        return bar, state, canvas

    return make


def press(qtbot, bar, key):
    qtbot.keyClick(bar.field, key)


def test_what_is_typed_is_counted_lit_and_looked_at(qtbot, search):
    bar, state, canvas = search()
    assert (bar.count_text, bar.message) == ("", HINT)
    qtbot.keyClicks(bar.field, "op:mul")
    assert bar.count_text == "1 of 2"
    assert bar.message.startswith("MulBackward0")
    assert state.shown.lit == frozenset(bar.hits)
    assert canvas.marked == bar.current == bar.hits[0]


def test_the_arrows_look_at_one_hit_after_the_other_and_begin_again(qtbot, search):
    bar, state, canvas = search()
    qtbot.keyClicks(bar.field, "op:mul")
    press(qtbot, bar, Qt.Key.Key_Down)
    assert (bar.count_text, canvas.marked) == ("2 of 2", bar.hits[1])
    press(qtbot, bar, Qt.Key.Key_Down)
    assert (bar.count_text, canvas.marked) == ("1 of 2", bar.hits[0])
    press(qtbot, bar, Qt.Key.Key_Up)
    assert bar.count_text == "2 of 2"
    assert state.selection == ()


def test_enter_selects_and_goes(qtbot, search):
    bar, state, canvas = search()
    qtbot.keyClicks(bar.field, '"y"')
    press(qtbot, bar, Qt.Key.Key_Return)
    assert state.selection == (Y,)
    assert canvas.gone_to == Y


def test_escape_closes_and_lights_what_was_lit_before(qtbot, search):
    bar, state, canvas = search()
    bar.close_search()
    state.light([X])
    bar.open()
    qtbot.keyClicks(bar.field, "op:mul")
    assert state.shown.lit != frozenset((X,))
    with qtbot.waitSignal(bar.closed):
        press(qtbot, bar, Qt.Key.Key_Escape)
    assert bar.isHidden()
    assert state.shown.lit == frozenset((X,))
    assert canvas.marked == NONE


def test_what_others_lit_meanwhile_stays(qtbot, search):
    bar, state, _ = search()
    qtbot.keyClicks(bar.field, "op:mul")
    state.light([Y])
    press(qtbot, bar, Qt.Key.Key_Escape)
    assert state.shown.lit == frozenset((Y,))


def test_it_says_plainly_that_nothing_matches_and_dims_nothing(qtbot, search):
    bar, state, canvas = search()
    qtbot.keyClicks(bar.field, "op:mul")
    bar.field.setText("no such thing")
    assert (bar.count_text, bar.message) == ("", NOTHING)
    assert state.shown.lit is None
    assert canvas.marked == NONE
    press(qtbot, bar, Qt.Key.Key_Return)
    press(qtbot, bar, Qt.Key.Key_Down)
    assert state.selection == ()


def test_it_says_what_it_cannot_read(search):
    bar, _, _ = search()
    bar.field.setText("nam:x")
    assert bar.message.startswith("There is no “nam:”.")
    bar.field.setText("")
    assert bar.message == HINT


def test_gradients_without_a_pass_are_explained(search):
    bar, _, _ = search(Trace())
    bar.field.setText("grad:>1")
    assert bar.message == NO_GRADIENTS


def test_hits_that_the_picture_leaves_out_are_counted_beside(search):
    bar, _, canvas = search()
    canvas.hidden = {X}
    bar.field.setText("is:leaf")
    assert bar.message == "Nothing in this picture matches; 1 in the rest of the graph."
    bar.field.setText("is:tensor")
    assert X not in bar.hits
    assert bar.message.endswith("1 more in the graph, but not in this picture")


def test_a_growing_trace_keeps_the_hit_that_is_looked_at(qtbot, search):
    bar, state, canvas = search()
    bar.field.setText("op:mul")
    press(qtbot, bar, Qt.Key.Key_Down)
    before = bar.current
    canvas.hidden = {bar.hits[0]}
    state.trace_grew()
    qtbot.waitUntil(lambda: bar.count_text == "1 of 1")
    assert bar.current == before


def test_what_was_searched_is_there_when_the_bar_opens_again(qtbot, search):
    bar, state, _ = search()
    qtbot.keyClicks(bar.field, "op:mul")
    press(qtbot, bar, Qt.Key.Key_Escape)
    assert state.shown.lit is None
    bar.open()
    assert bar.count_text == "1 of 2"
    assert bar.field.selectedText() == "op:mul"
    assert state.shown.lit == frozenset(bar.hits)


def test_a_screen_reader_hears_names_and_the_outcome(search):
    bar, _, _ = search()
    bar.set_theme(LIGHT)
    bar.field.setText("op:mul")
    names = [part.accessibleName() for part in (bar.field, bar._up, bar._down, bar._close)]
    assert names == ["Find in the graph", "Previous hit", "Next hit", "Close the search"]
    assert bar._message.accessibleName().startswith("1 of 2 MulBackward0")


def test_a_pattern_that_takes_too_long_is_stopped_and_said_so(search, monkeypatch):
    bar, state, _ = search()
    clock = iter(range(1000))
    monkeypatch.setattr("ui.search.query.perf_counter", lambda: next(clock))
    bar.field.setText("/(y|yy)+$/")
    assert bar.message == TOO_SLOW
    assert state.shown.lit is None
