import numpy as np
import pytest
from hypothesis import given, strategies as st

from tests.traces import chain_trace, linear_trace, seed_trace
from ui.naming import Names
from ui.stepping import ForwardSteps, PassSteps, Place, nonfinite_positions
from ui.timeline.marks import StepMarks, apart, label_positions


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
    assert nonfinite_positions(PassSteps(seed_trace(), 0)).tolist() == []
    assert nonfinite_positions(PassSteps(linear_trace(poison=True), 0)).tolist() == [2, 3, 4, 5, 6]


def test_a_step_is_described_in_one_line():
    assert marks(seed_trace()).description(3) == "Step 3 of 5: MulBackward0 · y * y"
    assert marks(linear_trace(), 1).description(4).endswith("writes b.grad · adds to an earlier value")


def test_a_breakpoint_is_told_of_in_the_description():
    trace = seed_trace()
    found = StepMarks(trace, PassSteps(trace, 0), Names(trace), np.array([2]))
    assert found.description(2).endswith("a breakpoint")
    assert "breakpoint" not in found.description(3)


def test_the_knob_stands_between_steps_while_contributions_are_handed_on():
    found = marks(seed_trace())
    assert found.share(Place(3, 3)) == 3
    shares = [found.share(place) for place in (Place(2, 2), Place(3, 3, 0), Place(3, 3, 1), Place(3, 3))]
    assert shares == sorted(set(shares))
    assert found.now_label(Place(3, 3, 1)) == "Mul · 1 of 2 sent"
    assert found.now_label(Place(2, 3)) == "Mul … Mul · now"


def test_a_forward_pass_begins_at_its_start_and_writes_no_grad():
    trace = seed_trace()
    found = StepMarks(trace, ForwardSteps(trace, 0), Names(trace))
    assert [found.label(k) for k in range(5)] == ["start", "Add", "Mul", "Mul", "Mean"]
    assert found.accumulations.tolist() == []
    assert found.description(0).startswith("Start")


@given(st.lists(st.integers(0, 100_000), unique=True), st.floats(1e-3, 20))
def test_marks_that_stay_are_apart_and_none_vanishes_without_a_neighbour(positions, spacing):
    positions = np.array(sorted(positions), np.int64)
    kept = apart(positions, spacing)
    assert set(kept.tolist()) <= set(positions.tolist())
    assert (
        len(np.unique(np.floor(kept * spacing / 2))) == len(kept) == len(np.unique(np.floor(positions * spacing / 2)))
    )


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
