"""The inspector's widget: value, gradient and saved tensors of a node, statistics, findings, the norm over steps."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.trace import NONE, Trace

from ..cards import Card, Column, ElidedLabel, empty_sentence, label
from ..flat_combo import FlatCombo
from ..naming import Names
from ..panel_style import panel_style
from ..theme import DARK, Theme
from ..view_state import ViewState
from .array_panel import ArrayPanel, too_large
from .findings import MOST, Finding, findings
from .parts import FactTable, FindingCard
from .plot_library import library
from .subject import SavedItem, Shown, gradient_norms, gradient_of, neighbours, saved_items, statistics, value_of

if TYPE_CHECKING:
    from .plots import NormPlot

EMPTY = "Nothing to inspect yet. Run some code, then select a tensor or a function in the graph."
TABS = ("Value", "Gradient", "Saved")
FETCH_LIMIT = 32 << 20  # bytes; larger arrays are fetched only when asked for
PLOT = 96  # pixels high
AFTER_THE_OTHERS = 15  # ms: what comes with a new trace is not all shown in one turn of the event loop
DROPPED = "Its elements were given up for the memory budget; the statistics remain."


class Inspector(QWidget):
    """Looks at the node selected last, or at the current step's node when nothing is selected."""

    def __init__(self, view_state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAccessibleName("Inspector")
        self._state = view_state
        self._names = Names.of(view_state.trace)
        self._tab: str | None = None  # None: Gradient where there is one, else Value
        self._saved: list[SavedItem] = []
        self._findings: list[Finding] = []
        self._wanted: set[int] = set()  # large arrays that the user asked for
        self._plotted: tuple[Trace | None, int, int] = (None, NONE, 0)
        self._plot: NormPlot | None = None  # drawn by the plot library, which is loaded later
        self._theme: Theme = DARK
        self._build()
        self._pending = QTimer(self)
        self._pending.setSingleShot(True)
        self._pending.setInterval(0)
        self._pending.timeout.connect(self._show)
        view_state.step_changed.connect(self._at_once)
        view_state.selection_changed.connect(self._at_once)
        view_state.trace_changed.connect(self._after_the_others)
        self.set_theme(DARK)
        # Before anything is shown, which makes the library load.
        self._unmade = [self._add_norms, self._array.add_picture, self._array.add_histogram, self._at_once]
        library().ready.connect(self._add_plots)
        library().failed.connect(self._plot_title.setText)
        if library().is_ready:
            self._add_plots()
        elif library().error:
            self._plot_title.setText(library().error)
        self._show()

    @property
    def node(self) -> int:
        """The inspected node, or NONE."""
        state = self._state
        if state.selection:
            return state.selection[-1]
        steps = state.steps
        if steps is None:
            return NONE
        if state.position == 0 and state.pass_id != NONE:
            return int(state.trace.passes.root[state.pass_id])
        return steps.node(state.position)

    @property
    def tab(self) -> str:
        """The tab that is open."""
        return next(button.text() for button in self._tabs.buttons() if button.isChecked())

    def show_tab(self, name: str) -> None:
        """Open a tab by its name."""
        self._tab = name
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Show another theme."""
        self._theme = theme
        self.setStyleSheet(panel_style(theme))
        for part in (self._array, self._facts, self._plot, self._choice):
            if part is not None:
                part.set_theme(theme)

    def text(self) -> str:
        """Everything the inspector says, for screen readers and tests."""
        if self._stack.currentIndex() == 0:
            return EMPTY
        cards = [card.text() for card in self._cards if not card.isHidden()]
        sentence = "" if self._sentence.isHidden() else self._sentence.text()
        return "\n".join([self._title.text(), sentence, self._facts.text(), *cards])

    # -- building ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._stack = QStackedLayout(self)
        self._stack.addWidget(empty_sentence(EMPTY))
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(self._build_title())
        self._array = ArrayPanel()
        column.addLayout(self._build_tabs())
        self._content = content = Column()
        self._choice = FlatCombo()
        self._choice.setAccessibleName("Saved tensor")
        self._choice.activated.connect(lambda _: self._show_array())
        self._sentence = label(part="dim")
        self._fetch = QToolButton()
        self._fetch.clicked.connect(self._fetch_large)
        self._facts = FactTable()
        self._facts.node_chosen.connect(lambda node: self._state.select([node]))
        self._cards = [FindingCard() for _ in range(MOST)]
        self._plot_card = Card("gradient norm over steps")
        self._plot_title = self._plot_card.title
        self._plot_room = QWidget()
        self._plot_room.setFixedHeight(PLOT)
        self._plot_card.body.addWidget(self._plot_room)
        for part in (self._choice, self._array, self._sentence, self._fetch, self._facts, *self._cards):
            content.body.addWidget(part)
        for index, card in enumerate(self._cards):
            card.chosen.connect(partial(self._follow, index))
        content.body.addWidget(self._plot_card)
        content.body.addStretch(1)
        column.addWidget(content, 1)
        self._stack.addWidget(page)

    def _build_title(self) -> QHBoxLayout:
        self._title = ElidedLabel()
        title = QHBoxLayout()
        title.setSpacing(12)
        title.addWidget(label("INSPECTOR", "heading", wrap=False))
        title.addWidget(self._title, 1)
        return title

    def _build_tabs(self) -> QHBoxLayout:
        self._tabs = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(4)
        for name in TABS:
            button = QToolButton()
            button.setText(name)
            button.setCheckable(True)
            button.setProperty("part", "flat")
            button.clicked.connect(partial(self.show_tab, name))
            self._tabs.addButton(button)
            row.addWidget(button)
        self._tabs.buttons()[0].setChecked(True)
        row.addStretch(1)
        row.addWidget(self._array.copy_button)
        return row

    def _after_the_others(self) -> None:
        if not self._pending.isActive():
            self._pending.start(AFTER_THE_OTHERS)

    def _at_once(self) -> None:
        self._pending.start(0)

    def _add_plots(self) -> None:
        """The plot library is loaded: draw with it. Making its widgets takes long, so each has a turn of its own."""
        if self._unmade:
            self._unmade.pop(0)()
            QTimer.singleShot(0, self, self._add_plots)

    def _add_norms(self) -> None:
        from .plots import NormPlot

        self._plot = NormPlot(PLOT)
        self._plot.set_theme(self._theme)
        self._plot.position_chosen.connect(self._state.set_position)
        room = QVBoxLayout(self._plot_room)
        room.setContentsMargins(0, 0, 0, 0)
        room.addWidget(self._plot)

    # -- user ----------------------------------------------------------------------------------------------------

    def _follow(self, index: int) -> None:
        if index < len(self._findings):
            finding = self._findings[index]
            self._state.set_position(finding.position)
            self._state.select([finding.node])

    def _fetch_large(self) -> None:
        self._wanted.add(self._shown.handle)
        self._show_array()

    # -- showing -------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """A panel that becomes visible is up to date."""
        if event.type() == QEvent.Type.Show and self._pending.isActive():
            self._show()
        return super().event(event)

    def _show(self) -> None:
        self._pending.stop()
        trace, node = self._state.trace, self.node
        self._stack.setCurrentIndex(0 if node == NONE else 1)
        if node == NONE:
            return
        library().load()
        self._names = Names.of(trace)
        self._title.setText(self._title_of(node))
        self._saved = saved_items(trace, node, self._names)
        self._open_tab(node)
        self._show_array()
        self._show_findings(node)
        self._show_plot()
        self._content.settle()

    def _title_of(self, node: int) -> str:
        row, title = self._state.trace.node(node), self._names.title(node)
        more = self._names.name(row.owner) if row.op and row.owner != NONE else row.label
        return f"{title}   {more}" if row.op and more else title

    def _open_tab(self, node: int) -> None:
        name = self._tab
        if name is None:
            state = self._state
            gradient = gradient_of(state.trace, state.pass_steps, state.position, node, self._names)
            name = "Gradient" if gradient.handle != NONE or gradient.sentence.startswith("Not yet") else "Value"
        self._tabs.buttons()[TABS.index(name)].setChecked(True)
        chosen = self._choice.currentIndex()
        titles = [item.title for item in self._saved]
        if titles != [self._choice.itemText(i) for i in range(self._choice.count())]:
            self._choice.clear()
            self._choice.addItems(titles)
            chosen = 0
        self._choice.setCurrentIndex(max(chosen, 0) if titles else -1)
        self._choice.setVisible(name == "Saved" and bool(titles))

    def _current(self) -> Shown:
        state, node = self._state, self.node
        if self.tab == "Saved":
            index = self._choice.currentIndex()
            if 0 <= index < len(self._saved):
                return self._saved[index].shown
            return Shown(NONE, "Nothing is saved here for the backward pass.")
        look = value_of if self.tab == "Value" else gradient_of
        return look(state.trace, state.pass_steps, state.position, node, self._names)

    def _show_array(self) -> None:
        trace = self._state.trace
        self._shown = shown = self._current()
        sentence, array = shown.sentence, None
        self._fetch.setVisible(False)
        if shown.handle != NONE:
            told = trace.array(shown.handle)
            if shown.handle in trace.values or told.nbytes <= FETCH_LIMIT or shown.handle in self._wanted:
                array = self._state.value(shown.handle)
            else:
                sentence = too_large(told.nbytes)
                self._fetch.setText("Fetch it")
                self._fetch.setVisible(True)
            if array is not None:
                self._array.set_array(array, told.min, told.max)
            elif bool((trace.drops.array == shown.handle).any()):
                sentence = DROPPED
            elif not self._fetch.isVisibleTo(self):
                sentence = "Fetching its elements…"
        self._array.setVisible(array is not None)
        self._array.copy_button.setVisible(array is not None)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        facts = statistics(trace, shown.handle)
        self._facts.set_facts(facts + neighbours(trace, self.node, self._names))

    def _show_findings(self, node: int) -> None:
        state = self._state
        self._findings = findings(state.trace, state.pass_steps, state.position, node, self._names)
        for index, card in enumerate(self._cards):
            card.setVisible(index < len(self._findings))
            if index < len(self._findings):
                finding = self._findings[index]
                part = "error-card" if finding.serious else "finding-card"
                if card.property("part") != part:
                    card.setProperty("part", part)
                    card.style().unpolish(card)
                    card.style().polish(card)
                card.set_text(finding.text)

    def _show_plot(self) -> None:
        state, steps = self._state, self._state.pass_steps
        self._plot_card.setVisible(steps is not None and steps.count > 0)
        if steps is None or self._plot is None:
            return
        plotted = (state.trace, state.pass_id, steps.count)
        if plotted != self._plotted:
            self._plotted = plotted
            norms = gradient_norms(state.trace, steps)
            self._plot.set_norms(norms)
            log = ", log" if self._plot.is_log else ""
            self._plot_card.title.setText(f"gradient norm over steps{log}" if np.isfinite(norms).any() else "")
        self._plot.set_position(state.position)
