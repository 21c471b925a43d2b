"""What recording costs the user's code in a real kernel, on against off in turn in one process; and what it holds.

`forward` and `backward` are the times of the user's own statements: what waits to become rows then is worked off later,
which `end to end` counts. Times are the smallest of the rounds.
"""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import QCoreApplication

from tests.app.kernels import Driver

MEASURE = """
import json, time, torch
from retrograde.engine import observe
recorder = observe.observer
F = torch.nn.functional

def timed(forward, backward):
    started = time.perf_counter()
    made = forward()
    between = time.perf_counter()
    backward(made)
    return between - started, time.perf_counter() - between

def chain(size):
    x = torch.ones(size, size, requires_grad=True)
    def forward():
        y = x
        for _ in range(2500):
            y = y * 1.0001
            y = y + 0.1
        return y.sum()
    return timed(forward, lambda out: out.backward()), 5001

def products(size):
    x = torch.ones(size, size, requires_grad=True)
    w = torch.eye(size, requires_grad=True)
    def forward():
        y = x
        for _ in range(1250):
            y = (y @ w).tanh()
            y = (y * 1.1).relu()
        return y.sum()
    return timed(forward, lambda out: out.backward()), 5001

net = torch.nn.Sequential(
    torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10)
)
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
data, target = torch.randn(32, 64), torch.randint(0, 10, (32,))

def mlp(_):
    def step(loss):
        optimizer.zero_grad()
        loss.backward()
    return timed(lambda: F.cross_entropy(net(data), target), step), 1

def training(_):
    started = time.perf_counter()
    for _ in range(20):
        mlp(0)
        optimizer.step()
    return (time.perf_counter() - started, 0.0), 20

found = {}
CASES = [("2x2", chain, 2), ("64x64", chain, 64), ("64x64 products", products, 64), ("mlp", mlp, 0)]
CASES += [("mlp training", training, 0)]
for name, run, size in CASES:
    sides = {"off": [], "on": []}
    for _ in range(9):
        for side, observer in (("off", None), ("on", recorder)):
            recorder.flush()
            observe.observer = observer
            times, count = run(size)
            sides[side].append([seconds / count * 1e6 for seconds in times])
    observe.observer = recorder
    found[name] = {side: [min(column) for column in zip(*runs)] for side, runs in sides.items()}
print(json.dumps(found))
"""

END_TO_END = """
import json, time, torch
from retrograde.engine import observe
x = torch.ones(2, 2, requires_grad=True)
y = x
started = time.perf_counter()
for _ in range(12500):
    y = y * 1.0001
    y = y + 0.1
middle = time.perf_counter()
observe.observer.flush()
forward = time.perf_counter()
y.sum().backward()
observe.observer.flush()
ended = time.perf_counter()
print(json.dumps([25000 / (forward - started), 25000 / (ended - forward), observe.observer.take_lost()]))
"""

HELD = """
import json, resource, torch
x = torch.ones(64, 64, requires_grad=True)
def chain(count):
    y = x
    for _ in range(count // 2):
        y = y * 1.0001
        y = y + 0.1
    y.sum().backward()
chain(100)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for _ in range(4):
    chain(10_000)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps((after - before) / 1024))
"""

BUDGET = 256 << 20


def ask(code: str, **keywords: int) -> object:
    """What a cell in a new kernel prints, as JSON."""
    driver = Driver(**keywords)
    request = driver.session.run(code)
    driver.wait(lambda: request in driver.finished, seconds=600)
    said = driver.said("stdout", "error")
    driver.close()
    return json.loads(said)


def main() -> int:
    """Print microseconds per operation of graphs of 5,000 nodes and the ratios, throughput, and memory."""
    application = QCoreApplication(sys.argv)
    for title, budget in (
        ("memory new to the process", 1 << 30),
        (f"budget {BUDGET >> 20} MiB, memory reused", BUDGET),
    ):
        found = ask(MEASURE, budget=budget)
        assert isinstance(found, dict)
        print(f"{'us per operation; ' + title:46}{'off':>9}{'on':>9}{'on/off':>8}")
        for name, sides in found.items():
            for index, direction in enumerate(("forward", "backward") if sides["off"][1] else ("step",)):
                off, on = sides["off"][index], sides["on"][index]
                print(f"{name + ' ' + direction:46}{off:9.2f}{on:9.2f}{on / off:8.2f}")
    rates = ask(END_TO_END)
    assert isinstance(rates, list)
    print(f"end to end, 25,000 operations and their pass: {rates[0]:,.0f} and {rates[1]:,.0f} /s, {rates[2]} lost")
    held = ask(HELD, budget=BUDGET)
    print(f"budget {BUDGET >> 20} MiB, 40,000 operations on 16 KiB and their passes: peak {held:,.0f} MiB over before")
    del application
    return 0


if __name__ == "__main__":
    sys.exit(main())
