"""Starts the application with its window, and ends it: where the parts of the window meet the platform."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_API", "pyside6")

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from ui.inspector.plot_library import library

from .background import Background
from .commands.files import autosave_folder
from .errors import errors_told, log_in
from .paths import settings_file, state_folder
from .session.session import Session
from .settings import Settings
from .version import __version__
from .window.main_window import MainWindow

if TYPE_CHECKING:
    from .kernel.early import EarlyKernel

NAME = "Retrograde"
MIB = 1 << 20

TURN = 0.001
"""After so many seconds a thread gives way to another that waits for the interpreter.

With Python's 5 ms the window, which asks for it several times in one turn of its event loop, is kept waiting for up to
200 ms on a busy machine while a graph of 100,000 nodes is laid out beside it; with 1 ms for up to 80. A layout beside a
window that never rests takes about a quarter longer by it.
"""


def application() -> QApplication:
    """The application object, made when there is none."""
    present = QApplication.instance()
    if isinstance(present, QApplication):
        return present
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    made = QApplication(sys.argv[:1])
    made.setApplicationName(NAME)
    made.setApplicationDisplayName(NAME)
    made.setApplicationVersion(__version__)
    made.setDesktopFileName("retrograde")
    return made


def open_window(file: Path | None, early: EarlyKernel | None = None) -> MainWindow:
    """A window whose session begins as soon as it is painted, showing `file` as soon as it is read.

    `early` becomes the session's kernel. Jupyter's libraries load in a thread, so that the window lives meanwhile.
    """
    state = state_folder()
    # The kernel keeps IPython's history here, apart from the user's own IPython and its start-up files.
    os.environ.setdefault("IPYTHONDIR", str(state / "ipython"))
    sys.setswitchinterval(TURN)
    settings = Settings(settings_file())
    folder = str(file.resolve().parent) if file is not None and file.parent.is_dir() else ""
    session = Session(budget=settings.integer("recording_budget") * MIB, folder=folder)
    window = MainWindow(session, settings)
    session.setParent(window)
    window.show()
    if file is not None:
        window.commands.open_path(file)

    window.files.keep_copies(autosave_folder())
    window.commands.filing.look_for_leftovers()

    def start() -> None:
        session.start(early)
        window.attach_console()

    def begin(_: object) -> None:
        if window.files.opening:  # the kernel continues what is in the file
            window.files.opened.connect(start, Qt.ConnectionType.SingleShotConnection)
        else:
            start()

    Background(window).run(_load_jupyter, begin, _give_up)
    _when_idle(session, partial(_load_the_rest, window))
    return window


def _when_idle(session: Session, do: Callable[[], object]) -> None:
    """Once, when the kernel is ready for the first time."""

    def look(state: str) -> None:
        if state == "idle":
            session.state_changed.disconnect(look)
            do()

    session.state_changed.connect(look)


def _load_the_rest(window: MainWindow) -> None:
    """Load now, in threads, what would keep the window waiting when it is first wanted."""
    library().load()
    Background(window).run(partial(import_module, "app.export_dialog"), lambda _: None, _give_up)


def _give_up(error: Exception) -> None:
    raise error  # told in the window


def _load_jupyter() -> None:
    import_module("app.session.kernel_process")
    import_module("ui.console")
    import_module("numpy.ma")  # what `np.unique` would load in the UI thread when the first graph comes


def run(file: Path | None, early: EarlyKernel | None = None) -> int:
    """Open the window and stay until it is closed; returns the exit status."""
    app = application()
    with log_in(state_folder()):
        window = open_window(file, early)
        with errors_told(window.error_caught.emit):
            try:
                return app.exec()
            finally:
                if early is not None:
                    early.cancel()
