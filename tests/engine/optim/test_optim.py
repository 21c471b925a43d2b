"""Optimizers and schedulers against what PyTorch's did, and what the window and the user see of a step."""

import copy
import json
import warnings
from pathlib import Path

import numpy as np
import pytest

from engine import torch
from tests.engine.programs import record
from tests.oracle import optim_programs as programs, sessions

STORED = json.loads((Path(__file__).parents[2] / "oracle" / "optim.json").read_text())
DIGITS = {"float32": 3e-6, "float64": 1e-11}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", STORED["train"])
def test_an_optimizer_goes_pytorch_s_way(name, dtype):
    found, stored = programs.train(torch, name, dtype), STORED["train"][name][dtype]

    found["state"] = {str(key): value for key, value in found["state"].items()}
    for exact in ("version", "text", "state", "groups"):
        assert found[exact] == stored[exact]
    for close in ("losses", "weight", "bias"):
        loose = 2e4 if name.startswith("LBFGS") else 1  # each step builds on the rounding of all before
        np.testing.assert_allclose(found[close], stored[close], rtol=DIGITS[dtype] * loose, atol=DIGITS[dtype] * loose)


@pytest.mark.parametrize("name", [name for name in programs.OPTIMIZERS if "LBFGS" not in name])
def test_a_parameter_without_dims_goes_the_way_of_one_with_a_dim(name):
    ways, states = [], []
    for shape in ((), (1,)):
        parameter = torch.full(shape, 2.0, requires_grad=True)
        optimizer = programs.OPTIMIZERS[name](torch.optim, [parameter])
        for _ in range(4):
            optimizer.zero_grad()
            (1.5 * parameter**2).sum().backward()
            optimizer.step()
        ways.append(parameter.item())
        states.append({key: value.sum().item() for key, value in optimizer.state_dict()["state"].get(0, {}).items()})

    assert parameter.item() != 2.0
    assert ways[0] == ways[1]
    assert states[0] == states[1]


@pytest.mark.parametrize("name", STORED["schedule"])
def test_a_scheduler_sets_pytorch_s_rates(name):
    assert programs.schedule(torch, name) == STORED["schedule"][name]


@pytest.mark.parametrize("mode", ["min", "max"])
def test_a_plateau_lowers_the_rate_when_pytorch_does(mode):
    assert programs.plateau(torch, mode) == STORED["plateau"][mode]


@pytest.mark.parametrize("name", STORED["error"])
def test_a_wrong_use_fails_in_pytorch_s_words(name):
    assert programs.error(torch, name) == STORED["error"][name]


def test_a_state_dict_continues_where_another_optimizer_stopped():
    one, other = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    first, second = torch.optim.Adam([one], 0.1), torch.optim.Adam([other], 0.5)
    for _ in range(3):
        one.grad = torch.tensor([0.5, -1.0])
        first.step()
    with torch.no_grad():
        other.copy_(one)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    for parameter, optimizer in ((one, first), (other, second)):
        parameter.grad = torch.tensor([1.0, 2.0])
        optimizer.step()

    assert second.param_groups[0]["lr"] == 0.1
    assert torch.equal(one, other)


def test_a_scheduler_called_before_the_optimizer_warns():
    optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)])
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1)
    with pytest.warns(UserWarning, match="before `optimizer.step"):
        scheduler.step()


def test_hooks_run_around_a_step_and_may_change_its_arguments():
    seen = []
    optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)])
    optimizer.register_step_pre_hook(lambda optimizer, args, kwargs: seen.append("before"))
    after = optimizer.register_step_post_hook(lambda optimizer, args, kwargs: seen.append("after"))
    optimizer.step()
    after.remove()
    optimizer.step()

    assert seen == ["before", "after", "before"]


def test_a_user_s_own_optimizer_runs_on_the_base_class():
    class Sign(torch.optim.Optimizer):
        def __init__(self, params, lr):
            super().__init__(params, {"lr": lr})

        @torch.no_grad()
        def step(self):
            for group in self.param_groups:
                for parameter in group["params"]:
                    parameter.add_(parameter.grad.sign(), alpha=-group["lr"])

    weight = torch.tensor([1.0, 2.0], requires_grad=True)
    weight.grad = torch.tensor([3.0, -0.1])
    Sign([weight], 0.5).step()

    assert weight.tolist() == [0.5, 2.5]


def test_what_needs_a_graph_of_the_optimizer_says_that_it_is_not_supported():
    weight = torch.ones(1, requires_grad=True)
    weight.grad = torch.ones(1)
    for option in ("differentiable", "capturable"):
        with pytest.raises(NotImplementedError, match=option):
            torch.optim.Adam([weight], **{option: True}).step()


def test_saved_tensors_notice_that_an_optimizer_wrote_over_them():
    weight = torch.ones(2, requires_grad=True)
    loss = (weight * weight).sum()
    weight.grad = torch.ones(2)
    torch.optim.SGD([weight], 0.1).step()

    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_a_step_is_recorded_as_one_operation_that_writes_over_its_parameter():
    without = record("w = torch.ones(2, requires_grad=True)", "o = torch.optim.Adam([w])\n(w * 2).sum().backward()")
    trace = record(
        "w = torch.ones(2, requires_grad=True)", "o = torch.optim.Adam([w])\n(w * 2).sum().backward()", "o.step()"
    )

    assert len(trace.nodes) - len(without.nodes) <= 2


def test_zero_grad_forgets_gradients_or_fills_them_with_zeros():
    weight = torch.ones(2, requires_grad=True)
    optimizer = torch.optim.SGD([weight])
    weight.grad = torch.ones(2)
    held = weight.grad
    optimizer.zero_grad(set_to_none=False)
    assert weight.grad is held
    assert held.tolist() == [0.0, 0.0]
    optimizer.zero_grad()
    assert weight.grad is None


@pytest.mark.torch
@pytest.mark.parametrize("name", programs.OPTIMIZERS)
def test_an_optimizer_goes_the_way_of_the_installed_pytorch(name):
    real = pytest.importorskip("torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = programs.train(real, name, "float64")
    np.testing.assert_allclose(programs.train(torch, name, "float64")["weight"], theirs["weight"], atol=1e-8)


@pytest.mark.parametrize("title", sessions.titles("optimizers"))
def test_optimizers_print_and_keep_what_pytorch_s_do(title):
    sessions.check(torch, "optimizers", title)
