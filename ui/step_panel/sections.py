"""The cards of the step panel: each shows one kind of facts, and hides when there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from ..cards import Card, label
from ..formula.boxes import Line
from ..formula.view import FormulaView
from ..readable import readable
from ..saved_life import Life, SavedLives
from ..theme import Theme, mix
from ..words import Word, Words, node_word, step_word, words
from .code_box import CodeBox
from .custom_function import CustomCode
from .failures import Failure
from .hooks import Hook
from .link_label import LinkLabel
from .reasons import Queued
from .values import Values

OWN_CODE = "These lines are not checked: torch.autograd.gradcheck compares them with finite differences."


class Section(Card):
    """A card whose parts can be dressed, and asked what they say."""

    def __init__(self, title: str = "", part: str = "card") -> None:
        super().__init__(title, part)
        self.links: list[LinkLabel] = []
        self.formulas: list[FormulaView] = []

    def add_links(self, part: str = "") -> LinkLabel:
        """One more label of sentences."""
        made = LinkLabel(part)
        self.links.append(made)
        self.body.addWidget(made)
        return made

    def add_formulas(self) -> FormulaView:
        """One more view of lines."""
        made = FormulaView()
        self.formulas.append(made)
        self.body.addWidget(made)
        return made

    def set_theme(self, theme: Theme) -> None:
        """Dress the parts."""
        for links in self.links:
            links.set_theme(theme)
        for formulas in self.formulas:
            formulas.set_theme(theme)

    def text(self) -> str:
        """Everything it says, in letters; nothing while it is hidden."""
        if self.isHidden():
            return ""
        told = [_words_of(item.widget()) for i in range(self.body.count()) if (item := self.body.itemAt(i)) is not None]
        return "\n".join(text for text in told if text)


def _words_of(part: QWidget | None) -> str:
    if part is None or part.isHidden():
        return ""
    if isinstance(part, LinkLabel | CodeBox):
        return part.words()
    text = getattr(part, "text", None)
    return str(text()) if callable(text) else ""


class FailureSection(Section):
    """An error: on its own step in full, elsewhere as a line that leads there."""

    def __init__(self) -> None:
        super().__init__(part="error-card")
        self._heading, self._advice, self._message = label(part="error"), label(), label(part="dim")
        self.body.addWidget(self._heading)
        self._facts = self.add_links()
        self.body.addWidget(self._advice)
        self.body.addWidget(self._message)

    def set_theme(self, theme: Theme) -> None:
        """Links must be read on this surface too."""
        surface = mix(mix(theme.panel, theme.background, 0.55), theme.error, 0.12)
        super().set_theme(replace(theme, accent=readable(theme.accent, surface)))

    def show_failure(self, failure: Failure | None, here: bool, way: Words) -> None:
        """`way` leads to the step that failed, for when it is not shown `here`."""
        self.setVisible(failure is not None)
        if failure is None:
            return
        self._heading.setText(failure.title)
        self._message.setText(failure.message)
        self._message.setVisible(here)
        self._facts.set_sentences(failure.facts if here else (way,))
        self._advice.setText(f"What to do: {failure.advice}")
        self._advice.setVisible(here and bool(failure.advice))


class MathSection(Section):
    """The formula, the same with numbers, and where the gradients arrive."""

    def __init__(self) -> None:
        super().__init__("vector-Jacobian product")
        self.body.setSpacing(9)
        self.run = self.add_links("dim")
        self.layer = self.add_links("dim")
        self.rule, self.numbers, self.arrivals = (self.add_formulas() for _ in range(3))

    def show_lines(
        self, title: str, rule: tuple[Line, ...], numbers: tuple[Line, ...], arrivals: tuple[Line, ...]
    ) -> None:
        """Fill it; empty parts take no room."""
        self.title.setText(title)
        for view, lines in ((self.rule, rule), (self.numbers, numbers), (self.arrivals, arrivals)):
            view.set_lines(lines)
            view.setVisible(bool(lines))
        self.setVisible(bool(rule or numbers or arrivals or self.run.words()))

    def show_run(self, run: Sequence[tuple[int, Words]], more: int) -> None:
        """The nodes that are one step together, in order."""
        if not run:
            self.run.set_sentences(())
            return
        told: list[str | Word | Words] = ["These steps are taken together: "]
        for index, (position, title) in enumerate(run):
            told += [", " if index else "", f"{position:,} ", title]
        told.append(f" and {more:,} more. The last one is shown." if more else ". The last one is shown.")
        self.run.set_sentences((words(*told),))


class HintSection(Section):
    """Something about the step that may not be meant."""

    def __init__(self) -> None:
        super().__init__(part="finding-card")
        self._told = self.add_links()

    def set_theme(self, theme: Theme) -> None:
        """Links must be read on this surface too."""
        super().set_theme(replace(theme, accent=readable(theme.accent, theme.leaf_fill)))

    def show_hint(self, hint: Words) -> None:
        """Hidden when there is none."""
        self._told.set_sentences((hint,))
        self.setVisible(bool(hint))


class SumsSection(Section):
    """Contributions to one sum, each with the sum so far."""

    def __init__(self) -> None:
        super().__init__("running sum")
        self._lines = self.add_formulas()

    def show_sum(self, title: str, lines: tuple[Line, ...]) -> None:
        """Hidden where a single gradient arrives."""
        self.title.setText(title)
        self._lines.set_lines(lines)
        self.setVisible(bool(lines))


class HooksSection(Section):
    """The hooks that fired, and what they changed."""

    def __init__(self) -> None:
        super().__init__("hooks that fired")
        self._told = self.add_links()

    def show_hooks(self, hooks: Sequence[Hook], more: int, values: Values) -> None:
        """In the order they fired."""
        told = [_hook_words(hook, values) for hook in hooks]
        if more:
            told.append(words(f"and {more:,} more"))
        self._told.set_sentences(tuple(told))
        self.setVisible(bool(told))


def _hook_words(hook: Hook, values: Values) -> Words:
    change = values.changed(hook.before, hook.after) if hook.changed else "changed nothing"
    where: tuple[str | Word, ...] = (", ", hook.place) if hook.place.text else ()
    return words(Word(hook.name, role="now"), Word(f"  {hook.kind}", role="dim"), *where, f":  {change}")


class CodeSection(Section):
    """The `backward` of a custom function."""

    def __init__(self) -> None:
        super().__init__("its own backward")
        self._place = self.add_links("dim")
        self._code = CodeBox()
        self.body.addWidget(self._code)
        self._note = label(OWN_CODE, "dim")
        self.body.addWidget(self._note)

    def set_theme(self, theme: Theme) -> None:
        """Also the code's colours."""
        super().set_theme(theme)
        self._code.set_theme(theme)

    def show_code(self, code: CustomCode | None) -> None:
        """Hidden for operations of the engine."""
        self._code.set_code(code)
        self._place.set_sentences(() if code is None else (words(code.place),))
        self.setVisible(code is not None)


class WhySection(Section):
    """Why this node now: a sentence, the engine's rule, and the queue."""

    def __init__(self) -> None:
        super().__init__("why this node now")
        self._reason = self.add_links()
        self._turn = self.add_links("dim")
        self._queue = self.add_links()

    def show_reason(self, reason: Words, turn: str, queue: Sequence[Queued], more: int, end: str) -> None:
        """`end` is what is said when the queue is empty."""
        self._reason.set_sentences((reason,))
        self._turn.set_sentences((words(turn),))
        rows = [_queued_words(row) for row in queue]
        if more:
            rows.append(words(Word(f"and {more:,} more", role="dim")))
        if not rows and end:
            rows.append(words(Word(end, role="dim")))
        self._queue.set_sentences(tuple(rows))
        self.setVisible(bool(reason or rows))


def _queued_words(row: Queued) -> Words:
    lead = "Next in the queue: " if row.rank == 1 else f"#{row.rank} "
    number = f"  sequence {row.sequence:,}," if row.sequence >= 0 else " "
    since = step_word(-1, row.since) if row.since else Word("the seed")
    return words(
        Word(lead, role="dim"), node_word(row.title, row.node), Word(f"{number} ready since ", role="dim"), since
    )


class SavedSection(Section):
    """The lives of the saved tensors, what the step freed, and the sizes that were saved beside them."""

    def __init__(self) -> None:
        super().__init__("saved tensors")
        self.lives = SavedLives()
        self.body.addWidget(self.lives)
        self._freed = self.add_links("dim")
        self._aside = self.add_formulas()

    def set_theme(self, theme: Theme) -> None:
        """Also the strips."""
        super().set_theme(theme)
        self.lives.set_theme(theme)

    def show_lives(
        self, title: str, lives: tuple[Life, ...], more: int, freed: Words, aside: tuple[Line, ...], values: Values
    ) -> None:
        """Fill it; hidden where nothing was saved."""
        self.title.setText(title)
        self.lives.set_lives(tuple((life, values.told(life.value)) for life in lives))
        self.lives.setVisible(bool(lives))
        rest = words(f"and {more:,} more saved tensors") if more else ()
        self._freed.set_sentences((rest, freed))
        self._aside.set_lines(aside)
        self._aside.setVisible(bool(aside))
        self.setVisible(bool(lives or freed or aside))
