"""From Enter to pixels: a cell of 50 nodes is run, and the clock stops when the canvas has painted them.

The cell's own time, as the kernel measured it, is taken off. Goal: <= 100 ms for 50 nodes.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop

from app.application import application
from app.session.session import Session
from app.settings import Settings
from app.window.main_window import MainWindow
from engine.trace import NodeKind

ROUNDS = 7
SIZES = (50, 500)


def cell(nodes: int) -> str:
    """Code that adds about `nodes` nodes: a leaf with AccumulateGrad and .grad, then function and tensor in turn."""
    return f"x = torch.ones(2, 2, requires_grad=True)\nfor _ in range({(nodes - 3) // 2}):\n    x = torch.sin(x)\n"


def until(condition: object) -> None:
    """Turn the event loop until `condition()` holds."""
    while not condition():  # type: ignore[operator]  # a callable
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)


def measure(window: MainWindow, nodes: int) -> tuple[float, float]:
    """(seconds from Enter to painted pixels, the cell's own seconds)."""
    trace = window.session.trace
    before, cells = len(trace.nodes), len(trace.cells)
    start = time.perf_counter()
    window.session.run(cell(nodes))
    until(lambda: len(trace.cells) > cells and trace.cells.status[-1] and len(trace.nodes) >= before + nodes - 4)
    until(lambda: not window.canvas.busy)
    window.canvas.graph.viewport().repaint()
    total = time.perf_counter() - start
    functions = int((trace.nodes.kind[before:] == NodeKind.FUNCTION).sum())
    if functions < (nodes - 3) // 2:
        raise SystemExit(f"{functions} functions were recorded, {(nodes - 3) // 2} expected")
    return total, float(trace.cells.seconds[-1])


def main() -> None:
    """Print medians per size, each in a new session."""
    app = application()
    print(f"{'nodes':>8}{'total ms':>12}{'cell ms':>12}{'beyond the cell ms':>22}   medians of {ROUNDS}")
    for nodes in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            session = Session()
            session.start()
            window = MainWindow(session, Settings(Path(folder) / "settings.ini"))
            session.setParent(window)
            window.attach_console()
            window.resize(1600, 1000)
            window.show()
            until(lambda: session.state == "idle")  # noqa: B023 - called at once
            session.run("import torch")
            until(lambda: len(session.trace.cells) == 1 and session.trace.cells.status[-1])  # noqa: B023 - called at once
            measure(window, nodes)
            rows = [measure(window, nodes) for _ in range(ROUNDS)]
            total, own = (statistics.median(column) * 1e3 for column in zip(*rows, strict=True))
            goal = "   goal <= 100" if nodes == SIZES[0] else ""
            print(f"{nodes:8}{total:12.1f}{own:12.1f}{total - own:22.1f}{goal}")
            window.files.forget_changes()
            window.close()
    app.quit()


if __name__ == "__main__":
    main()
