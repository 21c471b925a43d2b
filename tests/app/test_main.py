"""The command line. Tests that draw start a real kernel; the others end before Qt is needed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from app import main as command
from app.main import has_display, main
from app.version import __version__

ROOT = Path(__file__).resolve().parents[2]
CODE = "import torch\nx = torch.ones(2, 2, requires_grad=True)\n(x * x).sum().backward()\nprint(x.grad)\n"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RETROGRADE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "code.py"
    path.write_text(CODE)
    return path


def test_version_and_help_are_printed(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"retrograde {__version__}\n"
    assert main(["--help"]) == 0
    assert "export" in capsys.readouterr().out
    assert main(["export", "--help"]) == 0
    assert "--pass" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--no-such-option"], ["a.py", "b.py"], ["export"], ["export", "a.py"]])
def test_a_wrong_command_ends_with_status_2(capsys, arguments):
    assert main(arguments) == 2
    assert "usage:" in capsys.readouterr().err


def test_an_export_runs_the_code_and_writes_the_picture(qapp, capsys, script, tmp_path):
    picture = tmp_path / "out.png"
    assert main(["export", str(script), "-o", str(picture)]) == 0
    printed = capsys.readouterr()
    assert printed.out == "tensor([[2., 2.],\n        [2., 2.]])\n"
    assert "pass 1 of 1, step 3 of 3" in printed.err
    assert not QImage(str(picture)).isNull()


def test_an_svg_shows_the_step_that_was_asked_for(qapp, capsys, script, tmp_path):
    first, last = tmp_path / "first.svg", tmp_path / "last.svg"
    assert main(["export", str(script), "-o", str(first), "--pass", "1", "--step", "0", "--theme", "dark"]) == 0
    assert main(["export", str(script), "-o", str(last), "--step", "-1"]) == 0
    assert "MulBackward0" in first.read_text()
    assert "done" not in first.read_text()
    assert "done" in last.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--pass", "2"], "There is no pass 2; the code made 1"),
        (["--pass", "0"], "There is no pass 0"),
        (["--step", "4"], "There is no step 4 in pass 1; steps run from 0 (the seed) to 3"),
        (["--step", "-2"], "There is no step -2"),
    ],
)
def test_a_pass_or_step_that_is_not_there_is_told_with_those_that_are(qapp, capsys, script, tmp_path, arguments, said):
    assert main(["export", str(script), "-o", str(tmp_path / "out.svg"), *arguments]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out.svg").exists()


def test_an_unknown_suffix_lists_the_known_ones_before_anything_runs(capsys, script, tmp_path):
    assert main(["export", str(script), "-o", str(tmp_path / "out.bmp")]) == 2
    said = capsys.readouterr()
    assert ".png" in said.err
    assert ".svg" in said.err
    assert said.out == ""


@pytest.mark.parametrize("scale", ["0", "-1", "nan"])
def test_a_scale_that_is_none_is_refused(capsys, script, tmp_path, scale):
    assert main(["export", str(script), "-o", str(tmp_path / "out.png"), "--scale", scale]) == 2
    assert "--scale" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["missing.py", "damaged.ipynb", "text.txt"])
def test_an_input_that_cannot_be_opened_ends_with_status_2(capsys, tmp_path, name):
    if name != "missing.py":
        (tmp_path / name).write_text("{")
    assert main(["export", str(tmp_path / name), "-o", str(tmp_path / "out.png")]) == 2
    assert name in capsys.readouterr().err


def test_code_that_fails_ends_with_status_1_and_its_traceback(qapp, capsys, tmp_path):
    path = tmp_path / "code.py"
    path.write_text("import torch\nprint('before')\ntorch.ones(2).no_such_thing()\nprint('after')\n")
    assert main(["export", str(path), "-o", str(tmp_path / "out.png")]) == 1
    said = capsys.readouterr()
    assert said.out == "before\n"
    assert "no_such_thing" in said.err
    assert "\x1b" not in said.err
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize("code", ["import os\nos._exit(1)\n", "x = (\n"])
def test_a_kernel_that_dies_and_a_syntax_error_end_with_status_1(qapp, capsys, tmp_path, code):
    path = tmp_path / "code.py"
    path.write_text(code)
    assert main(["export", str(path), "-o", str(tmp_path / "out.png")]) == 1
    assert capsys.readouterr().err != ""


def test_a_picture_that_cannot_be_written_ends_with_status_3(qapp, capsys, script, tmp_path):
    assert main(["export", str(script), "-o", str(tmp_path / "none" / "out.png")]) == 3
    assert "cannot be written" in capsys.readouterr().err


def test_without_a_display_a_file_is_run_stepped_and_drawn(qapp, capsys, script, tmp_path, monkeypatch):
    monkeypatch.setattr(command, "has_display", lambda: False)
    monkeypatch.chdir(tmp_path)
    assert main([str(script)]) == 0
    said = capsys.readouterr().err
    assert "pass 1: (x * x).sum().backward(), 3 steps" in said
    assert "step 2: MulBackward0" in said
    assert str(tmp_path / "retrograde-first-look.png") in said
    assert not QImage(str(tmp_path / "retrograde-first-look.png")).isNull()


def test_without_a_display_and_without_a_file_the_way_to_a_picture_is_told(capsys, monkeypatch):
    monkeypatch.setattr(command, "has_display", lambda: False)
    assert main([]) == 2
    assert "retrograde export" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a display")
def test_a_display_is_known_by_its_variable(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert not has_display()
    monkeypatch.setenv("DISPLAY", ":0")
    assert has_display()


def test_an_export_chooses_the_offscreen_platform_by_itself(script, tmp_path):
    kept = {"PATH", "HOME", "RETROGRADE_HOME", "IPYTHONDIR", "SYSTEMROOT", "TMPDIR"}
    environment = {name: value for name, value in os.environ.items() if name in kept}
    command_line = [sys.executable, "-m", "app", "export", str(script), "-o", str(tmp_path / "out.png")]
    done = subprocess.run(command_line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.count("2.")) == (0, 4), done.stderr
    assert (tmp_path / "out.png").exists()


def test_the_kernel_process_never_loads_qt():
    code = (
        "import sys; import app.main, app.kernel.main; "
        "sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60).returncode == 0
