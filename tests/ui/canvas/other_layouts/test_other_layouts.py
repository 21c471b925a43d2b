import sys

import numpy as np
import pytest

from ui.canvas.layout import LayoutCancelled, Problem
from ui.canvas.other_layouts import KINDS, LAYERED, LayoutRefused, lay_out_otherwise, process
from ui.canvas.other_layouts.spread import overlapping, spread


def problem(n, edges, width=120.0, height=50.0):
    src, dst = np.array(edges, np.int64).reshape(-1, 2).T
    return Problem(src.copy(), dst.copy(), np.full(n, width), np.full(n, height))


def never():
    pass


TREE = problem(15, [((k - 1) // 2, k) for k in range(1, 15)])
PURE = sorted(set(KINDS) - {LAYERED, "dot", "kamada_kawai"})


@pytest.mark.parametrize("kind", PURE)
def test_boxes_do_not_overlap(kind):
    drawing = lay_out_otherwise(TREE, kind)
    first, _ = overlapping(drawing.x, drawing.y, TREE.width, TREE.height, never)
    assert not len(first)


@pytest.mark.parametrize("kind", PURE)
def test_edges_run_from_the_border_of_one_box_to_that_of_the_other(kind):
    drawing = lay_out_otherwise(TREE, kind)
    routes = drawing.routes
    for edge, (u, v) in enumerate(zip(TREE.src, TREE.dst, strict=True)):
        for row, node in ((routes.start[edge], u), (routes.stop[edge] - 1, v)):
            away = abs(routes.x[row] - drawing.x[node]) / 60, abs(routes.y[row] - drawing.y[node]) / 25
            assert max(away) == pytest.approx(1)


def test_the_same_graph_is_drawn_the_same_again():
    once, again = lay_out_otherwise(TREE, "spring"), lay_out_otherwise(TREE, "spring")
    assert np.array_equal(once.x, again.x)
    assert np.array_equal(once.y, again.y)


def test_unconnected_parts_stand_side_by_side():
    drawing = lay_out_otherwise(problem(6, [(0, 1), (1, 2), (3, 4)]), "spring")
    first, _ = overlapping(drawing.x, drawing.y, np.full(6, 120.0), np.full(6, 50.0), never)
    assert not len(first)


def test_parallel_edges_and_a_loop_each_have_a_route_of_their_own():
    graph = problem(2, [(0, 1), (0, 1), (1, 0), (1, 1)])
    routes = lay_out_otherwise(graph, "circular").routes
    seen = {
        tuple(np.round(routes.x[a:b], 1)) + tuple(np.round(routes.y[a:b], 1))
        for a, b in zip(routes.start, routes.stop, strict=True)
    }
    assert len(seen) == 4


def test_layers_follow_each_other_to_the_right_where_that_is_wanted():
    chain = problem(4, [(0, 1), (1, 2), (2, 3)])
    down, right = (
        lay_out_otherwise(chain, "multipartite", orientation=way) for way in ("top-to-bottom", "left-to-right")
    )
    assert (np.diff(down.y) > 0).all()
    assert (np.diff(right.x) > 0).all()


def test_a_graph_that_is_not_planar_is_refused_with_the_reason():
    complete = problem(5, [(a, b) for a in range(5) for b in range(a + 1, 5)])
    with pytest.raises(LayoutRefused, match="Planar cannot draw this graph: G is not planar"):
        lay_out_otherwise(complete, "planar")


def test_too_large_a_graph_is_refused_before_anything_is_tried():
    count = KINDS["kamada_kawai"].most + 1
    with pytest.raises(LayoutRefused, match="is for at most 2,000 boxes"):
        lay_out_otherwise(problem(count, [(0, 1)]), "kamada_kawai")


def test_a_package_that_is_missing_is_named(tmp_path, monkeypatch):
    program = tmp_path / "without.py"
    lines = (
        "import runpy, sys",
        "sys.modules['pygraphviz'] = None",
        f"runpy.run_path({str(process.PROGRAM)!r}, run_name='__main__')",
    )
    program.write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setattr(process, "PROGRAM", program)
    with pytest.raises(
        LayoutRefused, match="Graphviz dot needs pygraphviz, which is not installed: pip install pygraphviz"
    ):
        lay_out_otherwise(TREE, "dot")


def test_dot_draws_its_own_curves():
    pytest.importorskip("pygraphviz")
    drawing = lay_out_otherwise(TREE, "dot")
    assert ((drawing.routes.stop - drawing.routes.start) % 3 == 1).all()


def test_a_program_that_dies_is_told(tmp_path, monkeypatch):
    program = tmp_path / "dies.py"
    program.write_text("raise SystemExit('out of luck')", encoding="utf-8")
    monkeypatch.setattr(process, "PROGRAM", program)
    with pytest.raises(LayoutRefused, match="Springs failed: out of luck"):
        lay_out_otherwise(TREE, "spring")


def test_what_nobody_waits_for_is_ended(tmp_path, monkeypatch):
    program = tmp_path / "endless.py"
    program.write_text("while True: pass", encoding="utf-8")
    monkeypatch.setattr(process, "PROGRAM", program)
    asked = iter([False, False, False, True])
    with pytest.raises(LayoutCancelled):
        lay_out_otherwise(TREE, "spring", cancelled=lambda: next(asked))


def test_a_bundle_without_python_says_so(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(LayoutRefused, match="Springs failed: this build brings no Python"):
        lay_out_otherwise(TREE, "spring")


@pytest.mark.parametrize("pushed", [True, False])
def test_points_in_one_place_become_boxes_beside_each_other(pushed):
    x = y = np.zeros(40)
    w, h = np.full(40, 90.0), np.full(40, 40.0)
    first, _ = overlapping(*spread(x, y, w, h, pushed=pushed, check=never), w, h, never)
    assert not len(first)


def test_springs_hold_more_than_five_hundred_boxes_without_scipy():
    graph = problem(520, [((k - 1) // 3, k) for k in range(1, 520)])
    drawing = lay_out_otherwise(graph, "spring")
    first, _ = overlapping(drawing.x, drawing.y, graph.width, graph.height, never)
    assert not len(first)
