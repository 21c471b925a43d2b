import numpy as np
import pytest

from engine.trace import NONE, Batch, EdgeKind, NodeKind, Trace
from tests.engine.programs import record
from tests.tapes import flags_trace, mlp_trace, started
from tests.traces import TraceBuilder, chain_trace, seed_trace
from tests.ui.grouping.graphs import LAYERS
from ui.canvas.shown.shown_graph import View, show
from ui.grouping.gather import gather
from ui.shown_state import Grouping, ShownState
from ui.snapshot import Snapshot


def shown(trace, view=View.TENSORS_AND_FUNCTIONS):
    return show(Snapshot.of(trace), view)


def titles(graph):
    return [graph.title_text(box) for box in range(len(graph.title))]


def arrows(graph):
    names = titles(graph)
    return [(names[a], names[b]) for a, b in zip(graph.src, graph.dst, strict=True)]


def test_tensors_and_functions_shows_every_node_and_edge_of_the_trace():
    trace = seed_trace()
    graph = shown(trace)
    assert len(graph.node) == len(trace.nodes)
    assert len(graph.edge) == len(trace.edges)
    assert titles(graph)[:6] == ["x", "AccumulateGrad", "x.grad", "2", "AddBackward0", "y"]
    assert graph.text(int(graph.second[0])) == "[2, 2] f32 · leaf"


def test_a_product_of_a_tensor_with_itself_has_two_edges_with_their_slots():
    graph = shown(seed_trace())
    twice = [e for e, arrow in enumerate(arrows(graph)) if arrow == ("y", "MulBackward0")]
    assert [int(graph.slot[e]) for e in twice] == [0, 1]
    assert [graph.text(int(graph.slot_text[e])) for e in twice] == ["slot 0", "slot 1"]


def test_functions_only_shows_the_graph_as_autograd_sees_it():
    graph = shown(seed_trace(), View.FUNCTIONS)
    assert set(graph.kind.tolist()) == {NodeKind.FUNCTION, NodeKind.ACCUMULATE}
    assert arrows(graph) == [
        ("AccumulateGrad", "AddBackward0"),
        ("AddBackward0", "MulBackward0"),
        ("AddBackward0", "MulBackward0"),
        ("MulBackward0", "MulBackward0"),
        ("MulBackward0", "MeanBackward0"),
    ]


def test_compact_puts_an_op_and_its_output_in_one_box():
    graph = shown(seed_trace(), View.COMPACT)
    assert titles(graph) == ["x", "2", "y", "y * y", "3", "z", "out"]
    assert graph.text(int(graph.second[2])) == "Add · [2, 2] f32"
    assert arrows(graph).count(("y", "y * y")) == 2
    assert arrows(graph).count(("x", "y")) == 1


@pytest.mark.parametrize("view", list(View))
@pytest.mark.parametrize("make", [seed_trace, mlp_trace, flags_trace, lambda: chain_trace(20), Trace])
def test_every_view_is_whole(view, make):
    trace = make()
    graph = shown(trace, view)
    n = len(graph.node)
    assert np.array_equal(graph.box_of[graph.node], np.arange(n))
    assert ((graph.box_of >= NONE) & (graph.box_of < n)).all()
    for ends in (graph.src, graph.dst):
        assert ((ends >= 0) & (ends < n)).all()
    assert (np.diff(graph.edge) > 0).all()


def test_a_gradient_can_travel_over_an_edge_in_every_view():
    trace = mlp_trace()
    carrying = np.unique(trace.flows.edge[trace.flows.step > 0])
    for view in View:
        assert np.isin(carrying, shown(trace, view).edge).all(), view


def test_several_names_of_one_tensor_are_all_written():
    graph = shown(flags_trace())
    assert "w, weight" in titles(graph)
    assert "w.grad" in titles(graph)


def test_a_rebound_name_moves_and_the_old_owner_is_marked():
    graph = shown(flags_trace())
    former = {title: bool(graph.former[i]) for i, title in enumerate(titles(graph))}
    assert (former["y⁽¹⁾"], former["y"]) == (True, False)


def test_a_deleted_name_leaves_a_former_title():
    b = started()
    node = b.tensor("t", 1.0)
    b.add("names", name="t", node=node)
    b.add("names", name="t", node=NONE)
    graph = shown(b.build())
    assert titles(graph) == ["t"]
    assert graph.former.tolist() == [True]


def test_slots_are_named_where_operands_cannot_be_swapped():
    trace = mlp_trace()
    graph = shown(trace)
    named = {
        (titles(graph)[graph.dst[e]], graph.text(int(graph.slot_text[e]))) for e in np.flatnonzero(graph.slot_matters)
    }
    assert ("MmBackward0", "self") in named
    assert ("SubBackward0", "other") in named
    assert not any(op == "AddBackward0" for op, _ in named)


def test_slots_are_named_once_where_a_leaf_has_an_accumulate_edge_too():
    graph = shown(mlp_trace())
    assert not (graph.slot_matters & (graph.edge_kind == EdgeKind.ACCUMULATE)).any()


def test_a_picture_of_an_old_snapshot_is_not_touched_by_growth():
    b = started()
    b.add("names", name="a", node=b.tensor("a", 1.0))
    trace = b.build()
    snapshot = Snapshot.of(trace)
    b.trace = trace
    b.add("names", name="b", node=b.tensor("b", 2.0))
    b.build()
    assert titles(show(snapshot)) == ["a"]
    assert titles(shown(trace)) == ["a", "b"]


def test_growing_by_nothing_changes_nothing():
    trace = seed_trace()
    before = Snapshot.of(trace).size()
    trace.extend(Batch())
    assert Snapshot.of(trace).size() == before


def test_a_merged_edge_is_a_constants_only_where_all_it_stands_for_is():
    trace = record(LAYERS + "loss.backward()\n")
    snapshot = Snapshot.of(trace)
    groups = gather(snapshot, Grouping.BY_MODULE)
    graph = show(snapshot, View.TENSORS_AND_FUNCTIONS, ShownState(Grouping.BY_MODULE, frozenset(groups.keys)))
    for edge in range(len(graph.edge)):
        kinds = snapshot.kind[snapshot.src[graph.edges_over(edge)]]
        assert graph.constant[edge] == bool((kinds == NodeKind.CONSTANT).all())


@pytest.mark.parametrize("view", View, ids=lambda view: view.name.lower())
@pytest.mark.parametrize("kind", EdgeKind, ids=lambda kind: kind.name.lower())
def test_an_edge_that_a_file_has_between_kinds_that_nothing_joins_is_drawn_where_both_have_boxes(view, kind):
    builder = TraceBuilder()
    for node in (NodeKind.TENSOR, NodeKind.CONSTANT, NodeKind.GRAD, NodeKind.FUNCTION, NodeKind.ACCUMULATE):
        builder.add("nodes", kind=node)
    for src in range(5):
        for dst in range(src + 1, 5):
            builder.add("edges", kind=kind, src=src, dst=dst, slot=dst)
    graph = shown(builder.build(), view)
    assert all(0 <= box < len(graph.node) for box in (*graph.src.tolist(), *graph.dst.tolist()))
    assert len(graph.src) == 10 or view is not View.TENSORS_AND_FUNCTIONS
