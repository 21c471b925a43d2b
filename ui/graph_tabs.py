"""The tabs above the canvas: the whole graph, and sub-graphs that are shown alone. Knows only the view state.

There is nothing to see of them until there is a sub-graph. Each tab keeps what it shows: groups, what is hidden or lit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QTabBar, QToolButton, QWidget

from .grouping.choice import MOST_BOXES
from .icons import icon
from .shown_state import ShownState
from .theme import DARK, Theme
from .view_state import ViewState

WHOLE = "Whole graph"
LONGEST = 28  # characters of a title


class GraphTabs(QTabBar):
    """Hidden while the whole graph is all there is."""

    def __init__(self, view_state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("graph-tabs")
        self.setAccessibleName("Graphs")
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self._state, self._trace, self._theme = view_state, view_state.trace, DARK
        self._kept: list[ShownState] = [view_state.shown]
        self._at = 0
        self.addTab(WHOLE)
        self.currentChanged.connect(self._switch)
        view_state.trace_changed.connect(self._follow_trace)
        self._show_or_hide()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.setStyleSheet(
            f"QTabBar#graph-tabs {{ background: {theme.panel}; border-bottom: 1px solid {theme.line}; }}"
            f"QTabBar#graph-tabs::tab {{ color: {theme.dim}; background: transparent; border: none;"
            f" border-bottom: 2px solid transparent; padding: 6px 12px; }}"
            f"QTabBar#graph-tabs::tab:selected {{ color: {theme.text}; border-bottom-color: {theme.accent}; }}"
            f"QTabBar#graph-tabs::tab:hover {{ color: {theme.text}; }}"
            "QTabBar#graph-tabs QToolButton { border: none; background: transparent; padding: 1px; }"
        )
        for tab in range(1, self.count()):
            button = self.tabButton(tab, QTabBar.ButtonPosition.RightSide)
            if isinstance(button, QToolButton):
                button.setIcon(icon("close", theme, "dim"))

    @property
    def on_sub_graph(self) -> bool:
        """Whether the tab in front shows a sub-graph, which can be closed."""
        return self.currentIndex() > 0

    def open(self, title: str, nodes: Iterable[int]) -> None:
        """Show these nodes alone, in a new tab."""
        only = frozenset(nodes)
        here = self._state.shown
        collapsed = here.collapsed if len(only) > MOST_BOXES else frozenset[str]()
        self._kept.append(replace(here, only=only, collapsed=collapsed, lit=None, root=""))
        short = title if len(title) <= LONGEST else f"{title[: LONGEST - 1]}…"
        tab = self.addTab(short.replace("&", "&&"))
        self.setTabToolTip(tab, f"{title}: {len(only):,} {'node' if len(only) == 1 else 'nodes'}")
        self.setTabButton(tab, QTabBar.ButtonPosition.RightSide, self._close_button(title))
        self._show_or_hide()
        self.setCurrentIndex(tab)

    def close_current(self) -> None:
        """Close the sub-graph in front and return to the tab before it."""
        self._close(self.currentIndex())

    def _close_button(self, title: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon("close", self._theme, "dim"))
        button.setAccessibleName(f"Close {title}")
        button.setToolTip("Close this sub-graph")
        side = QFontMetrics(self.font()).height()
        button.setFixedSize(side, side)
        button.clicked.connect(lambda: self._close(self._tab_with(button)))
        return button

    def _tab_with(self, button: QToolButton) -> int:
        side = QTabBar.ButtonPosition.RightSide
        return next((tab for tab in range(self.count()) if self.tabButton(tab, side) is button), 0)

    def _close(self, tab: int) -> None:
        if tab <= 0:
            return
        if tab == self.currentIndex():
            self.setCurrentIndex(tab - 1)
        del self._kept[tab]
        self._at -= self._at > tab
        self.blockSignals(True)  # the tab in front stays; only its number may change
        self.removeTab(tab)
        self.blockSignals(False)
        self._show_or_hide()

    def _switch(self, tab: int) -> None:
        self._kept[self._at] = self._state.shown
        self._at = tab
        self._state.set_shown(self._kept[tab])

    def _follow_trace(self) -> None:
        """Sub-graphs belong to one trace; another one is shown whole."""
        if self._state.trace is self._trace:
            return
        self._trace = self._state.trace
        self.blockSignals(True)
        while self.count() > 1:
            self.removeTab(1)
        self.blockSignals(False)
        self._kept, self._at = [self._state.shown], 0
        self._show_or_hide()

    def _show_or_hide(self) -> None:
        self.setVisible(self.count() > 1)
