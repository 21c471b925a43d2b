"""Whole programs print what they print with PyTorch, but for rounding, and leave PyTorch's graphs behind."""

import pytest

import engine.torch
from tests.oracle import programs


@pytest.mark.parametrize("name", programs.NAMES)
def test_a_program_prints_what_it_prints_with_pytorch(name):
    state = engine.torch.random.get_rng_state()
    try:
        with programs.torch_is("engine.torch"):
            found = programs.run(name)
    finally:  # what a program sets for all
        engine.torch.random.set_rng_state(state)
        engine.torch.set_printoptions(profile="default")
        engine.torch.set_default_dtype(engine.torch.float32)
    wanted = programs.stored(name)
    assert len(found) == len(wanted)
    different = [(one, other) for one, other in zip(found, wanted, strict=True) if not programs.alike(one, other)]
    assert different == []
