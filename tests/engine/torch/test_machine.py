"""What pasted code asks of the machine: devices, threads, the state of the random numbers; against PyTorch on a CPU."""

import pytest

from engine import torch
from tests.oracle import sessions


@pytest.mark.parametrize("title", sessions.titles("machine"))
def test_the_machine_answers_as_pytorch_s_build_for_the_cpu(title):
    sessions.check(torch, "machine", title)


def test_an_unknown_device_of_pytorch_is_refused_by_name():
    with pytest.raises(NotImplementedError, match="device 'meta' is not supported"):
        torch.ones(2, device="meta")


def test_compile_gives_the_function_itself():
    def double(x):
        return x * 2

    assert torch.compile(double) is double
    assert torch.compile(mode="reduce-overhead")(double) is double


def test_a_generator_s_state_cannot_be_nonsense():
    state = torch.get_rng_state()
    state[8:16] = 0
    with pytest.raises(RuntimeError, match="Invalid mt19937 state"):
        torch.Generator().set_state(state)
