"""What real programs record can be saved and read: the reader's checks refuse nothing that the recorder writes."""

import contextlib
import io
import warnings
from pathlib import Path

import pytest

from app.store import open_session
from tests.app.store.sessions import assert_same, saved
from tests.engine.programs import Recording
from tests.oracle.sessions import FOLDER, read

EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "resources" / "examples").glob("*.py"))
SHOW = "def show(f):\n    try:\n        print(f())\n    except Exception as error:\n        print(error)\n"


def record(*cells):
    recording = Recording()
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        for code in cells:
            recording.run(code)
    return recording.trace


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_comes_back(tmp_path, example):
    trace = record(example.read_text())
    with open_session(saved(tmp_path / "a.retro", trace)) as stored:
        assert_same(stored.trace, trace)


@pytest.mark.parametrize(
    "name", ["backward", "hooks", "inplace", "node", "optimizers", "grad_mode", "parametrize", "packed"]
)
def test_programs_about_every_part_of_autograd_come_back(tmp_path, name):
    for code in read(FOLDER / f"{name}.txt").values():
        trace = record(SHOW, "import torch\nfrom torch import nn", code)
        with open_session(saved(tmp_path / "a.retro", trace)) as stored:
            assert_same(stored.trace, trace)
