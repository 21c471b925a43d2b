"""Turns the table of actions into Qt's actions, menus, shortcuts and the toolbar's buttons. Knows no session."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar, QToolButton, QWidget

from ui.icons import icon
from ui.theme import Theme

from .actions import ACTIONS, MENUS, Action

_IN_WIDGET = Qt.ShortcutContext.WidgetWithChildrenShortcut


class Menus:
    """The window's actions by id, and the menus of those that offer choices.

    `do` maps each action's id to what it calls: without arguments, with the new state for a checkable action, and
    with the empty menu to fill for one with choices. `widgets` are the scopes of keys by name.
    """

    def __init__(
        self, window: QMainWindow, do: Callable[[Action], Callable[..., object]], widgets: Mapping[str, QWidget]
    ) -> None:
        self.actions: dict[str, QAction] = {}
        self.choices: dict[str, QMenu] = {}
        self.box_menu, self.ground_menu, self.script_menu = QMenu(window), QMenu(window), QMenu(window)
        self._window = window
        self._widgets = widgets
        self.buttons: list[QToolButton] = []
        menus = {name: window.menuBar().addMenu(title) for name, title in MENUS.items()}
        groups: dict[str, int] = {}
        for action in ACTIONS:
            menu = menus[action.menu]
            if groups.setdefault(action.menu, action.group) != action.group:
                menu.addSeparator()
                groups[action.menu] = action.group
            if action.choices:
                alone = sum(other.menu == action.menu for other in ACTIONS) == 1
                self._add_choices(menu if alone else menu.addMenu(action.text), action, do(action))
            else:
                menu.addAction(self._add_action(action, do(action)))
        self._fill_menu(self.box_menu, [action for action in ACTIONS if action.on_box])
        order = list(MENUS)
        ground = [action for action in ACTIONS if action.on_ground]
        self._fill_menu(self.ground_menu, sorted(ground, key=lambda action: -order.index(action.menu)))
        self._fill_menu(self.script_menu, [action for action in ACTIONS if action.in_script])

    def add_buttons(self, toolbar: QToolBar) -> None:
        """Put the buttons of the table on a toolbar."""
        for action in ACTIONS:
            if action.toolbar:
                button = QToolButton(toolbar)
                button.setDefaultAction(self.actions[action.id])
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
                button.setProperty("part", action.toolbar)
                button.setAccessibleName(action.text)
                toolbar.addWidget(button)
                self.buttons.append(button)

    def _fill_menu(self, menu: QMenu, offered: list[Action]) -> None:
        """What can be done somewhere, divided by groups."""
        for before, action in zip([None, *offered], offered, strict=False):
            if before is not None and (before.menu, before.group) != (action.menu, action.group):
                menu.addSeparator()
            if action.choices:
                menu.addMenu(self.choices[action.id])
            else:
                menu.addAction(self.actions[action.id])

    def enable(self, conditions: Collection[str]) -> None:
        """Offer exactly the actions whose conditions hold."""
        for action in ACTIONS:
            enabled = all(need in conditions for need in action.needs)
            if action.id in self.actions:
                self.actions[action.id].setEnabled(enabled)
            else:
                self.choices[action.id].setEnabled(enabled)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in a theme's colours."""
        for action in ACTIONS:
            if action.icon and action.id in self.actions:
                role = "on_accent" if action.toolbar == "primary" else "text"
                self.actions[action.id].setIcon(icon(action.icon, theme, role))

    def _add_action(self, row: Action, slot: Callable[..., object]) -> QAction:
        action = QAction(row.text, self._window)
        action.setObjectName(row.id)
        action.setCheckable(row.checkable)
        if row.checkable:
            action.toggled.connect(slot)
        else:
            action.triggered.connect(lambda _checked: slot())
        if row.keys:
            keys = QKeySequence.fromString(row.keys, QKeySequence.SequenceFormat.PortableText)
            action.setShortcut(keys)
            if row.scope in self._widgets:
                action.setShortcutContext(_IN_WIDGET)
                self._widgets[row.scope].addAction(action)
        for keys_text, scope in row.also:
            self._add_shortcut(keys_text, scope, action)
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{row.tip or row.text.rstrip('…')} ({shown})" if shown else row.tip or row.text)
        self.actions[row.id] = action
        return action

    def _add_shortcut(self, keys: str, scope: str, action: QAction) -> None:
        shortcut = QShortcut(QKeySequence(keys), self._widgets.get(scope, self._window))
        if scope in self._widgets:
            shortcut.setContext(_IN_WIDGET)
        shortcut.activated.connect(action.trigger)

    def _add_choices(self, menu: QMenu, row: Action, fill: Callable[[QMenu], object]) -> None:
        """Fill the menu now and again each time it opens: recent files and docks come and go."""
        self.choices[row.id] = menu

        def refill() -> None:
            menu.clear()
            fill(menu)

        menu.aboutToShow.connect(refill)
        refill()
