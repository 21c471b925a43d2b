"""The breakpoints dock: a field for conditions and the list of all breakpoints with how often they hit in this walk.

Shares `ViewState` with the other docks. It must not block on a long walk: hits are asked over columns, when seen.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QCompleter,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStackedLayout,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.conditions import ConditionError, facts, parse

from ..cards import empty_sentence, label
from ..panel_style import panel_style
from ..theme import DARK, Theme, mix
from ..view_state import ViewState
from .hits import next_hit, previous_hit
from .model import Breakpoint
from .titles import detail, hit_count, title
from .walk_hits import hits_of

EMPTY = (
    "Stops for stepping are listed here.\n\nType a condition above, click beside a line number in the script,\n"
    "or right-click a box of the graph."
)
HINT = "Stop when …  norm > 1e3,  nan,  all zero"
EXAMPLES = ("norm > 1e3", "max|g| < 1e-8", "nan", "inf", "all zero", "not finite", "shape == (2, 2)")
_BREAKPOINT = Qt.ItemDataRole.UserRole


class Breakpoints(QWidget):
    """Set, switch, remove and visit breakpoints."""

    def __init__(self, view_state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("breakpoints")
        self.setAccessibleName("Breakpoints")
        self._state = view_state
        self._filling = False
        self._build()
        self._pending = QTimer(self, interval=0, singleShot=True)
        self._pending.timeout.connect(self._show)
        for changed in (view_state.breakpoints_changed, view_state.step_changed, view_state.trace_changed):
            changed.connect(self._pending.start)
        self.set_theme(DARK)
        self._show()

    def _build(self) -> None:
        self.field = QLineEdit()
        self.field.setPlaceholderText(HINT)
        self.field.setAccessibleName("Condition of a new breakpoint")
        self.field.setToolTip(_help())
        self.field.returnPressed.connect(self._add)
        self.field.textEdited.connect(self._explain)
        completer = QCompleter(EXAMPLES, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.field.setCompleter(completer)
        self.problem = label("", "error")
        self.problem.hide()
        self.previous = self._button("◀", "Previous breakpoint (Shift+Left)", self._go_back)
        self.next = self._button("▶", "Next breakpoint (Shift+Right)", self._go_on)
        self.remove = self._button("Remove", "Remove the selected breakpoints (Delete)", self._remove)
        self.list = QTreeWidget()
        self.list.setAccessibleName("List of breakpoints")
        self.list.setHeaderHidden(True)
        self.list.setColumnCount(2)
        self.list.setRootIsDecorated(False)
        self.list.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.itemChanged.connect(self._switch)
        self.list.itemActivated.connect(self._visit)
        self.list.installEventFilter(self)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addStretch(1)
        for button in (self.previous, self.next, self.remove):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.field)  # beside the buttons it would be too narrow for its examples
        column.addWidget(self.problem)
        column.addLayout(buttons)
        self.empty = empty_sentence(EMPTY)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.list)
        column.addLayout(self._stack, 1)
        self.setFocusProxy(self.field)

    def _button(self, text: str, tip: str, slot: object) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setProperty("part", "flat")
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(slot)
        return button

    @property
    def busy(self) -> bool:
        """Whether the list is about to be brought up to date."""
        return self._pending.isActive()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        surface = mix(theme.panel, theme.background, 0.55)
        self.setStyleSheet(
            panel_style(theme)
            + f"QTreeWidget {{ color: {theme.text}; background: {surface}; border: 1px solid {theme.line};"
            " border-radius: 6px; padding: 2px; }"
            f"QTreeWidget:focus {{ border: 1px solid {theme.accent}; }}"
            "QTreeWidget::item { padding: 3px 0; }"
            f"QTreeWidget::item:selected {{ background: {mix(surface, theme.accent, 0.28)}; color: {theme.text}; }}"
        )
        self.empty.setStyleSheet(f"color: {theme.dim};")

    def showEvent(self, event: QShowEvent) -> None:
        """A list that nobody sees is not kept up to date; now it is."""
        super().showEvent(event)
        self._pending.start()

    # -- the list ------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        trace, breakpoints = self._state.trace, self._state.breakpoints
        steps = self._state.steps
        hits = hits_of(steps) if steps is not None and self.isVisible() else None
        self._filling = True
        while self.list.topLevelItemCount() > len(breakpoints):
            self.list.takeTopLevelItem(len(breakpoints))
        for row, breakpoint in enumerate(breakpoints):
            item = self.list.topLevelItem(row)
            if item is None:
                item = QTreeWidgetItem(self.list)
            counted = hit_count(len(hits.of(breakpoint))) if hits is not None else ""
            item.setData(0, _BREAKPOINT, row)
            item.setText(0, title(trace, breakpoint))
            item.setText(1, counted)
            item.setToolTip(0, detail(trace, breakpoint) or title(trace, breakpoint))
            item.setToolTip(1, f"Hits in the walk that is shown: {counted or 'none is shown'}")
            item.setCheckState(0, Qt.CheckState.Checked if breakpoint.enabled else Qt.CheckState.Unchecked)
        self._filling = False
        self._stack.setCurrentWidget(self.list if breakpoints else self.empty)
        self.remove.setEnabled(bool(breakpoints))
        for button in (self.previous, self.next):
            button.setEnabled(bool(breakpoints) and steps is not None)

    def _switch(self, item: QTreeWidgetItem) -> None:
        if self._filling:
            return
        row, enabled = item.data(0, _BREAKPOINT), item.checkState(0) == Qt.CheckState.Checked
        changed = list(self._state.breakpoints)
        changed[row] = replace(changed[row], enabled=enabled)
        self._state.set_breakpoints(changed)

    def _remove(self) -> None:
        gone = {item.data(0, _BREAKPOINT) for item in self.list.selectedItems()}
        kept = [breakpoint for row, breakpoint in enumerate(self._state.breakpoints) if row not in gone]
        self._state.set_breakpoints(kept)

    # -- a new condition -----------------------------------------------------------------------------------------

    def _add(self) -> None:
        text = self.field.text().strip()
        problem = _problem(text)
        if problem:
            self._say(problem)
            return
        if all(breakpoint.place != Breakpoint(condition=text).place for breakpoint in self._state.breakpoints):
            self._state.set_breakpoints([*self._state.breakpoints, Breakpoint(condition=text)])
        self.field.clear()
        self._say("")

    def _explain(self, text: str) -> None:
        """While typing, a problem that was said goes away when it is mended; a new one waits for Enter."""
        if self.problem.isVisible():
            self._say(_problem(text) if text.strip() else "")

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    # -- visiting ------------------------------------------------------------------------------------------------

    def _visit(self, item: QTreeWidgetItem) -> None:
        """Go to the breakpoint's next hit, from the last one to the first."""
        steps = self._state.steps
        if steps is None:
            return
        hits = hits_of(steps).of(self._state.breakpoints[item.data(0, _BREAKPOINT)])
        if len(hits):
            following = next_hit(hits, self._state.position)
            self._state.set_position(int(hits[0]) if following is None else following)

    def _go_on(self) -> None:
        self._go(next_hit(self._state.hits, self._state.position), "after")

    def _go_back(self) -> None:
        self._go(previous_hit(self._state.hits, self._state.position), "before")

    def _go(self, position: int | None, where: str) -> None:
        self._say("" if position is not None else f"No breakpoint hits {where} this step.")
        if position is not None:
            self._state.set_position(position)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Delete removes."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Delete:
            self._remove()
            return True
        return super().eventFilter(watched, event)


def _problem(text: str) -> str:
    try:
        parse(text)
    except ConditionError as error:
        return f"At character {error.place + 1}: {error}" if text else str(error)
    return ""


def _help() -> str:
    """All facts with their meaning, as a tool tip."""
    known = {**facts.NUMBERS, **facts.TEXTS, **facts.TRUTHS}
    intro = (
        "A condition on the gradient that arrives, or with value. on the node's value.\n"
        "Compare with < <= > >= == !=, join with and, or, not.\n"
    )
    return "\n".join([intro, *(f"{name}: {meaning}" for name, meaning in known.items())])
