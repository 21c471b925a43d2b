"""What the kernel process imports and hides, in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.kernel.cells import status_of
from app.kernel.isolation import ROOT
from app.kernel.main import command
from app.protocol.cell_source import source_of
from engine.trace import Status

PREPARE = """
import sys
sys.path[:0] = [{root!r}]
from app.kernel.isolation import hide_own_modules, own_root_first
own_root_first()
import engine.torch, engine.recording.recorder, app.kernel.cells, app.kernel.sender
from app.kernel.torch_import import TorchFinder
hide_own_modules()
TorchFinder("retrograde.engine.torch").install()
sys.path.insert(0, "")
"""


def run(code, folder):
    """What the code prints in a process prepared as the kernel is, started in `folder`."""
    script = PREPARE.format(root=str(ROOT)) + code
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_torch_and_its_submodules_are_the_engines(tmp_path):
    code = (
        "import torch, torch.autograd as A\nfrom torch import Tensor\nimport retrograde.engine.torch as real\n"
        "print(torch is real, A is real.autograd, torch.autograd is A, Tensor is torch.Tensor)\n"
        "print(torch.__spec__.name, A.__spec__.name)"
    )
    assert run(code, tmp_path) == ["True"] * 4 + ["retrograde.engine.torch", "retrograde.engine.torch.autograd"]


def test_classes_are_imported_from_where_pytorch_has_them(tmp_path):
    code = (
        "import torch.backends.cudnn as cudnn, torch.nn.modules.loss\n"
        "from torch.nn.modules.utils import _pair\nfrom torch.nn.modules.conv import _ConvNd, Conv2d\n"
        "from torch.optim.adam import Adam\nfrom torch.distributions.normal import Normal\nimport torch.nn as nn\n"
        "print(Conv2d is nn.Conv2d, Adam is torch.optim.Adam, Normal is torch.distributions.Normal)\n"
        "print(issubclass(Conv2d, _ConvNd), torch.nn.modules.loss.MSELoss is nn.MSELoss)\nprint(*_pair(2))\n"
        "print(cudnn.is_available())"
    )
    assert run(code, tmp_path) == ["True"] * 5 + ["2", "2", "False"]


def test_a_submodule_that_the_engine_lacks_names_itself_and_the_engine(tmp_path):
    code = (
        "try:\n    import torch.quantization.fx\nexcept ModuleNotFoundError as error:\n"
        "    print(error.name, 'embedded engine' in str(error), 'torch.quantization' in str(error))"
    )
    assert run(code, tmp_path) == ["torch.quantization", "True", "True"]


def test_a_function_that_the_engine_lacks_names_itself(tmp_path):
    code = (
        "import torch\ntry:\n    torch.stft\nexcept NotImplementedError as error:\n    print('stft' in str(error))\n"
        "print(hasattr(torch, 'stft'))"
    )
    assert run(code, tmp_path) == ["True", "False"]


@pytest.mark.parametrize("name", ["engine", "app", "ui"])
def test_the_users_own_modules_are_theirs(tmp_path, name):
    (tmp_path / f"{name}.py").write_text("whose = 'mine'\n")
    code = f"import {name}\nprint({name}.whose)\nimport torch\nprint(float((torch.ones(2) * 2).sum()))"
    assert run(code, tmp_path) == ["mine", "4.0"]


def test_our_modules_are_not_importable_by_their_short_names(tmp_path):
    code = "import importlib.util as u\nprint(*(u.find_spec(name) for name in ('engine', 'app', 'ui')))"
    assert run(code, tmp_path) == ["None"] * 3


def test_what_the_engine_imports_late_is_found_under_its_new_name(tmp_path):
    code = "import torch\nx = torch.ones(2, requires_grad=True)\nprint((x * x).grad_fn._saved_self is x, repr(x)[:6])"
    assert run(code, tmp_path) == ["True", "tensor"]


def test_a_module_of_the_users_named_like_the_standard_librarys_does_not_break_the_start(tmp_path):
    (tmp_path / "random.py").write_text("raise SystemExit('shadowed')\n")
    assert run("print('started')", tmp_path) == ["started"]


def test_the_kernel_loads_no_qt(tmp_path):
    code = "import sys\nprint([n for n in sys.modules if n.startswith(('PySide6', 'qtpy'))])"
    assert run(code, tmp_path) == ["[]"]


def test_the_command_line_starts_from_source_and_from_a_bundle(monkeypatch):
    assert command()[0] == sys.executable
    assert str(Path(ROOT)) in command()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert command() == [sys.executable, "--kernel", "-f", "{connection_file}"]


def test_a_cell_of_a_document_keeps_its_place():
    source = source_of("\n\n    x = 1\n    y = 2", {"title": "notes.py", "path": "/notes.py", "first_line": 11}, 3)
    assert (source.title, source.path) == ("notes.py", "/notes.py")
    assert source.text.split("\n")[12] == "    x = 1"
    assert (source.line_shift, source.column_shift) == (12, 4)


def test_a_cell_of_the_console_is_titled_by_its_number():
    assert source_of("x", {}, 3).title == "In [3]"
    assert source_of("x", {"title": "", "first_line": "?"}, 3).line_shift == 0


@pytest.mark.parametrize(
    ("error", "status"),
    [(None, Status.OK), (ValueError(), Status.ERROR), (KeyboardInterrupt(), Status.INTERRUPTED)],
)
def test_how_a_cell_ended(error, status):
    assert status_of(error) == status


def test_a_bundle_loads_the_whole_engine_before_it_is_renamed(tmp_path):
    code = (
        "import pkgutil, retrograde.engine as e\n"
        "from retrograde.app.kernel.isolation import load_everything\nload_everything(e)\n"
        "names = [m.name for m in pkgutil.walk_packages(e.__path__, e.__name__ + '.')]\n"
        "print(len(names) > 20, all(name in sys.modules for name in names))"
    )
    assert run(code, tmp_path) == ["True", "True"]
