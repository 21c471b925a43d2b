"""Small sessions of PyTorch code whose whole output is compared: values, flags, nodes, warnings, errors.

In a session, `show(f)` prints what `f()` gives, or the type and message of the exception it raises.
"""

import contextlib
import io
import json
import re
import threading
import warnings
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).with_name("sessions")


def read(source: Path) -> dict[str, str]:
    """The sessions of a file by title."""
    found = {}
    for block in re.split(r"^# ", source.read_text(), flags=re.MULTILINE)[1:]:
        title, code = block.split("\n", 1)
        assert title not in found, title
        found[title] = code.strip() + "\n"
    return found


def run(torch, code: str) -> list[str]:
    """The lines that a session prints, without addresses."""
    output = io.StringIO()

    def show(function):
        try:
            print(function(), file=output)
        except Exception as error:
            print(f"{type(error).__name__}: {error}", file=output)

    def printed(*values):
        print(*values, file=output)

    names = {"torch": torch, "np": np, "show": show, "print": printed, "threading": threading}
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(output):
        warnings.simplefilter("always")
        exec(compile(code, "<session>", "exec"), names)  # our own files under tests/oracle/sessions
    torch.set_grad_enabled(True)
    for warning in caught:
        if "torch.jit" in str(warning.message) or "GraphModule" in str(warning.message):  # PyTorch's own affairs
            continue
        printed(f"{warning.category.__name__}: {warning.message}")
    text = re.sub(r"0x[0-9a-f]+", "0x", output.getvalue())
    return re.sub(r" \(Triggered internally at [^)]*\)", "", text).splitlines()


def titles(name: str) -> list[str]:
    """The sessions of one file."""
    return list(read(FOLDER / f"{name}.txt"))


def check(torch, name: str, title: str) -> None:
    """Run a session and compare it, line by line, with what PyTorch printed."""
    source = FOLDER / f"{name}.txt"
    wanted = json.loads(source.with_suffix(".json").read_text())
    assert run(torch, read(source)[title]) == wanted[title]
