from tests.engine.programs import record
from tests.recorded import position_of, recorded
from ui.step_panel.hooks import hooks_of, same_array


def told(trace, step, pass_id=0):
    hooks, more = hooks_of(trace, pass_id, step)
    assert more == 0
    return [(hook.name, hook.kind, hook.place.goes.line, hook.changed) for hook in hooks]


def test_hooks_are_told_in_the_order_they_fired_with_their_lines():
    trace = recorded("hooks")
    assert told(trace, position_of(trace, "MulBackward0")) == [
        ("double", "tensor hook", 3, True),
        ("lambda", "pre-hook of the node", 6, False),
        ("lambda", "hook of the node", 7, True),
    ]


def test_a_hook_after_accumulation_is_told_with_what_it_made_of_grad():
    trace = recorded("hooks")
    (hook,), _ = hooks_of(trace, 0, position_of(trace, "AccumulateGrad"))
    assert hook.kind == "hook after .grad was added to"
    assert (trace.values[hook.before].tolist(), trace.values[hook.after].tolist()) == ([5, 5, 5], [2.5, 2.5, 2.5])


def test_a_step_without_hooks_tells_none():
    assert told(recorded("hooks"), 1) == []


def test_many_hooks_are_elided_with_their_count():
    lines = "x = torch.ones(2, requires_grad=True)\ny = x * 2\nfor _ in range(20):\n    y.register_hook(lambda g: g)\n"
    trace = record(f"{lines}y.sum().backward()")
    hooks, more = hooks_of(trace, 0, 2)
    assert (len(hooks), more) == (8, 12)


def test_arrays_with_equal_statistics_are_told_apart_by_their_elements():
    lines = "x = torch.tensor([1., 2.], requires_grad=True)\ny = x * torch.tensor([3., 4.])\n"
    trace = record(f"{lines}y.register_hook(lambda g: g.flip(0))\n(y * torch.tensor([5., 6.])).sum().backward()")
    (hook,), _ = hooks_of(trace, 0, 3)
    assert not same_array(trace, hook.before, hook.after)
    assert same_array(trace, hook.before, hook.before)
