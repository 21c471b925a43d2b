"""The outline dock: the graph as a tree to read, filter and walk. Shares `ViewState` with the other docks.

The selection is one with the graph's, both ways: a row that stands for the selected node already is left alone, so that
no selection goes in circles.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStackedLayout,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from engine.trace import NONE

from ..cards import ElidedLabel, empty_sentence
from ..flat_combo import FlatCombo
from ..panel_style import panel_style
from ..search.match import Matcher
from ..search.query import Field, Query, Text, parse
from ..shown_state import Grouping
from ..snapshot import Snapshot
from ..theme import DARK, Theme, mix
from ..view_state import ViewState
from .job import OutlineJob, Wish
from .model import DETAIL, Content, OutlineModel
from .tree import Entry

EMPTY = "The graph's modules, cells and tensors appear here as a tree.\nRun some code to see them."
NOTHING = "Nothing in the graph matches."
MOST_OPENED = 200  # entries that a filter may leave for all of them to be opened
DETAIL_SHARE = 0.38  # of the tree's width
MOST_SELECTED = 200  # selected nodes whose rows are looked for


class Outline(QWidget):
    """A tree of what the graph holds."""

    go_requested = Signal(int)  # look at this node from near

    def __init__(self, view_state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("outline")
        self.setAccessibleName("Outline")
        self._state, self._model, self._job = view_state, OutlineModel(self), OutlineJob(self)
        self._opened: set[str] = set()  # keys of the rows that a person opened
        self._restoring = False
        self._seen = (0, 0, 0)  # size of what is shown
        self._query = Query()
        self._build()
        self._pending = QTimer(self, interval=0, singleShot=True)
        self._pending.timeout.connect(self._follow)
        self._job.ready.connect(self._show)
        view_state.trace_changed.connect(self._pending.start)
        view_state.selection_changed.connect(self._follow_selection)
        self.set_theme(DARK)

    def _build(self) -> None:
        self.choice = FlatCombo()
        self.choice.setAccessibleName("What the outline is made of")
        for grouping in Grouping:
            if grouping is not Grouping.NONE:
                self.choice.addItem(grouping.value, grouping)
        self.choice.currentIndexChanged.connect(self._regroup)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter, as in Find")
        self.filter.setAccessibleName("Filter the outline")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._pending_filter)
        self.filter.installEventFilter(self)
        self.tree = QTreeView()
        self.tree.setAccessibleName("Outline of the graph")
        self.tree.setModel(self._model)
        self.tree.setUniformRowHeights(True)
        self.tree.setHeaderHidden(True)
        self.tree.setIconSize(QSize(8, 8))
        self.tree.setIndentation(16)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(DETAIL, QHeaderView.ResizeMode.Interactive)
        self.tree.viewport().installEventFilter(self)
        self.tree.selectionModel().selectionChanged.connect(self._select)
        self.tree.activated.connect(self._go)
        self.tree.expanded.connect(lambda index: self._note(index, is_open=True))
        self.tree.collapsed.connect(lambda index: self._note(index, is_open=False))
        self.said = ElidedLabel("dim")
        self._empty = empty_sentence(EMPTY)
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.choice)
        top.addWidget(self.filter, 1)
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(8, 4, 8, 6)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self.tree, 1)
        column.addWidget(self.said)
        self._full = full
        self._layout = QStackedLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._empty)
        self._layout.addWidget(full)
        self.setFocusProxy(self.filter)

    @property
    def busy(self) -> bool:
        """Whether a newer tree is being made."""
        return self._job.busy or self._pending.isActive()

    @property
    def model(self) -> OutlineModel:
        """What the tree shows."""
        return self._model

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._model.set_theme(theme)
        self.choice.set_theme(theme)
        surface = mix(theme.panel, theme.background, 0.55)
        self.setStyleSheet(
            panel_style(theme)
            + f"QTreeView {{ color: {theme.text}; background: {surface}; border: 1px solid {theme.line};"
            " border-radius: 6px; padding: 2px; }"
            f"QTreeView:focus {{ border: 1px solid {theme.accent}; }}"
            f"QTreeView::item {{ padding: 2px 0; }}"
            f"QTreeView::item:hover {{ background: {mix(surface, theme.accent, 0.10)}; }}"
            f"QTreeView::item:selected {{ background: {mix(surface, theme.accent, 0.28)}; color: {theme.text}; }}"
        )
        self._empty.setStyleSheet(f"color: {theme.dim};")
        self.tree.viewport().update()

    # -- following -----------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """An outline that nobody sees is not kept up to date; now it is."""
        super().showEvent(event)
        self._pending.start()

    def _follow(self) -> None:
        content = self._model.content
        fresh = content is None or content.trace is not self._state.trace
        if self.isVisible() and (fresh or Snapshot.of(self._state.trace).size() != self._seen):
            if fresh:
                self._opened.clear()
            self._request()
        elif self.isVisible():
            self._follow_selection()

    def _regroup(self) -> None:
        self._opened.clear()
        self._request()

    def _pending_filter(self) -> None:
        self._query = parse(self.filter.text())
        self._request()

    def _request(self) -> None:
        self._job.request(self._wish)

    def _wish(self) -> Wish:
        trace = self._state.trace
        snapshot = Snapshot.of(trace)
        kept, title = None, ""
        if self._query.terms:
            kept = np.zeros(len(snapshot.kind), np.bool_)
            kept[Matcher(trace, self._state.pass_steps).find(self._query)] = True
            first = self._query.terms[0]
            if len(self._query.terms) == 1 and first.field is Field.ANY and isinstance(first.value, Text):
                title = "" if first.negated else first.value.text
        return Wish(trace, snapshot, self.choice.currentData(), kept, title)

    def _show(self, content: Content) -> None:
        self._seen = content.snapshot.size()
        self._restoring = True
        self._model.show(content)
        self._open_rows(content)
        self._restoring = False
        self._layout.setCurrentWidget(self._full if self._seen[0] else self._empty)
        self._say(content)
        self._follow_selection()

    def _open_rows(self, content: Content) -> None:
        """What a person opened; of a short filtered tree everything; a single row at the top at once."""
        tree = content.tree
        if self._query.terms and len(tree.kind) <= MOST_OPENED:
            self.tree.expandAll()
            return
        for key in self._opened:
            index = self._model.index_of(self._model.entry_with(key))
            if index.isValid():
                self.tree.setExpanded(index, True)
        if tree.rows(NONE) == 1:
            self.tree.setExpanded(self._model.index(0, 0), True)

    def _say(self, content: Content) -> None:
        rows = int((content.tree.kind == Entry.NODE).sum())
        text = f"{rows:,} {'tensor' if rows == 1 else 'tensors'}"
        if self._query.problem:
            text = self._query.problem
        elif self._query.terms:
            text = f"{text} match" if rows else NOTHING
        self.said.setText(text)
        self.said.setProperty("part", "error" if self._query.problem else "dim")
        self.said.style().unpolish(self.said)
        self.said.style().polish(self.said)

    # -- selection, both ways ------------------------------------------------------------------------------------

    def _nodes(self) -> list[int]:
        """What the selected rows stand for."""
        found = [self._model.node(index) for index in self.tree.selectionModel().selectedRows()]
        return [node for node in found if node != NONE]

    def _follow_selection(self) -> None:
        """Select the rows of the selected nodes, and bring the last one into view."""
        if not self.isVisible() or self._model.content is None:
            return
        wanted = [self._model.index_of_node(node) for node in self._state.selection[-MOST_SELECTED:]]
        wanted = [index for index in wanted if index.isValid()]
        here = {self._model.node(index) for index in self.tree.selectionModel().selectedRows()}
        if {self._model.node(index) for index in wanted} == here or here == set(self._state.selection):
            return
        selection = QItemSelection()
        for index in wanted:
            selection.select(index, index.siblingAtColumn(DETAIL))
        self._restoring = True
        self.tree.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if wanted:
            self.tree.selectionModel().setCurrentIndex(wanted[-1], QItemSelectionModel.SelectionFlag.NoUpdate)
            self.tree.scrollTo(wanted[-1])
        self._restoring = False

    def _select(self) -> None:
        if not self._restoring:
            self._state.select(self._nodes())

    def _go(self, index: QModelIndex) -> None:
        node = self._model.node(index)
        if node != NONE:
            self.go_requested.emit(node)

    def _note(self, index: QModelIndex, *, is_open: bool) -> None:
        if not self._restoring and not self._query.terms:
            (self._opened.add if is_open else self._opened.discard)(self._model.key(index))

    # -- keys ----------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down goes from the filter into the tree, Escape empties it; the tree's second column keeps its share."""
        if watched is self.tree.viewport() and event.type() == QEvent.Type.Resize:
            self.tree.setColumnWidth(DETAIL, int(self.tree.viewport().width() * DETAIL_SHARE))
        if watched is self.filter and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Down:
                if not self.tree.currentIndex().isValid():  # with the focus it gets one, without selecting it
                    self.tree.setCurrentIndex(self._model.index(0, 0))
                self.tree.setFocus()
                return True
            if event.key() == Qt.Key.Key_Escape and self.filter.text():
                self.filter.clear()
                return True
        return super().eventFilter(watched, event)
