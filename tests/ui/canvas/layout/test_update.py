"""The stable update: what stays where it was, and where new nodes go."""

import networkx as nx
import pytest

from tests.ui.canvas.layout.drawn import Drawn
from tests.ui.canvas.layout.graphs import mixed_dag, series_parallel, shared_weight_rnn, tutorial


def with_five_more(graph):
    """Five nodes in a chain below the most used node."""
    bigger = graph.copy()
    last = max(graph, key=graph.out_degree)
    for k in range(5):
        bigger.add_edge(last, f"new{k}")
        last = f"new{k}"
    return bigger


@pytest.mark.parametrize("orientation", ["top-to-bottom", "left-to-right"])
@pytest.mark.parametrize("graph", [mixed_dag(200), series_parallel(200), shared_weight_rnn(40), tutorial()], ids=str)
def test_five_nodes_added_displace_at_most_ten(graph, orientation):
    before = Drawn(graph, orientation=orientation)
    after = Drawn(with_five_more(graph), prev=before.info["state"], orientation=orientation)
    assert after.moved(before) <= 10
    assert after.overlaps() == after.hits() == 0


@pytest.mark.parametrize("graph", [mixed_dag(200), shared_weight_rnn(40), tutorial()], ids=str)
def test_an_unchanged_graph_stays_exactly_where_it_is(graph):
    before = Drawn(graph)
    after = Drawn(graph, prev=before.info["state"])
    for v in graph:
        assert after.pos[v] == pytest.approx(before.pos[v])


def test_a_notebook_run_cell_by_cell_keeps_its_place_and_stays_as_if_drawn_at_once():
    whole = tutorial()
    before = None
    for size in (5, 10, 12):
        names = ["x", "add", "y", "AccumulateGrad", "x.grad", "mul", "y*y", "mul3", "3", "z", "mean", "out"][:size]
        graph = nx.MultiDiGraph(whole.subgraph(names))
        after = Drawn(graph, prev=before.info["state"] if before else None)
        assert after.crossings() == after.hits() == after.overlaps() == 0
        line = [v for v in ("add", "y", "mul", "y*y", "mul3", "z", "mean", "out") if v in graph]
        assert len({round(after.pos[v][0], 3) for v in line}) == 1
        if before is not None:
            assert after.moved(before, limit=0.5) == 0
        before = after


@pytest.mark.parametrize("graph", [mixed_dag(200), shared_weight_rnn(40), tutorial()], ids=str)
def test_nodes_put_into_the_old_drawing_displace_at_most_ten_too(graph, monkeypatch):
    monkeypatch.setattr("ui.canvas.layout.component._AFRESH_LIMIT", 0)
    before = Drawn(graph)
    after = Drawn(with_five_more(graph), prev=before.info["state"])
    assert after.moved(before) <= 10
    assert after.overlaps() == after.hits() == 0


def test_a_result_added_at_the_end_continues_the_line():
    graph = tutorial()
    before = Drawn(graph)
    graph.add_edge("out", "neg")
    graph.add_edge("neg", "minus")
    after = Drawn(graph, prev=before.info["state"])
    assert after.pos["minus"][0] == after.pos["neg"][0] == before.pos["out"][0]
    assert after.moved(before, limit=0.5) == 0


def test_a_new_leaf_stands_beside_its_use():
    graph = nx.path_graph(10, create_using=nx.DiGraph)
    before = Drawn(graph)
    graph.add_edge("weight", 8)
    after = Drawn(graph, prev=before.info["state"])
    assert after.moved(before, limit=0.5) == 0
    assert abs(after.pos["weight"][0] - after.pos[7][0]) == 110 + 18
    assert after.pos["weight"][1] == after.pos[7][1]


def test_removed_nodes_leave_the_others_in_place():
    graph = with_five_more(mixed_dag(120))
    before = Drawn(graph)
    graph.remove_nodes_from([f"new{k}" for k in range(5)])
    after = Drawn(graph, prev=before.info["state"])
    before.pos = {v: before.pos[v] for v in graph}
    assert after.moved(before) == 0
    assert after.overlaps() == after.hits() == 0


def test_a_new_component_is_set_beside_the_old_picture():
    graph = nx.DiGraph([("a", "b")])
    before = Drawn(graph)
    graph.add_edges_from([("p", "q"), ("q", "r")])
    after = Drawn(graph, prev=before.info["state"])
    assert after.pos["a"] == before.pos["a"]
    assert after.box("p")[0] > after.box("a")[2]


def test_a_component_that_grows_into_another_moves_that_one_aside():
    graph = nx.DiGraph([("a", "b"), ("p", "q")])
    before = Drawn(graph)
    graph.add_edges_from(("a", f"more{k}") for k in range(4))
    after = Drawn(graph, prev=before.info["state"])
    assert after.overlaps() == after.hits() == 0


def test_a_graph_that_is_mostly_new_is_laid_out_afresh():
    graph = nx.DiGraph([("a", "b")])
    before = Drawn(graph)
    graph = series_parallel(100)
    graph.add_edge("b", 0)
    graph.add_edge("a", "b")
    after = Drawn(graph, prev=before.info["state"])
    assert after.crossings() == 0


def test_the_state_of_the_other_orientation_is_not_used():
    graph = tutorial()
    before = Drawn(graph)
    after = Drawn(graph, prev=before.info["state"], orientation="left-to-right")
    assert after.pos == Drawn(graph, orientation="left-to-right").pos
