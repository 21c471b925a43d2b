"""What the window shows survives a file; whatever else a file says of it does no harm."""

import json
import random

import pytest
from hypothesis import given, settings, strategies as st

from app.saving.view_data import breakpoints_data, breakpoints_of, show, view_data
from engine.trace import NONE
from tests.traces import linear_trace, seed_trace
from ui.breakpoints.model import Breakpoint
from ui.shown_state import Grouping, Hidden, ShownState
from ui.stepping import Grain, Walk, WalkKind
from ui.view_state import ViewState

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


def shown():
    state = ViewState(seed_trace())
    state.set_grain(Grain.CONTRIBUTION)
    state.set_step(0, 3)
    state.select([5, 2])
    state.set_shown(
        ShownState(Grouping.BY_CELL, frozenset({"cell:0"}), frozenset({Hidden.CONSTANTS}), frozenset({1, 2}), "cell:0")
    )
    return state


def test_a_view_comes_back_as_it_was(qapp):
    state = shown()
    data = json.loads(json.dumps(view_data(state)))
    other = ViewState(seed_trace())
    show(other, data)
    assert (other.walk, other.place, other.grain) == (state.walk, state.place, state.grain)
    assert (other.selection, other.shown) == (state.selection, state.shown)
    assert view_data(other) == data


def test_a_forward_walk_and_no_walk_come_back(qapp):
    for walk in (Walk(WalkKind.FORWARD, 0), Walk(WalkKind.PASS, NONE)):
        state = ViewState(seed_trace())
        state.set_walk(walk)
        other = ViewState(seed_trace())
        other.set_step(0, 2)
        show(other, view_data(state))
        assert other.walk == state.walk


def test_missing_keys_keep_their_defaults(qapp):
    state = ViewState(seed_trace())
    show(state, {})
    assert view_data(state) == view_data(ViewState(seed_trace()))


def test_rows_that_the_trace_does_not_have_are_left_out(qapp):
    data = view_data(shown()) | {"selection": [3, 10_000, -5], "lit": [1, 10_000], "walk": {"kind": "PASS", "id": 99}}
    state = ViewState(seed_trace())
    show(state, data)
    assert state.selection == (3,)
    assert state.shown.lit == frozenset({1})
    assert state.pass_id == NONE


KEYS = sorted(view_data(ViewState()))


@settings(max_examples=150, deadline=None)
@given(data=st.dictionaries(st.sampled_from(KEYS), JSON))
def test_no_value_of_any_key_does_harm(qapp, data):
    state = ViewState(linear_trace())
    show(state, view_data(state) | data)
    json.dumps(view_data(state))


def test_nested_values_of_any_kind_do_no_harm(qapp):
    rng, values = random.Random(1), [None, True, -1, 2**70, 1e400, "", "PASS", [], {}, [None], {"id": 0}]
    for _ in range(500):
        data = {
            "walk": {"kind": rng.choice(["PASS", "FORWARD", *values]), "id": rng.choice([0, 1, *values])},
            "place": {name: rng.choice([0, 1, 5, *values]) for name in ("first", "last", "sent")},
            "grain": rng.choice([*Grain.__members__, *values]),
        }
        show(ViewState(linear_trace()), data)


def test_breakpoints_come_back_without_those_that_mean_nothing(qapp):
    state = ViewState(seed_trace())
    state.set_breakpoints(
        [Breakpoint(op="MulBackward0"), Breakpoint(node=3, enabled=False), Breakpoint(line=4, title="a")]
    )
    data = json.loads(json.dumps(breakpoints_data(state)))
    assert breakpoints_of([*data, {"node": 999}, {}, 7, {"op": 3}], state.trace) == list(state.breakpoints)


@pytest.mark.parametrize("data", [None, 7, "x", {"a": 1}])
def test_breakpoints_of_something_else_are_none(qapp, data):
    assert breakpoints_of(data, seed_trace()) == []
