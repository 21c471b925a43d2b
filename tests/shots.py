"""`make shots`: pictures of the real window, in both themes and two sizes, for people to look at.

    python -m tests.shots [FOLDER [STORY ...]]
    python -m tests.shots --readme          writes the README's picture, docs/window.png

Each story opens a session of its own, runs real code in a real kernel, goes to a step, and grabs the window.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")

import numpy as np
from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

from app.application import application
from app.session.session import Session
from app.settings import Settings
from app.window.main_window import MainWindow
from ui.canvas.shown.shown_graph import GROUP
from ui.shown_state import Grouping
from ui.view_state import ViewState

EXAMPLES = Path(__file__).parent.parent / "resources" / "examples"
SIZES = ((1280, 800), (2560, 1440))
THEMES = ("light", "dark")
README = Path(__file__).parent.parent / "docs" / "window.png"
README_SIZE = (1600, 1000)
LONG_CHAIN = (
    "import torch\nx = torch.ones(2, 2, requires_grad=True)\ny = x\nfor i in range(1000):\n"
    "    y = y * 1.001 if i % 2 else torch.tanh(y)\ny.sum().backward()\n"
)
FAILURE = "import torch\na = torch.ones(2, 3, requires_grad=True)\nb = torch.ones(4, 2)\nc = (a * 2) @ b\n"


ENCODER = (
    "import torch\nfrom torch import nn\nembed = nn.Embedding(50, 16)\n"
    "layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, dropout=0.0)\n"
    "encode = nn.TransformerEncoder(layer, 4)\nhead = nn.Linear(16, 50)\n"
    "ids = torch.tensor([[1, 2, 3, 4], [4, 3, 2, 1]])\nlogits = head(encode(embed(ids)))\n"
    "loss = nn.functional.cross_entropy(logits.view(-1, 50), ids.view(-1))\nloss.backward()\n"
)


class Story(NamedTuple):
    """A name, the code to run, where in its last pass to stand (share of its steps), and what is done then."""

    name: str
    code: str
    share: float
    act: Callable[[MainWindow], object] = lambda window: None
    themes: tuple[str, ...] = THEMES


def close_groups(window: MainWindow) -> None:
    """Repeated layers as blocks, every group closed but the outermost."""
    folding = window.canvas.folding
    folding.regroup(Grouping.BY_BLOCK)
    settle(window)
    folding.collapse_all()
    settle(window)
    graph = window.canvas.picture.drawing.graph if window.canvas.picture is not None else None
    for box in np.flatnonzero(graph.kind == GROUP).tolist() if graph is not None else ():
        folding.expand(box)


def search(window: MainWindow) -> None:
    """The second hit of a search is looked at."""
    window.area.search.open()
    window.area.search.field.setText("op:addmm")
    window.area.search.step(1)


def light_ancestors(window: MainWindow) -> None:
    """What one node was made from is lit."""
    nodes = len(window.session.trace.nodes)
    window.view_state.select([nodes // 2])
    window.menus.actions["trace_ancestors"].trigger()


STORIES = (
    Story("first", (EXAMPLES / "first_backward.py").read_text(encoding="utf-8"), 0.6),
    Story("chain_2000", LONG_CHAIN, 0.5),
    Story("failure", FAILURE, 1.0),
    Story("groups", ENCODER, 0.5, close_groups, (*THEMES, "high-contrast")),
    Story("search", ENCODER, 1.0, search),
    Story("ancestors", ENCODER, 1.0, light_ancestors),
    Story("springs", ENCODER, 0.5, lambda window: window.canvas.set_layout_kind("spring")),
    *(
        Story(path.stem, path.read_text(encoding="utf-8"), 0.5)
        for path in sorted(EXAMPLES.glob("*.py"))
        if path.stem != "first_backward"
    ),
)


def until(condition: Callable[[], object]) -> None:
    """Turn the event loop until `condition()` holds."""
    wake = QTimer(interval=20)
    wake.start()
    while not condition():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def settle(window: MainWindow) -> None:
    """Let layout, camera and panels come to rest."""
    until(lambda: not window.canvas.busy)
    done: list[bool] = []
    QTimer.singleShot(400, lambda: done.append(True))
    until(lambda: done)


def stand(state: ViewState, share: float) -> None:
    """Go to that share of the shown pass."""
    if state.step_count:
        state.set_position(round(state.step_count * share))


def tell(story: Story, themes: Sequence[str], sizes: Sequence[tuple[int, int]], name: Callable[..., Path]) -> None:
    """Run the story and write its pictures, to `name(story, theme, width, height)`."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["RETROGRADE_HOME"] = os.environ["IPYTHONDIR"] = home
        settings = Settings(Path(home) / "settings.ini")
        settings.set("reduced_motion", True)
        session = Session()
        session.start()
        window = MainWindow(session, settings)
        session.setParent(window)
        window.attach_console()
        window.show()
        document = Path(home) / f"{story.name}.py"
        document.write_text(story.code, encoding="utf-8")
        window.commands.open_path(document)
        until(lambda: session.state == "idle" and window.script.document_cells)
        window.menus.actions["run_all"].trigger()
        until(lambda: all(cell.status for cell in window.script.document_cells))
        until(lambda: session.state == "idle")
        settle(window)
        stand(window.view_state, story.share)
        story.act(window)
        settle(window)
        for theme in themes:
            settings.set("theme", theme)
            for width, height in sizes:
                window.resize(width, height)
                settle(window)
                window.canvas.fit()
                settle(window)
                path = name(story, theme, width, height)
                window.grab().save(str(path))
                print(path)
        window.files.forget_changes()
        window.close()
        window.deleteLater()


def main(arguments: list[str]) -> int:
    """Write the pictures into the folder given (default out/shots); further arguments choose stories by name."""
    app = application()
    if arguments[:1] == ["--readme"]:
        tell(STORIES[0], ("dark",), (README_SIZE,), lambda *_: README)
        return 0
    folder = Path(arguments[0] if arguments else "out/shots")
    folder.mkdir(parents=True, exist_ok=True)
    for story in STORIES:
        if len(arguments) < 2 or story.name in arguments[1:]:
            tell(story, story.themes, SIZES, lambda s, theme, w, h: folder / f"{s.name}_{theme}_{w}x{h}.png")
    app.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
