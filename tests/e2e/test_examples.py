"""Every example runs to its end, is short, has a title, and makes at least one backward pass."""

import pytest

from app.documents import first_line_title, open_document
from app.paths import resources
from app.terminal.headless import run_document, steps_in_words
from engine.trace import Status

EXAMPLES = sorted((resources() / "examples").glob("*.py"))


def test_there_are_examples_and_the_first_one_is_where_make_run_looks():
    assert len(EXAMPLES) >= 6
    assert resources() / "examples" / "first_backward.py" in EXAMPLES


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_and_is_recorded(qapp, path, capsys):
    title = first_line_title(path)
    assert 10 < len(title) < 60
    assert title != path.stem.replace("_", " ")
    run = run_document(open_document(path))
    assert run.succeeded, capsys.readouterr().err
    trace = run.trace
    assert len(trace.passes) >= 1
    assert all(status == Status.OK for status in trace.passes.status)
    assert len(steps_in_words(trace)) >= 3
    assert "tensor(" in capsys.readouterr().out
