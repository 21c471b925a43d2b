"""Runs a user's story through `main()`: a real window, a real kernel, keys and clicks as a person would give them."""

import re

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.main import main
from app.window.main_window import MainWindow
from engine.trace import Status

BLANK_LINES = re.compile(r"\n\s*\n+")


def play(arguments, story):
    """`main(arguments)`, with `story(window)` told while it runs; returns the exit status."""
    raised = []

    def tell():
        window = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow))
        try:
            story(window)
            assert "Something went wrong" not in window.notice.text
        except BaseException as error:  # it must leave Qt's event loop before pytest can see it
            raised.append(error)
        finally:
            window.files.forget_changes()  # nobody is there to be asked
            window.close()
            window.deleteLater()

    QTimer.singleShot(0, tell)
    status = main(arguments)
    if raised:
        raise raised[0]
    return status


def wait_for_prompt(qtbot, window):
    """Until cells can be run."""
    qtbot.waitUntil(lambda: "console" in window.panels and window.console.can_run, timeout=20_000)


def run_all(qtbot, window):
    """Run every cell of the document, and wait until the last one has ended."""
    window.menus.actions["run_all"].trigger()
    cells = window.script.document_cells
    qtbot.waitUntil(lambda: all(cell.status is not None and cell.status > 0 for cell in cells), timeout=30_000)
    wait_for_prompt(qtbot, window)


def run_typed(qtbot, window, code):
    """Run code from the console and wait for the next prompt, and for the last of what was recorded."""
    wait_for_prompt(qtbot, window)
    cells, before = window.session.trace.cells, len(window.session.trace.cells)
    window.console.run_cell(code)
    qtbot.waitUntil(lambda: len(cells) > before and cells.status[-1] != Status.RUNNING, timeout=30_000)
    wait_for_prompt(qtbot, window)


def transcript(window):
    """The console's text without blank lines."""
    return BLANK_LINES.sub("\n", window.console._control.toPlainText())


def settled(qtbot, window):
    """Until the canvas shows the newest graph."""
    qtbot.waitUntil(lambda: not window.canvas.busy, timeout=20_000)
