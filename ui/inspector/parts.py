"""Parts of the inspector: a finding that can be clicked, and rows of facts whose nodes are links."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from ..cards import Card, label
from ..theme import DARK, Theme
from .subject import Fact


class FindingCard(Card):
    """One sentence that can be clicked."""

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__(part="finding-card")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._text = label()
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.body.addWidget(self._text)

    def set_text(self, text: str) -> None:
        """Say something else."""
        self._text.setText(text)
        self.setAccessibleName(text)

    def text(self) -> str:
        """The sentence."""
        return self._text.text()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click goes there."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """So does Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)


class FactTable(QWidget):
    """Rows of a label and a value; the nodes that a value names are links."""

    node_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(2, 2, 2, 2)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, QLabel]] = []
        self._theme: Theme = DARK
        self._facts: list[Fact] = []

    def set_theme(self, theme: Theme) -> None:
        """Links have the colour of the theme."""
        self._theme = theme
        facts, self._facts = self._facts, []
        self.set_facts(facts)

    def set_facts(self, facts: list[Fact]) -> None:
        """Show other rows; widgets are made once and reused."""
        if facts == self._facts:
            return
        self._facts = facts
        while len(self._rows) < len(facts):
            self._add_row()
        for index, (name, value) in enumerate(self._rows):
            shown = index < len(facts)
            name.setVisible(shown)
            value.setVisible(shown)
            if shown:
                name.setText(facts[index].label)
                value.setText(self._rich(facts[index]))

    def text(self) -> str:
        """The rows as plain text."""
        return "\n".join(f"{f.label}: {', '.join(t for t, _ in f.links)} {f.text}".strip() for f in self._facts)

    def _add_row(self) -> None:
        name, value = label(part="dim", wrap=False), label()
        value.setFont(self._mono())
        value.setTextFormat(Qt.TextFormat.RichText)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        value.linkActivated.connect(lambda link: self.node_chosen.emit(int(link.removeprefix("node:"))))
        row = len(self._rows)
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(value, row, 1)
        self._rows.append((name, value))

    def _mono(self) -> QFont:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(self.font().pointSizeF() * 0.94)
        return font

    def _rich(self, fact: Fact) -> str:
        colour = self._theme.accent
        links = ", ".join(
            f'<a href="node:{node}" style="color: {colour}; text-decoration: none">{html.escape(title)}</a>'
            for title, node in fact.links
        )
        return " &nbsp;".join(part for part in (links, html.escape(fact.text)) if part)
