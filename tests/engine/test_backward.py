import numpy as np
import pytest

from engine import observe, torch
from tests.oracle.sessions import check, titles


class Notes:
    """An observer that writes everything down."""

    def __init__(self):
        self.operations, self.steps, self.events = [], [], []

    def operation(self, node, op, operands, outputs, inplace):
        self.operations.append((node, op, operands, outputs, inplace))

    def before_inplace(self, tensor):
        self.events.append(("before", tensor.array.copy()))

    def pass_started(self, run):
        self.events.append(("started", run.kind))

    def step(self, step):
        self.steps.append(step)

    def pass_ended(self, run, error):
        self.events.append(("ended", error))

    def recomputation_started(self, run, name):
        self.events.append(("recomputing", name))

    def recomputation_ended(self):
        self.events.append(("recomputed",))

    def module_started(self, module):
        self.events.append(("module", type(module).__name__))

    def module_ended(self, started):
        self.events.append(("module ended",))

    def requires_grad_changed(self, tensor):
        self.events.append(("requires_grad", tensor.requires_grad))

    def tangent_made(self):
        self.events.append(("tangent",))

    def gradient_retained(self, tensor):
        self.events.append(("retained", tensor))


@pytest.fixture
def notes(monkeypatch):
    made = Notes()
    monkeypatch.setattr(observe, "observer", made)
    return made


@pytest.mark.usefixtures("fresh_warnings")
@pytest.mark.parametrize("title", titles("backward"))
def test_a_session_prints_what_pytorch_prints(title):
    check(torch, "backward", title)


def test_every_step_tells_what_arrived_and_what_was_sent(notes):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    ((x + 2) * x).sum().backward()
    assert [step.node.name() for step in notes.steps] == [
        "SumBackward0",
        "MulBackward0",
        "AddBackward0",
        "torch::autograd::AccumulateGrad",
    ]
    total, product, _, end = notes.steps
    assert total.arrived.tolist() == 1.0
    assert [gradient.tolist() for gradient in product.outputs] == [[1.0, 2.0], [3.0, 4.0]]
    before, added, after = end.accumulation
    assert (before, added.tolist(), after.tolist()) == (None, [4.0, 6.0], [4.0, 6.0])
    assert notes.events == [("started", "backward"), ("ended", None)]


def test_gradients_handed_to_the_observer_stay_as_they_were(notes):
    x = torch.ones(2, requires_grad=True)
    (x * 2).sum().backward()
    first = notes.steps[-1].accumulation
    (x * 3).sum().backward()
    assert (first.added.tolist(), first.after.tolist()) == ([2.0, 2.0], [2.0, 2.0])
    second = notes.steps[-1].accumulation
    assert second.before.tolist() == [2.0, 2.0]
    assert second.after.tolist() == [5.0, 5.0]


def test_all_gradients_of_a_step_are_arrays_or_numbers_of_numpys(notes):
    x = torch.tensor(2.0, requires_grad=True)
    (x * x).exp().backward()
    for step in notes.steps:
        for gradient in (step.arrived, step.used, *step.outputs):
            assert gradient is None or isinstance(gradient, np.ndarray | np.generic)


def test_a_step_tells_gradients_before_and_after_hooks(notes):
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    y.register_hook(lambda g: g * 10)
    y.sum().backward()
    step = notes.steps[1]
    assert (step.arrived.tolist(), step.used.tolist()) == ([1.0, 1.0], [10.0, 10.0])


def test_the_observer_hears_of_a_pass_that_failed(notes):
    x = torch.ones(2, requires_grad=True)
    y = (x * x).sum()
    y.backward()
    with pytest.raises(RuntimeError):
        y.backward()
    kind, error = notes.events[-1]
    assert kind == "ended"
    assert "second time" in str(error)


def test_the_observer_hears_of_every_operation(notes):
    x = torch.ones(2, requires_grad=True)
    notes.operations.clear()
    y = x * 3
    z = y > 2
    node, op, operands, outputs, inplace = notes.operations[0]
    assert (node, op, operands, outputs, inplace) == (y.grad_fn, "mul", (x, 3), (y,), False)
    assert notes.operations[1][:2] == (None, "gt")
    assert notes.operations[1][3] == (z,)


def test_grad_yields_no_step_for_its_inputs(notes):
    x = torch.ones(2, requires_grad=True)
    torch.autograd.grad((x * x).sum(), x)
    assert [step.node.name() for step in notes.steps] == ["SumBackward0", "MulBackward0"]
    assert notes.events[0] == ("started", "grad")


def test_the_steps_of_a_pass_that_makes_a_graph_hold_tensors(notes):
    x = torch.ones(2, requires_grad=True)
    torch.autograd.grad((x**3).sum(), x, create_graph=True)
    assert all(isinstance(step.outputs[0], torch.Tensor) for step in notes.steps)


def test_a_wide_graph_runs_in_order_of_creation_backwards(notes):
    x = torch.ones(2, requires_grad=True)
    parts = [x * number for number in range(50)]
    torch.stack(parts).sum().backward()
    numbers = [step.node._sequence_nr() for step in notes.steps[:-1]]
    assert numbers == sorted(numbers, reverse=True)
    assert x.grad.tolist() == [1225.0, 1225.0]


def test_is_grads_batched_takes_one_vector_after_the_other():
    x = torch.ones(2, requires_grad=True)
    (found,) = torch.autograd.grad(x * 2, x, torch.ones(3, 2), is_grads_batched=True)
    assert found.tolist() == [[2.0, 2.0]] * 3
