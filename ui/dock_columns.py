"""The widths of the two dock columns: shares of the window's width, kept at every size of it.

Qt by itself gives all that a window grows by to the centre, so that panels on a large screen stay as narrow as they
were on a small one. Here each column keeps its share; dragging a separator gives it another.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDockWidget, QMainWindow

Area = Qt.DockWidgetArea

SHARES = {Area.LeftDockWidgetArea: 0.27, Area.RightDockWidgetArea: 0.255}  # of the window, at first
LEAST = {Area.LeftDockWidgetArea: 210, Area.RightDockWidgetArea: 250}  # pixels
MOST = 720  # pixels a column takes unless it is dragged wider


class DockColumns(QObject):
    """Belongs to one window, whose docks must all be made before it."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._docks = window.findChildren(QDockWidget)
        self._shares: dict[Area, float] = dict(SHARES)
        self._most: dict[Area, float] = dict.fromkeys(SHARES, MOST)
        self._adopt = False
        for watched in (window, *self._docks):
            watched.installEventFilter(self)

    def reset(self) -> None:
        """The first shares again."""
        self._shares, self._most, self._adopt = dict(SHARES), dict.fromkeys(SHARES, MOST), False
        self.apply()

    def adopt(self) -> None:
        """Take the widths that the columns have when the window is shown: they were restored."""
        self._adopt = True

    def apply(self) -> None:
        """Give every column its share of the window as it is now."""
        for area, share in self._shares.items():
            column = self._column(area)
            width = round(min(max(self._window.width() * share, LEAST[area]), self._most[area]))
            if column:
                self._window.resizeDocks(column, [width] * len(column), Qt.Orientation.Horizontal)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size and the separators. By the time a filter sees a resize, Qt has laid out."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show) and self._window.isVisible():
            if watched is self._window:
                self._follow_window(shown=event.type() == QEvent.Type.Show)
            elif QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
                self._follow_separator(watched)
        return False

    def _follow_window(self, *, shown: bool) -> None:
        if shown and self._adopt:
            for area in self._shares:
                self._take(area)
        self._adopt = self._adopt and not shown
        self.apply()

    def _follow_separator(self, dock: QObject) -> None:
        area = next((area for area in self._shares if dock in self._column(area)), None)
        if area is not None:
            self._take(area)

    def _take(self, area: Area) -> None:
        """The column's present width is its share from now on."""
        column = self._column(area)
        if column and self._window.width() > 0:
            self._shares[area] = column[0].width() / self._window.width()
            self._most[area] = max(MOST, column[0].width())

    def _column(self, area: Area) -> list[QDockWidget]:
        window = self._window
        return [
            dock
            for dock in self._docks
            if not dock.isHidden()
            and not dock.isFloating()
            and not _is_behind(dock)
            and window.dockWidgetArea(dock) is area
        ]


def _is_behind(dock: QDockWidget) -> bool:
    """Whether another tab is in front of a dock: Qt keeps such docks, in whatever size, far out of the window."""
    return dock.geometry().right() < 0
