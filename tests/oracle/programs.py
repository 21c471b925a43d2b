"""Whole programs as people write them, `import torch` and all, whose output is compared with PyTorch's.

Each is a `.txt` in tests/oracle/programs with what PyTorch printed in the `.out` beside it, which `make_programs.py`
writes.
"""

import contextlib
import importlib
import io
import re
import sys
import warnings
from pathlib import Path

FOLDER = Path(__file__).with_name("programs")
NAMES = sorted(source.stem for source in FOLDER.glob("*.txt"))
# No part of a word: of `conv1` or `torch.float32` a digit is no number.
NUMBER = re.compile(r"(?<![\w.])-?(?:\d+\.?\d*(?:e[-+]?\d+)?)(?![\w])")


def run(name: str) -> list[str]:
    """The lines that a program prints, without addresses, by whatever `import torch` finds."""
    source = FOLDER / f"{name}.txt"
    output = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(output):
        warnings.simplefilter("ignore")
        code = compile(source.read_text(), str(source), "exec")
        exec(code, {"__name__": "__main__"})  # our own files under tests/oracle/programs
    return re.sub(r"0x[0-9a-f]+", "0x", output.getvalue()).splitlines()


@contextlib.contextmanager
def torch_is(package: str):
    """Let `import torch` find another package, with its modules, those too that it would import later."""
    for name in getattr(sys.modules[package], "_LATE", ()):
        importlib.import_module(f"{package}.{name}")
    before = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "torch"}
    found = {
        "torch" + name.removeprefix(package): module
        for name, module in sys.modules.items()
        if name == package or name.startswith(f"{package}.")
    }
    for name in before:
        del sys.modules[name]
    sys.modules.update(found)
    try:
        yield
    finally:
        for name in found:
            sys.modules.pop(name, None)
        sys.modules.update(before)


def stored(name: str) -> list[str]:
    """What PyTorch printed."""
    return (FOLDER / f"{name}.out").read_text().splitlines()


def alike(line: str, wanted: str) -> bool:
    """The same words, and numbers that differ by rounding at most: sums come in another order on other processors."""
    if NUMBER.sub("#", re.sub(r"\s+", " ", line)) != NUMBER.sub("#", re.sub(r"\s+", " ", wanted)):
        return False
    pairs = zip(NUMBER.findall(line), NUMBER.findall(wanted), strict=True)
    return all(abs(float(one) - float(other)) <= 2e-3 * max(1.0, abs(float(other))) for one, other in pairs)
