import pytest

from engine.trace import NONE
from tests.engine.programs import record
from tests.ui.grouping.graphs import LAYERS
from ui.canvas.groups import folding as folding_module
from ui.canvas.groups.folding import Folding
from ui.canvas.shown.shown_graph import GROUP, View, show
from ui.grouping.gather import What
from ui.shown_state import Grouping
from ui.snapshot import Snapshot
from ui.view_state import ViewState


@pytest.fixture
def folding(qapp):
    state = ViewState(record(LAYERS))
    made = Folding(state, lambda: show(Snapshot.of(state.trace), View.TENSORS_AND_FUNCTIONS, state.shown))
    made.state = state
    return made


def closed(folding):
    graph = folding._graph()
    return [graph.title_text(box) for box in range(len(graph.node)) if graph.kind[box] == GROUP]


def box(folding, title):
    graph = folding._graph()
    return next(k for k in range(len(graph.node)) if graph.title_text(k) == title)


def test_everything_closed_is_the_outermost_group_and_opens_level_by_level(folding):
    folding.collapse_all()
    assert closed(folding) == ["net (Encoder)"]
    folding.expand(box(folding, "net (Encoder)"))
    assert closed(folding) == ["layers (Sequential)", "head (Linear)"]
    folding.expand(box(folding, "layers (Sequential)"))
    assert closed(folding) == [*(f"{k} (Layer)" for k in range(12)), "head (Linear)"]
    folding.expand_all()
    assert closed(folding) == []


def test_expand_below_leaves_nothing_closed_inside(folding):
    folding.collapse_all()
    folding.expand(box(folding, "net (Encoder)"))
    folding.expand_below(box(folding, "layers (Sequential)"))
    assert closed(folding) == ["head (Linear)"]


def test_a_node_closes_the_group_around_it_and_a_group_the_one_around_it(folding):
    function = box(folding, "ReluBackward0")
    assert folding.kind(folding.around(function)) == "module"
    folding.collapse_around(function)
    assert closed(folding) == ["0 (Layer)"]
    folding.collapse_around(box(folding, "0 (Layer)"))
    assert closed(folding) == ["layers (Sequential)"]
    folding.collapse_around(box(folding, "layers (Sequential)"))
    folding.collapse_around(box(folding, "net (Encoder)"))
    assert closed(folding) == ["net (Encoder)"]


def test_siblings_are_the_groups_of_one_level(folding):
    folding.collapse_around(box(folding, "ReluBackward0"))
    folding.collapse_siblings(box(folding, "0 (Layer)"))
    assert closed(folding) == [f"{k} (Layer)" for k in range(12)]


def test_a_crumb_shows_its_group_as_one_box_then_opens_it(folding):
    function = box(folding, "ReluBackward0")
    path = folding.path(function)
    assert [folding.title(group) for group in path] == ["net (Encoder)", "layers (Sequential)", "0 (Layer)"]
    folding.show_level(path[1])
    assert closed(folding) == ["layers (Sequential)"]
    folding.show_level(path[1])
    assert closed(folding) == []
    folding.show_level(NONE)
    assert closed(folding) == ["net (Encoder)"]


def test_a_group_shown_alone_is_left_by_the_first_crumb(folding):
    layers = folding.path(box(folding, "ReluBackward0"))[1]
    folding.show_alone(layers)
    assert folding.state.shown.root
    assert [folding.title(group) for group in folding.path(NONE)] == ["net (Encoder)", "layers (Sequential)"]
    folding.show_level(NONE)
    assert folding.state.shown.root == ""


def test_the_groups_around_a_node_open_for_it(folding):
    node = int(folding._graph().node[box(folding, "ReluBackward0")])
    folding.collapse_all()
    assert len(folding.open_around(node)) == 3
    assert folding.open_around(node) == []
    graph = folding._graph()
    assert graph.kind[graph.box_of[node]] != GROUP


def test_conditions_follow_the_selection(folding):
    assert folding.conditions() == {"groups"}
    node = int(folding._graph().node[box(folding, "ReluBackward0")])
    folding.state.select([node])
    assert folding.conditions() == {"groups", "in group", "beside group"}
    folding.collapse_all()
    assert folding.conditions() == {"groups", "closed groups", "closed group", "beside group"}
    folding.regroup(Grouping.NONE)
    assert folding.conditions() == set()


def test_without_a_picture_nothing_happens(qapp):
    folding = Folding(ViewState(), lambda: None)
    for verb in (folding.expand, folding.expand_below, folding.collapse_around, folding.collapse_siblings):
        verb(NONE)
    folding.collapse_all()
    folding.show_level(NONE)
    folding.show_alone(NONE)
    assert folding.open_around(0) == []
    assert folding.conditions() == set()


def test_every_kind_of_group_has_a_word():
    assert set(folding_module._WORDS) == set(What)


def test_the_group_of_the_selection_is_shown_alone_and_then_everything_again(folding):
    folding.toggle_alone(NONE)
    assert folding.state.shown.root == ""
    inside = box(folding, "ReluBackward0")
    folding.toggle_alone(inside)
    assert folding.title(folding.groups.index(folding.state.shown.root)) == folding.title(folding.path(inside)[-1])
    folding.toggle_alone(inside)
    assert folding.state.shown.root == ""
