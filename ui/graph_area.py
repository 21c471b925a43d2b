"""The middle of the window: the canvas, above it the search and, where there are sub-graphs, their tabs."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from .canvas.view import CanvasView
from .graph_tabs import GraphTabs
from .search.bar import SearchBar
from .theme import Theme
from .view_state import ViewState


class GraphArea(QWidget):
    """Owns the canvas and what stands above it."""

    def __init__(self, view_state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = CanvasView(view_state)
        self.tabs = GraphTabs(view_state)
        self.search = SearchBar(view_state, self.canvas)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.search)
        column.addWidget(self.canvas, 1)
        self.search.closed.connect(self.canvas.setFocus)
        self.canvas.picture_changed.connect(self.search.refresh)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        for part in (self.canvas, self.tabs, self.search):
            part.set_theme(theme)
