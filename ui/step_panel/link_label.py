"""A label of sentences whose words are links, by mouse and by keyboard (Tab, Enter)."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QSizePolicy

from ..theme import DARK, Theme
from ..words import GoTo, Words, plain

UNBROKEN = 20  # characters of a link that stay on one line: "step 12", "cell 7, line 5"


class LinkLabel(QLabel):
    """Shows sentences under each other. `chosen` tells the `GoTo` of the word that was chosen."""

    chosen = Signal(object)

    def __init__(self, part: str = "") -> None:
        super().__init__()
        self._theme: Theme = DARK
        self._sentences: tuple[Words, ...] = ()
        self._ways: list[GoTo] = []
        self.setProperty("part", part)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        # A long word must not widen the dock.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, self.sizePolicy().verticalPolicy())
        self.linkActivated.connect(lambda link: self.chosen.emit(self._ways[int(link)]))
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Links have the colour of the theme."""
        self._theme = theme
        sentences, self._sentences = self._sentences, ()
        self.set_sentences(sentences)

    def set_sentences(self, sentences: tuple[Words, ...]) -> None:
        """Show these; hidden when there is nothing to say."""
        shown = tuple(sentence for sentence in sentences if sentence)
        if shown == self._sentences:
            return
        self._sentences, self._ways = shown, []
        self.setText("<br>".join(self._rich(sentence) for sentence in shown))
        self.setAccessibleName(self.words())
        self.setVisible(bool(shown))

    def words(self) -> str:
        """Everything it says, in letters."""
        return "\n".join(plain(sentence) for sentence in self._sentences)

    def _rich(self, sentence: Words) -> str:
        told = []
        for word in sentence:
            text = html.escape(word.text).replace("  ", "&nbsp; ")
            if word.goes is not None and len(word.text) <= UNBROKEN:
                text = text.replace(" ", "&nbsp;")
            if word.goes is not None:
                self._ways.append(word.goes)
                style = f"color: {self._theme.accent}; text-decoration: none"
                text = f'<a href="{len(self._ways) - 1}" style="{style}">{text}</a>'
            elif word.role != "text":
                text = f'<span style="color: {getattr(self._theme, word.role)}">{text}</span>'
            told.append(text)
        return "".join(told)
