import numpy as np
import pytest

from engine.trace import NONE
from tests.engine.programs import record
from tests.recorded import PROGRAMS, recorded
from tests.traces import seed_trace
from ui.naming import Names
from ui.step_panel.arrivals import FIRST, LAST, RunningSums, arrival, arrivals
from ui.stepping import PassSteps, Place


def at(trace, place, pass_id=0):
    found, more = arrivals(trace, PassSteps(trace, pass_id), place, Names(trace))
    assert more == 0
    return found


def test_at_the_finest_grain_only_what_has_travelled_has_arrived():
    trace = seed_trace()
    assert at(trace, Place(3, 3, 0)) == []
    (first,) = at(trace, Place(3, 3, 1))
    assert (first.count, first.missing) == (1, 1)
    (both,) = at(trace, Place(3, 3, 2))
    assert (both.count, both.missing) == (2, 0)
    assert at(trace, 3) == [both]


def test_of_many_contributions_the_first_and_the_last_are_shown_with_the_count():
    trace = recorded("many contributions")
    steps = PassSteps(trace, 0)
    last = max(k for k in range(1, steps.count + 1) if trace.node(steps.node(k)).label == "y * (i + 1)")
    (everything,) = at(trace, last)
    assert (everything.count, len(everything.parts), everything.hidden) == (40, FIRST + LAST, 40 - FIRST - LAST)
    assert len(everything.handles) == 40
    assert everything.senders[0] == "MulBackward0 (y * (i + 1))"


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_running_sum_ends_at_the_recorded_gradient_to_the_bit(program):
    trace, names = recorded(program), Names(recorded(program))
    sums, compared = RunningSums(), 0
    for pass_id in range(len(trace.passes)):
        steps = PassSteps(trace, pass_id)
        for position in range(1, steps.count + 1):
            step = steps.step(position)
            node = steps.node(position)
            if step["arrived"] == NONE or (trace.arrivals.step == position).any():
                continue
            whole = arrival(trace, steps, node, 0, steps.count, names)
            total = sums.after(trace, whole.handles, whole.count)
            if total is not None:
                np.testing.assert_array_equal(total, trace.values[step["arrived"]])
                compared += 1
    assert compared or not len(trace.passes)


def test_every_sum_on_the_way_is_that_of_the_contributions_so_far():
    trace = recorded("many contributions")
    steps, names = PassSteps(trace, 0), Names(recorded("many contributions"))
    target = next(int(t) for t in trace.flows.target if (trace.flows.target == t).sum() == 40)
    whole, sums, so_far = arrival(trace, steps, target, 0, steps.count, names), RunningSums(), 0
    for count, handle in enumerate(whole.handles, 1):
        so_far = so_far + trace.values[handle]
        np.testing.assert_array_equal(sums.after(trace, whole.handles, count), so_far)


def test_a_sum_is_not_told_while_a_part_is_not_here():
    trace = recorded("many contributions")
    assert RunningSums().after(trace, (NONE,), 1) is None


def test_sums_of_another_trace_are_added_up_afresh():
    sums = RunningSums()
    for factor in (1, 2):
        trace = record(f"x = torch.ones(2, requires_grad=True)\n(x * {factor} + x * {factor}).sum().backward()")
        steps = PassSteps(trace, 0)
        whole = arrival(trace, steps, steps.node(steps.count), 0, steps.count, Names(trace))
        assert sums.after(trace, whole.handles, 2).tolist() == [2 * factor] * 2
