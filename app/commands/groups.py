"""The verbs for groups: what kind there is, which are closed, what is hidden. They act through the canvas's folding."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from ui.shown_state import Grouping, Hidden

if TYPE_CHECKING:
    from ..window.main_window import MainWindow


class GroupCommands(QObject):
    """One method per action, as in `Commands`."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    # -- what there is -------------------------------------------------------------------------------------------

    def group_by(self, menu: QMenu) -> None:
        """The kinds of groups."""
        group = QActionGroup(menu)
        shown = self._window.view_state.shown.grouping
        for grouping in Grouping:
            action = menu.addAction(grouping.value)
            action.setCheckable(True)
            action.setChecked(grouping is shown)
            action.triggered.connect(partial(self._regroup, grouping))
            group.addAction(action)

    def _regroup(self, grouping: Grouping, *_: object) -> None:
        self._window.canvas.folding.regroup(grouping)

    def hide(self, menu: QMenu) -> None:
        """The kinds of nodes that can be left out."""
        state = self._window.view_state
        for kind in Hidden:
            action = menu.addAction(kind.value)
            action.setCheckable(True)
            action.setChecked(kind in state.shown.hidden)
            action.toggled.connect(partial(self._set_hidden, kind))

    def _set_hidden(self, kind: Hidden, *hidden: bool) -> None:
        self._window.view_state.set_hidden(kind, hidden[0])

    def collapse_around(self, menu: QMenu) -> None:
        """Every open group around the selection, the innermost first."""
        folding = self._window.canvas.folding
        box = folding.selected_box
        closed = folding.closed_group(box)
        for group in reversed([group for group in folding.path(box) if group != closed]):
            name = f"{folding.kind(group)} {folding.title(group)}".capitalize().replace("&", "&&")
            menu.addAction(name).triggered.connect(partial(self._collapse, group))

    def _collapse(self, group: int, *_: object) -> None:
        self._window.canvas.groups.collapse(group)

    # -- opening and closing -------------------------------------------------------------------------------------

    def expand(self) -> None:
        """Open the selected group."""
        canvas = self._window.canvas
        canvas.groups.expand(canvas.folding.selected_box)

    def expand_below(self) -> None:
        """Open the selected group and all in it."""
        canvas = self._window.canvas
        canvas.folding.expand_below(canvas.folding.selected_box)

    def expand_all(self) -> None:
        """Open every group."""
        self._window.canvas.folding.expand_all()

    def collapse_group(self) -> None:
        """Close the group that the selection is in."""
        canvas = self._window.canvas
        canvas.groups.collapse_around(canvas.folding.selected_box)

    def collapse_siblings(self) -> None:
        """Close every group beside that of the selection."""
        canvas = self._window.canvas
        canvas.folding.collapse_siblings(canvas.folding.selected_box)

    def collapse_all(self) -> None:
        """Close every group."""
        self._window.canvas.folding.collapse_all()

    def show_alone(self) -> None:
        """Show only the group of the selection, or everything again."""
        folding = self._window.canvas.folding
        folding.toggle_alone(folding.selected_box)

    # -- stepping ------------------------------------------------------------------------------------------------

    def step_into_groups(self, on: bool) -> None:
        """While stepping, open the group of the node that runs, or only mark the group."""
        self._window.settings.set("step_into_groups", on)
