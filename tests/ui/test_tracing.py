import pytest

from tests.traces import seed_trace
from ui import reach
from ui.tracing import Direction, Tracing
from ui.view_state import ViewState

X, Y, OUT = 0, 5, 12


@pytest.fixture
def traced(qapp):
    state = ViewState(seed_trace())
    return Tracing(state), state


def test_the_selections_ancestors_are_lit_and_the_rest_is_not(traced):
    tracing, state = traced
    state.select([Y])
    tracing.start(Direction.ANCESTORS)
    assert state.shown.lit == reach.ancestors(state.trace, [Y])
    assert OUT not in state.shown.lit


def test_a_trace_follows_the_selection_and_ends_with_it(traced):
    tracing, state = traced
    state.select([Y])
    tracing.start(Direction.DESCENDANTS)
    state.select([OUT])
    assert state.shown.lit == frozenset((OUT,))
    state.select([])
    assert state.shown.lit is None
    state.select([Y])
    assert state.shown.lit is None


def test_a_leaf_is_lit_with_its_accumulator_and_its_gradient(traced):
    tracing, state = traced
    state.select([X])
    tracing.start(Direction.DESCENDANTS)
    assert {X, X + 1, X + 2} <= state.shown.lit


def test_the_same_trace_asked_for_again_lights_everything(traced):
    tracing, state = traced
    state.select([Y])
    tracing.start(Direction.BOTH)
    assert {X, OUT} < state.shown.lit
    tracing.start(Direction.BOTH)
    assert state.shown.lit is None


def test_a_trace_goes_as_far_as_asked(traced):
    tracing, state = traced
    state.select([OUT])
    tracing.set_distance(1)
    assert state.shown.lit is None
    tracing.start(Direction.ANCESTORS)
    near = state.shown.lit
    tracing.set_distance(2)
    assert near < state.shown.lit
    tracing.set_distance(reach.ALL)
    assert X in state.shown.lit


def test_a_path_between_two_is_lit_whichever_was_selected_first(traced):
    tracing, state = traced
    for selection in ((X, OUT), (OUT, X)):
        state.select(selection)
        assert tracing.light_path()
        assert {X, Y, OUT} <= state.shown.lit
        assert X + 1 not in state.shown.lit


def test_without_a_path_nothing_changes(traced):
    tracing, state = traced
    state.select([X])
    assert not tracing.light_path()
    state.select([X, X + 2])
    assert not tracing.light_path()
    assert state.shown.lit is None


def test_what_others_light_is_left_to_them(traced):
    tracing, state = traced
    state.select([Y])
    tracing.start(Direction.BOTH)
    state.light([X])
    state.select([OUT])
    assert state.shown.lit == frozenset((X,))


def test_a_growing_graph_is_traced_again(traced, qtbot):
    tracing, state = traced
    state.select([Y])
    tracing.start(Direction.DESCENDANTS)
    tracing.distance = 0
    state.trace_grew()
    qtbot.waitUntil(lambda: state.shown.lit == frozenset((Y,)))
