import numpy as np

from engine.trace import NONE, NodeKind
from tests.engine.programs import record
from tests.tapes import flags_trace, started
from tests.traces import chain_trace, seed_trace
from ui.canvas.overlays.hover_text import describe
from ui.canvas.shown.shown_graph import show
from ui.naming import Names, numbered, parts
from ui.snapshot import Snapshot


def node(trace, kind, label=""):
    kinds = trace.nodes.kind
    return next(n for n in range(len(kinds)) if kinds[n] == kind and trace.node(n).label == label)


def tensors(trace):
    """Titles of all tensors; former ones in brackets."""
    names, rows = Names.of(trace), np.flatnonzero(trace.nodes.kind == NodeKind.TENSOR).tolist()
    return [f"({names.title(n)})" if names.is_former(n) else names.title(n) for n in rows]


def test_nodes_are_called_what_the_code_calls_them():
    trace = seed_trace()
    names = Names.of(trace)
    assert names.name(node(trace, NodeKind.TENSOR, "y")) == "y"
    assert names.name(node(trace, NodeKind.TENSOR, "y * y")) == "y * y"
    assert names.name(node(trace, NodeKind.FUNCTION, "y * y * 3")) == "MulBackward0"
    assert names.name(node(trace, NodeKind.CONSTANT, "3")) == "3"
    assert names.name(node(trace, NodeKind.GRAD)) == "x.grad"


def test_a_function_is_told_with_what_it_made():
    trace = seed_trace()
    names = Names.of(trace)
    assert names.with_output(node(trace, NodeKind.FUNCTION, "y * y * 3")) == "MulBackward0 (z)"
    assert names.with_output(node(trace, NodeKind.ACCUMULATE)) == "AccumulateGrad (x)"


def test_a_name_bound_later_names_an_expression():
    assert tensors(record("x = torch.ones(2, requires_grad=True)\nparts = [x * 2]\nz = parts[0]")) == ["x", "z"]


def test_a_rebound_name_is_told_from_the_tensor_that_has_it_now():
    trace = record("x = torch.ones(2, requires_grad=True)\ny = x + 1\ny = y * 2\ny = y * 3")
    assert tensors(trace) == ["x", "(y⁽¹⁾)", "(y⁽²⁾)", "y"]


def test_an_operation_in_place_takes_the_name_along():
    trace = record("x = torch.ones(2, requires_grad=True)\ny = x * 2\ny.add_(1)")
    assert tensors(trace) == ["x", "(y⁽¹⁾)", "y"]


def test_a_former_name_that_no_other_tensor_has_needs_no_number():
    b = started()
    t = b.tensor("t", 1.0)
    b.add("names", name="t", node=t)
    b.add("names", name="t", node=NONE)
    assert tensors(b.build()) == ["(t)"]


def test_a_name_that_went_to_a_tensor_made_under_another_one_is_told_apart_too():
    trace = record("x = torch.ones(2, requires_grad=True)\nu = x * 2\nv = x * 3\nu = v")
    assert tensors(trace) == ["x", "(u⁽¹⁾)", "v, u"]


def test_names_local_to_a_function_stay_with_the_last_tensor_made_under_them():
    code = (
        "def f(x):\n    h = x * 2\n    h = h + 1\n    return h * h\nx = torch.ones(2, requires_grad=True)\nout = f(x)"
    )
    assert tensors(record(code)) == ["x", "(h⁽¹⁾)", "h", "out"]


def test_all_names_are_the_title_and_the_first_one_is_the_name():
    trace = flags_trace()
    names, w = Names.of(trace), node(trace, NodeKind.TENSOR, "w")
    assert (names.title(w), names.name(w)) == ("w, weight", "w")


def test_the_gradient_of_a_former_tensor_is_told_apart():
    code = "w = torch.ones(2, requires_grad=True)\n(w * w).sum().backward()\nold, w = w, torch.ones(2)\ndel old"
    trace = record(code)
    assert Names.of(trace).title(node(trace, NodeKind.GRAD)) == "w⁽¹⁾.grad"
    graph = show(Snapshot.of(trace))
    assert "w⁽¹⁾.grad += g" in [graph.text(int(i)) for i in graph.second]


def test_canvas_hover_card_and_panels_call_every_node_the_same():
    code = "x = torch.ones(2, requires_grad=True)\nw = x\nfor _ in range(12):\n    x = x * 2\nx.sum().backward()"
    for trace in (seed_trace(), flags_trace(), chain_trace(30), record(code)):
        names, graph = Names.of(trace), show(Snapshot.of(trace))
        for box, n in enumerate(graph.node.tolist()):
            title = names.title(n)
            assert describe(trace, n, None, 0).title == title
            assert graph.title_text(box) == title or graph.title_text(box).endswith("…")
            assert bool(graph.former[box]) == names.is_former(n)


def test_no_two_tensors_made_under_one_name_are_called_the_same():
    titles = tensors(chain_trace(200))
    assert len(set(titles)) == len(titles)


def test_names_follow_the_trace_and_are_worked_out_once():
    b = started()
    trace = b.build()
    before = Names.of(trace)
    assert Names.of(trace) is before
    b.tensor("t", 1.0)
    b.build()
    assert Names.of(trace).title(len(trace.nodes) - 1) == "t"


def test_a_numbered_name_comes_apart_again():
    assert numbered("y", 0) == "y"
    assert numbered("y", 12) == "y⁽¹²⁾"
    assert parts(numbered("y", 12)) == ("y", "12")
    assert parts("f(y)") == ("f(y)", "")
