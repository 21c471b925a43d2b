"""What session files cost: saving, opening until the window shows the graph, and autosave in the UI thread."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from app.application import application
from app.session.session import Session
from app.settings import Settings
from app.store import Contents, Growth, open_session, save_session
from app.window.main_window import MainWindow
from engine.trace import Trace
from tests.app.store import fuzz
from tests.engine.programs import record

LAYERS = """
net = torch.nn.Sequential(*[torch.nn.Sequential(torch.nn.Linear(16, 16), torch.nn.Tanh()) for _ in range(6)])
x = torch.randn(8, 16)
for epoch in range({epochs}):
    for batch in range(10):
        loss = net(x).sum()
        loss.backward()
        with torch.no_grad():
            for p in net.parameters():
                p -= 0.01 * p.grad
"""
CHAIN = (
    "y = torch.ones(64, requires_grad=True)\nfor _ in range(1_666):\n    y = torch.tanh(y * 1.01)\ny.sum().backward()"
)
LOOP = (
    "import torch\nfrom torch import nn\n"
    "net = nn.Sequential(*[nn.Sequential(nn.Linear(16, 16), nn.Tanh()) for _ in range(6)])\n"
    "x = torch.randn(8, 16)\n"
    "for epoch in range(4000):\n    loss = net(x).sum()\n    loss.backward()"
)


def median(work: Callable[[], object], runs: int = 5) -> float:
    """Seconds of the middle one of some runs."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def files(name: str, trace: Trace, folder: Path) -> Path:
    """Print what saving and reading take."""
    path = folder / "a.retro"
    taking = median(lambda: Growth().take(trace))
    saving = median(lambda: save_session(path, Contents(Growth().take(trace))))
    reading = median(lambda: open_session(path).close())
    print(
        f"{name}: {len(trace.nodes):,} nodes, {path.stat().st_size / 2**20:.1f} MiB: save {saving * 1e3:.0f} ms "
        f"(of that {taking * 1e3:.0f} ms in the UI thread), read {reading * 1e3:.0f} ms",
        flush=True,
    )
    return path


def waited(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Run the event loop until the condition holds."""
    loop, look = QEventLoop(), QTimer(interval=2)
    look.timeout.connect(lambda: condition() and loop.quit())
    look.start()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    if not condition():
        loop.exec()
    look.stop()
    if not condition():
        raise TimeoutError


def shown(path: Path, folder: Path) -> None:
    """From the choice of a file to a drawn graph, in a window that is there already."""
    window = MainWindow(Session(), Settings(folder / "settings.ini"))
    window.settings.set("reduced_motion", True)
    window.resize(1280, 800)
    window.show()
    waited(lambda: window.isVisible())
    beats = Beats()
    started, worked = time.perf_counter(), time.process_time()
    window.commands.open_path(path)
    waited(lambda: len(window.session.trace.nodes) > 0)
    present = time.perf_counter() - started
    waited(lambda: window.canvas.picture is not None)
    window.canvas.graph.viewport().repaint()
    seconds = time.perf_counter() - started
    print(f"opened: code and passes after {present * 1e3:.0f} ms, the graph after {seconds * 1e3:.0f} ms "
          f"({(time.process_time() - worked) * 1e3:.0f} ms of processor time); "
          f"longest wait of the UI thread {beats.longest() * 1e3:.0f} ms", flush=True)  # fmt: skip
    window.files.forget_changes()
    window.close()


class Beats:
    """The longest time between two turns of the event loop since the last question."""

    def __init__(self) -> None:
        self._last, self._longest = time.perf_counter(), 0.0
        self._timer = QTimer(interval=1)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self._longest, self._last = max(self._longest, now - self._last), now

    def longest(self) -> float:
        """Seconds."""
        found, self._longest = self._longest, 0.0
        return found


def autosave(folder: Path) -> None:
    """A loop runs in a kernel, the record grows, and five times a second it is saved."""
    from app.saving.autosave import Autosave

    for saves in (False, True):
        session = Session()
        session.start()
        waited(lambda s=session: s.state == "idle")
        copy = Autosave(session, folder / "autosave", dict, dict, largest=1 << 30)
        additions: list[int] = []
        copy.written.connect(lambda a=additions: a.append(1))
        often = QTimer(interval=200)
        often.timeout.connect(copy.save)
        beats, ended = Beats(), []
        session.request_finished.connect(lambda *_, e=ended: e.append(1))
        if saves:
            often.start()
        session.run(LOOP)
        waited(lambda e=ended: bool(e))
        longest = beats.longest()
        said = f"{len(additions)} additions" if saves else "no autosave"
        print(f"a loop of {len(session.trace.nodes):,} nodes: {said}; longest wait {longest * 1e3:.0f} ms", flush=True)
        often.stop()
        copy.end()
        session.close()


def main() -> int:
    """Print all of it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["RETROGRADE_HOME"] = str(folder / "home")
        app = application()
        files("pass of a chain", record(CHAIN), folder)
        path = files("training loop", record(LAYERS.format(epochs=136)), folder)
        shown(path, folder)
        autosave(folder)
        (folder / "fuzz").mkdir()
        started = time.perf_counter()
        found = fuzz.run(int(os.environ.get("FUZZ", "10000")), 11, folder / "fuzz")
        refused = sum(count for (_, outcome), count in found.items() if outcome != "read")
        print(
            f"10,000 damaged files in {time.perf_counter() - started:.0f} s: {refused:,} refused, the others as saved"
        )
        del app
    return 0


if __name__ == "__main__":
    sys.exit(main())
