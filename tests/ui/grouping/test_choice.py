import numpy as np
import pytest

from tests.traces import chain_trace
from tests.ui.grouping.graphs import BRANCHES, LAYERS, RECURRENT, TRAINING, snapshot
from ui.canvas.shown.shown_graph import View, show
from ui.grouping.choice import choose_collapsed, fitted
from ui.grouping.gather import What, gather
from ui.shown_state import Grouping, ShownState
from ui.snapshot import Snapshot


def test_a_graph_that_is_small_enough_opens_as_it_is():
    assert choose_collapsed(snapshot(RECURRENT)) is None


def test_a_graph_without_groups_opens_as_it_is():
    assert choose_collapsed(Snapshot.of(chain_trace(20)), 10, grouping=Grouping.BY_MODULE) is None


@pytest.mark.parametrize("program", [LAYERS, RECURRENT, TRAINING, BRANCHES])
@pytest.mark.parametrize("grouping", list(Grouping)[1:])
def test_a_choice_counts_the_boxes_that_are_then_shown(program, grouping):
    s = snapshot(program)
    choice = choose_collapsed(s, limit=10, boxes=30, grouping=grouping)
    if choice is not None:
        graph = show(s, View.TENSORS_AND_FUNCTIONS, ShownState(choice.grouping, choice.collapsed))
        assert len(graph.node) == choice.boxes


@pytest.mark.parametrize("program", [LAYERS, RECURRENT, TRAINING])
def test_a_large_graph_opens_with_as_many_groups_open_as_fit(program):
    s = snapshot(program)
    choice = choose_collapsed(s, limit=100, boxes=60)
    assert 1 < choice.boxes <= 60
    groups = gather(s, choice.grouping)
    more = {}  # boxes that opening all groups of one size on one level would add
    for group in groups.indices(choice.collapsed).tolist():
        around = groups.path(group)[:-1]
        if all(groups.keys[g] not in choice.collapsed for g in around) and groups.what[group] != What.RUN:
            inside = len(groups.children(group)) + int((groups.of_node == group).sum())
            more.setdefault((len(around), inside), []).append(inside - 1)
    assert all(choice.boxes + sum(added) > 60 for added in more.values())


def test_a_training_loop_opens_as_one_block():
    choice = choose_collapsed(snapshot(TRAINING), limit=1000, boxes=60)
    assert choice.grouping is Grouping.BY_BLOCK


def test_where_nothing_fits_what_makes_it_smallest_is_taken():
    s = snapshot(TRAINING)
    choice = choose_collapsed(s, limit=10, boxes=0)
    sizes = [fitted(gather(s, grouping), 0).boxes for grouping in list(Grouping)[1:]]
    assert choice.boxes == min(sizes)
    assert np.isin(choice.boxes, sizes)
