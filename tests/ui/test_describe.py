from engine.trace import NONE, NodeKind
from tests.traces import seed_trace
from ui.describe import accumulator, consumers, inputs, outputs, place, short_op, tensor_of


def node(trace, kind, label=""):
    kinds = trace.nodes.kind
    return next(n for n in range(len(kinds)) if kinds[n] == kind and trace.node(n).label == label)


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
