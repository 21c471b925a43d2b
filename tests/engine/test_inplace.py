import pytest

from engine import observe, torch
from tests.engine.test_backward import Notes
from tests.oracle.sessions import check, titles


@pytest.mark.usefixtures("fresh_warnings")
@pytest.mark.parametrize("title", titles("inplace"))
def test_a_session_prints_what_pytorch_prints(title):
    check(torch, "inplace", title)


def test_the_observer_hears_before_and_after_a_write(monkeypatch):
    notes = Notes()
    y = torch.ones(2, requires_grad=True) * 2
    monkeypatch.setattr(observe, "observer", notes)
    y.mul_(3)
    assert notes.events[0][1].tolist() == [2.0, 2.0]
    (node, op, operands, outputs, inplace) = notes.operations[0]
    assert (op, operands, inplace, len(notes.operations)) == ("mul", (y, 3), True, 1)
    assert outputs == (y,)
    assert node is y.grad_fn


def test_the_observer_hears_of_the_base_and_the_view_that_were_written(monkeypatch):
    notes = Notes()
    y = torch.ones(4, requires_grad=True) * 2
    v = y[:2]
    monkeypatch.setattr(observe, "observer", notes)
    v.mul_(3)
    assert [(node, op, outputs) for node, op, _, outputs, _ in notes.operations] == [
        (y.grad_fn, "mul", (y,)),
        (v.grad_fn, "as_strided", (v,)),
    ]


def test_a_comparison_written_over_a_tracked_tensor_cuts_the_gradient_off():
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    y.eq_(2)
    y.sum().backward()
    assert (y.tolist(), x.grad.tolist()) == ([1.0, 1.0], [0.0, 0.0])


@pytest.mark.parametrize("number", [-1, torch.tensor(-1), torch.tensor(255)])
def test_a_comparison_written_over_small_integers_makes_the_number_one_of_them(number):
    held = torch.tensor([0, 254, 255], dtype=torch.uint8)
    assert held.clone().ge_(number).tolist() == [0, 0, 1]
    assert held.clone().lt_(number).tolist() == [1, 1, 0]


def test_a_failing_write_changes_nothing():
    y = torch.ones(2, requires_grad=True) * 2
    node = y.grad_fn
    with pytest.raises(RuntimeError):
        y.add_(torch.ones(3))
    assert (y.tolist(), y._version, y.grad_fn is node) == ([2.0, 2.0], 0, True)
