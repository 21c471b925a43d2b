"""What the recorder sees of custom functions, checkpoints and modules; and that functions leave no garbage behind."""

import gc
import weakref

import pytest

from engine import observe, torch
from tests.engine.programs import Recording, edges, nodes, record, rows
from tests.engine.test_backward import Notes

SCALE = """
class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor, shift):
        ctx.save_for_backward(x)
        ctx.factor = factor
        return x * factor + shift
    @staticmethod
    def backward(ctx, grad):
        twice = grad * 2
        return twice * ctx.factor / 2, None, grad
"""


def test_a_custom_function_is_one_function_node_with_its_operands_in_the_order_of_their_slots():
    trace = record(SCALE, "x = torch.ones(2, requires_grad=True)\nb = torch.zeros(2)\ny = Scale.apply(x, 3, b)")
    assert [node.op for node in nodes(trace, "FUNCTION")] == ["ScaleBackward"]
    inputs = [edge for edge in edges(trace, "INPUT") if edge[1] == "ScaleBackward"]
    assert inputs == [
        ("x", "ScaleBackward", 0, "x"),
        ("b", "ScaleBackward", 1, "shift"),
        ("3", "ScaleBackward", 2, "factor"),
    ]
    (function,) = nodes(trace, "FUNCTION")
    assert (function.line, trace.node(function.id).label) == (3, function.label)


def test_what_a_custom_function_saves_is_recorded():
    trace = record(SCALE, "x = torch.ones(2, requires_grad=True)\ny = Scale.apply(x, 3, torch.zeros(2))")
    assert [row["name"] for row in rows(trace, "saved")] == ["saved_tensors[0]"]


def test_a_custom_function_without_grad_leaves_no_node():
    trace = record(SCALE, "x = torch.ones(2)\ny = Scale.apply(x, 3, torch.zeros(2))")
    assert nodes(trace, "FUNCTION") == []


def test_the_pass_through_a_custom_function_is_one_step():
    trace = record(SCALE, "x = torch.ones(2, requires_grad=True)\nScale.apply(x, 3, torch.zeros(2)).sum().backward()")
    assert [trace.node(row["node"]).op for row in rows(trace, "steps")] == [
        "SumBackward0",
        "ScaleBackward",
        "AccumulateGrad",
    ]


def test_operations_inside_backward_are_recorded_at_their_own_lines_when_a_graph_is_made():
    trace = record(
        SCALE,
        "x = torch.ones(2, requires_grad=True)\ny = Scale.apply(x, 3, torch.zeros(2)).pow(2).sum()\n"
        "g, = torch.autograd.grad(y, x, create_graph=True)",
    )
    inside = {
        (node.op, node.line)
        for node in nodes(trace, "FUNCTION")
        if trace.node(node.id).cell == 0 or node.line in (10, 11)
    }
    assert ("MulBackward0", 10) in inside
    assert ("DivBackward0", 11) in inside


def test_an_error_in_backward_is_the_function_s():
    recording = Recording()
    recording.run(SCALE.replace("twice = grad * 2", "raise KeyError('no')"))
    trace = recording.run("x = torch.ones(2, requires_grad=True)\nScale.apply(x, 3, torch.zeros(2)).sum().backward()")
    (failed,) = rows(trace, "passes")
    assert trace.node(failed["error_node"]).op == "ScaleBackward"


def test_a_checkpoint_and_its_second_run_are_recorded():
    trace = record(
        "from_checkpoint = torch.utils.checkpoint.checkpoint\nx = torch.ones(2, requires_grad=True)\n"
        "y = from_checkpoint(lambda t: t.exp().sin(), x, use_reentrant=True)\ny.sum().backward()"
    )
    ops = [node.op for node in nodes(trace, "FUNCTION")]
    assert ops == ["CheckpointFunctionBackward", "SumBackward0", "ExpBackward0", "SinBackward0"]
    assert len(rows(trace, "passes")) == 2


def test_a_module_s_hooks_are_function_nodes():
    trace = record(
        "net = torch.nn.Linear(2, 1)\nnet.register_full_backward_hook(lambda m, gi, go: None)\n"
        "x = torch.ones(1, 2, requires_grad=True)\nnet(x).sum().backward()"
    )
    ops = [node.op for node in nodes(trace, "FUNCTION")]
    assert ops.count("BackwardHookFunctionBackward") == 2


def test_the_observer_is_told_once_of_a_function(monkeypatch):
    notes = Notes()
    monkeypatch.setattr(observe, "observer", notes)
    names = {"torch": torch}
    exec(SCALE + "x = torch.ones(2, requires_grad=True)\ny = Scale.apply(x, 3, torch.zeros(2))", names)
    told = [(node, op) for node, op, *_ in notes.operations if node is not None]
    assert told == [(names["y"].grad_fn, "Scale")]


def test_a_function_s_graph_is_freed_without_the_garbage_collector():
    names = {"torch": torch}
    exec(SCALE, names)
    gc.disable()
    try:
        x = torch.ones(2, requires_grad=True)
        y = names["Scale"].apply(x, 3, torch.zeros(2))
        node = weakref.ref(y.grad_fn)
        y.sum().backward()
        del y
        assert node() is None
    finally:
        gc.enable()


def test_a_saved_output_makes_no_cycle():
    class Exp(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            result = x.exp()
            ctx.save_for_backward(result)
            return result

        @staticmethod
        def backward(ctx, grad):
            return grad * ctx.saved_tensors[0]

    gc.disable()
    try:
        y = Exp.apply(torch.ones(2, requires_grad=True))
        node = weakref.ref(y.grad_fn)
        del y
        assert node() is None
    finally:
        gc.enable()


def test_names_that_the_engine_uses_are_refused_on_ctx():
    class Takes(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.shape, ctx.dtype, ctx.saved = x.shape, x.dtype, 1
            ctx.row = 1
            return x

    with pytest.raises(AttributeError, match=r"ctx\.row is a name that the embedded engine uses itself"):
        Takes.apply(torch.ones(2, requires_grad=True))


def test_a_deep_chain_of_functions_runs_and_is_freed():
    class Same(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, grad):
            return grad

    x = y = torch.ones(1, requires_grad=True)
    for _ in range(20_000):
        y = Same.apply(y)
    y.backward()
    del y
    assert x.grad.tolist() == [1.0]
