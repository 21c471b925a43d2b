import numpy as np
import pytest

from engine.trace import NONE, Status
from tests.engine.programs import Recording, record
from tests.traces import TraceBuilder, linear_trace, seed_trace
from ui.naming import Names
from ui.stepping import ForwardSteps, PassSteps, Walk, WalkKind
from ui.timeline.glance import glance
from ui.timeline.health import Mark, arrays_dropped, health_of
from ui.timeline.walks import (
    finished_passes,
    forest,
    walk_count,
    walk_name,
    walk_relation,
    walk_root,
    walk_time,
    walk_title,
)


def a_pass(number):
    return Walk(WalkKind.PASS, number)


def test_a_pass_is_titled_by_its_call_and_place():
    trace = seed_trace()
    assert walk_title(trace, a_pass(0)) == "Pass 1   out.backward()   cell 1, line 6"
    assert walk_count(trace, a_pass(0), 5) == "5 steps"
    assert walk_time(trace, a_pass(0)) == "0.4 ms"
    assert walk_root(trace, a_pass(0), Names(trace)) == "out"


def test_a_forward_pass_is_titled_by_its_cell():
    trace, walk = seed_trace(), Walk(WalkKind.FORWARD, 0)
    assert walk_title(trace, walk) == "Forward   cell 1"
    assert walk_count(trace, walk, 1) == "1 operation"
    assert walk_root(trace, walk, Names(trace)) == ""


def test_only_finished_passes_can_be_stepped():
    builder = TraceBuilder()
    for status in (Status.OK, Status.RUNNING, Status.ERROR):
        builder.add("passes", status=status)
    assert finished_passes(builder.build()) == [0, 2]


def test_walks_are_listed_as_the_session_went_each_cells_operations_before_its_passes():
    trace = record(
        "x = torch.ones(2, requires_grad=True)\n(x * x).sum().backward()", "y = (x + 1).sum()", "y.backward()"
    )
    forward = [Walk(WalkKind.FORWARD, 0), a_pass(0), Walk(WalkKind.FORWARD, 1), a_pass(1)]
    assert list(forest(trace).walks) == forward
    assert list(forest(trace).below) == [NONE] * 4


def test_a_second_derivative_lies_below_the_pass_whose_graph_it_differentiates():
    trace = record(
        "x = torch.tensor([1., 2.], requires_grad=True)\ny = (x ** 3).sum()\n"
        "g, = torch.autograd.grad(y, x, create_graph=True)\ng.sum().backward()"
    )
    found = forest(trace)
    second = found.index(a_pass(1))
    assert found.below[second] == found.index(a_pass(0))
    assert walk_title(trace, a_pass(1)).startswith("↳ Pass 2")
    assert walk_relation(trace, a_pass(1)) == "differentiates the graph that pass 1 made"
    assert "create_graph=True" in walk_relation(trace, a_pass(0))


def test_a_pass_inside_a_hook_lies_below_the_one_whose_hook_it_is():
    trace = record(
        "x = torch.ones(2, requires_grad=True)\nw = torch.ones(2, requires_grad=True)\ny = x * 2\nl = (w * 3).sum()\n"
        "y.register_hook(lambda g: l.backward())\ny.sum().backward()"
    )
    inner = next(p for p in range(2) if trace.passes.outer[p] != NONE)
    found = forest(trace)
    assert found.below[found.index(a_pass(inner))] == found.index(a_pass(int(trace.passes.outer[inner])))
    assert walk_relation(trace, a_pass(inner)).startswith("ran inside pass")


def test_the_health_of_a_pass_is_told_in_words():
    assert health_of(PassSteps(seed_trace(), 0)) == (Mark.OK, "", NONE)
    assert health_of(PassSteps(linear_trace(poison=True), 0)) == (Mark.NONFINITE, "NaN or Inf from step 2 on", 2)


def test_a_pass_that_failed_says_so():
    recording = Recording()
    recording.run("x = torch.ones(3, requires_grad=True)\ny = x.exp()\ny += 1\ny.sum().backward()")
    assert recording.error is not None
    assert health_of(PassSteps(recording.trace, 0))[:2] == (Mark.FAILED, "stopped by an error")


def test_a_seed_with_nan_is_broken_from_the_seed_on():
    trace = record("x = torch.ones(2, requires_grad=True)\n(x * 2).backward(torch.tensor([1., float('nan')]))")
    assert health_of(PassSteps(trace, 0)).text == "NaN or Inf from the seed on"


def test_a_pass_that_ends_in_zeros_alone_is_marked():
    trace = record("x = torch.tensor([-1., -2.], requires_grad=True)\ntorch.relu(x).sum().backward()")
    assert health_of(PassSteps(trace, 0)).mark is Mark.ZERO
    caught = record("x = torch.tensor([-1.], requires_grad=True)\ntorch.autograd.grad(torch.relu(x).sum(), x)")
    assert health_of(PassSteps(caught, 0)).mark is Mark.ZERO
    assert health_of(PassSteps(linear_trace(), 0)).mark is Mark.OK


def test_a_forward_pass_with_an_infinite_result_is_marked_at_the_operation_that_made_it():
    trace = record("x = torch.tensor([0., 1.], requires_grad=True)\ny = (x * 2).log().sum()")
    assert health_of(ForwardSteps(trace, 0))[:2] == (Mark.NONFINITE, "NaN or Inf from step 2 on")


def test_a_pass_whose_arrays_the_budget_dropped_is_known():
    code = "x = torch.ones(512, requires_grad=True)\nfor _ in range(4):\n    (x * 2).exp().sum().backward()"
    assert arrays_dropped(PassSteps(record(code, budget=4096), 0))
    assert not arrays_dropped(PassSteps(seed_trace(), 0))


PROGRAMS = {
    "plain": "x = torch.ones(2, requires_grad=True)\n(x * x).sum().backward()",
    "zero": "x = torch.tensor([-1.], requires_grad=True)\ntorch.relu(x).sum().backward()",
    "caught": "x = torch.tensor([-1.], requires_grad=True)\ntorch.autograd.grad(torch.relu(x).sum(), x)",
    "broken": "x = torch.tensor([0., 1.], requires_grad=True)\n(x * 2).log().sum().backward()",
    "overflow": "x = torch.tensor([1e38], requires_grad=True)\n(x * 3e38 + x * 3e38).sum().backward()",
    "failed": "x = torch.ones(3, requires_grad=True)\ny = x.exp()\nz = y * y\ny.add_(1)\nz.sum().backward()",
    "failed forward": "x = torch.ones(3, 2, requires_grad=True)\ny = x.exp() @ x",
    "dropped": "x = torch.ones(512, requires_grad=True)\nfor _ in range(4):\n    (x * 2).exp().sum().backward()",
}


@pytest.mark.parametrize("code", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_the_list_says_what_the_index_of_each_walk_says(code):
    recording = Recording(budget=4096)
    recording.run(code)
    trace = recording.trace
    for walk in forest(trace).walks:
        steps = PassSteps(trace, walk.id) if walk.kind is WalkKind.PASS else ForwardSteps(trace, walk.id)
        found, health = glance(trace, walk), health_of(steps)
        assert (found.count, found.mark) == (steps.count, health.mark)
        assert health.text.startswith(found.text)
        assert found.dropped == (walk.kind is WalkKind.PASS and arrays_dropped(steps))


def test_a_title_is_one_line():
    builder = TraceBuilder()
    builder.add("passes", status=Status.OK, title="(a +\n   b).backward()", source=NONE, root=NONE)
    assert walk_name(builder.build(), a_pass(0)) == "Pass 1   (a + b).backward()"


def test_many_passes_are_listed_without_indexing_them():
    builder = TraceBuilder()
    for _ in range(50):
        builder.add("passes", status=Status.OK)
    walks = forest(builder.build())
    assert len(walks.walks) == 50
    assert np.all(np.array(walks.below) == NONE)
