"""What recording costs the user's code in a real kernel: per operation, forward and backward, on against off."""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import QCoreApplication

from tests.app.kernels import Driver

MEASURE = """
import json, statistics, time, torch
from retrograde.engine import observe
recorder = observe.observer

def chain(size, operations):
    x = torch.ones(size, size, requires_grad=True)
    y = x
    started = time.perf_counter()
    for _ in range(operations // 2):
        y = y * 1.0001
        y = y + 0.1
    forward = time.perf_counter() - started
    out = y.sum()
    started = time.perf_counter()
    out.backward()
    return forward / operations * 1e6, (time.perf_counter() - started) / operations * 1e6

found = {}
for size in (2, 256):
    sides = {"off": [], "on": []}
    for _ in range(5):
        for side, observer in (("off", None), ("on", recorder)):
            recorder.flush()
            observe.observer = observer
            sides[side].append(chain(size, 1000))
    observe.observer = recorder
    found[size] = {side: [statistics.median(column) for column in zip(*runs)] for side, runs in sides.items()}
print(json.dumps(found))
"""


def main() -> int:
    """Print microseconds per operation of chains of 1,000, and the ratios."""
    application = QCoreApplication(sys.argv)
    driver = Driver()
    driver.run(MEASURE)
    found = json.loads(driver.said("stdout"))
    driver.close()
    print(f"{'µs per operation':20}{'off':>8}{'on':>8}{'on/off':>8}")
    for size, sides in found.items():
        for index, direction in enumerate(("forward", "backward")):
            off, on = sides["off"][index], sides["on"][index]
            print(f"{size + 'x' + size + ' ' + direction:20}{off:8.2f}{on:8.2f}{on / off:8.2f}")
    del application
    return 0


if __name__ == "__main__":
    sys.exit(main())
