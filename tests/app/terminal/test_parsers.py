"""The commands as a person types them: by subprocess, from an empty environment, without a display."""

import csv
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from app.export import FORMATS, format_of
from app.saving.view_data import view_data
from app.store import Contents, Growth, save_session
from tests.app.export.reading import svg_texts
from tests.traces import seed_trace
from ui.view_state import ViewState

ROOT = Path(__file__).resolve().parents[3]
CODE = """import torch
x = torch.ones(2, 2, requires_grad=True)
y = x + 2
z = (y * y * 3).mean()
z.backward()
print(x.grad)
"""
FAILING = CODE + "1 / 0\n"


@pytest.fixture
def typed(tmp_path):
    """Runs `retrograde ...` in a folder of its own, with nothing said about displays."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"RETROGRADE_HOME": str(tmp_path / "home"), "IPYTHONDIR": str(tmp_path / "ipython")}
    environment["PYTHONPATH"] = str(ROOT)
    (tmp_path / "code.py").write_text(CODE)
    (tmp_path / "failing.py").write_text(FAILING)

    def run(*arguments, stdin=None, stderr=subprocess.PIPE):
        command = [sys.executable, "-m", "app", *map(str, arguments)]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, input=stdin, stdout=subprocess.PIPE, stderr=stderr, text=True,
            timeout=100, check=False,
        )  # fmt: skip

    return run


@pytest.mark.parametrize("form", [format_of("", word) for word in ("png", "pdf", "csv")], ids=lambda form: form.id)
def test_a_script_is_run_and_written(typed, tmp_path, form):
    done = typed("export", "code.py", "-o", f"out{form.suffix}", "--format", form.id, "--step", "2")
    assert done.returncode == 0, done.stderr
    assert "pass 1 of 1, step 2 of 5" in done.stderr
    assert done.stdout.startswith("tensor(")
    assert "%" not in done.stderr  # no progress where nobody watches
    assert any(file.stat().st_size > 500 for file in tmp_path.glob("out*"))


def test_standard_input_is_a_script(typed, tmp_path):
    done = typed("export", "-", "-o", "out.svg", "--title", "From a pipe", "--legend", "--step-panel", stdin=CODE)
    assert done.returncode == 0, done.stderr
    texts = svg_texts(tmp_path / "out.svg")
    assert "From a pipe" in texts
    assert "gradient norm, logarithmic" in texts
    assert "STEP 5 OF 5" in texts


def test_a_notebook_is_run_cell_by_cell(typed, tmp_path):
    cells = [{"cell_type": "code", "source": text, "metadata": {}, "outputs": []} for text in CODE.split("y = ")[:1]]
    cells.append({"cell_type": "code", "source": "(x * x).sum().backward()", "metadata": {}, "outputs": []})
    (tmp_path / "n.ipynb").write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}))
    done = typed("export", "n.ipynb", "-o", "out.json")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "out.json").read_text())["graph"]["source"] == "n.ipynb"


def test_all_steps_are_numbered_files_or_one_film(typed, tmp_path):
    assert typed("export", "code.py", "-o", "s.png", "--step", "all", "--width", "300").returncode == 0
    assert sorted(file.name for file in tmp_path.glob("s-*.png")) == [f"s-{k}.png" for k in range(6)]
    with Image.open(tmp_path / "s-3.png") as image:
        assert image.width == 300
    assert typed("export", "code.py", "-o", "t.svg", "--step", "1:-1").returncode == 0
    assert len(list(tmp_path.glob("t-*.svg"))) == 5
    done = typed("export", "code.py", "-o", "t.dot", "--step", "all")
    assert done.returncode == 2
    assert "holds one step" in done.stderr


def test_size_on_paper_theme_view_and_orientation(typed, tmp_path):
    looks = ["--theme", "dark", "--view", "functions", "--orientation", "left-to-right", "--transparent"]
    assert typed("export", "code.py", "-o", "out.png", "--width", "50.8mm", "--dpi", "150", *looks).returncode == 0
    with Image.open(tmp_path / "out.png") as image:
        assert (image.width, image.mode) == (300, "RGBA")
        assert image.info["dpi"][0] == pytest.approx(150, abs=0.1)
        assert image.width > 3 * image.height


def test_scopes_by_name(typed, tmp_path):
    assert typed("export", "code.py", "-o", "out.csv", "--scope", "selection:op:mul").returncode == 0
    with (tmp_path / "out-nodes.csv").open() as file:
        assert {row["op"] for row in csv.DictReader(file)} == {"MulBackward0"}
    assert typed("export", "code.py", "-o", "group.csv", "--scope", "group:code.py").returncode == 0


def test_a_session_is_exported_as_its_window_showed_it(typed, tmp_path):
    trace = seed_trace()
    state = ViewState(trace)
    state.set_step(0, 3)
    state.select([5, 6, 7])
    canvas = {"view": "FUNCTIONS", "orientation": "left-to-right", "port": [200, 100]}
    canvas["camera"] = {"scale": 1.0, "node": 6, "dx": 0.0, "dy": 0.0}
    batch = Growth().take(trace)
    save_session(tmp_path / "s.retro", Contents(batch, parts={"view": view_data(state), "canvas": canvas}))
    done = typed("export", "s.retro", "-o", "out.svg")
    assert done.returncode == 0, done.stderr
    assert "step 3 of 5" in done.stderr
    assert "y" not in svg_texts(tmp_path / "out.svg")  # functions alone
    assert typed("export", "s.retro", "-o", "last.svg", "--step", "-1", "--scope", "view").returncode == 0
    texts = svg_texts(tmp_path / "last.svg")
    assert "done · 2.25" in texts
    assert "MeanBackward0" not in texts  # beyond the view
    looks = ["--view", "tensors-and-functions", "--scope", "selection"]
    assert typed("export", "s.retro", "-o", "out.csv", *looks).returncode == 0
    with (tmp_path / "out-nodes.csv").open() as file:
        assert [row["id"] for row in csv.DictReader(file)] == ["n5", "n6", "n7"]
    assert json.loads(typed("run", "s.retro", "--json").stdout)["passes"][0]["call"] == "out.backward()"


def test_a_failing_script_ends_with_status_1_and_what_is_there_is_written_when_asked_for(typed, tmp_path):
    done = typed("export", "failing.py", "-o", "out.svg")
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    assert not (tmp_path / "out.svg").exists()
    done = typed("export", "failing.py", "-o", "out.svg", "--keep-going")
    assert done.returncode == 1
    assert "AccumulateGrad" in svg_texts(tmp_path / "out.svg")
    assert typed("run", "failing.py").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["export", "code.py", "-o", "out.bmp"], "use .png"),
        (["export", "code.py", "-o", "out.png", "--format", "tiff"], "no format tiff"),
        (["export", "code.py", "-o", "out.dot", "--scale", "2"], "--scale means nothing to DOT"),
        (["export", "code.py", "-o", "out.json", "--step-panel"], "--step-panel means nothing"),
        (["export", "code.py", "-o", "out.png", "--scale", "2", "--width", "300"], "use one of them"),
        (["export", "code.py", "-o", "out.png", "--width", "5 inches"], "no width"),
        (["export", "code.py", "-o", "out.png", "--step", "x"], "no step"),
        (["export", "code.py", "-o", "out.png", "--step", "4:2"], "backwards"),
        (["export", "code.py", "-o", "out.png", "--step", "9"], "steps run from 0"),
        (["export", "code.py", "-o", "out.png", "--pass", "2"], "numbered from 1"),
        (["export", "code.py", "-o", "out.png", "--scope", "half"], "unknown"),
        (["export", "code.py", "-o", "out.png", "--scope", "group:no"], "There are: "),
        (["export", "code.py", "-o", "out.png", "--scope", "view"], "no view"),
        (["export", "missing.py", "-o", "out.png"], "does not exist"),
        (["export", "missing.retro", "-o", "out.png"], "missing.retro"),
        (["run", "missing.py"], "does not exist"),
        (["run"], "usage:"),
        (["formats", "too", "many"], "usage:"),
    ],
)
def test_a_wrong_command_ends_with_status_2_and_says_what_would_be_right(typed, tmp_path, arguments, words):
    done = typed(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert not list(tmp_path.glob("out*"))


@pytest.mark.parametrize("place", ["none/out.png", "code.py/out.svg", "huge.png"])
def test_what_cannot_be_written_ends_with_status_3(typed, place):
    done = typed("export", "code.py", "-o", place, *(["--scale", "90"] if place == "huge.png" else []))
    assert done.returncode == 3
    assert "cannot be written" in done.stderr or "too many" in done.stderr


def test_run_prints_the_passes_as_a_table(typed):
    done = typed("run", "code.py")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert "z.backward()" in lines[-2]
    assert lines[-2].split()[0] == "1"
    assert lines[-2].rstrip().endswith("ok")
    assert lines[-1] == "13 nodes, 13 edges."


def test_run_as_json_is_nothing_but_json(typed):
    done = typed("run", "code.py", "--json")
    found = json.loads(done.stdout)
    assert "tensor(" in done.stderr
    assert found["succeeded"] is True
    (only,) = found["passes"]
    assert [step["op"] for step in only["steps"]][-1] == "AccumulateGrad"
    assert only["steps"][-1]["after_norm"] == 9.0


def test_formats_lists_the_table(typed):
    done = typed("formats")
    assert done.returncode == 0
    for form in FORMATS:
        assert any(line.split()[:2] == [form.id, form.suffix] for line in done.stdout.splitlines())


def test_the_same_input_gives_the_same_svg(typed, tmp_path):
    for name in ("a.svg", "b.svg"):
        assert typed("export", "code.py", "-o", name, "--step-panel").returncode == 0
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_progress_is_shown_on_a_terminal(typed, tmp_path):
    (tmp_path / "long.py").write_text(CODE.replace("y = x + 2\n", "y = x + 2\nfor _ in range(150):\n    y = y * 1\n"))
    reading, writing = pty.openpty()
    try:
        done = typed("export", "long.py", "-o", "out.png", "--tile", "4000", stderr=writing)
        os.set_blocking(reading, False)
        shown = os.read(reading, 1 << 16)
    finally:
        os.close(reading)
        os.close(writing)
    assert done.returncode == 0
    assert b"Painting" in shown
    assert b"%" in shown


def test_without_a_display_a_session_is_looked_at_as_a_document_is(typed, tmp_path):
    save_session(tmp_path / "s.retro", Contents(Growth().take(seed_trace())))
    done = typed("s.retro")
    assert done.returncode == 0, done.stderr
    assert "pass 1: out.backward(), 5 steps" in done.stderr
    assert "step 5: AccumulateGrad (x)" in done.stderr
    assert (tmp_path / "retrograde-first-look.png").stat().st_size > 1000
