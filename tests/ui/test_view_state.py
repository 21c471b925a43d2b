import numpy as np
import pytest

from engine.trace import NONE
from tests.traces import chain_trace, linear_trace, seed_trace
from ui.shown_state import Grouping, Hidden, ShownState
from ui.view_state import ViewState


@pytest.fixture
def state(qapp):
    return ViewState(seed_trace())


def count(signal):
    """A list that grows with every emission."""
    seen = []
    signal.connect(lambda *values: seen.append(values))
    return seen


def test_nothing_is_shown_at_first(state):
    assert (state.pass_id, state.position, state.step_count, state.selection) == (NONE, 0, 0, ())
    assert state.steps is None


def test_setting_an_equal_step_or_selection_says_nothing(state):
    state.set_step(0, 3)
    state.select([1, 2])
    steps, selections = count(state.step_changed), count(state.selection_changed)
    state.set_step(0, 3)
    state.set_position(3)
    state.select([1, 2])
    assert (steps, selections) == ([], [])


def test_setting_the_same_trace_says_nothing(state):
    changes = count(state.trace_changed)
    state.set_trace(state.trace)
    assert changes == []


def test_positions_outside_the_pass_are_brought_to_its_ends(state):
    state.set_step(0, 99)
    assert state.position == 5
    state.set_position(-4)
    assert state.position == 0


def test_a_position_past_the_end_says_nothing_when_the_end_is_shown(state):
    state.set_step(0, 5)
    changes = count(state.step_changed)
    state.set_position(6)
    assert changes == []


def test_a_pass_that_does_not_exist_is_refused_and_changes_nothing(state):
    state.set_step(0, 2)
    with pytest.raises(IndexError, match="no pass 7"):
        state.set_step(7, 0)
    assert (state.pass_id, state.position) == (0, 2)


def test_two_widgets_that_follow_each_other_come_to_rest(state):
    changes = count(state.step_changed)
    state.step_changed.connect(lambda: state.set_position(state.position))
    state.set_step(0, 4)
    assert len(changes) == 1


@pytest.mark.parametrize("make", [seed_trace, linear_trace, lambda: chain_trace(20)])
def test_stepping_to_k_and_back_and_to_k_again_gives_identical_states(qapp, make):
    state = ViewState(make())
    state.set_step(0, 0)

    def shown():
        steps = state.steps
        return steps.node_states(state.position), steps.edge_states(state.position), steps.queue(state.position)

    first = shown()
    for k in range(state.step_count + 1):
        state.set_position(k)
        there = shown()
        state.set_position(0)
        assert all(map(np.array_equal, shown(), first))
        state.set_position(k)
        assert all(map(np.array_equal, shown(), there))


def test_selecting_keeps_the_order_and_drops_repetitions_and_unknown_nodes(state):
    state.select([4, 2, 4, 999, -1])
    assert state.selection == (4, 2)


def test_another_trace_is_shown_from_its_beginning(state):
    state.set_step(0, 3)
    state.select([1])
    state.set_trace(chain_trace(3))
    assert (state.pass_id, state.position, state.selection) == (NONE, 0, ())


def test_a_value_that_is_not_here_is_fetched(state):
    asked = []
    state.set_fetch(asked.append)
    handle = int(state.trace.nodes.value[0])
    assert state.value(handle).shape == (2, 2)
    del state.trace.values[handle]
    assert state.value(handle) is None
    assert state.value(NONE) is None
    assert asked == [handle]


SETTERS = [
    lambda state: state.set_grouping(Grouping.BY_CELL),
    lambda state: state.set_collapsed(["a", "b"]),
    lambda state: state.collapse(["b", "a"]),
    lambda state: state.set_hidden(Hidden.CONSTANTS, True),
    lambda state: state.light([3, 1]),
    lambda state: state.set_root("a"),
    lambda state: state.show_only(range(3)),
]


@pytest.mark.parametrize("change", SETTERS)
def test_what_is_shown_changes_once_and_an_equal_change_says_nothing(state, change):
    changes = count(state.shown_changed)
    change(state)
    assert state.shown != ShownState()
    assert len(changes) == 1
    change(state)
    assert len(changes) == 1


def test_groups_are_closed_and_opened_by_key(state):
    state.collapse(["a", "b"])
    state.expand(["b", "unknown"])
    assert state.shown.collapsed == {"a"}


def test_lighting_and_showing_alone_are_undone_by_none(state):
    state.light([1, 2])
    state.show_only([1])
    assert (state.shown.lit, state.shown.only) == ({1, 2}, {1})
    state.light(None)
    state.show_only(None)
    assert state.shown == ShownState()


def test_hiding_one_kind_leaves_the_others(state):
    state.set_hidden(Hidden.CONSTANTS, True)
    state.set_hidden(Hidden.VIEWS_AND_CASTS, True)
    state.set_hidden(Hidden.CONSTANTS, False)
    assert state.shown.hidden == {Hidden.VIEWS_AND_CASTS}


def test_another_grouping_forgets_which_group_was_shown_alone_and_keeps_what_is_closed(state):
    state.set_collapsed(["a"])
    state.set_root("a")
    state.set_grouping(Grouping.BY_BLOCK)
    assert state.shown == ShownState(Grouping.BY_BLOCK, frozenset("a"))


def test_another_trace_keeps_kinds_and_forgets_groups_and_nodes(state):
    state.set_shown(
        ShownState(Grouping.BY_CELL, frozenset("a"), frozenset({Hidden.CONSTANTS}), frozenset({1}), "a", frozenset({2}))
    )
    changes = count(state.shown_changed)
    state.set_trace(chain_trace(3))
    assert state.shown == ShownState(Grouping.BY_CELL, hidden=frozenset({Hidden.CONSTANTS}))
    assert len(changes) == 1
