"""The step panel following a step: a long chain, a sum of thousands of contributions, a stack of thousands of operands.

Milliseconds of the window's thread, median and worst of jumps to the same positions again and again, painted; the
budget is 16 ms at 5,000 nodes and 50 ms at 100,000.
"""

from __future__ import annotations

import os
import statistics
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from engine.trace import Trace
from tests.engine.programs import record
from tests.traces import chain_trace
from ui.step_panel import StepPanel
from ui.view_state import ViewState

MANY = """x = torch.ones(3, requires_grad=True)
y = x * 2
parts = []
for i in range(5000):
    parts.append(y * i)
torch.stack(parts).sum().backward()"""


def jumps(trace: Trace, positions: list[int]) -> list[float]:
    """Milliseconds of each jump, painted."""
    state = ViewState(trace)
    panel = StepPanel(state)
    panel.resize(396, 500)
    panel.show()
    state.set_step(0, 1)
    QApplication.processEvents()
    taken = []
    for position in positions * 5:
        begin = time.thread_time()
        state.set_position(position)
        QApplication.processEvents()
        taken.append((time.thread_time() - begin) * 1e3)
    panel.close()
    return taken


def main() -> None:
    app = QApplication.instance() or QApplication([])
    many = record(MANY)
    cases = {
        "chain, 5,000 nodes": (chain_trace(1_667), [10, 11, 12, 900, 1_600, 800]),
        "chain, 100,000 nodes": (chain_trace(33_333), [10, 11, 12, 20_000, 33_000, 15_000]),
        "5,000 operands": (many, [2, 1]),
        "5,000 contributions": (many, [5_001, 4_000, 5_003, 3_000, 5_002]),
    }
    print(f"{'':<24}{'median':>10}{'worst':>10}")
    for name, (trace, positions) in cases.items():
        taken = jumps(trace, positions)
        print(f"{name:<24}{statistics.median(taken):>10.2f}{max(taken):>10.2f}")
    del app


if __name__ == "__main__":
    main()
