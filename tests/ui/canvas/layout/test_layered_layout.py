"""The layout as the canvas calls it: what every drawing keeps, and what special graphs look like."""

import networkx as nx
import pytest
from hypothesis import given, settings, strategies as st

from tests.ui.canvas.layout.drawn import BOX, Drawn
from tests.ui.canvas.layout.graphs import double_backward, mixed_dag, series_parallel, shared_weight_rnn, tutorial
from ui.canvas.layout import layered_layout

sizes = st.tuples(st.floats(10, 300), st.floats(10, 120))


@st.composite
def random_multigraphs(draw):
    """Any directed multigraph: cycles, self-loops, parallel edges, lone nodes, slots or none, boxes of any size."""
    n = draw(st.integers(0, 14))
    graph = nx.MultiDiGraph()
    for v in range(n):
        graph.add_node(v, size=draw(sizes))
    if n:
        node = st.integers(0, n - 1)
        for u, v, slot in draw(st.lists(st.tuples(node, node, st.none() | st.integers(0, 3)), max_size=28)):
            graph.add_edge(u, v, **({} if slot is None else {"slot": slot}))
    return graph


@st.composite
def random_dags(draw):
    n = draw(st.integers(1, 30))
    pairs = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda e: e[0] < e[1])
    edges = draw(st.lists(pairs, max_size=60)) if n > 1 else []
    graph = nx.DiGraph()
    for v in range(n):
        graph.add_node(v, size=draw(sizes))
    graph.add_edges_from(edges)
    return graph


def drawn_by_own_sizes(graph, **options):
    return Drawn(graph, size=dict(graph.nodes(data="size")), **options)


@settings(deadline=None, max_examples=150)
@given(random_multigraphs(), st.sampled_from(["top-to-bottom", "left-to-right"]))
def test_no_boxes_overlap_and_no_foreign_edge_crosses_a_box_in_any_graph(graph, orientation):
    drawn = drawn_by_own_sizes(graph, orientation=orientation)
    assert drawn.overlaps() == 0
    assert drawn.hits() == 0
    assert set(drawn.routes) == set(graph.edges(keys=True))
    assert drawn.ends_on_borders()


@settings(deadline=None, max_examples=150)
@given(random_dags())
def test_every_edge_of_an_acyclic_graph_points_down(graph):
    drawn = drawn_by_own_sizes(graph)
    assert drawn.overlaps() == 0
    assert drawn.hits() == 0
    for u, v in graph.edges:
        assert drawn.box(u)[3] < drawn.box(v)[1]
        ys = [y for _, y in drawn.routes[u, v]]
        assert ys == sorted(ys)


@settings(deadline=None, max_examples=150)
@given(random_multigraphs() | random_dags(), st.data(), st.sampled_from([0, 1500]))
def test_an_update_keeps_boxes_apart_too(graph, data, afresh_limit):
    kept = data.draw(st.sets(st.sampled_from(sorted(graph)))) if len(graph) else set()
    before = drawn_by_own_sizes(graph.subgraph(sorted(kept)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ui.canvas.layout.component._AFRESH_LIMIT", afresh_limit)
        after = drawn_by_own_sizes(graph, prev=before.info["state"])
    assert after.overlaps() == 0
    assert after.hits() == 0


def test_an_empty_graph_has_an_empty_layout():
    info = {}
    assert layered_layout(nx.DiGraph(), info=info) == {}
    assert info["routes"] == {}
    assert layered_layout(nx.DiGraph(), info={}, prev=info["state"]) == {}


def test_a_single_node_lies_with_its_corner_at_the_origin():
    graph = nx.DiGraph()
    graph.add_node("a")
    drawn = Drawn(graph)
    assert drawn.pos == {"a": (55.0, 23.0)}
    assert drawn.info["bounds"] == (0.0, 0.0, 110.0, 46.0)


def test_the_node_attribute_size_is_used_where_no_size_is_given():
    graph = nx.DiGraph()
    graph.add_node("a", size=(300, 80))
    assert layered_layout(graph) == {"a": (150.0, 40.0)}


def test_a_chain_is_one_straight_line():
    drawn = Drawn(nx.path_graph(12, create_using=nx.DiGraph))
    assert {x for x, _ in drawn.pos.values()} == {55.0}
    assert all(len(points) == 2 for points in drawn.routes.values())


def test_the_tutorial_has_a_straight_main_line_no_crossings_and_two_arrows_for_y_times_y():
    drawn = Drawn(tutorial())
    main_line = ["add", "y", "mul", "y*y", "mul3", "z", "mean", "out"]
    assert len({drawn.pos[v][0] for v in main_line}) == 1
    assert drawn.crossings() == 0
    first, second = drawn.routes["y", "mul", 0], drawn.routes["y", "mul", 1]
    assert len(first) == len(second) == 2
    assert first[0][0] == first[1][0] == second[0][0] - 16 == second[1][0] - 16
    leaf, accumulate, add = (drawn.pos[v][0] for v in ("x", "AccumulateGrad", "add"))
    assert leaf - add == pytest.approx(add - accumulate)


def test_slots_arrive_in_order_from_left_to_right():
    graph = nx.MultiDiGraph()
    for slot, source in enumerate("aba"):
        graph.add_edge(source, "cat", slot=slot)
    drawn = Drawn(graph)
    arrivals = [drawn.routes["a", "cat", 0][-1], drawn.routes["b", "cat", 0][-1], drawn.routes["a", "cat", 1][-1]]
    assert [x for x, _ in arrivals] == sorted({x for x, _ in arrivals})
    assert {y for _, y in arrivals} == {drawn.box("cat")[1]}


def test_slots_decide_which_input_stands_left():
    graph = nx.DiGraph()
    for slot, source in enumerate("dacb"):
        graph.add_edge(source, "stack", slot=slot)
    drawn = Drawn(graph)
    assert sorted("abcd", key=lambda v: drawn.pos[v][0]) == list("dacb")
    assert drawn.crossings() == 0


def test_slots_arrive_in_order_even_where_the_edges_have_to_cross():
    graph = nx.DiGraph()
    for target, order in (("left", "abc"), ("right", "cba")):
        for slot, source in enumerate(order):
            graph.add_edge(source, target, slot=slot)
    drawn = Drawn(graph)
    for target, order in (("left", "abc"), ("right", "cba")):
        xs = [drawn.routes[source, target][-1][0] for source in order]
        assert xs == sorted(xs)
        assert len(set(xs)) == 3


def test_parallel_edges_over_several_layers_keep_apart_all_the_way():
    graph = nx.MultiDiGraph([("a", "b"), ("b", "c"), ("c", "d")])
    for slot in range(3):
        graph.add_edge("a", "d", slot=slot)
    drawn = Drawn(graph)
    routes = [drawn.routes["a", "d", key] for key in range(3)]
    assert len({tuple(route) for route in routes}) == 3
    assert drawn.crossings() == 0
    assert drawn.hits() == 0


def test_a_self_loop_stands_out_to_the_right_of_its_box():
    graph = nx.MultiDiGraph([("a", "a"), ("a", "a")])
    drawn = Drawn(graph)
    inner, outer = drawn.routes["a", "a", 0], drawn.routes["a", "a", 1]
    right = drawn.box("a")[2]
    assert inner[0][0] == inner[-1][0] == right
    assert right < inner[1][0] < outer[1][0]
    assert drawn.crossings() == 0


def test_a_cycle_is_drawn_with_one_edge_going_up():
    graph = nx.DiGraph([(0, 1), (1, 2), (2, 3), (3, 1)])
    drawn = Drawn(graph)
    upwards = [edge for edge, points in drawn.routes.items() if points[-1][1] < points[0][1]]
    assert upwards == [(3, 1)]
    assert drawn.overlaps() == drawn.hits() == 0


def test_two_edges_against_each_other_are_two_lines():
    drawn = Drawn(nx.DiGraph([("p", "q"), ("q", "p")]))
    assert drawn.routes["p", "q"][0][0] != drawn.routes["q", "p"][-1][0]
    assert drawn.ends_on_borders()


def test_components_are_packed_side_by_side_with_their_tops_in_line():
    graph = nx.DiGraph([("a", "b"), ("b", "c"), ("p", "q"), ("q", "r")])
    drawn = Drawn(graph)
    assert {drawn.pos[v][1] for v in "ap"} == {23.0}
    assert drawn.box("p")[0] - drawn.box("a")[2] == 48.0


@pytest.mark.parametrize("orientation", ["top-to-bottom", "left-to-right"])
def test_very_many_components_fill_a_frame_like_a_window(orientation):
    graph = nx.DiGraph()
    graph.add_nodes_from(range(500))
    drawn = Drawn(graph, orientation=orientation)
    left, top, right, bottom = drawn.info["bounds"]
    assert drawn.overlaps() == 0
    assert 1.2 < (right - left) / (bottom - top) < 2.0


def test_leaves_come_down_beside_their_use():
    graph = nx.path_graph(10, create_using=nx.DiGraph)
    graph.add_edge("weight", 8)
    drawn = Drawn(graph)
    assert drawn.pos["weight"][1] == drawn.pos[7][1]


def test_left_to_right_is_the_same_drawing_turned():
    graph = tutorial()
    down = Drawn(graph)
    turned = {v: (h, w) for v, (w, h) in down.size.items()}
    across = Drawn(graph, size=turned, orientation="left-to-right")
    assert across.pos == {v: (y, x) for v, (x, y) in down.pos.items()}
    assert across.routes == {e: [(y, x) for x, y in points] for e, points in down.routes.items()}


def test_an_unknown_orientation_is_refused_by_naming_the_known_ones():
    with pytest.raises(ValueError, match=r"'top-to-bottom' or 'left-to-right'"):
        layered_layout(nx.DiGraph([(0, 1)]), orientation="upwards")


@pytest.mark.parametrize("seed", range(4))
def test_series_parallel_graphs_are_drawn_without_crossings(seed):
    drawn = Drawn(series_parallel(120, seed))
    assert drawn.crossings() == 0
    assert drawn.overlaps() == drawn.hits() == 0


def test_trees_are_drawn_without_crossings():
    tree = nx.DiGraph([(v, (v - 1) // 3) for v in range(1, 121)])
    drawn = Drawn(tree)
    assert drawn.crossings() == 0
    assert drawn.overlaps() == 0


def test_shared_weights_run_on_buses_and_cross_little():
    steps = 40
    drawn = Drawn(shared_weight_rnn(steps))
    assert drawn.overlaps() == drawn.hits() == 0
    assert drawn.crossings() <= 5 * steps


@pytest.mark.parametrize("steps", [5, 20])
def test_a_backward_pass_of_a_backward_pass_is_not_wider_than_its_edges_need(steps):
    drawn = Drawn(double_backward(steps))
    left, _, right, _ = drawn.info["bounds"]
    assert right - left < 5 * BOX[0] + 50 * steps  # about two lines for each step pass its widest layer
    assert drawn.hits() == drawn.overlaps() == 0


def test_two_thousand_mixed_nodes_have_no_overlap():
    drawn = Drawn(mixed_dag(2000))
    assert drawn.overlaps() == 0


def test_layer_gap_and_node_gap_are_kept():
    graph = nx.DiGraph([("a", "c"), ("b", "c")])
    drawn = Drawn(graph, layer_gap=70, node_gap=33)
    assert drawn.box("c")[1] - drawn.box("a")[3] == 70
    assert abs(drawn.pos["a"][0] - drawn.pos["b"][0]) == BOX[0] + 33
