"""Cost per operation of the engine beside real PyTorch (CPU, 2 threads), both measured in turn in one process.

Microseconds per operation or node, medians; `ratio` is engine / PyTorch. "watched" has an observer that does nothing.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from engine import observe, torch as ours

ROUNDS = 40
Times = tuple[float, float]


class Silent:
    """An observer that hears everything and keeps nothing."""

    def operation(self, node, op, operands, outputs, inplace) -> None:
        """See Observer."""

    def before_inplace(self, tensor) -> None:
        """See Observer."""

    def pass_started(self, run) -> None:
        """See Observer."""

    def step(self, step) -> None:
        """See Observer."""

    def pass_ended(self, run, error) -> None:
        """See Observer."""

    def recomputation_started(self, run, name) -> None:
        """See Observer."""

    def recomputation_ended(self) -> None:
        """See Observer."""

    def requires_grad_changed(self, tensor) -> None:
        """See Observer."""

    def module_started(self, module) -> None:
        """See Observer."""

    def module_ended(self, started) -> None:
        """See Observer."""

    def tangent_made(self) -> None:
        """See Observer."""

    def gradient_retained(self, tensor) -> None:
        """See Observer."""


def chain(torch: Any, count: int = 1000) -> Times:
    """A chain of multiplications and additions on 2x2."""
    x, w = torch.ones(2, 2, requires_grad=True), torch.ones(2, 2)
    seed = torch.ones(2, 2)
    started = time.perf_counter()
    y = x
    for _ in range(count // 2):
        y = y * w
        y = y + x
    middle = time.perf_counter()
    y.backward(seed)
    return (middle - started) / count, (time.perf_counter() - middle) / count


def mixed(torch: Any, count: int = 1000) -> Times:
    """A chain of ten different pointwise operations on 2x2."""
    x, w = torch.ones(2, 2, requires_grad=True), torch.full((2, 2), 0.5)
    seed = torch.ones(2, 2)
    started = time.perf_counter()
    y = x
    for _ in range(count // 10):
        y = y.sin()
        y = y * w
        y = y.exp()
        y = y / 2
        y = y.tanh()
        y = y - w
        y = y.sigmoid()
        y = -y
        y = y.cos()
        y = y + 0.5
    middle = time.perf_counter()
    y.backward(seed)
    return (middle - started) / count, (time.perf_counter() - middle) / count


def scalars(torch: Any, count: int = 10_000) -> Times:
    """A graph of 10,000 scalar nodes in which every value is used twice."""
    x, y = torch.tensor(1.0, requires_grad=True), torch.tensor(0.5, requires_grad=True)
    started = time.perf_counter()
    for _ in range(count // 2):
        x, y = x + y, x * y
    middle = time.perf_counter()
    (x + y).backward()
    return (middle - started) / count, (time.perf_counter() - middle) / count


def measure(function: Callable[[Any], Times], torch: Any) -> dict[str, list[Times]]:
    """The times of all ways, one round after the other."""
    found: dict[str, list[Times]] = {"torch": [], "engine": [], "watched": []}
    rounds = ROUNDS if function is not scalars else ROUNDS // 4
    for _ in range(rounds):
        found["torch"].append(function(torch))
        found["engine"].append(function(ours))
        observe.observer = Silent()
        try:
            found["watched"].append(function(ours))
        finally:
            observe.observer = None
    return found


def bytes_per_node(which: str, operation: str, count: int = 200_000) -> float:
    """What a chain of one operation on 2x2 adds to a fresh process, divided by its nodes."""
    setup = "import torch" if which == "torch" else "from engine import torch"
    program = f"""
import gc
{setup}
def resident():
    gc.collect()
    return int(open("/proc/self/statm").read().split()[1]) * 4096
x, w = torch.ones(2, 2, requires_grad=True), torch.ones(2, 2)
y = x
for _ in range(1000):
    y = {operation}
before = resident()
for _ in range({count}):
    y = {operation}
print((resident() - before) / {count})
"""
    return float(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout)


def main() -> None:
    """Print the tables."""
    try:
        import torch
    except ImportError:
        print("torch is not installed: nothing to compare with")
        return
    torch.set_num_threads(2)
    print(f"{'':10}{'':10}{'torch us':>10}{'engine us':>11}{'ratio':>7}{'watched us':>12}")
    for function in (chain, mixed, scalars):
        found = measure(function, torch)
        for number, part in enumerate(("forward", "backward")):
            theirs, mine, watched = (
                statistics.median(each[number] for each in found[way]) * 1e6 for way in ("torch", "engine", "watched")
            )
            print(f"{function.__name__:10}{part:10}{theirs:10.2f}{mine:11.2f}{mine / theirs:7.2f}{watched:12.2f}")
    for operation, what in (("y * w", "nothing of its own kept"), ("y * x", "the 2x2 input of each kept too")):
        theirs, mine = bytes_per_node("torch", operation), bytes_per_node("engine", operation)
        print(f"bytes per node of y = {operation} ({what}): torch {theirs:.0f}, engine {mine:.0f}")


if __name__ == "__main__":
    main()
