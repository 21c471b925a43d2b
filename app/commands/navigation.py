"""What the window's actions for finding one's way on the canvas do: views gone back to, bookmarks, kinds of layout."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from ui.canvas.other_layouts import KINDS

if TYPE_CHECKING:
    from ..window.main_window import MainWindow

BOOKMARKS = range(1, 10)


class NavigationCommands:
    """The verbs of one window that move its canvas."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def view_back(self) -> None:
        """To the view before."""
        self._window.canvas.navigation.back()

    def view_forward(self) -> None:
        """To the view one has gone back from."""
        self._window.canvas.navigation.forward()

    def layout(self, menu: QMenu) -> None:
        """The kinds of layout."""
        canvas, group = self._window.canvas, QActionGroup(menu)
        for kind in KINDS.values():
            action = menu.addAction(kind.title)
            action.setCheckable(True)
            action.setChecked(kind.name == canvas.layout_kind)
            action.triggered.connect(partial(self._lay_out, kind.name))
            group.addAction(action)

    def _lay_out(self, kind: str, *_: object) -> None:
        self._window.canvas.set_layout_kind(kind)

    def bookmarks(self, menu: QMenu) -> None:
        """Go to one that is set, or set one; the canvas does the same with the digits."""
        navigation = self._window.canvas.navigation
        taken = navigation.history.bookmarks
        for number in BOOKMARKS:
            if number in taken:
                menu.addAction(f"Go to {number}").triggered.connect(partial(self._go, number))
        if taken:
            menu.addSeparator()
        for number in BOOKMARKS:
            word = "Move" if number in taken else "Set"
            menu.addAction(f"{word} {number} here").triggered.connect(partial(self._set, number))

    def _go(self, number: int, *_: object) -> None:
        self._window.canvas.navigation.go_to_bookmark(number)

    def _set(self, number: int, *_: object) -> None:
        self._window.canvas.navigation.set_bookmark(number)
