"""Large and extreme graphs, cancelling, and that the same graph is always drawn the same."""

import os
import subprocess
import sys
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from tests.ui.canvas.layout.drawn import Drawn
from tests.ui.canvas.layout.graphs import mixed_dag, tutorial
from ui.canvas.layout import LayoutCancelled, Previous, Problem, layered_layout, layout_arrays

ROOT = Path(__file__).parents[4]


def chain_problem(n):
    edges = np.arange(n - 1)
    return Problem(src=edges, dst=edges + 1, width=np.full(n, 110.0), height=np.full(n, 46.0))


def test_a_chain_of_100_000_nodes_is_one_straight_line():
    n = 100_000
    drawing = layout_arrays(chain_problem(n))
    assert np.ptp(drawing.x) == 0
    assert (np.diff(drawing.y) == 46 + 36).all()
    assert (drawing.routes.stop - drawing.routes.start == 2).all()


def test_10_000_leaves_into_one_cat_stand_in_slot_order():
    n = 10_000
    problem = Problem(
        src=np.arange(n),
        dst=np.full(n, n),
        width=np.full(n + 1, 100.0),
        height=np.full(n + 1, 30.0),
        slot=np.arange(n)[::-1].copy(),
    )
    drawing = layout_arrays(problem)
    assert (np.diff(drawing.x[:n]) <= -118).all()
    ends = drawing.routes.x[drawing.routes.stop - 1]
    assert (np.diff(ends) < 0).all()
    assert abs(ends[0] - drawing.x[n]) < 50
    assert abs(ends[-1] - drawing.x[n]) < 50


def test_a_leaf_used_5_000_times_runs_on_one_bus():
    n = 5_000
    graph = nx.path_graph(n, create_using=nx.DiGraph)
    graph.add_edges_from(("leaf", v) for v in range(n))
    drawn = Drawn(graph)
    left, _, right, _ = drawn.info["bounds"]
    assert right - left < 3 * 110
    assert {x for x, _ in (drawn.pos[v] for v in range(n))} == {drawn.pos[0][0]}


def test_many_small_components_are_laid_out_each_alike():
    graph = nx.disjoint_union_all([nx.path_graph(4, create_using=nx.DiGraph)] * 300)
    drawn = Drawn(graph)
    assert drawn.overlaps() == 0
    assert all(drawn.pos[v][0] == drawn.pos[v - 1][0] for v in range(1200) if v % 4)


def test_a_cancelled_layout_stops_soon():
    asked = []

    def cancelled():
        asked.append(None)
        return len(asked) > 50

    with pytest.raises(LayoutCancelled):
        layered_layout(mixed_dag(3000), cancelled=cancelled)
    assert len(asked) == 51


@pytest.mark.parametrize("graph", [mixed_dag(1500), nx.path_graph(3000, create_using=nx.DiGraph)])
def test_cancelling_is_possible_all_along(graph):
    count = 0

    def cancelled():
        nonlocal count
        count += 1
        return False

    layered_layout(graph, cancelled=cancelled)
    layers = nx.dag_longest_path_length(graph)
    assert count > layers


def test_the_same_graph_is_drawn_the_same_whatever_the_hash_seed():
    program = (
        "from tests.ui.canvas.layout.graphs import mixed_dag, tutorial\n"
        "from tests.ui.canvas.layout.drawn import Drawn\n"
        "for graph in (tutorial(), mixed_dag(150)):\n"
        "    drawn = Drawn(graph)\n"
        "    print(sorted(drawn.pos.items(), key=str), sorted(drawn.routes.items(), key=str))\n"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
    assert "AccumulateGrad" in runs[0]


def test_arrays_and_networkx_give_the_same_drawing():
    graph = tutorial()
    pos = layered_layout(graph, size=dict.fromkeys(graph, (110.0, 46.0)))
    index = {v: i for i, v in enumerate(graph)}
    slots = [-1 if slot is None else slot for *_, slot in graph.edges(data="slot")]
    problem = Problem(
        src=np.array([index[u] for u, _ in graph.edges()]),
        dst=np.array([index[v] for _, v in graph.edges()]),
        width=np.full(len(graph), 110.0),
        height=np.full(len(graph), 46.0),
        slot=np.array(slots),
    )
    drawing = layout_arrays(problem)
    assert list(zip(drawing.x, drawing.y, strict=True)) == list(pos.values())
    again = layout_arrays(problem, previous=Previous(drawing.x, drawing.y, drawing.trunks))
    assert np.allclose(again.x, drawing.x)


def test_an_edge_between_boxes_that_are_not_there_is_refused():
    box = np.full(3, 100.0)
    for src, dst in ((-1, 2), (0, 3)):
        with pytest.raises(ValueError, match="boxes that are not there: they are numbered from 0 to 2"):
            layout_arrays(Problem(np.array([0, src]), np.array([1, dst]), box, box))
