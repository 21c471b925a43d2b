import json
from pathlib import Path

import pytest

from engine import torch
from tests.oracle.sessions import read, run

HERE = Path(__file__).parent
SOURCES = sorted(HERE.glob("*.txt"))
CASES = [(source, title) for source in SOURCES for title in read(source)]


@pytest.fixture(autouse=True)
def _every_warning():
    """Warnings that come once per process come each time, as when the lines were stored."""
    torch.set_warn_always(True)
    yield
    torch.set_warn_always(False)


@pytest.mark.parametrize(("source", "title"), CASES, ids=[f"{source.stem}: {title}" for source, title in CASES])
def test_a_case_prints_what_pytorch_prints(source, title):
    wanted = json.loads(source.with_suffix(".json").read_text())
    assert run(torch, read(source)[title]) == wanted[title]


@pytest.mark.torch
@pytest.mark.parametrize(("source", "title"), CASES, ids=[f"{source.stem}: {title}" for source, title in CASES])
def test_the_stored_lines_are_what_pytorch_prints_now(source, title):
    real = pytest.importorskip("torch")
    wanted = json.loads(source.with_suffix(".json").read_text())
    real.set_warn_always(True)
    try:
        assert run(real, read(source)[title]) == wanted[title]
    finally:
        real.set_warn_always(False)
