import pytest
from hypothesis import given, strategies as st

from engine.trace import NONE
from tests.engine.programs import Recording, record
from tests.traces import linear_trace, seed_trace
from ui.naming import Names
from ui.step_panel.broadcast import undone_broadcast
from ui.step_panel.facts import gather
from ui.step_panel.reasons import error_of, next_in_queue, queue_rows, turn, why_now
from ui.stepping import PassSteps


def facts(trace, position, pass_id=0):
    return gather(trace, PassSteps(trace, pass_id), position, Names(trace))


def find(trace, op, pass_id=0):
    """The facts of the first step that runs `op`."""
    steps = PassSteps(trace, pass_id)
    position = next(k for k in range(1, steps.count + 1) if trace.node(steps.node(k)).op == op)
    return facts(trace, position, pass_id)


def test_each_slot_has_its_rule_and_what_it_sent():
    trace = seed_trace()
    square = facts(trace, 3)
    assert [(slot.slot, slot.title, slot.formula) for slot in square.slots] == [
        (0, "y", "grad * other"),
        (1, "y", "grad * self"),
    ]
    assert [trace.array(slot.sent).min for slot in square.slots] == [2.25, 2.25]


def test_names_of_a_rule_stand_for_the_saved_tensors():
    square = facts(seed_trace(), 3)
    assert {name: square.operands[name].title for name in ("self", "other", "result")} == {
        "self": "y",
        "other": "y",
        "result": "y * y",
    }


def test_two_gradients_that_arrive_at_one_tensor_are_one_sum():
    trace = seed_trace()
    (arrival,) = facts(trace, 3).arrivals
    assert (arrival.title, len(arrival.parts), arrival.missing) == ("y", 2, 0)
    assert trace.array(arrival.total).min == 4.5


def test_a_sum_that_is_not_complete_has_no_total_yet():
    trace = record("x = torch.ones(2, requires_grad=True)\n(x * 2 + x.exp()).sum().backward()")
    (first,) = find(trace, "ExpBackward0").arrivals
    assert (len(first.parts), first.missing) == (1, 1)
    (second,) = find(trace, "MulBackward0").arrivals
    assert (len(second.parts), second.missing) == (2, 0)
    assert second.total != NONE


def test_the_sum_of_the_parts_is_the_recorded_gradient():
    trace = record(
        "x = torch.arange(6.).requires_grad_()\na, b = x.chunk(2)\n(torch.cat([a * 2, b, a]).sum() + a[0]).backward()"
    )
    steps = PassSteps(trace, 0)
    for k in range(1, steps.count + 1):
        for arrival in facts(trace, k).arrivals:
            if arrival.total != NONE and arrival.missing == 0:
                total = sum(trace.values[handle] for _, handle in arrival.parts)
                assert (total == trace.values[arrival.total]).all()


def test_undoing_of_broadcasting_is_told_in_words():
    bias = next(slot for slot in find(linear_trace(), "AddBackward0").slots if slot.title == "b")
    assert bias.undone == "summed over dim 0: (4, 2) → (2,)"
    assert next(s for s in find(linear_trace(), "AddBackward0").slots if s.title != "b").undone == ""


def test_a_matrix_product_is_no_broadcasting():
    trace = record("a = torch.ones(3, 1, requires_grad=True)\n(a @ torch.ones(1, 2)).sum().backward()")
    assert [slot.undone for slot in find(trace, "MmBackward0").slots] == [""]


def test_a_reduction_spreads_its_gradient():
    assert facts(seed_trace(), 1).slots[0].undone == "spread: scalar → (2, 2)"


shapes = st.lists(st.integers(2, 4), max_size=3).map(tuple)


@given(shapes, st.data())
def test_the_named_dims_are_those_that_summing_must_remove(result, data):
    start = data.draw(st.integers(0, len(result)))
    operand = tuple(data.draw(st.sampled_from([1, size])) for size in result[start:])
    words = undone_broadcast(result, operand)
    dims = [i for i in range(len(result)) if i < start or operand[i - start] != result[i]]
    if dims:
        named = words.split(":")[0].removeprefix("summed over dims ").removeprefix("summed over dim ")
        assert [int(dim) for dim in named.split(", ")] == dims
    else:
        assert words == ""


def test_accumulation_tells_before_added_and_after():
    trace = linear_trace()
    first, second = facts(trace, 4, 0).accumulation, facts(trace, 4, 1).accumulation
    assert first.title == second.title == "b.grad"
    assert first.before == NONE
    before, added, after = (trace.values[h] for h in (second.before, second.added, second.after))
    assert (before + added == after).all()


def test_saved_tensors_tell_their_line_and_whether_they_are_freed():
    trace = linear_trace()
    kept, freed = find(trace, "MulBackward0", 0).saved, find(trace, "MulBackward0", 1).saved
    assert [(s.name, s.title, s.version, s.line, s.freed) for s in kept] == [
        ("self", "a", 0, 2, False),
        ("other", "a", 0, 2, False),
    ]
    assert all(saved.freed for saved in freed)


def test_sizes_and_switches_that_were_saved_stand_aside():
    trace = record("x = torch.ones(2, 3, requires_grad=True)\n(x.sum(1) ** 2).sum().backward()")
    aside = {saved.name: saved.aside for saved in find(trace, "SumBackward1").saved}
    assert aside.pop("self", True)
    assert all(aside.values())
    power = {saved.name: saved.aside for saved in find(trace, "PowBackward0").saved}
    assert power == {"self": False, "exponent": False}


def test_the_seed_is_the_vector_given_to_backward():
    trace = record("x = torch.ones(3, requires_grad=True)\ny = x * 2\ny.backward(torch.tensor([.1, 1., .0001]))")
    seed = facts(trace, 0)
    assert [s.title for s in seed.seeds] == ["y"]
    assert trace.values[seed.seeds[0].total].tolist() == pytest.approx([0.1, 1.0, 0.0001])


def test_a_hook_that_changes_the_gradient_is_noticed_and_none_is_invented():
    plain = "x = torch.ones(2, requires_grad=True)\ny = x * 2\nz = y.sum() * 0\n"
    changed = record(plain + "y.register_hook(lambda g: g + 1)\nz.backward()")
    assert find(changed, "MulBackward0", 0).op == "MulBackward0"
    steps = PassSteps(changed, 0)
    assert any(facts(changed, k).hooked for k in range(1, steps.count + 1))
    untouched = record(plain + "z.backward()")
    steps = PassSteps(untouched, 0)
    assert not any(facts(untouched, k).hooked for k in range(1, steps.count + 1))


def why(trace, position):
    return why_now(trace, PassSteps(trace, 0), position, Names(trace))


def test_the_reason_names_the_one_consumer_and_its_step():
    trace = seed_trace()
    assert why(trace, 1) == "It made the tensor that the pass starts from, so it waits for no other node."
    assert why(trace, 3) == "Its one consumer, MulBackward0 (z), ran at step 2."
    assert why(trace, 4) == "Its one consumer, MulBackward0 (y * y), ran at step 3 and sent it 2 gradients."


def test_the_reason_names_all_consumers_that_it_waited_for():
    trace = record("x = torch.ones(2, requires_grad=True)\na = x * 2\nb = x.exp()\n(a + b).sum().backward()")
    last = PassSteps(trace, 0).count
    assert why(trace, last) == "It waited for 2 consumers: ExpBackward0 (b) at step 3 and MulBackward0 (a) at step 4."


def test_a_node_that_was_ready_earlier_says_since_when():
    steps = PassSteps(linear_trace(), 0)
    text = why_now(steps.trace, steps, 5, Names(steps.trace))
    assert text.endswith("Ready since step 3, it waited in the queue for its turn.")


def test_a_leaf_as_root_waits_for_nothing():
    trace = record("x = torch.tensor(2., requires_grad=True)\nx.backward()")
    assert why(trace, 1) == "The pass starts from this leaf, so it waits for no other node."


def test_the_next_node_is_named_with_its_sequence_number():
    trace = seed_trace()
    steps, names = PassSteps(trace, 0), Names(trace)
    assert next_in_queue(trace, steps, 3, names) == "Next in the queue: AddBackward0 (sequence 4)."
    assert next_in_queue(trace, steps, 4, names) == "Next in the queue: AccumulateGrad (x)."
    assert next_in_queue(trace, steps, 5, names) == "The queue is empty: this was the last step."


def test_the_rule_by_which_the_engine_chose_is_told():
    trace = record("x = torch.ones(2, requires_grad=True)\na = x * 2\nb = x.exp()\n(a + b).sum().backward()")
    steps = PassSteps(trace, 0)
    number = trace.node(steps.node(3)).sequence
    assert turn(trace, steps, 3) == f"Of 2 ready nodes it has the highest sequence number, {number:,}."
    assert turn(trace, steps, 4) == f"Sequence number {number - 1:,}; nothing else was ready."
    assert turn(trace, steps, 5) == "AccumulateGrad runs as soon as its last gradient has arrived."


def test_the_queue_tells_who_is_next_and_since_when():
    trace = record("x = torch.ones(2, requires_grad=True)\na = x * 2\nb = x.exp()\n(a + b).sum().backward()")
    steps = PassSteps(trace, 0)
    rows, more = queue_rows(trace, steps, 2, Names(trace))
    ready = [(row.rank, row.title, row.since) for row in rows]
    assert ready == [(1, "ExpBackward0 (b)", 2), (2, "MulBackward0 (a)", 2)]
    assert rows[0].sequence == rows[1].sequence + 1
    assert more == 0


def test_a_long_queue_is_cut_with_the_number_of_nodes_left():
    trace = record("x = torch.ones(2, requires_grad=True)\ntorch.stack([x * i for i in range(20)]).sum().backward()")
    rows, more = queue_rows(trace, PassSteps(trace, 0), 2, Names(trace))
    assert (len(rows), more) == (4, 16)


def test_after_the_step_that_failed_nothing_is_next():
    recording = Recording()
    recording.run("x = torch.ones(3, requires_grad=True)\ny = x.exp()\ny += 1\ny.sum().backward()")
    steps = PassSteps(recording.trace, 0)
    assert next_in_queue(recording.trace, steps, steps.count, Names(recording.trace)) == "The pass ended here."


def test_an_error_is_told_with_the_node_that_raised_it():
    recording = Recording()
    recording.run("x = torch.ones(3, requires_grad=True)\ny = x.exp()\ny += 1\ny.sum().backward()")
    kind, message = error_of(recording.trace, 0)
    assert kind == "RuntimeError in ExpBackward0"
    assert message.startswith("one of the variables needed for gradient computation has been modified")
    assert error_of(seed_trace(), 0) == ("", "")
