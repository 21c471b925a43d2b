"""From process start to the first paint, and to the end of the first execution, beside plain `jupyter qtconsole`.

Both programs run in turn, each in a new process with an empty home, and report against the moment the process was made.
Goal: no slower than 1.2 times qtconsole.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 5

# Both children: the first paint of a top-level window, then `1+1` as soon as the kernel takes it.
COMMON = """
import json, os, sys, time
start = float(os.environ["RETROGRADE_BENCH_START"])
os.environ.setdefault("QT_API", "pyside6")
marks = {}
def mark(name):
    marks.setdefault(name, time.time() - start)
def watch_first_paint():
    from PySide6.QtCore import QCoreApplication, QEvent, QObject
    class Watch(QObject):
        def eventFilter(self, watched, event):
            if event.type() == QEvent.Type.Paint:
                mark("shown")
            return False
    filter = Watch()
    QCoreApplication.instance().installEventFilter(filter)
    return filter
def finish():
    mark("executed")
    print(json.dumps(marks), flush=True)
"""

RETROGRADE = (
    COMMON
    + """
from app.kernel.early import start_early  # as app.main does
early = start_early()
from app.application import application, open_window
app = application()
watch = watch_first_paint()
window = open_window(None, early)
session = window.session
session.request_finished.connect(
    lambda request, status: (finish(), window.files.forget_changes(), window.close(), app.quit())
)
session.run("1+1")
app.exec()
"""
)

QTCONSOLE = (
    COMMON
    + """
from PySide6.QtCore import QTimer
from qtconsole.qtconsoleapp import JupyterQtConsoleApp
console = JupyterQtConsoleApp()
console.initialize(["--no-confirm-exit"])
watch = watch_first_paint()
widget = console.window.active_frontend
def executed(message):
    finish()
    console.kernel_manager.shutdown_kernel(now=True)
    os._exit(0)
widget.executed.connect(executed)
def ready():
    if widget._prompt and "In [" in widget._control.toPlainText():
        poll.stop()
        widget.execute("1+1")
poll = QTimer(interval=5)
poll.timeout.connect(ready)
poll.start()
console.start()
"""
)


def measure(code: str) -> dict[str, float]:
    """Seconds from process start to each mark."""
    with tempfile.TemporaryDirectory() as home:
        environment = dict(os.environ, HOME=home, XDG_STATE_HOME=home, XDG_CONFIG_HOME=home, XDG_DATA_HOME=home)
        environment |= {"PYTHONPATH": os.getcwd(), "RETROGRADE_BENCH_START": repr(time.time())}
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False
        )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise SystemExit(f"the measured program said nothing:\n{done.stderr[-2000:]}")
    return dict(json.loads(lines[-1]))


def main() -> None:
    """Print medians and ratios."""
    programs = {"retrograde": RETROGRADE, "qtconsole": QTCONSOLE}
    for code in programs.values():
        measure(code)  # warm the disk caches
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in programs}
    for _ in range(ROUNDS):
        for name, code in programs.items():
            runs[name].append(measure(code))
    print(f"{'':12}{'window shown':>16}{'1+1 executed':>16}   (s, medians of {ROUNDS}, in turn)")
    median = {
        n: {m: statistics.median(run[m] for run in rows) for m in ("shown", "executed")} for n, rows in runs.items()
    }
    for name, row in median.items():
        print(f"{name:12}{row['shown']:16.2f}{row['executed']:16.2f}")
    ratios = {mark: median["retrograde"][mark] / median["qtconsole"][mark] for mark in ("shown", "executed")}
    print(f"{'ratio':12}{ratios['shown']:16.2f}{ratios['executed']:16.2f}   goal <= 1.2")


if __name__ == "__main__":
    main()
