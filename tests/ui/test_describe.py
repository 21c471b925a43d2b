from engine.trace import NONE, NodeKind
from tests.engine.recording import record
from tests.traces import seed_trace
from ui.describe import Names, accumulator, consumers, inputs, outputs, place, short_op, tensor_of


def node(trace, kind, label=""):
    kinds = trace.nodes.kind
    return next(n for n in range(len(kinds)) if kinds[n] == kind and trace.node(n).label == label)


def test_nodes_are_called_what_the_code_calls_them():
    trace = seed_trace()
    names = Names(trace)
    assert names.title(node(trace, NodeKind.TENSOR, "y")) == "y"
    assert names.title(node(trace, NodeKind.TENSOR, "y * y")) == "y * y"
    assert names.title(node(trace, NodeKind.FUNCTION, "y * y * 3")) == "MulBackward0"
    assert names.title(node(trace, NodeKind.CONSTANT, "3")) == "3"
    assert names.title(node(trace, NodeKind.GRAD)) == "x.grad"


def test_a_function_is_told_with_what_it_made():
    trace = seed_trace()
    names = Names(trace)
    assert names.with_output(node(trace, NodeKind.FUNCTION, "y * y * 3")) == "MulBackward0 (z)"
    assert names.with_output(node(trace, NodeKind.ACCUMULATE)) == "AccumulateGrad (x)"


def test_a_name_bound_later_names_an_expression():
    trace = record("x = torch.ones(2, requires_grad=True)\nparts = [x * 2]\nz = parts[0]")
    names = Names(trace)
    assert "z" in {names.title(n) for n in range(len(trace.nodes))}


def test_names_know_when_they_are_stale():
    trace = seed_trace()
    names = Names(trace)
    assert not names.is_stale(trace)
    assert names.is_stale(seed_trace())


def test_neighbours_are_found_along_the_edges():
    trace = seed_trace()
    y, x = node(trace, NodeKind.TENSOR, "y"), node(trace, NodeKind.TENSOR, "x")
    square = node(trace, NodeKind.FUNCTION, "y * y")
    assert [link.src for link in inputs(trace, square)] == [y, y]
    assert [link.slot for link in consumers(trace, y)] == [0, 1]
    assert tensor_of(trace, square) == outputs(trace, square)[0].dst
    assert tensor_of(trace, accumulator(trace, x)) == x
    assert accumulator(trace, y) == NONE


def test_places_and_ops_are_short():
    assert place(seed_trace(), 0, 5) == "cell 1, line 5"
    assert place(seed_trace(), NONE, 0) == ""
    assert (short_op("MulBackward0"), short_op("AccumulateGrad")) == ("Mul", "AccumulateGrad")
