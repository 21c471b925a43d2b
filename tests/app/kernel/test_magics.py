import sys
from types import ModuleType

import pytest
from IPython.core.interactiveshell import InteractiveShell

from app.kernel.magics import MISSING, install_matplotlib_magic


class Shell:
    """As much of IPython's shell as the magic needs."""

    def __init__(self):
        self.magics = {"matplotlib": lambda line: f"IPython's own: {line}"}

    def find_line_magic(self, name):
        return self.magics[name]

    def register_magic_function(self, function, kind, name):
        self.magics[name] = function


@pytest.fixture
def magic():
    shell = Shell()
    install_matplotlib_magic(shell)
    return shell.magics["matplotlib"]


def test_without_matplotlib_it_says_so_in_one_line(magic, monkeypatch, capsys):
    monkeypatch.setattr("app.kernel.magics.find_spec", lambda name: None)
    assert magic("inline") is None
    assert capsys.readouterr().out == MISSING + "\n"


def test_with_matplotlib_it_is_ipythons_own(magic, monkeypatch, capsys):
    monkeypatch.setattr("app.kernel.magics.find_spec", lambda name: ModuleType(name))
    assert magic("inline") == "IPython's own: inline"
    assert capsys.readouterr().out == ""


def test_ipython_offers_what_the_magic_stands_on():
    assert callable(InteractiveShell.find_line_magic)
    assert callable(InteractiveShell.register_magic_function)
    assert "IPython" in sys.modules
