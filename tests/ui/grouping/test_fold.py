import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from engine.trace import NONE, EdgeKind, NodeKind
from tests.engine.programs import record
from tests.ui.grouping.graphs import BRANCHES, LAYERS, RECURRENT, TRAINING, snapshot
from ui.canvas.shown.shown_graph import GROUP, View, show
from ui.canvas.shown.story import PassOnGraph
from ui.grouping.gather import gather
from ui.shown_state import Grouping, Hidden, ShownState
from ui.snapshot import Snapshot
from ui.stepping import NodeState, PassSteps

PROGRAMS = (LAYERS, RECURRENT, TRAINING, BRANCHES)


def titles(graph):
    return [graph.title_text(box) for box in range(len(graph.title))]


def box(graph, title):
    return titles(graph).index(title)


@st.composite
def closed(draw):
    program, view = draw(st.sampled_from(PROGRAMS)), draw(st.sampled_from(list(View)))
    grouping = draw(st.sampled_from(list(Grouping)))
    keys = gather(snapshot(program), grouping).keys
    collapsed = frozenset(draw(st.lists(st.sampled_from(keys), max_size=6))) if keys else frozenset()
    return snapshot(program), view, ShownState(grouping, collapsed)


@given(closed())
@settings(deadline=None, max_examples=60)
def test_no_edge_between_two_boxes_is_ever_lost(case):
    s, view, state = case
    flat, graph = show(s, view), show(s, view, state)
    between = 0
    pairs = {}
    for a, b in zip(flat.node[flat.src].tolist(), flat.node[flat.dst].tolist(), strict=True):
        a, b = int(graph.box_of[a]), int(graph.box_of[b])
        assert a != NONE
        assert b != NONE
        if a != b:
            between += 1
            pairs[a, b] = pairs.get((a, b), 0) + 1
    assert graph.count.sum() == between
    drawn = {}
    for edge, pair in enumerate(zip(graph.src.tolist(), graph.dst.tolist(), strict=True)):
        drawn[pair] = drawn.get(pair, 0) + int(graph.count[edge])
        over = graph.edges_over(edge)
        assert len(over) == graph.count[edge]
        assert over[0] == graph.edge[edge]
        if GROUP not in graph.kind[list(pair)]:
            assert graph.count[edge] == 1
    assert drawn == pairs
    assert (np.diff(graph.edge) > 0).all()


@given(closed())
@settings(deadline=None, max_examples=60)
def test_every_node_is_in_the_box_of_its_outermost_closed_group_or_its_own(case):
    s, view, state = case
    flat, graph = show(s, view), show(s, view, state)
    assert (np.diff(graph.node) > 0).all()
    assert graph.members.sum() == (graph.box_of != NONE).sum()
    for node in range(len(s.kind)):
        path = graph.groups.path(int(graph.groups.of_node[node]))
        around = next((g for g in path if graph.groups.keys[g] in state.collapsed), NONE)
        shown = int(flat.box_of[node])
        if shown != NONE and flat.node[shown] == node:
            mine = int(graph.box_of[node])
            assert graph.group[mine] == around
            assert graph.kind[mine] == (GROUP if around != NONE else s.kind[node])


def test_a_closed_group_says_what_is_in_it():
    net = snapshot(LAYERS)
    groups = gather(net, Grouping.BY_MODULE)
    key = groups.keys[int(groups.children(0)[0])]
    graph = show(net, shown=ShownState(Grouping.BY_MODULE, frozenset([key])))
    layers = box(graph, "layers (Sequential)")
    assert graph.text(int(graph.second[layers])) == "72 functions · 48 parameters"
    assert graph.text(int(graph.third[layers])) == "[3, 4] → [3, 4]"
    assert graph.members[layers] == groups.size[graph.group[layers]]


def test_a_key_that_no_group_has_changes_nothing():
    plain = show(snapshot(LAYERS))
    graph = show(snapshot(LAYERS), shown=ShownState(Grouping.BY_MODULE, frozenset(["scope:999", "?"]), root="gone"))
    assert len(graph.node) == len(plain.node)
    assert len(graph.edge) == len(plain.edge)


def test_a_group_shown_alone_is_open_and_all_there_is():
    s = snapshot(LAYERS)
    groups = gather(s, Grouping.BY_MODULE)
    root = next(g for g in range(len(groups)) if len(groups.path(g)) == 3)
    inner = groups.children(root)
    state = ShownState(Grouping.BY_MODULE, frozenset(groups.keys), root=groups.keys[root])
    graph = show(s, shown=state)
    assert set(graph.group[graph.group != NONE].tolist()) == set(inner.tolist())
    assert set(np.flatnonzero(graph.box_of != NONE).tolist()) == set(groups.members(root).tolist())


@pytest.mark.parametrize("view", list(View))
def test_a_sub_graph_shows_only_its_nodes_and_the_edges_between(view):
    s = snapshot(RECURRENT)
    some = frozenset(range(10, 40))
    graph, flat = show(s, view, ShownState(only=some)), show(s, view)
    assert set(graph.node.tolist()) == {n for n in flat.node.tolist() if n in some}
    ends = zip(flat.node[flat.src].tolist(), flat.node[flat.dst].tolist(), strict=True)
    assert len(graph.edge) == sum(a in some and b in some for a, b in ends)


@pytest.mark.parametrize("view", list(View))
def test_constants_are_hidden_with_their_edges(view):
    s = snapshot(RECURRENT)
    graph = show(s, view, ShownState(hidden=frozenset([Hidden.CONSTANTS])))
    assert NodeKind.CONSTANT not in graph.kind
    flat = show(s, view)
    assert len(graph.node) == len(flat.node) - (flat.kind == NodeKind.CONSTANT).sum()


def test_what_carries_no_gradient_is_hidden():
    s = snapshot(RECURRENT)
    graph = show(s, shown=ShownState(hidden=frozenset([Hidden.NO_GRADIENT])))
    found = titles(graph)
    assert "w" in found
    assert "h" in found  # the last one; the zeros it began with carry no gradient
    assert "h⁽¹⁾" not in found


VIEWS = """
x = torch.ones(2, 2, requires_grad=True)
t = x.t()[1:]
u = x.view(4)
y = (u * 2).sum()
d = x.double()
z = d * 3
"""


@pytest.mark.parametrize("view", list(View))
def test_views_and_casts_give_way_and_what_follows_hangs_on_their_operand(view):
    s = snapshot(VIEWS)
    flat, graph = show(s, view), show(s, view, ShownState(hidden=frozenset([Hidden.VIEWS_AND_CASTS])))
    gone = set(flat.node.tolist()) - set(graph.node.tolist())
    names = {s.strings[s.label[n]] for n in gone if s.kind[n] == NodeKind.TENSOR}
    ops = {s.strings[s.op[n]] for n in gone if s.kind[n] == NodeKind.FUNCTION}
    if view is not View.FUNCTIONS:
        assert names >= {"t", "d"}
    if view is not View.COMPACT:
        assert {"TBackward0", "ToCopyBackward0"} <= ops
    x = int(graph.box_of[next(i for i in range(len(s.kind)) if s.strings[s.label[i]] == "x")])
    muls = {int(graph.box_of[i]) for i in range(len(s.kind)) if s.strings[s.op[i]] == "MulBackward0"}
    assert muls <= {b for a, b in zip(graph.src.tolist(), graph.dst.tolist(), strict=True) if a == x}


def test_the_state_of_a_group_is_that_of_the_first_to_act_in_it():
    trace = record(LAYERS, "loss.backward()")
    s = Snapshot.of(trace)
    groups = gather(s, Grouping.BY_MODULE)
    graph = show(s, shown=ShownState(Grouping.BY_MODULE, frozenset(groups.keys)))
    steps = PassSteps(trace, 0)
    run = PassOnGraph(steps, graph)
    net = box(graph, "net (Encoder)")
    for position in range(1, steps.count + 1):
        story = run.at(position)
        inside = graph.box_of[steps.node(position)] == net
        assert (story.node_state[net] == NodeState.NOW) == inside
        assert (story.now_box == net) == inside
    assert run.at(steps.count).node_state[net] in (NodeState.NOW, NodeState.DONE)


def test_the_magnitude_of_a_merged_edge_is_its_largest():
    s = snapshot(LAYERS)
    groups = gather(s, Grouping.BY_MODULE)
    graph = show(s, shown=ShownState(Grouping.BY_MODULE, frozenset(groups.keys)))
    values = np.arange(len(s.src), dtype=float)
    found = graph.over_edges(values, np.fmax)
    assert found.tolist() == [values[graph.edges_over(e)].max() for e in range(len(graph.edge))]
    assert EdgeKind.INPUT in graph.edge_kind
