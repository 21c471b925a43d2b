from dataclasses import replace

import pytest

from tests.ui.grouping.graphs import LAYERS, RECURRENT, TRAINING, snapshot
from ui.canvas.shown.shown_graph import View, show
from ui.grouping.choice import MOST_BOXES, MOST_NODES
from ui.grouping.gather import gather
from ui.grouping.opening import Opening, boxes_of, opened
from ui.shown_state import Grouping, ShownState

START = ShownState()
MORE = """
for i in range(30):
    loss = loss_of(w, b)
    loss.backward()
    with torch.no_grad():
        for p in (w, b):
            p -= 0.01 * p.grad
            p.grad = None
"""
TURNS = "w = torch.ones(4, requires_grad=True)\nh = w\nfor t in range({}):\n    h = torch.tanh(h * w + 1)\n"


def boxes(s, shown):
    return len(show(s, View.TENSORS_AND_FUNCTIONS, shown).node)


def test_a_small_graph_opens_whole():
    assert opened(snapshot(LAYERS), START, Opening.FITTED) == START


def test_a_large_graph_opens_closed_to_what_fits():
    s = snapshot(TRAINING)
    assert len(s.kind) > MOST_NODES
    shown = opened(s, START, Opening.FITTED)
    assert 1 < boxes(s, shown) <= MOST_BOXES
    assert boxes_of(gather(s, shown.grouping), shown) == boxes(s, shown)


def test_a_large_graph_that_a_person_opened_stays_open():
    s = snapshot(TRAINING)
    assert opened(s, START, Opening.CHOSEN, gather(s, START.grouping)) == START


def test_a_sub_graph_shown_alone_is_not_closed_by_itself():
    alone = replace(START, only=frozenset(range(20)))
    assert opened(snapshot(TRAINING), alone, Opening.FITTED) == alone


def test_what_was_closed_stays_closed_while_the_graph_grows():
    before, after = snapshot(TRAINING), snapshot(TRAINING, MORE)
    first = opened(before, START, Opening.FITTED)
    grown = opened(after, first, Opening.FITTED, gather(before, first.grouping))
    assert grown.grouping is first.grouping
    assert first.collapsed <= grown.collapsed
    assert boxes(after, grown) <= boxes(before, first) + 20


@pytest.mark.parametrize("grouping", [Grouping.BY_FUNCTION, Grouping.BY_BLOCK])
def test_a_kind_of_groups_just_chosen_is_seen_however_small_the_graph(grouping):
    s = snapshot(RECURRENT)
    shown = opened(s, ShownState(grouping), Opening.REGROUPED)
    assert 1 < boxes(s, shown) < len(s.kind) / 3


def test_turns_that_come_later_are_closed_as_those_before_them():
    before, after = snapshot(TURNS.format(5)), snapshot(TURNS.format(9))
    groups = gather(before, Grouping.BY_FUNCTION)
    closed = ShownState(Grouping.BY_FUNCTION, frozenset(groups.keys))
    grown = opened(after, closed, Opening.CHOSEN, groups)
    assert grown.collapsed == frozenset(gather(after, Grouping.BY_FUNCTION).keys)


def test_turns_that_come_later_are_open_where_one_before_them_is():
    before, after = snapshot(TURNS.format(5)), snapshot(TURNS.format(9))
    groups = gather(before, Grouping.BY_FUNCTION)
    closed = ShownState(Grouping.BY_FUNCTION, frozenset(groups.keys[1:]))
    assert opened(after, closed, Opening.CHOSEN, groups) == closed


def test_no_groups_means_nothing_to_close():
    none = ShownState(Grouping.NONE)
    for opening in (Opening.CHOSEN, Opening.REGROUPED):
        assert opened(snapshot(TRAINING), none, opening) == none
