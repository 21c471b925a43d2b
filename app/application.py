"""Starts the application with its window, and ends it: where the parts of the window meet the platform."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_API", "pyside6")

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from .errors import errors_told, log_in
from .paths import settings_file, state_folder
from .session import Session
from .settings import Settings
from .version import __version__

if TYPE_CHECKING:
    from .window import MainWindow

NAME = "Retrograde"
MIB = 1 << 20


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


def open_window(file: Path | None) -> MainWindow:
    """A window with its session under way, showing `file` as soon as it is read."""
    state = state_folder()
    # The kernel keeps IPython's history here, apart from the user's own IPython and its start-up files.
    os.environ.setdefault("IPYTHONDIR", str(state / "ipython"))
    settings = Settings(settings_file())
    folder = str(file.resolve().parent) if file is not None and file.parent.is_dir() else ""
    session = Session(budget=settings.integer("recording_budget") * MIB, folder=folder)
    session.start()
    # Only now: the kernel boots in its process while this one imports and builds the window.
    from .window import MainWindow

    window = MainWindow(session, settings)
    session.setParent(window)
    window.show()
    if file is not None:
        window.commands.open_path(file)
    QTimer.singleShot(0, window, window.attach_console)  # once the window is painted
    return window


def run(file: Path | None) -> int:
    """Open the window and stay until it is closed; returns the exit status."""
    app = application()
    with log_in(state_folder()):
        window = open_window(file)
        with errors_told(window.error_caught.emit):
            return app.exec()
