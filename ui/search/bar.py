"""The search bar above the canvas: what is typed is lit, arrows look at one hit after the other, Enter goes to it.

It shares `ViewState` with the docks; the canvas is asked only to mark a node, to go to one, and which ones it draws.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from engine.trace import NONE

from ..cards import ElidedLabel
from ..icons import icon
from ..naming import Bools, Ints, Names
from ..stepping import PassSteps
from ..theme import DARK, Theme
from ..view_state import ViewState
from .match import Matcher
from .query import Field, PatternTooSlowError, Query, parse

HINT = 'name: op: shape: dtype: line: cell: module: grad:>1e3 is:leaf   ·   -not   "exact"   /pattern/'
NOTHING = "Nothing in this graph matches."
TOO_SLOW = "This pattern takes too long on the texts of this graph: leave out a repetition inside a repetition."
NO_GRADIENTS = "No backward pass has been recorded yet, so nothing has a gradient."


class Canvas(Protocol):
    """What the bar asks of the canvas."""

    def mark(self, node: int) -> None:
        """Bring a node into view with a ring around it; NONE: no ring."""

    def go_to(self, node: int) -> None:
        """Look at a node from near, with the groups around it open."""

    def draws(self, nodes: Ints) -> Bools:
        """Which of the nodes are in the picture, be it in a group."""


class SearchBar(QFrame):
    """Hidden until `open`."""

    closed = Signal()

    def __init__(self, view_state: ViewState, canvas: Canvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("search")
        self._state, self._canvas = view_state, canvas
        self._hits: Ints = np.zeros(0, np.int64)
        self._current = NONE  # index into the hits
        self._elsewhere = 0  # hits that the picture does not show
        self._query = Query()
        self._lit_before: frozenset[int] | None = None
        self._lit: frozenset[int] | None = None  # what the search lit, to tell it from what others did since
        self._build()
        # Batches come many times a second while a cell runs; the search follows once per turn of the event loop.
        self._pending = QTimer(self, interval=0, singleShot=True)
        self._pending.timeout.connect(self._search_again)
        view_state.trace_changed.connect(self._follow)
        view_state.step_changed.connect(self._follow_step)
        self.set_theme(DARK)
        self.hide()

    def _build(self) -> None:
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find in the graph")
        self.field.setAccessibleName("Find in the graph")
        self.field.setAccessibleDescription("Up and Down look at the hits, Enter goes to one, Escape closes")
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self._count = QLabel()
        self._count.setObjectName("search-count")
        self._count.setMinimumWidth(self._count.fontMetrics().horizontalAdvance("00,000 of 00,000"))
        self._count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._up = self._button("Previous hit", "Up", lambda: self.step(-1))
        self._down = self._button("Next hit", "Down", lambda: self.step(1))
        self._close = self._button("Close the search", "Esc", self.close_search)
        self._message = ElidedLabel()
        self._message.setObjectName("search-message")
        row = QHBoxLayout()
        row.setSpacing(4)
        for widget in (self.field, self._count, self._up, self._down, self._close):
            row.addWidget(widget, 1 if widget is self.field else 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 6)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._message)
        self._tell()

    def _button(self, name: str, keys: str, act: object) -> QToolButton:
        made = QToolButton()
        made.setAccessibleName(name)
        made.setToolTip(f"{name} ({keys})")
        made.setIconSize(QSize(16, 16))
        made.clicked.connect(act)
        return made

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        for button, name in ((self._up, "up"), (self._down, "down"), (self._close, "close")):
            button.setIcon(icon(name, theme, "text"))
        self.setStyleSheet(
            f"QFrame#search {{ background: {theme.panel}; border: none; border-bottom: 1px solid {theme.line}; }}"
            f"QLabel#search-count {{ color: {theme.dim}; }}"
            f'QLabel#search-message {{ color: {theme.dim}; }} QLabel#search-message[trouble="true"]'
            f" {{ color: {theme.error}; }}"
        )

    # -- open, close ---------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Show the bar and type into it; what was searched last is there, selected."""
        if self.isHidden():
            self._lit_before = self._state.shown.lit
            self.show()
            self._search()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def close_search(self) -> None:
        """Hide the bar; what was lit before is lit again, the selection stays."""
        if self.isHidden():
            return
        self.hide()
        self._canvas.mark(NONE)
        self._restore_light()
        self.closed.emit()

    def _restore_light(self) -> None:
        if self._lit is not None and self._state.shown.lit == self._lit:
            self._state.light(self._lit_before)
        self._lit = None

    # -- searching -----------------------------------------------------------------------------------------------

    @property
    def hits(self) -> list[int]:
        """The nodes found, in the order of the trace."""
        return [int(node) for node in self._hits]

    @property
    def current(self) -> int:
        """The node that is looked at, or NONE."""
        return int(self._hits[self._current]) if self._current != NONE else NONE

    @property
    def count_text(self) -> str:
        """`3 of 17`, or "" without hits."""
        return self._count.text()

    @property
    def message(self) -> str:
        """The line below the field."""
        return self._message.text()

    def _follow(self) -> None:
        if not self.isHidden():
            self._pending.start()

    def _follow_step(self) -> None:
        """Another pass has other gradients; another position of it has the same."""
        if any(term.field in (Field.GRAD, Field.IS) for term in self._query.terms):
            self._follow()

    def refresh(self) -> None:
        """The picture is another one: hits may have come into it, or gone."""
        self._follow()

    def _search(self) -> None:
        self._find()
        self._current = 0 if len(self._hits) else NONE
        self._show()

    def _search_again(self) -> None:
        """The trace has grown: stay at the hit that is looked at."""
        if self.isHidden():
            return
        before = self.current
        self._find()
        place = int(np.searchsorted(self._hits, before)) if before != NONE else 0
        self._current = min(place, len(self._hits) - 1)  # NONE without hits
        self._show(reveal=False)

    def _find(self) -> None:
        self._query = parse(self.field.text())
        try:
            found = Matcher(self._state.trace, self._steps()).find(self._query)
        except PatternTooSlowError:
            self._query, found = Query((), TOO_SLOW), np.zeros(0, np.int64)
        drawn = found[self._canvas.draws(found)]
        self._hits, self._elsewhere = drawn, len(found) - len(drawn)

    def _steps(self) -> PassSteps | None:
        """The pass that is shown, else the last one."""
        if self._state.pass_steps is not None:
            return self._state.pass_steps
        passes = len(self._state.trace.passes)
        return PassSteps(self._state.trace, passes - 1) if passes else None

    def _show(self, *, reveal: bool = True) -> None:
        """Light the hits and look at the current one."""
        if len(self._hits):
            if self._lit is not None and self._state.shown.lit != self._lit:
                self._lit_before = self._state.shown.lit  # somebody lit something else since
            self._lit = frozenset(self._hits.tolist())
            self._state.light(self._lit)
        else:
            self._restore_light()
        if reveal or self._current == NONE:
            self._canvas.mark(self.current)
        self._tell()

    def _tell(self) -> None:
        count, trouble = len(self._hits), False
        text = HINT
        if self._query.problem:
            text, trouble = self._query.problem, True
        elif self._query.terms and not count:
            text, trouble = self._nothing(), True
        elif self._query.terms:
            text = Names.of(self._state.trace).with_output(self.current)
            if self._elsewhere:
                text += f"   ·   {self._elsewhere:,} more in the graph, but not in this picture"
        self._count.setText(f"{self._current + 1:,} of {count:,}" if count else "")
        self._message.setText(text)
        self._message.setAccessibleName(f"{self.count_text} {text}".strip())
        if self._message.property("trouble") != trouble:
            self._message.setProperty("trouble", trouble)
            self._message.style().unpolish(self._message)
            self._message.style().polish(self._message)
        for button in (self._up, self._down):
            button.setEnabled(count > 1)

    def _nothing(self) -> str:
        if self._elsewhere:
            return f"Nothing in this picture matches; {self._elsewhere:,} in the rest of the graph."
        asks = any(term.field is Field.GRAD for term in self._query.terms)
        return NO_GRADIENTS if asks and not len(self._state.trace.passes) else NOTHING

    # -- what the user does --------------------------------------------------------------------------------------

    def step(self, by: int) -> None:
        """Look at another hit; after the last comes the first."""
        if len(self._hits):
            self._current = (self._current + by) % len(self._hits)
            self._canvas.mark(self.current)
            self._tell()

    def go(self) -> None:
        """Select the hit that is looked at, open the groups around it and look at it from near."""
        if self.current != NONE:
            self._state.select((self.current,))
            self._canvas.go_to(self.current)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The field's own keys."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                event.accept()  # before Escape clears the selection
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.step(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.go()
        elif key == Qt.Key.Key_Escape:
            self.close_search()
        else:
            return False
        return True
