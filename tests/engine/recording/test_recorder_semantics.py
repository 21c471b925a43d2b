"""What the trace tells of autograd's finer points: views, writes through them, index tensors, hooks, later passes."""

import numpy as np
import pytest

from engine.trace import NONE, EventKind, NodeFlag, PassKind, Status
from tests.engine.programs import Recording, edges, named, nodes, record, rows, shown, value


def events(trace, *kinds):
    return [event for event in rows(trace, "events") if event["kind"] in kinds]


def test_a_view_is_marked_and_follows_a_write_to_its_base():
    trace = record("x = torch.ones(4, requires_grad=True)\ny = x * 1\nv = y[:2]\ny.mul_(3)\nz = v.sum()")
    views = [node for node in nodes(trace, "TENSOR") if node.flags & NodeFlag.VIEW]
    assert [(view.label, view.version) for view in views] == [("v", 0), ("v", 1)]
    assert edges(trace, "OUTPUT")[-2][0] == "AsStrided"
    assert value(trace, views[1].value) == [3, 3]


def test_a_write_through_a_view_is_the_bases_copyslices():
    trace = record("x = torch.ones(4, requires_grad=True)\ny = x * 1\nv = y[:2]\nv.mul_(3)\nv.sum().backward()")
    (function,) = (node for node in nodes(trace, "FUNCTION") if node.op == "torch::autograd::CopySlices")
    assert function.flags & NodeFlag.INPLACE
    assert function.label == "v.mul_(3)"
    assert (named(trace, "y").version, named(trace, "v").version) == (1, 1)
    assert [shown(trace, step["node"]) for step in rows(trace, "steps")][2:4] == ["torch::autograd::CopySlices", "Mul"]


def test_index_tensors_and_masks_are_saved_used_and_freed():
    trace = record(
        "x = torch.arange(4.0, requires_grad=True)\n"
        "y = x[torch.tensor([0, 2])].sum() + x.masked_fill(x > 2, 0.0).sum()\ny.backward()"
    )
    used = events(trace, EventKind.SAVED_USED)
    assert [(shown(trace, event["node"]), event["name"]) for event in used] == [
        ("MaskedFill", "mask"),
        ("Index", "indices[0]"),
    ]
    assert [shown(trace, event["node"]) for event in events(trace, EventKind.SAVED_FREED)] == ["MaskedFill", "Index"]


def test_a_value_that_was_overwritten_is_saved_as_its_clone():
    trace = record(
        "x = torch.ones(2, requires_grad=True)\nw = torch.full((2,), 3.0, requires_grad=True)\ny = x * 1\ny.mul_(w)"
    )
    (saved,) = (row for row in rows(trace, "saved") if row["name"] == "self")
    assert value(trace, saved["value"]) == [1, 1]


def test_a_pass_over_a_clones_history_is_recorded():
    trace = record(
        "x = torch.ones(2, requires_grad=True)\nw = torch.full((2,), 3.0, requires_grad=True)\ny = x * 1\ny.mul_(w)\n"
        "(g,) = torch.autograd.grad(y.sum(), w, create_graph=True)\ng.sum().backward()"
    )
    second = [shown(trace, step["node"]) for step in rows(trace, "steps") if step["pass_"] == 1]
    assert second[:4] == ["Sum", "Mul", "Clone", "Mul"]


def test_passes_of_three_orders_know_their_parents():
    trace = record(
        "x = torch.tensor(2.0, requires_grad=True)\ny = x ** 4\nfor _ in range(3):\n"
        "    (y,) = torch.autograd.grad(y, x, create_graph=True)"
    )
    assert [row["parent"] for row in rows(trace, "passes")] == [NONE, 0, 1]
    assert {row["kind"] for row in rows(trace, "passes")} == {PassKind.GRAD}


def test_a_hook_over_several_tensors_is_an_event_of_each():
    trace = record(
        "a = torch.ones(2, requires_grad=True)\nb = a * 2\nc = a * 3\n"
        "torch.autograd.graph.register_multi_grad_hook((b, c), print)\n(b + c).sum().backward()"
    )
    assert [shown(trace, event["node"]) for event in events(trace, EventKind.TENSOR_HOOK)] == ["Mul", "Mul"]


def test_a_modules_backward_hook_is_an_event_before_and_after():
    trace = record(
        "layer = torch.nn.Linear(2, 1)\nlayer.register_full_backward_hook(lambda module, given, arrived: None)\n"
        "layer(torch.ones(1, 2, requires_grad=True)).sum().backward()"
    )
    assert len(events(trace, EventKind.POST_HOOK)) == 2


def test_an_exception_in_a_custom_function_is_told_at_its_node():
    recording = Recording()
    recording.run(
        "class Broken(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, x):\n        return x * 2\n"
        "    @staticmethod\n    def backward(ctx, grad):\n        raise KeyError('lost')\n"
        "x = torch.ones(2, requires_grad=True)\nBroken.apply(x).sum().backward()"
    )
    (row,) = rows(recording.trace, "passes")
    assert (row["status"], row["error_type"]) == (Status.ERROR, "KeyError")
    assert shown(recording.trace, row["error_node"]) == "BrokenBackward"


@pytest.mark.parametrize("write", ["x.add_(1)", "x[0] = 5", "x.copy_(x * 3)", "x.data.mul_(2)", "x.zero_()"])
def test_every_kind_of_write_keeps_what_was_recorded_before(write):
    recording = Recording()
    recording.run("x = torch.ones(3)\ny = x + 1")
    handle = named(recording.trace, "x").value
    recording.run(write)
    assert np.array_equal(recording.recorder.array(handle), np.ones(3))


def test_tensors_of_inference_mode_are_recorded_and_named_though_they_have_no_version():
    recording = Recording()
    recording.run("with torch.inference_mode():\n    t = torch.ones(2) * 3\n    v = t[:1]\n    t.add_(1)\nu = t + 1")
    assert recording.error is None
    trace = recording.trace
    assert [value(trace, named(trace, name).value) for name in "tvu"] == [[4.0, 4.0], [4.0], [5.0, 5.0]]
