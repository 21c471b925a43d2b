"""What the trace tells beside arrays: who wrote over saved memory, which call a pass belongs to, where hooks stand."""

import numpy as np
import pytest

from engine.trace import NONE, EventKind, NodeKind, Status
from tests.engine.programs import Recording, record, rows, shown, value

LEAF = "x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)\n"
FUNCTION = (
    "class Cube(torch.autograd.Function):\n"
    "    @staticmethod\n    def forward(ctx, x):\n        ctx.save_for_backward(x)\n        return x ** 3\n"
    "    @staticmethod\n    def backward(ctx, grad):\n        x, = ctx.saved_tensors\n        return 3 * x * x * grad\n"
)


def events(trace, *kinds):
    return [event for event in rows(trace, "events") if event["kind"] in kinds]


@pytest.mark.parametrize(
    ("edit", "name"),
    [
        ("y.mul_(2)", "mul_"),
        ("y[0].add_(1)", "add_"),
        ("with torch.no_grad(): y.detach().view(3)[1:].zero_()", "zero_"),
    ],
)
def test_an_in_place_edit_of_saved_memory_is_told_with_its_line_and_version(edit, name):
    trace = record(f"{LEAF}y = x.exp()\n{edit}\n")
    (written,) = events(trace, EventKind.SAVED_WRITTEN)
    saved = trace.row("saved", written["saved"])
    assert (shown(trace, saved["node"]), saved["name"], saved["version"]) == ("Exp", "result", 0)
    assert (written["name"], written["line"], written["source"], written["version"]) == (name, 3, 0, 1)
    assert written["pass_"] == NONE


def test_a_step_of_an_optimizer_writes_over_what_a_graph_has_saved():
    trace = record(
        f"{LEAF}y = (x * x).sum()\nx.grad = torch.ones(3)\noptimizer = torch.optim.SGD([x], lr=0.1)\noptimizer.step()"
    )
    assert {event["name"] for event in events(trace, EventKind.SAVED_WRITTEN)} == {"SGD.step"}
    assert [event["line"] for event in events(trace, EventKind.SAVED_WRITTEN)] == [5, 5]


def test_an_edit_after_the_values_were_freed_or_of_other_memory_is_no_fact():
    assert not events(record(f"{LEAF}y = x.exp()\ny.sum().backward()\ny.detach().mul_(2)"), EventKind.SAVED_WRITTEN)
    assert not events(record(f"{LEAF}y = x.exp()\ny.clone().detach().mul_(2)"), EventKind.SAVED_WRITTEN)


def test_an_edit_in_a_hook_is_told_with_the_step_it_happened_in():
    trace = Recording().run(
        f"{LEAF}y = x.exp()\nz = y * 2\n"
        "def hook(grad):\n    y.detach().zero_()\nz.register_hook(hook)\nz.sum().backward()"
    )
    (written,) = events(trace, EventKind.SAVED_WRITTEN)
    assert (written["pass_"], written["step"], written["line"]) == (0, 2, 5)


def test_a_pass_refused_for_an_edit_tells_which_saved_tensor_and_the_version_found():
    recording = Recording()
    trace = recording.run(f"{LEAF}y = x.exp()\nwith torch.no_grad():\n    y += 1\n    y += 1\ny.sum().backward()")
    (row,) = rows(trace, "passes")
    (stale,) = events(trace, EventKind.SAVED_STALE)
    assert (stale["node"], stale["pass_"], stale["step"]) == (row["error_node"], 0, row["steps"] + 1)
    saved = trace.row("saved", stale["saved"])
    assert (saved["name"], saved["version"], stale["version"]) == ("result", 0, 2)
    lines = [e["line"] for e in events(trace, EventKind.SAVED_WRITTEN) if e["saved"] == stale["saved"]]
    assert lines == [4, 5]


def test_a_pass_refused_because_values_are_gone_can_be_led_back_to_the_pass_that_freed_them():
    recording = Recording()
    recording.run(f"{LEAF}y = (x * x).sum()\ny.backward()")
    trace = recording.run("y.backward()")
    (gone,) = events(trace, EventKind.SAVED_GONE)
    assert (gone["pass_"], gone["step"], gone["saved"]) == (1, 2, NONE)
    (freed,) = (e for e in events(trace, EventKind.SAVED_FREED) if e["node"] == gone["node"])
    assert freed["pass_"] == 0


def test_another_error_of_a_pass_is_no_refusal():
    recording = Recording()
    trace = recording.run(f"{LEAF}y = x.exp()\ny.register_hook(lambda grad: 1 / 0)\ny.sum().backward()")
    assert rows(trace, "passes")[0]["status"] == Status.ERROR
    assert not events(trace, EventKind.SAVED_STALE, EventKind.SAVED_GONE)


def test_hooks_tell_where_they_are_defined():
    trace = record(
        f"{LEAF}import functools\ndef double(grad):\n    return grad * 2\n"
        "class Hook:\n    def method(self, grad): pass\n    def __call__(self, grad): pass\n"
        "y = x * 2\ny.register_hook(double)\ny.register_hook(Hook().method)\ny.register_hook(Hook())\n"
        "y.register_hook(functools.partial(double))\ny.register_hook(abs)\ny.sum().backward()"
    )
    hooks = events(trace, EventKind.TENSOR_HOOK)
    assert [(hook["source"], hook["line"]) for hook in hooks] == [(0, 3), (0, 6), (0, 7), (0, 3), (NONE, 0)]


def test_a_hook_of_one_of_several_outputs_tells_which():
    trace = record(
        f"{LEAF}a, b = (x * 1).split([1, 2])\nb.register_hook(lambda grad: grad * 5)\n(a + b).sum().backward()"
    )
    (hook,) = events(trace, EventKind.TENSOR_HOOK)
    assert hook["slot"] == 1
    assert value(trace, hook["after"]) == [5, 5]


def test_a_hook_of_a_node_tells_of_each_gradient_that_it_changed():
    trace = record(
        f"{LEAF}w = torch.ones(3, requires_grad=True)\ny = x * w\n"
        "y.grad_fn.register_hook(lambda into, out: (into[0], into[1] * 2))\n"
        "y.grad_fn.register_hook(lambda into, out: None)\ny.sum().backward()"
    )
    changed, unchanged = events(trace, EventKind.POST_HOOK)
    assert (changed["slot"], unchanged["slot"]) == (1, 0)
    assert (value(trace, changed["before"]), value(trace, changed["after"])) == ([1, 2, 3], [2, 4, 6])


def test_what_arrives_at_each_output_of_a_node_with_several_is_told():
    trace = record(f"{LEAF}a, b, c = (x * 1).unbind()\n(a * 2 + c * 3).backward()")
    (step,) = (row for row in rows(trace, "steps") if shown(trace, row["node"]) == "Unbind")
    arrivals = [row for row in rows(trace, "arrivals") if row["step"] == step["index"]]
    assert [(row["output"], value(trace, row["arrived"]), row["used"] == row["arrived"]) for row in arrivals] == [
        (0, 2.0, True), (2, 3.0, True)
    ]  # fmt: skip
    assert step["arrived"] == arrivals[0]["arrived"]


@pytest.mark.parametrize("output", ["(x * x).sum() + x.exp().sum() * x[0]", "torch.stack([x, x * 2, x]).prod()"])
def test_the_contributions_of_each_buffer_add_up_to_what_arrived_in_the_engines_order(output):
    trace = record(f"{LEAF}y = {output}\ny.backward()")
    sums = {}
    for flow in rows(trace, "flows"):
        key = (flow["target"], flow["target_slot"])
        array = trace.values[flow["value"]]
        sums[key] = array if key not in sums else sums[key] + array
    arrived = {(row["node"], 0): row["arrived"] for row in rows(trace, "steps")}
    nodes = {row["index"]: row["node"] for row in rows(trace, "steps")}
    arrived |= {(nodes[row["step"]], row["output"]): row["arrived"] for row in rows(trace, "arrivals")}
    assert sums.keys() == arrived.keys()
    for key, handle in arrived.items():
        assert np.array_equal(sums[key], trace.values[handle])


def test_passes_of_one_call_belong_together_and_name_what_was_called():
    trace = record(
        f"{LEAF}for _ in range(2):\n    x.sum().backward()\n"
        "torch.autograd.functional.jacobian(lambda a: a * a, x)\n"
        "torch.func.grad(lambda a: a.sum())(torch.ones(2))\ntorch.autograd.grad(x.sum(), x)"
    )
    assert [(row["function"], row["call"]) for row in rows(trace, "passes")] == [
        ("backward", 0), ("backward", 1), ("jacobian", 2), ("jacobian", 2), ("jacobian", 2), ("grad", 5), ("grad", 6)
    ]  # fmt: skip
    assert all(row["started"] > 1e9 for row in rows(trace, "passes"))


def test_a_custom_function_tells_the_lines_of_its_backward_once():
    trace = record(f"{FUNCTION}{LEAF}y = Cube.apply(Cube.apply(x))\ny.sum().backward()")
    (definition,) = rows(trace, "definitions")
    assert (definition["source"], definition["line"], definition["end_line"]) == (0, 6, 9)
    functions = [trace.node(index) for index in range(len(trace.nodes))]
    custom = [node.rule for node in functions if node.kind == NodeKind.FUNCTION and node.op == "CubeBackward"]
    assert custom == [definition["rule"]] * 2


def test_two_functions_of_one_name_have_two_definitions():
    trace = record(f"{LEAF}{FUNCTION}a = Cube.apply(x)\n", f"{FUNCTION}b = Cube.apply(x)")
    assert [row["source"] for row in rows(trace, "definitions")] == [0, 1]


def test_a_decorated_backward_is_found_behind_its_decorator():
    text = FUNCTION.replace("    def backward", "    @torch.autograd.function.once_differentiable\n    def backward")
    trace = record(f"{text}{LEAF}Cube.apply(x)")
    (definition,) = rows(trace, "definitions")
    assert (definition["line"], definition["end_line"]) == (6, 10)


def test_a_pass_right_after_its_operations_finds_all_that_they_saved():
    recording = Recording(threaded=False)
    recorder, flushes = recording.recorder, []
    process = recorder.flush
    recorder.flush = lambda: (flushes.append(len(recorder._pending)), process())
    trace = recording.run(f"{LEAF}y = (x.exp() * x).sum()\ny.backward()\nbefore = len(torch.__name__)")
    assert len(flushes) == 1  # at the end of the cell alone: the pass did not wait
    assert [row["name"] for row in rows(trace, "saved")][:3] == ["result", "self", "other"]
    assert {event["kind"] for event in rows(trace, "events")} == {EventKind.SAVED_USED, EventKind.SAVED_FREED}


def test_gradients_that_are_accumulated_do_not_wait_for_the_one_who_drains():
    recording = Recording()
    recorder, flushes = recording.recorder, []
    process = recorder.flush
    recorder.flush = lambda: (flushes.append(len(recorder._pending)), process())
    trace = recording.run(f"{LEAF}for _ in range(3):\n    (x * x).sum().backward()")
    assert len(flushes) == 1
    ends = [row for row in rows(trace, "steps") if row["after"] != NONE]
    assert [value(trace, row["after"]) for row in ends] == [[2, 4, 6], [4, 8, 12], [6, 12, 18]]
    assert [value(trace, row["before"]) for row in ends[1:]] == [[2, 4, 6], [4, 8, 12]]


def test_a_grad_that_the_user_kept_is_copied_before_it_is_added_to():
    recording = Recording()
    trace = recording.run(f"{LEAF}x.sum().backward()\nkept = x.grad\ny = kept * 1\nx.sum().backward()")
    assert kept_values(trace) == [[1, 1, 1], [2, 2, 2]]


def kept_values(trace):
    return [value(trace, row["after"]) for row in rows(trace, "steps") if row["after"] != NONE]
