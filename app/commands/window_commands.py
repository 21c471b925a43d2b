"""What the window's actions do: one method per id of `ACTIONS`. It acts through the session and the view state."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPointF
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QDockWidget, QMenu

from engine.trace import NONE
from ui.canvas.shown.shown_graph import View
from ui.docks import DOCKS, arrange

from ..documents import Document, first_line_title
from ..paths import resources
from ..saving.recovery import Leftover
from ..window.dialogs import AboutDialog, KeysDialog, SettingsDialog
from ..window.theme_choice import CHOICES
from .breakpoints import BreakpointCommands
from .exports import ExportCommands
from .files import FileCommands
from .finding import Finding
from .groups import GroupCommands
from .live_mode import LiveMode
from .navigation import NavigationCommands
from .steps import StepCommands

if TYPE_CHECKING:
    from ..window.main_window import MainWindow

ZOOM = 1.25
FIRST_EXAMPLE = "first_backward.py"


class Commands(QObject):
    """The verbs of one window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.finding, self.grouping = Finding(window), GroupCommands(window)
        self.navigation, self.breaking = NavigationCommands(window), BreakpointCommands(window)
        self.stepping, self.live = StepCommands(window), LiveMode(window)
        self.exporting = ExportCommands(window)
        self.filing = FileCommands(window)
        self._examples: list[tuple[str, Path]] | None = None

    @property
    def document(self) -> Document | None:
        """The opened script or notebook."""
        return self.filing.document

    @property
    def leftovers(self) -> list[Leftover]:
        """Sessions that can be recovered."""
        return self.filing.leftovers

    def slot(self, action: str) -> Callable[..., object]:
        """The method of an action."""
        parts = (self.filing, self.finding, self.grouping, self.navigation, self.breaking, self.stepping, self.live)
        owner = next(part for part in (*parts, self.exporting, self) if action in vars(type(part)))
        found: Callable[..., object] = getattr(owner, action)
        return found

    # -- File ----------------------------------------------------------------------------------------------------

    def open_path(self, path: Path) -> None:
        """Open a document or a session."""
        self.filing.open_path(path)

    def quit(self) -> None:
        """Close the window."""
        self._window.close()

    # -- Edit ----------------------------------------------------------------------------------------------------

    def clear_console(self) -> None:
        """Remove the console's text; the graph and the variables stay."""
        self._window.console.clear()

    def focus_console(self) -> None:
        """Type in the console next."""
        self._window.show_dock("console")
        self._window.console.setFocus()

    def settings(self) -> None:
        """The settings dialog."""
        SettingsDialog(self._window.settings, self._window).open()

    # -- View ----------------------------------------------------------------------------------------------------

    def theme(self, menu: QMenu) -> None:
        """Follow the system, or not."""
        settings = self._window.settings
        self._choose_one(menu, CHOICES, settings.text("theme"), partial(settings.set, "theme"))

    def reduced_motion(self, on: bool) -> None:
        """Switch motion off or on."""
        self._window.settings.set("reduced_motion", on)

    def docks(self, menu: QMenu) -> None:
        """Show and hide docks."""
        docks = {dock.objectName(): dock for dock in self._window.findChildren(QDockWidget)}
        for row in DOCKS:
            menu.addAction(docks[row.name].toggleViewAction())

    def reset_layout(self) -> None:
        """The docks as they were at first."""
        arrange(self._window)
        self._window.columns.reset()

    def full_screen(self, on: bool) -> None:
        """All of the screen, or a window again."""
        if on:
            self._window.showFullScreen()
        else:
            self._window.showNormal()

    # -- Graph ---------------------------------------------------------------------------------------------------

    def view(self, menu: QMenu) -> None:
        """The ways of showing the graph."""
        names = {view.value: view.value for view in View}
        choice = self._window.view_choice
        self._choose_one(menu, names, choice.current.value, lambda name: choice.choose(View(name)))

    def left_to_right(self, on: bool) -> None:
        """Let the data flow to the right, or down."""
        self._window.canvas.set_orientation("left-to-right" if on else "top-to-bottom")

    def lay_out_afresh(self) -> None:
        """Forget the places that were kept while the graph grew."""
        self._window.canvas.lay_out_afresh()

    def fit(self) -> None:
        """Show the whole graph."""
        self._window.canvas.fit()

    def zoom_in(self) -> None:
        """Nearer."""
        self._zoom(ZOOM)

    def zoom_out(self) -> None:
        """Farther."""
        self._zoom(1 / ZOOM)

    # -- Kernel --------------------------------------------------------------------------------------------------

    def run_cell(self) -> None:
        """Run the current cell."""
        if self._window.script.current != NONE:
            self.run_listed(self._window.script.current)

    def run_next(self) -> None:
        """Run the current cell and make the next one current."""
        self.run_cell()
        self._window.script.go_to_next()

    def run_all(self) -> None:
        """Run every cell of the document in order; the first that fails ends it."""
        for index in range(len(self._window.script.document_cells)):
            self.run_listed(index)

    def run_listed(self, index: int) -> None:
        """Run a cell of the script pane."""
        cell = self._window.script.cell(index)
        place = {"title": cell.title, "path": cell.path} if cell.path else {}
        self._window.session.run(cell.text, first_line=cell.first_line, **place)

    def interrupt(self) -> None:
        """Stop the running cell."""
        self._window.session.interrupt()

    def restart(self) -> None:
        """A fresh kernel; the picture stays."""
        self._window.session.restart()

    # -- Examples, Help ------------------------------------------------------------------------------------------

    def example(self, menu: QMenu) -> None:
        """Every example by its title."""
        for title, path in self.examples():
            menu.addAction(title).triggered.connect(partial(self._open_named, str(path)))

    def examples(self) -> list[tuple[str, Path]]:
        """(title, path) of every example: the first one to look at, then by title."""
        if self._examples is None:
            found = [(first_line_title(path), path) for path in (resources() / "examples").glob("*.py")]
            self._examples = sorted(found, key=lambda entry: (entry[1].name != FIRST_EXAMPLE, entry[0]))
        return self._examples

    def show_keys(self) -> None:
        """Every shortcut there is."""
        KeysDialog(self._window).open()

    def about(self) -> None:
        """What this program is."""
        AboutDialog(self._window).open()

    # -- helpers -------------------------------------------------------------------------------------------------

    def _open_named(self, name: str, *_: object) -> None:
        self.open_path(Path(name))

    def _zoom(self, factor: float) -> None:
        graph = self._window.canvas.graph
        graph.zoom(factor, QPointF(graph.viewport().rect().center()))

    def _choose_one(self, menu: QMenu, names: dict[str, str], current: str, choose: Callable[[str], Any]) -> None:
        group = QActionGroup(menu)
        for key, text in names.items():
            action = QAction(text, menu, checkable=True, checked=key == current)
            action.triggered.connect(partial(_call, choose, key))
            group.addAction(action)
            menu.addAction(action)


def _call(choose: Callable[[str], Any], key: str, *_: object) -> None:
    choose(key)
