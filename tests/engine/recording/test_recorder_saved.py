"""What the trace tells of saved tensors: their uses, their freeing, the hooks that pack them, and recomputation."""

import pytest

from engine.trace import NONE, EventKind, Status
from tests.engine.programs import Recording, record, rows, shown, value

PRODUCT = "x = torch.full((2,), 3.0, requires_grad=True)\ny = (x * x).sum()\n"
HOOKS = (
    "def pack(t):\n    return t * 1\ndef unpack(kept):\n    return kept * 2\n"
    "x = torch.ones(2, requires_grad=True)\n"
    "with torch.autograd.graph.saved_tensors_hooks(pack, unpack):\n    y = x.exp()\n"
)
FUNCTION = (
    "class Square(torch.autograd.Function):\n"
    "    @staticmethod\n    def forward(ctx, x):\n        ctx.save_for_backward(x)\n        return x * x\n"
    "    @staticmethod\n    def backward(ctx, grad):\n        return {}\n"
    "x = torch.ones(2, requires_grad=True)\nSquare.apply(x).sum().backward()"
)
PART = "checkpoint = torch.utils.checkpoint.checkpoint\ndef part(x):\n    return (x * 2).exp()\n"


def events(trace, *kinds):
    """Events of these kinds as (kind, node, name, pass, step)."""
    return [
        (event["kind"], shown(trace, event["node"]), event["name"], event["pass_"], event["step"])
        for event in rows(trace, "events")
        if event["kind"] in kinds
    ]


def test_each_use_of_a_saved_tensor_tells_step_node_name_and_version():
    trace = record("x = torch.ones(2, requires_grad=True)\nw = torch.ones(2)\nw.add_(1)\n(x * w).sum().backward()")
    assert events(trace, EventKind.SAVED_USED) == [(EventKind.SAVED_USED, "Mul", "other", 0, 2)]
    (event,) = (event for event in rows(trace, "events") if event["kind"] == EventKind.SAVED_USED)
    saved = trace.row("saved", event["saved"])
    assert (event["version"], saved["version"], saved["node"], saved["name"]) == (1, 1, event["node"], "other")


def test_a_pass_that_retains_the_graph_uses_what_was_saved_and_frees_nothing():
    trace = record(PRODUCT + "y.backward(retain_graph=True)", "y.backward()")
    uses = events(trace, EventKind.SAVED_USED)
    assert [(name, pass_) for _, _, name, pass_, _ in uses] == [("self", 0), ("other", 0), ("self", 1), ("other", 1)]
    assert events(trace, EventKind.SAVED_FREED) == [(EventKind.SAVED_FREED, "Mul", "", 1, 2)]


def test_numbers_that_no_pass_frees_are_not_used_or_freed():
    trace = record("x = torch.ones(2, 3, requires_grad=True)\nx.sum(1).sum().backward()")
    assert not events(trace, EventKind.SAVED_USED, EventKind.SAVED_FREED)


def test_a_node_that_no_gradient_reaches_uses_nothing_and_is_freed():
    trace = record(FUNCTION.format("None").replace("Square.apply(x)", "Square.apply(x.exp())"))
    assert not events(trace, EventKind.SAVED_USED)
    assert [event[1] for event in events(trace, EventKind.SAVED_FREED)] == ["SquareBackward", "Exp"]


def test_the_trace_tells_which_pass_freed_what_a_second_backward_asks_for():
    recording = Recording()
    recording.run(PRODUCT + "y.backward()")
    trace = recording.run("y.backward()")
    second = rows(trace, "passes")[1]
    assert second["status"] == Status.ERROR
    assert "backward through the graph a second time" in second["error_message"]
    (freed,) = (
        event
        for event in rows(trace, "events")
        if event["kind"] == EventKind.SAVED_FREED and event["node"] == second["error_node"]
    )
    assert (freed["pass_"], freed["step"]) == (0, 2)


def test_a_graph_made_before_recording_tells_its_uses_too():
    recording = Recording()
    recording.namespace["x"] = x = recording.namespace["torch"].ones(2, requires_grad=True)
    recording.namespace["y"] = (x * x).sum()
    trace = recording.run("y.backward()")
    assert [event[2] for event in events(trace, EventKind.SAVED_USED)] == ["self", "other"]
    assert len(events(trace, EventKind.SAVED_FREED)) == 1


def test_a_pass_that_makes_a_graph_keeps_what_was_saved_for_the_next_pass():
    trace = record(PRODUCT + "g, = torch.autograd.grad(y, x, create_graph=True)", "g.sum().backward()")
    first, second = rows(trace, "passes")
    assert (first["parent"], second["parent"]) == (NONE, 0)
    assert {event[3] for event in events(trace, EventKind.SAVED_FREED)} == {1}
    assert {event[3] for event in events(trace, EventKind.SAVED_USED)} == {0, 1}


def test_a_pass_inside_a_hook_frees_in_its_own_name():
    trace = record(
        PRODUCT + "def inner(grad):\n    with torch.enable_grad():\n        (x * x).sum().backward()\n"
        "y.register_hook(inner)\ny.backward()"
    )
    assert [(row["outer"], row["thread"]) for row in rows(trace, "passes")] == [(NONE, "MainThread"), (0, "MainThread")]
    assert [(event[1], event[3]) for event in events(trace, EventKind.SAVED_FREED)] == [("Mul", 1), ("Mul", 0)]


def test_a_write_over_a_view_uses_what_the_written_operation_saved():
    trace = record(
        "x = torch.ones(2, requires_grad=True)\ny = x * 1\nw = torch.ones(1)\ny[:1].mul_(w)\ny.sum().backward()"
    )
    assert ("torch::autograd::CopySlices", "other") in [event[1:3] for event in events(trace, EventKind.SAVED_USED)]
    assert ("torch::autograd::CopySlices", "") in [event[1:3] for event in events(trace, EventKind.SAVED_FREED)]


@pytest.mark.parametrize(
    ("returned", "uses"), [("grad * 2", []), ("2 * grad * ctx.saved_tensors[0]", ["SquareBackward"])]
)
def test_a_custom_function_uses_what_it_saved_only_when_it_asks(returned, uses):
    trace = record(FUNCTION.format(returned))
    assert [event[1] for event in events(trace, EventKind.SAVED_USED)] == uses
    assert [event[1] for event in events(trace, EventKind.SAVED_FREED)] == ["SquareBackward"]


def test_hooks_of_saved_tensors_are_events_with_what_they_gave():
    trace = record(HOOKS + "y.sum().backward()")
    assert events(trace, EventKind.PACKED, EventKind.UNPACKED) == [
        (EventKind.PACKED, "Exp", "pack", NONE, 0),
        (EventKind.UNPACKED, "Exp", "unpack", 0, 2),
    ]
    packed, unpacked = (event for event in rows(trace, "events") if "pack" in event["name"])
    assert (value(trace, packed["after"])[0], value(trace, unpacked["after"])[0]) == (
        pytest.approx(2.718282), pytest.approx(5.436564)
    )  # fmt: skip
    assert packed["saved"] == unpacked["saved"] != NONE
    assert trace.row("saved", packed["saved"])["text"] == "packed by pack"


def test_looking_at_a_packed_tensor_outside_of_a_pass_is_no_step_of_the_next_one():
    trace = record(HOOKS + "y.grad_fn._saved_result\ny.sum().backward()")
    assert len(events(trace, EventKind.UNPACKED)) == 1


def test_nodes_that_a_checkpoint_makes_again_tell_the_step_that_asked():
    trace = record(
        PART + "x = torch.ones(2, requires_grad=True)\ny = checkpoint(part, x, use_reentrant=False)\n"
        "z = y * 1\nz.sum().backward()",
        "w = x * 5",
    )
    (asked,) = events(trace, EventKind.RECOMPUTATION)
    assert asked[1:4] == ("Exp", "part", 0)
    again = events(trace, EventKind.RECOMPUTED)
    assert [event[1] for event in again] == ["Mul"]
    assert {event[2:] for event in again} == {asked[2:]}
    step = next(step for step in rows(trace, "steps") if step["index"] == asked[4])
    assert shown(trace, step["node"]) == "Exp"


def test_a_reentrant_checkpoint_tells_its_nodes_and_its_pass():
    trace = record(
        PART + "x = torch.ones(2, requires_grad=True)\ny = checkpoint(part, x, use_reentrant=True)\ny.sum().backward()"
    )
    (asked,) = events(trace, EventKind.RECOMPUTATION)
    assert asked[1:] == ("CheckpointFunctionBackward", "part", 0, 2)
    assert [event[1:] for event in events(trace, EventKind.RECOMPUTED)] == [
        ("Mul", "part", 0, 2),
        ("Exp", "part", 0, 2),
    ]
    assert [row["outer"] for row in rows(trace, "passes")] == [NONE, 0]


def test_a_recomputation_that_fails_ends_with_its_pass():
    recording = Recording()
    recording.run(
        PART + "calls = []\ndef fails(x):\n    calls.append(1)\n    if len(calls) > 1:\n        raise KeyError('no')\n"
        "    return x.exp()\nx = torch.ones(2, requires_grad=True)\n"
        "checkpoint(fails, x, use_reentrant=False).sum().backward()"
    )
    trace = recording.run("w = x * 5")
    (row,) = rows(trace, "passes")
    assert (row["error_type"], shown(trace, row["error_node"])) == ("KeyError", "Exp")
    assert len(events(trace, EventKind.RECOMPUTATION)) == 1
    assert not events(trace, EventKind.RECOMPUTED)
