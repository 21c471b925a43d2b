"""Whole programs, recorded, print what they print with PyTorch, but for rounding, and leave PyTorch's graphs behind."""

import contextlib

import pytest

import engine.torch
from engine import observe
from engine.recording.source_position import SourceFile
from engine.trace import Status
from tests.engine.programs import Recording
from tests.oracle import programs


@contextlib.contextmanager
def recorded():
    """As one cell of the window; gives the recording."""
    recording = Recording()
    recording.recorder.begin_cell("request", 1, SourceFile("a program", ""), "a program", {})
    before, observe.observer = observe.observer, recording.recorder
    try:
        yield recording
    finally:
        observe.observer = before
    recording.recorder.end_cell(Status.OK, None, {})
    recording.update()


@pytest.mark.parametrize("name", programs.NAMES)
def test_a_program_prints_what_it_prints_with_pytorch(name):
    state = engine.torch.random.get_rng_state()
    try:
        with recorded() as recording, programs.torch_is("engine.torch"):
            found = programs.run(name)
    finally:  # what a program sets for all
        engine.torch.random.set_rng_state(state)
        engine.torch.set_printoptions(profile="default")
        engine.torch.set_default_dtype(engine.torch.float32)
    wanted = programs.stored(name)
    assert len(found) == len(wanted)
    different = [(one, other) for one, other in zip(found, wanted, strict=True) if not programs.alike(one, other)]
    assert different == []
    assert recording.trace.counts()["cells"] == 1  # all that was recorded became rows
