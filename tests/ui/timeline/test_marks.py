import numpy as np
import pytest
from hypothesis import given, strategies as st

from engine.trace import Status
from tests.engine.programs import Recording, record
from tests.traces import TraceBuilder, chain_trace, linear_trace, seed_trace
from ui.naming import Names
from ui.stepping import PassSteps
from ui.timeline.marks import (
    StepMarks,
    finished_passes,
    label_positions,
    nonfinite_positions,
    pass_health,
    pass_size,
    pass_title,
)


def marks(trace, pass_id=0):
    return StepMarks(trace, PassSteps(trace, pass_id), Names(trace))


def test_steps_are_labelled_by_op_and_accumulations_by_their_grad():
    found = marks(seed_trace())
    assert [found.label(k) for k in range(6)] == ["seed", "Mean", "Mul", "Mul", "Add", "x.grad"]


def test_accumulations_are_marked_and_those_over_an_earlier_value_twice():
    first, second = marks(linear_trace(), 0), marks(linear_trace(), 1)
    assert first.accumulations.tolist() == second.accumulations.tolist() == [4, 6]
    assert first.repeated.tolist() == []
    assert second.repeated.tolist() == [4, 6]


def test_steps_that_send_or_write_nan_or_inf_are_marked():
    assert nonfinite_positions(seed_trace(), 0).tolist() == []
    assert nonfinite_positions(linear_trace(poison=True), 0).tolist() == [2, 3, 4, 5, 6]


def test_a_step_is_described_in_one_line():
    assert marks(seed_trace()).description(3) == "Step 3 of 5: MulBackward0 · y * y"
    assert marks(linear_trace(), 1).description(4).endswith("writes b.grad · adds to an earlier value")


def test_a_pass_is_titled_by_its_call_and_place():
    assert pass_title(seed_trace(), 0) == "Pass 1   out.backward()   cell 1, line 6"
    assert pass_size(seed_trace(), 0) == "5 steps · 0.4 ms"


def test_the_health_of_a_pass_is_told_in_words():
    assert pass_health(seed_trace(), 0) == ""
    assert pass_health(linear_trace(poison=True), 0) == "NaN or Inf from step 2 on"


def test_a_pass_that_failed_says_so():
    recording = Recording()
    recording.run("x = torch.ones(3, requires_grad=True)\ny = x.exp()\ny += 1\ny.sum().backward()")
    assert recording.error is not None
    assert pass_health(recording.trace, 0) == "stopped by an error"


def test_a_seed_with_nan_is_broken_from_the_seed_on():
    trace = record("x = torch.ones(2, requires_grad=True)\n(x * 2).backward(torch.tensor([1., float('nan')]))")
    assert pass_health(trace, 0) == "NaN or Inf from the seed on"


def test_only_finished_passes_can_be_stepped():
    builder = TraceBuilder()
    for status in (Status.OK, Status.RUNNING, Status.ERROR):
        builder.add("passes", status=status)
    assert finished_passes(builder.build()) == [0, 2]


@given(st.integers(1, 5000), st.data(), st.floats(60, 3000), st.floats(20, 80))
def test_labels_never_touch_each_other(count, data, width, widest):
    current = data.draw(st.integers(0, count))
    spacing = width / count
    stride, positions = label_positions(count, current, spacing, widest)
    assert stride * spacing >= widest
    assert positions == sorted(set(positions))
    assert (np.diff(positions) * spacing >= widest - 1e-6).all()
    assert all(abs(k - current) * spacing >= widest for k in positions)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_both_ends_are_labelled_where_there_is_room(count):
    _, positions = label_positions(count, 99, 100.0, 50.0)
    assert positions == list(range(count + 1))


def test_a_long_pass_is_marked_at_its_one_accumulation():
    assert marks(chain_trace(2000)).accumulations.tolist() == [2001]
