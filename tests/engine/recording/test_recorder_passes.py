import math

import numpy as np
import pytest

from engine.trace import NONE, EventKind, PassFlag, PassKind, Status
from tests.engine.programs import Recording, nodes, record, rows, shown, value

GRAPH = "x = torch.ones(2, 2, requires_grad=True)\ny = x + 2\nz = y * y * 3\nout = z.sum()"


def steps(trace, number=0):
    return [row for row in rows(trace, "steps") if row["pass_"] == number]


def flows(trace, number=0):
    """(step, source of the edge, destination of the edge, target, value) of each contribution of a pass."""
    found = []
    for row in rows(trace, "flows"):
        if row["pass_"] == number:
            edge = None if row["edge"] == NONE else trace.row("edges", row["edge"])
            ends = (None, None) if edge is None else (shown(trace, edge["src"]), shown(trace, edge["dst"]))
            found.append((row["step"], *ends, shown(trace, row["target"]), row["value"]))
    return found


def hooks(trace):
    """The events of hooks of tensors and nodes."""
    kinds = (EventKind.TENSOR_HOOK, EventKind.PRE_HOOK, EventKind.POST_HOOK, EventKind.ACCUMULATE_HOOK)
    return [event for event in rows(trace, "events") if event["kind"] in kinds]


def test_a_pass_has_its_call_its_root_and_its_steps():
    trace = record(GRAPH, "\nout.backward()")
    (row,) = rows(trace, "passes")
    assert (row["title"], row["cell"], row["line"], row["kind"]) == ("out.backward()", 1, 2, PassKind.BACKWARD)
    assert (shown(trace, row["root"]), row["parent"], row["status"], row["steps"]) == ("out", NONE, Status.OK, 5)
    assert row["seconds"] > 0
    assert [(step["index"], shown(trace, step["node"])) for step in steps(trace)] == [
        (1, "Sum"), (2, "Mul"), (3, "Mul"), (4, "Add"), (5, "accumulate of x")
    ]  # fmt: skip


def test_every_contribution_flows_over_its_own_edge():
    trace = record(GRAPH, "out.backward()")
    assert [flow[:4] for flow in flows(trace)] == [
        (0, "Sum", "out", "Sum"),
        (1, "z", "Sum", "Mul"),
        (2, "y * y", "Mul", "Mul"),
        (3, "y", "Mul", "Add"),
        (3, "y", "Mul", "Add"),
        (4, "accumulate of x", "Add", "accumulate of x"),
    ]
    assert [np.mean(value(trace, flow[4])) for flow in flows(trace)] == [1, 1, 3, 9, 9, 18]


def test_what_arrives_is_the_sum_of_the_contributions():
    trace = record(GRAPH, "out.backward()")
    add = next(step for step in steps(trace) if shown(trace, step["node"]) == "Add")
    assert value(trace, add["arrived"]) == [[18, 18], [18, 18]]
    assert add["used"] == add["arrived"]


def test_accumulation_shows_before_added_and_after():
    trace = record(GRAPH, "out.backward(retain_graph=True)", "out.backward()")
    first, second = (steps(trace, number)[-1] for number in (0, 1))
    assert (first["before"], value(trace, first["added"])[0], value(trace, first["after"])[0]) == (
        NONE, [18, 18], [18, 18]
    )  # fmt: skip
    assert [value(trace, second[column])[0] for column in ("before", "added", "after")] == [
        [18, 18], [18, 18], [36, 36]
    ]  # fmt: skip
    assert rows(trace, "passes")[0]["flags"] == PassFlag.RETAIN_GRAPH


def test_a_vector_is_the_seed_of_a_pass_that_starts_at_one():
    trace = record(GRAPH, "v = torch.tensor([[1., 2.], [3., 4.]])\nz.backward(v)")
    seed = flows(trace)[0]
    assert seed[:4] == (0, "Mul", "z", "Mul")
    assert value(trace, seed[4]) == [[1, 2], [3, 4]]


def test_a_pass_may_start_at_a_leaf():
    trace = record("x = torch.ones(1, requires_grad=True)\nx.backward()")
    assert [flow[:4] for flow in flows(trace)] == [(0, None, None, "accumulate of x")]
    assert rows(trace, "passes")[0]["steps"] == 1


def test_autograd_grad_is_a_pass_without_accumulation():
    trace = record(GRAPH, "g, = torch.autograd.grad(out, x)")
    (row,) = rows(trace, "passes")
    assert (row["kind"], row["title"]) == (PassKind.GRAD, "torch.autograd.grad(out, x)")
    assert flows(trace)[-1][3] == "accumulate of x"
    assert all(step["after"] == NONE for step in steps(trace))


def test_a_slot_without_gradient_makes_no_flow():
    trace = record("x = torch.ones(2, requires_grad=True)\nw = torch.ones(2)\n(x * w).sum().backward()")
    assert [flow[1] for flow in flows(trace)] == ["Sum", "x * w", "accumulate of x"]


def test_hooks_show_in_what_is_used():
    trace = record(GRAPH, "y.register_hook(lambda g: g * 10)\nout.backward()")
    add = next(step for step in steps(trace) if shown(trace, step["node"]) == "Add")
    assert value(trace, add["arrived"])[0] == [18, 18]
    assert value(trace, add["used"])[0] == [180, 180]


def test_a_gradient_written_to_after_the_pass_stays_as_it_was_recorded():
    recording = Recording()
    recording.run("x = torch.ones(1000, requires_grad=True)\n(x * 2).sum().backward()")
    after = steps(recording.trace)[-1]["after"]
    recording.run("x.grad.zero_()")
    assert recording.recorder.array(after)[0] == 2


def test_saved_values_freed_by_the_pass_are_recorded_all_the_same():
    trace = record(f"{GRAPH}\nout.backward()")
    assert len([row for row in rows(trace, "saved") if row["name"] in ("self", "other")]) == 3


def test_a_pass_that_makes_a_graph_is_the_parent_of_the_pass_over_that_graph():
    trace = record("x = torch.full((2,), 3.0, requires_grad=True)\ny = (x * x * x).sum()",
                   "g, = torch.autograd.grad(y, x, create_graph=True)\ns = g.sum()", "s.backward()")  # fmt: skip
    first, second = rows(trace, "passes")
    assert first["flags"] & PassFlag.CREATE_GRAPH
    assert (first["parent"], second["parent"]) == (NONE, 0)
    assert value(trace, steps(trace, 1)[-1]["after"]) == [18, 18]


def test_a_pass_over_ordinary_nodes_has_no_parent_even_after_a_graph_was_made():
    trace = record("x = torch.ones(2, requires_grad=True)\ntorch.autograd.grad((x * x).sum(), x, create_graph=True)",
                   "(x + 1).sum().backward()")  # fmt: skip
    assert rows(trace, "passes")[1]["parent"] == NONE


def test_an_exception_in_a_hook_ends_the_pass_at_its_node():
    recording = Recording()
    trace = recording.run(f"{GRAPH}\ndef hook(g): raise ValueError('stop')\ny.register_hook(hook)\nout.backward()")
    (row,) = rows(trace, "passes")
    assert (row["status"], row["error_type"], row["error_message"]) == (Status.ERROR, "ValueError", "stop")
    assert shown(trace, row["error_node"]) == "Add"
    assert row["steps"] == 3
    cell = trace.row("cells", 0)
    assert (cell["error_node"], cell["error_type"]) == (row["error_node"], "ValueError")
    assert cell["error_line"] == 5


def test_a_second_backward_that_fails_marks_the_node_whose_values_were_freed():
    recording = Recording()
    recording.run(f"{GRAPH}\nout.backward()")
    trace = recording.run("out.backward()")
    assert "second time" in rows(trace, "passes")[1]["error_message"]
    assert shown(trace, rows(trace, "passes")[1]["error_node"]) == "Mul"


def test_a_call_that_never_begins_makes_no_pass():
    recording = Recording()
    trace = recording.run(f"{GRAPH}\nz.backward()")
    assert not rows(trace, "passes")
    assert "scalar outputs" in trace.row("cells", 0)["error_message"]


def test_gradients_that_are_not_finite_are_counted():
    trace = record("x = torch.tensor([0.0, -1.0, 4.0], requires_grad=True)\nx.sqrt().sum().backward()")
    found = trace.array(steps(trace)[-1]["after"])
    assert (found.nans, found.infs, found.max) == (1, 1, 0.25)
    assert math.isnan(value(trace, found.id)[1])


def test_two_passes_of_a_training_loop_each_have_their_leaf():
    trace = record(
        "w = torch.ones(3, requires_grad=True)\nfor _ in range(2):\n    (w * w).sum().backward()\n"
        "    with torch.no_grad():\n        w -= 0.1 * w.grad\n    w.grad = None"
    )
    ends = [steps(trace, number)[-1]["node"] for number in (0, 1)]
    assert len(set(ends)) == 2
    assert [value(trace, trace.node(trace.node(end).owner).value)[0] for end in ends] == [1, pytest.approx(0.8)]


def test_a_pass_with_an_accumulate_node_that_outlives_its_leafs_change_goes_to_the_right_node():
    trace = record(
        "w = torch.ones(3, requires_grad=True)\na = (w * 2).sum()\nwith torch.no_grad():\n    w += 1\n"
        "b = (w * 3).sum()\na.backward()\nb.backward()"
    )
    owners = [trace.node(trace.node(steps(trace, number)[-1]["node"]).owner) for number in (0, 1)]
    assert [value(trace, owner.value)[0] for owner in owners] == [1, 2]


def test_a_deep_chain_is_recorded():
    trace = record("x = torch.ones(1, requires_grad=True)\ny = x\nfor _ in range(5000):\n    y = y + 1\ny.backward()")
    assert rows(trace, "passes")[0]["steps"] == 5001
    assert len(nodes(trace, "FUNCTION")) == 5000


def test_hooks_are_events_with_the_gradient_before_and_after():
    trace = record(
        "x = torch.ones(2, requires_grad=True)\ny = x * 2\n"
        "def double(grad):\n    return grad * 2\n"
        "def before(grads):\n    return (grads[0] + 1,)\n"
        "def after(inputs, outputs):\n    pass\n"
        "def stepped(leaf):\n    leaf.grad = None\n"
        "y.register_hook(double)\ny.grad_fn.register_prehook(before)\ny.grad_fn.register_hook(after)\n"
        "x.register_post_accumulate_grad_hook(stepped)\ny.sum().backward()"
    )
    events = hooks(trace)
    assert [(event["kind"], event["name"], event["step"]) for event in events] == [
        (EventKind.TENSOR_HOOK, "double", 2),
        (EventKind.PRE_HOOK, "before", 2),
        (EventKind.POST_HOOK, "after", 2),
        (EventKind.ACCUMULATE_HOOK, "stepped", 3),
    ]
    seen = [value(trace, event["before"]) for event in events]
    assert seen == [[1, 1], [2, 2], [6, 6], [6, 6]]
    assert [value(trace, event["after"]) for event in events[:3]] == [[2, 2], [3, 3], [6, 6]]
    assert events[3]["after"] == NONE
    assert [trace.node(event["node"]).op for event in events] == ["MulBackward0"] * 3 + ["AccumulateGrad"]


def test_retain_grad_is_an_event_of_the_tensor():
    trace = record("x = torch.ones(2, requires_grad=True)\ny = x * 2\ny.retain_grad()\ny.retain_grad()")
    (event,) = rows(trace, "events")
    assert event["kind"] == EventKind.RETAIN_GRAD
    assert trace.node(event["node"]).label == "y"


def test_a_pass_inside_a_hook_knows_the_pass_around_it_and_its_hooks_are_its_own():
    trace = record(
        "x = torch.ones(2, requires_grad=True)\ny = x * 2\n"
        "def inner(grad):\n    with torch.enable_grad():\n        z = x * 3\n"
        "        z.register_hook(note)\n        z.sum().backward()\n"
        "def note(grad):\n    pass\n"
        "y.register_hook(inner)\ny.sum().backward()"
    )
    outer, inside = rows(trace, "passes")
    assert (outer["outer"], inside["outer"]) == (NONE, outer["id"])
    assert [(event["name"], event["pass_"]) for event in hooks(trace)] == [
        ("note", inside["id"]),
        ("inner", outer["id"]),
    ]


def test_a_pass_tells_its_thread():
    trace = record(
        "import threading\nx = torch.ones(2, requires_grad=True)\n"
        "t = threading.Thread(target=lambda: x.sum().backward(), name='worker')\n"
        "t.start()\nt.join()\nx.sum().backward()"
    )
    assert [row["thread"] for row in rows(trace, "passes")] == ["worker", "MainThread"]


def test_a_failing_hook_is_told_at_the_node_it_belongs_to():
    recording = Recording()
    recording.run(
        "x = torch.ones(2, requires_grad=True)\ny = x * 2\n"
        "def fail(grad):\n    raise KeyError('no')\n"
        "y.register_hook(fail)\ny.sum().backward()"
    )
    (row,) = rows(recording.trace, "passes")
    assert recording.trace.node(row["error_node"]).op == "MulBackward0"


def test_a_pass_whose_arrays_pass_their_share_of_the_budget_waits_and_all_of_it_stays_within():
    budget = 4 << 20
    recording = Recording(budget=budget)
    recorder, held = recording.recorder, []
    process = recorder.flush

    def flush():
        held.append(recorder._waiting_bytes)
        process()

    recorder.flush = flush
    trace = recording.run(
        "x = torch.ones(128, 128, requires_grad=True)\ny = x\n"
        "for _ in range(300):\n    y = y * 1.01\ny.sum().backward()"
    )
    assert len(held) > 2
    assert max(held) <= budget * 7 // 8 + 2 * 128 * 128 * 4
    assert trace.row("meter", 0)["bytes"] <= budget
    assert rows(trace, "passes")[0]["steps"] == 302


def test_nothing_is_worked_off_while_a_pass_is_young_and_little_while_more_is_recorded():
    recording = Recording()
    recorder, paces = recording.recorder, []
    recording.namespace["look"] = lambda *_: paces.append(recorder.pace())
    recording.run(
        "x = torch.ones(2, requires_grad=True)\ny = x * 2\nlook()\nlook()\nz = y + 1\nlook()\n"
        "y.register_hook(look)\nz.sum().backward()\nlook()"
    )
    first, still, more, inside, after = paces
    assert inside == 0 < first < still
    assert more == after == first


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("y, t = torch.func.jvp(torch.sin, (x,), (x,))", 2),
        ("with torch.autograd.forward_ad.dual_level():\n    z = torch.autograd.forward_ad.make_dual(x, x) * 2", 3),
        ("for f in (torch.sin, torch.cos):\n    torch.func.jvp(f, (x,), (x,))", 3),
    ],
)
def test_the_record_says_once_a_cell_where_forward_mode_was_used(code, line):
    trace = record(f"x = torch.ones(2)\n{code}")
    told = [(event["source"], event["line"]) for event in rows(trace, "events") if event["kind"] == EventKind.TANGENT]
    assert told == [(0, line)]
