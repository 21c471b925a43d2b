"""Single operations on 2x2, tracked, beside real PyTorch's, in turn in one process on one thread; and what recording
a chain of them costs the user's own thread.

Microseconds, smallest of the rounds: other programs on the machine only ever add to them.
"""

from __future__ import annotations

import time
import timeit
from types import ModuleType
from typing import Any

from engine import observe, torch as ours
from engine.recording.recorder import Recorder
from engine.trace import Trace

ROUNDS, TIMES = 150, 100
OPERATIONS = (
    "a + b", "torch.relu(a)", "a.sum()", "a.mean()", "a.max()", "a ** 2", "a @ b", "torch.mm(a, b)",
    "torch.addmm(v, a, b)", "F.linear(a, b, v)", "a.view(4)", "a.reshape(4)", "a.t()", "a.T", "a.unsqueeze(0)",
    "a.permute(1, 0)", "a[0]", "a[:, 1]", "a[0, 1]", "a[places]", "torch.where(mask, a, b)", "torch.stack([a, b])",
    "torch.cat([a, b])", "a.expand(2, 2)", "v.expand(2, 2)", "a.chunk(2)", "a.clone()", "a.cumsum(0)", "a.detach()",
    "a.softmax(-1)", "F.layer_norm(a, (2,))", "F.cross_entropy(a, places)", "F.mse_loss(a, b)", "F.gelu(a)",
    "torch.tensor([1.0, 2.0])", "torch.tensor(1.0)", "torch.zeros(2, 2)", "torch.randn(2, 2)",
)  # fmt: skip
CHAIN = """
def chain(torch, clock):
    x = torch.ones(2, 2, requires_grad=True)
    started = clock()
    y = x
    for _ in range(500):
        y = y * 1.0001
        y = y + 0.1
    middle = clock()
    y.sum().backward()
    return (middle - started) * 1000, (clock() - middle) * 1000
"""


def names(torch: Any) -> dict[str, Any]:
    """What the operations are made of."""
    a, b = (torch.ones(2, 2, requires_grad=True) * 1 for _ in range(2))
    v = torch.ones(2, requires_grad=True) * 1
    places, mask = torch.tensor([0, 1]), torch.tensor([[True, False], [False, True]])
    return {"torch": torch, "F": torch.nn.functional, "a": a, "b": b, "v": v, "places": places, "mask": mask}


def compare(theirs: ModuleType) -> None:
    """Print each operation's times and their ratio."""
    print(f"{'':28}{'torch us':>10}{'engine us':>11}{'ratio':>7}")
    mine, others = names(ours), names(theirs)
    for operation in OPERATIONS:
        here, there = timeit.Timer(operation, globals=mine), timeit.Timer(operation, globals=others)
        rounds = [(here.timeit(TIMES), there.timeit(TIMES)) for _ in range(ROUNDS)]
        one, other = (min(column) / TIMES * 1e6 for column in zip(*rounds, strict=True))
        print(f"{operation:28}{other:10.2f}{one:11.2f}{one / other:7.2f}")


def record() -> None:
    """Print what operations and steps cost the thread that runs them while nothing is worked off."""
    code: dict[str, Any] = {}
    exec(compile(CHAIN, "<cell>", "exec"), code)  # not in this file: as a person's cell, outside of the engine
    recorder = Recorder(Trace().counts())
    found: dict[str, list[tuple[float, float]]] = {"off": [], "on": []}
    for _ in range(ROUNDS):
        for side, observer in (("off", None), ("on", recorder)):
            observe.observer = observer
            found[side].append(code["chain"](ours, time.thread_time))
            observe.observer = None
        recorder.flush()
        recorder.take()
    print(f"{'recording, own thread':28}{'off us':>10}{'on us':>11}{'ratio':>7}")
    for part, name in enumerate(("forward", "backward")):
        off, on = (min(times[part] for times in found[side]) for side in ("off", "on"))
        print(f"{name:28}{off:10.2f}{on:11.2f}{on / off:7.2f}")


def main() -> None:
    """Print the tables."""
    record()
    try:
        import torch
    except ImportError:
        print("torch is not installed: nothing to compare single operations with")
        return
    torch.set_num_threads(1)
    compare(torch)


if __name__ == "__main__":
    main()
