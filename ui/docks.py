"""The docks of the window, one row each. A dock is its module and its row here.

script   | canvas   | step           The canvas is the window's centre, not a dock. Behind the script, as a tab of
console  | timeline | inspector      the same place: the outline.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QMainWindow, QSizePolicy, QTabWidget, QWidget

from .breakpoints.panel import Breakpoints
from .cards import ElidedLabel
from .dock_columns import LEAST
from .inspector import Inspector
from .outline import Outline
from .script.pane import ScriptPane
from .step_panel import StepPanel
from .timeline import Timeline
from .view_state import ViewState

Area = Qt.DockWidgetArea


@dataclass(frozen=True, slots=True)
class Dock:
    """One row: `titled` says whether the dock writes the title, or its panel writes a better one itself.

    `share` is the height it gets at first, in parts of its column's; `behind` is the dock whose place it shares, as a
    tab. A row without `make` gets its panel later, by `fill`: the console's library is slow to import, and the window
    is to be seen before.
    """

    name: str
    title: str
    area: Area
    make: Callable[[ViewState], QWidget] | None
    titled: bool = True
    share: int = 1
    behind: str = ""


DOCKS = (
    Dock("script", "Script", Area.LeftDockWidgetArea, ScriptPane, share=9),
    Dock("outline", "Outline", Area.LeftDockWidgetArea, Outline, behind="script"),
    Dock("console", "Console", Area.LeftDockWidgetArea, None, share=11),
    Dock("timeline", "Timeline", Area.BottomDockWidgetArea, Timeline, titled=False),
    Dock("step", "Step", Area.RightDockWidgetArea, StepPanel, titled=False, share=11),
    Dock("breakpoints", "Breakpoints", Area.RightDockWidgetArea, Breakpoints, behind="step"),
    Dock("inspector", "Inspector", Area.RightDockWidgetArea, Inspector, titled=False, share=11),
)


def add_docks(window: QMainWindow, view_state: ViewState) -> dict[str, QWidget]:
    """Make every dock and put it in its place; returns the panels by name, as far as they are made."""
    window.setDockNestingEnabled(True)
    window.setTabPosition(Area.AllDockWidgetAreas, QTabWidget.TabPosition.North)
    window.setCorner(Qt.Corner.BottomLeftCorner, Area.LeftDockWidgetArea)
    window.setCorner(Qt.Corner.BottomRightCorner, Area.RightDockWidgetArea)
    panels = {}
    for row in DOCKS:
        dock = QDockWidget(row.title, window)
        dock.setObjectName(row.name)
        dock.setTitleBarWidget(DockTitle(row.title) if row.titled else NoTitle())
        if row.make is not None:
            panels[row.name] = row.make(view_state)
            fill(dock, panels[row.name])
        dock.setMinimumWidth(LEAST.get(row.area, 0))
        window.addDockWidget(row.area, dock)
    _stack(window)
    return panels


def fill(dock: QDockWidget, panel: QWidget) -> None:
    """Put a panel into its dock, and its notes into the dock's title."""
    dock.setWidget(panel)
    title = dock.titleBarWidget()
    if isinstance(title, DockTitle):
        title.follow(panel)


def arrange(window: QMainWindow) -> None:
    """The first layout: docks where their rows say, heights by `share`; widths are those of `DockColumns`."""
    docks = {dock.objectName(): dock for dock in window.findChildren(QDockWidget)}
    for row in DOCKS:
        dock = docks[row.name]
        dock.setFloating(False)
        window.addDockWidget(row.area, dock)
        dock.show()
    _stack(window)
    for area in LEAST:
        column = [docks[row.name] for row in DOCKS if row.area is area and not row.behind]
        shares = [row.share * 40 for row in DOCKS if row.area is area and not row.behind]
        window.resizeDocks(column, shares, Qt.Orientation.Vertical)


def _stack(window: QMainWindow) -> None:
    """Docks that share a place become tabs of it; the first one is in front."""
    docks = {dock.objectName(): dock for dock in window.findChildren(QDockWidget)}
    for row in DOCKS:
        if row.behind:
            window.tabifyDockWidget(docks[row.behind], docks[row.name])
            docks[row.behind].raise_()


class DockTitle(QWidget):
    """A dock's title as a small heading, with a note of its panel (`note`, `note_changed`) behind it."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("dock-title")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        name, self._note = QLabel(title.upper()), ElidedLabel()
        name.setObjectName("dock-name")
        self._note.setObjectName("dock-note")
        font = name.font()
        font.setPointSizeF(font.pointSizeF() * 0.88)
        name.setFont(font)
        self._note.setFont(font)
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 6)
        row.setSpacing(12)
        row.addWidget(name)
        row.addWidget(self._note, 1)

    def follow(self, panel: QWidget) -> None:
        """Show the notes of a panel."""
        changed = getattr(panel, "note_changed", None)
        if changed is not None:
            changed.connect(self._note.setText)
            self._note.setText(getattr(panel, "note", ""))


class NoTitle(QWidget):
    """Takes no room; the panel below it has its own heading."""

    def sizeHint(self) -> QSize:
        """Nothing."""
        return QSize(0, 0)

    def minimumSizeHint(self) -> QSize:
        """Nothing."""
        return QSize(0, 0)
