"""The step panel's widget: cards for the rule and its numbers, the reason, the saved tensors, and an error."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from engine.trace import NONE

from ..cards import Card, Column, ElidedLabel, empty_sentence, label
from ..formula.boxes import Line
from ..formula.view import FormulaView
from ..naming import Names
from ..panel_style import panel_style
from ..theme import DARK, Theme
from ..values import ShortValue, is_small, short, short_of
from ..view_state import ViewState
from .facts import StepFacts, gather
from .lines import accumulation_lines, arrival_lines, number_lines, rule_lines, saved_lines, seed_lines
from .reasons import error_of

EMPTY = "Nothing to step yet. Run a cell that calls .backward(), and this panel explains each step with its numbers."
ZERO_GRAD = (
    "{grad} held a value from an earlier pass. If that is not meant, call optimizer.zero_grad() or set {grad} = None "
    "before backward()."
)


class StepPanel(QWidget):
    """Explains the current step of a `ViewState`."""

    def __init__(self, view_state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("step")
        self.setAccessibleName("Step")
        self._state = view_state
        self._build()
        view_state.step_changed.connect(self._show)
        view_state.trace_changed.connect(self._later)
        # Batches come many times a second while a cell runs; the panel follows once per turn of the event loop.
        self._pending = QTimer(self)
        self._pending.setSingleShot(True)
        self._pending.setInterval(0)
        self._pending.timeout.connect(self._show)
        self.set_theme(DARK)
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Show another theme."""
        self.setStyleSheet(panel_style(theme))
        for view in self._views:
            view.set_theme(theme)

    def text(self) -> str:
        """Everything the panel says, for screen readers and tests."""
        if self._stack.currentIndex() == 0:
            return EMPTY
        cards = (self._math, self._why, self._saved, self._hint, self._error)
        words = [self._step.text(), self._node.text()]
        for card in cards:
            if not card.isHidden():
                words += [part.text() for part in card.findChildren(FormulaView) if not part.isHidden()]
                words += [part.text() for part in card.findChildren(type(self._step)) if not part.isHidden()]
        return "\n".join(word for word in words if word)

    # -- building ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._stack = QStackedLayout(self)
        self._stack.addWidget(empty_sentence(EMPTY))
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(self._build_title())
        self._cards = cards = Column()
        self._rule, self._numbers, self._arrivals, self._life = views = [FormulaView() for _ in range(4)]
        self._views: list[FormulaView] = views
        self._error = Card(part="error-card")
        self._error_title, self._error_text = label(part="error"), label()
        self._math = Card("vector-Jacobian product")
        self._hint = Card(part="finding-card")
        self._hint_text = label()
        self._why = Card("why this node now")
        self._why_text, self._next_text = label(), label(part="dim")
        self._saved = Card("saved tensors")
        for card, parts in (
            (self._error, (self._error_title, self._error_text)),
            (self._math, (self._rule, self._numbers, self._arrivals)),
            (self._hint, (self._hint_text,)),
            (self._why, (self._why_text, self._next_text)),
            (self._saved, (self._life,)),
        ):
            for part in parts:
                card.body.addWidget(part)
            cards.body.addWidget(card)
        self._math.body.setSpacing(9)
        cards.body.addStretch(1)
        column.addWidget(cards, 1)
        self._stack.addWidget(page)

    def _build_title(self) -> QHBoxLayout:
        self._step = label(part="heading", wrap=False)
        self._node = ElidedLabel()
        self._place = label(part="dim", wrap=False)
        title = QHBoxLayout()
        title.setSpacing(12)
        title.addWidget(self._step)
        title.addWidget(self._node, 1)
        title.addWidget(self._place)
        return title

    # -- showing -------------------------------------------------------------------------------------------------

    def _later(self) -> None:
        self._pending.start()

    def _show(self) -> None:
        self._pending.stop()
        trace, steps = self._state.trace, self._state.pass_steps
        self._stack.setCurrentIndex(0 if steps is None else 1)
        if steps is None:
            return
        facts = gather(trace, steps, self._state.position, Names.of(trace))
        self._show_title(facts)
        self._show_math(facts)
        self._why_text.setText(facts.why)
        self._why_text.setVisible(bool(facts.why))
        self._next_text.setText(facts.next)
        self._next_text.setVisible(bool(facts.next))
        self._why.setVisible(bool(facts.why or facts.next))
        self._life.set_lines(saved_lines(facts))
        self._saved.setVisible(bool(facts.saved))
        kind, message = error_of(trace, steps.pass_id)
        self._error.setVisible(bool(kind))
        self._error_title.setText(kind)
        self._error_text.setText(message)
        self._cards.settle()

    def _show_title(self, facts: StepFacts) -> None:
        if facts.node == NONE:
            self._step.setText("SEED")
            self._node.setText("before the first step" if facts.count else "this pass has no steps")
        else:
            self._step.setText(f"STEP {facts.position:,} OF {facts.count:,}")
            self._node.setText(f"{facts.op}   {facts.label}".rstrip())
        self._place.setText(facts.place)

    def _show_math(self, facts: StepFacts) -> None:
        if facts.node == NONE:
            title, rule = "seed gradient", seed_lines(facts, self._short)
            numbers: tuple[Line, ...] = ()
            arrivals: tuple[Line, ...] = ()
        elif facts.accumulation is not None:
            title, rule = "accumulation into .grad", rule_lines(facts)
            numbers, arrivals = accumulation_lines(facts.accumulation, self._short), ()
        else:
            title, rule = "vector-Jacobian product", rule_lines(facts)
            numbers = number_lines(facts, self._short)
            arrivals = arrival_lines(facts.arrivals, self._short, self._sum, facts.position)
        self._math.title.setText(title)
        for view, lines in ((self._rule, rule), (self._numbers, numbers), (self._arrivals, arrivals)):
            view.set_lines(lines)
            view.setVisible(bool(lines))
        self._math.setVisible(bool(rule or numbers))
        again = facts.accumulation is not None and facts.accumulation.before != NONE
        self._hint.setVisible(again)
        if again and facts.accumulation is not None:
            self._hint_text.setText(ZERO_GRAD.format(grad=facts.accumulation.title))

    def _short(self, handle: int) -> ShortValue | None:
        """The short form of an array; its elements are asked for only where they would be written."""
        if handle == NONE:
            return None
        array = self._state.trace.array(handle)
        told = short(array, None)
        if told.single is not None or told.text == "empty" or not is_small(array.shape):
            return told
        value = self._state.value(handle)
        return None if value is None and not self._dropped(handle) else short(array, value)

    def _sum(self, handles: list[int]) -> ShortValue | None:
        """The short form of a sum, where all parts are here."""
        values = [self._state.trace.values.get(handle) for handle in handles]
        parts = [value for value in values if value is not None]
        if len(parts) < len(values):
            return None
        with np.errstate(all="ignore"):
            return short_of(np.sum(np.stack(parts), axis=0, dtype=parts[0].dtype))

    def _dropped(self, handle: int) -> bool:
        return bool((self._state.trace.drops.array == handle).any())
