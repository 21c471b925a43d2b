"""Whole programs as people write them, `import torch` and all, whose output and graphs are compared with PyTorch's.

Each is a `.txt` in tests/oracle/programs with what PyTorch printed in the `.out` beside it, which `make_programs.py`
writes.
"""

import contextlib
import importlib
import io
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).with_name("programs")
NAMES = sorted(source.stem for source in FOLDER.glob("*.txt"))
# No part of a word: of `conv1` or `torch.float32` a digit is no number.
MOST_NODES = 24  # of each graph
WITH_OTHER_GRAPHS = ("create_graph", "vmap")  # gradients' formulas and batching have nodes of their own
NUMBER = re.compile(r"(?<![\w.])-?(?:\d+\.?\d*(?:e[-+]?\d+)?)(?![\w])")


def run(name: str) -> list[str]:
    """The lines that a program prints, without addresses, by whatever `import torch` finds; then its graphs."""
    source = FOLDER / f"{name}.txt"
    output = io.StringIO()
    scope = {"__name__": "__main__"}
    torch = importlib.import_module("torch")
    torch.set_printoptions(profile="default")  # what the program before may have set
    torch.set_default_dtype(torch.float32)
    torch.manual_seed(0)
    with warnings.catch_warnings(), contextlib.redirect_stdout(output):
        warnings.simplefilter("ignore")
        code = compile(source.read_text(), str(source), "exec")
        exec(code, scope)  # our own files under tests/oracle/programs
    lines = re.sub(r"0x[0-9a-f]+", "0x", output.getvalue()).splitlines()
    plain = not any(word in source.read_text() for word in WITH_OTHER_GRAPHS)
    return lines + list(graphs(scope)) if plain else lines


def graphs(scope: dict[str, object]) -> Iterator[str]:
    """For each tensor that a program leaves behind with a history: its nodes, nearest first, with what they lead to."""
    torch = sys.modules["torch"]
    for name, value in scope.items():
        if not isinstance(value, torch.Tensor) or value.grad_fn is None:
            continue
        nodes = [value.grad_fn]
        for node in nodes:  # grows while it is gone through
            nodes += [other for other, _ in node.next_functions if other is not None and other not in nodes]
            if len(nodes) > MOST_NODES:
                break
        shown = [f"{node.name()}({', '.join(str(n and n.name()) for n, _ in node.next_functions)})" for node in nodes]
        yield f"{name}: {' '.join(shown[:MOST_NODES])}"


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
