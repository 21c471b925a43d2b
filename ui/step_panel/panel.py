"""The step panel's widget: the title of the place in the walk, and cards that explain it.

It shows a pass (gradients) or a cell's forward pass (operations); what is said is worked out in Qt-free modules.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QStackedLayout, QVBoxLayout, QWidget

from engine.trace import NONE

from ..cards import Column, ElidedLabel, empty_sentence, label
from ..formula.view import FormulaView
from ..naming import Names
from ..panel_style import panel_style
from ..stepping import ForwardSteps, PassSteps
from ..theme import DARK, Theme
from ..view_state import ViewState
from ..words import GoTo, Word, Words, step_word, words
from .arrivals import Arrival
from .facts import StepFacts, gather
from .failures import Failure
from .forward import ForwardFacts, gather_forward
from .forward_lines import expression_lines, operand_lines
from .lines import (
    accumulation_lines,
    arrival_lines,
    aside_lines,
    number_lines,
    rule_lines,
    running_lines,
    seed_lines,
)
from .link_label import LinkLabel
from .sections import (
    CodeSection,
    FailureSection,
    HintSection,
    HooksSection,
    MathSection,
    SavedSection,
    Section,
    SumsSection,
    WhySection,
)
from .values import Values

EMPTY = "Nothing to step yet. Run a cell that calls .backward(), and this panel explains each step with its numbers."
ROOMY = 460  # pixels of width at which the title stands on one line


class StepPanel(QWidget):
    """Explains the place in the walk that a `ViewState` is at."""

    def __init__(self, view_state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("step")
        self.setAccessibleName("Step")
        self._state = view_state
        self._values = Values(view_state)
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
        self._place.set_theme(theme)
        for section in self._sections:
            section.set_theme(theme)

    def text(self) -> str:
        """Everything the panel says, for screen readers and tests."""
        if self._stack.currentIndex() == 0:
            return EMPTY
        parts = [section.text() for section in self._sections]
        told = [self._step.text(), self._node.text(), self._place.words(), *parts]
        return "\n".join(word for word in told if word)

    # -- building ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._stack = QStackedLayout(self)
        self._stack.addWidget(empty_sentence(EMPTY))
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(self._build_title())
        self._failure, self._math, self._hint = FailureSection(), MathSection(), HintSection()
        self._came, self._sums, self._hooks = SumsSection(), SumsSection(), HooksSection()
        self._code, self._why, self._saved = CodeSection(), WhySection(), SavedSection()
        self._sections: tuple[Section, ...] = (
            self._failure, self._math, self._hint, self._came, self._sums, self._hooks, self._code, self._why,
            self._saved,
        )  # fmt: skip
        self._cards = cards = Column()
        for card in self._sections:
            cards.body.addWidget(card)
        cards.body.addStretch(1)
        for section in self._sections:
            for links in section.links:
                links.chosen.connect(self._go)
        self._saved.lives.chosen.connect(self._go)
        self._views: list[FormulaView] = [view for section in self._sections for view in section.formulas]
        self._rule = self._math.rule
        column.addWidget(cards, 1)
        self._stack.addWidget(page)

    def _build_title(self) -> QGridLayout:
        self._step = label(part="heading", wrap=False)
        self._node = ElidedLabel()
        self._place = LinkLabel("dim")
        self._place.setWordWrap(False)
        self._place.setSizePolicy(self._step.sizePolicy())
        self._place.chosen.connect(self._go)
        self._title = QGridLayout()
        self._title.setHorizontalSpacing(12)
        self._title.setVerticalSpacing(2)
        self._title.setColumnStretch(1, 1)
        self._title.addWidget(self._step, 0, 0)
        self._title.addWidget(self._place, 0, 2)
        self._title.addWidget(self._node, 0, 1)
        return self._title

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the title has no room on one line, what runs gets a line of its own."""
        super().resizeEvent(event)
        below = event.size().width() < ROOMY
        if below != (self._title.itemAtPosition(1, 0) is not None):
            self._title.removeWidget(self._node)
            self._title.addWidget(self._node, *((1, 0, 1, 3) if below else (0, 1, 1, 1)))

    # -- going somewhere -----------------------------------------------------------------------------------------

    def _go(self, goes: GoTo) -> None:
        """Where a link leads; a node that is selected already is shown again."""
        if goes.pass_id != NONE:
            self._state.set_step(goes.pass_id, goes.position)
        elif goes.position > 0:
            self._state.set_position(goes.position)
        if goes.node != NONE:
            self._state.select((goes.node,))
            row = self._state.trace.node(goes.node)
            goes = replace(goes, source=row.source, line=row.line)
        if goes.source != NONE and goes.line > 0:
            self._state.show_line(goes.source, goes.line)

    # -- showing -------------------------------------------------------------------------------------------------

    def _later(self) -> None:
        self._pending.start()

    def _show(self) -> None:
        self._pending.stop()
        trace, steps, place = self._state.trace, self._state.steps, self._state.place
        self._stack.setCurrentIndex(0 if steps is None else 1)
        self._cards.inner.setUpdatesEnabled(False)
        try:
            if isinstance(steps, PassSteps):
                self._show_pass(gather(trace, steps, place, Names.of(trace)), steps.failed_at)
            elif isinstance(steps, ForwardSteps):
                self._show_forward(gather_forward(trace, steps, place, Names.of(trace)), steps.failed_at)
        finally:
            self._cards.inner.setUpdatesEnabled(True)
        self._cards.settle()

    def _show_title(self, word: str, facts: StepFacts | ForwardFacts, otherwise: str) -> None:
        if facts.node == NONE:
            self._step.setText(word)
            self._node.setText(otherwise)
        else:
            first = facts.run[0][0] if facts.run else facts.position
            steps = f"STEPS {first:,} TO {facts.position:,}" if facts.run else f"STEP {facts.position:,}"
            self._step.setText(f"{steps} OF {facts.count:,}")
            self._node.setText(f"{facts.op}   {facts.label}".rstrip())
        self._place.set_sentences((words(Word(facts.place, facts.origin if facts.origin != GoTo() else None)),))

    def _show_failure(self, failure: Failure | None, position: int, count: int, failed_at: int) -> None:
        at = failed_at if failed_at != NONE else count
        way: Words = words("It ended at ", step_word(NONE, at), ".") if at > 0 else ()
        self._failure.show_failure(failure, at in (position, 0), way)

    def _show_pass(self, facts: StepFacts, failed_at: int) -> None:
        values, fact = self._values, facts.accumulation
        self._show_title("SEED", facts, "before the first step" if facts.count else "this pass has no steps")
        self._show_failure(facts.failure, facts.position, facts.count, failed_at)
        self._math.layer.set_sentences((facts.layer, facts.again))
        self._math.show_run(facts.run, facts.more_run)
        arrivals = (facts.waiting,) if facts.waiting is not None else facts.arrivals
        arrived = arrival_lines(arrivals, values.short, values.add, facts.position) if facts.node != NONE else ()
        if facts.node == NONE:
            self._math.show_lines("seed gradient", seed_lines(facts, values.short), (), ())
        elif fact is not None:
            self._math.show_lines(
                "accumulation into .grad", rule_lines(facts), accumulation_lines(fact, values.short), ()
            )
        else:
            self._math.show_lines(
                "vector-Jacobian product", rule_lines(facts), number_lines(facts, values.short), arrived
            )
        self._show_sum(self._came, "what arrived at", facts.received, facts.position)
        summed = next((each for each in reversed(facts.arrivals) if each.count > 1), None)
        self._show_sum(self._sums, "running sum at", summed, facts.position)
        self._hooks.show_hooks(facts.hooks, facts.more_hooks, values)
        self._hint.show_hint(facts.hint)
        self._code.show_code(facts.code)
        self._why.title.setText("why this node now" if facts.node != NONE else "where it starts")
        self._why.show_reason(facts.reason, facts.turn, facts.queue, facts.more_queued, facts.next)
        self._saved.show_lives("saved tensors", facts.lives, facts.more_lives, facts.freed, aside_lines(facts), values)

    def _show_sum(self, section: SumsSection, lead: str, arrival: Arrival | None, step: int) -> None:
        if arrival is None:
            section.show_sum("", ())
            return
        lines = running_lines(arrival, self._values.short, self._values.sum_of, step)
        section.show_sum(f"{lead} {arrival.title}, in the engine's order", lines)

    def _show_forward(self, facts: ForwardFacts, failed_at: int) -> None:
        values = self._values
        self._show_title("BEGINNING", facts, "before the first operation")
        self._show_failure(facts.failure, facts.position, facts.count, failed_at)
        self._math.layer.set_sentences(())
        self._math.show_run(facts.run, facts.more_run)
        title = "operation, in place" if facts.inplace else "operation"
        self._math.show_lines(title, expression_lines(facts), operand_lines(facts, values.short), ())
        self._show_sum(self._came, "", None, 0)
        self._show_sum(self._sums, "", None, 0)
        self._hooks.show_hooks((), 0, values)
        self._hint.show_hint(())
        self._code.show_code(None)
        self._why.title.setText("why this operation now" if facts.node != NONE else "where it starts")
        self._why.show_reason(facts.reason, "", (), 0, "")
        self._saved.show_lives("saved for backward", facts.lives, facts.more_lives, (), (), values)
