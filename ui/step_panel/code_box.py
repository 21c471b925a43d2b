"""Lines of somebody's code in the colours of the script pane."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy

from ..readable import code_colours
from ..script.highlight import opened_by_line, parts
from ..style import monospace
from ..theme import DARK, Theme
from .custom_function import CustomCode


class CodeBox(QLabel):
    """The `backward` of a custom function, with its line numbers."""

    def __init__(self) -> None:
        super().__init__()
        self._theme: Theme = DARK
        self._code: CustomCode | None = None
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, self.sizePolicy().verticalPolicy())
        font = monospace()
        font.setPointSizeF(font.pointSizeF() * 0.94)
        self.setFont(font)

    def set_theme(self, theme: Theme) -> None:
        """Colour it for a theme."""
        self._theme = theme
        code, self._code = self._code, None
        self.set_code(code)

    def set_code(self, code: CustomCode | None) -> None:
        """Show this code."""
        if code == self._code:
            return
        self._code = code
        self.setText("" if code is None else self._rich(code))
        self.setAccessibleName(self.words())

    def words(self) -> str:
        """The code in letters."""
        return "" if self._code is None else "\n".join(self._code.lines)

    def _rich(self, code: CustomCode) -> str:
        digits = len(str(code.first + len(code.lines)))
        coloured = zip(code.lines, opened_by_line(code.lines), strict=True)
        lines = [self._line(code.first + i, digits, line, quotes) for i, (line, quotes) in enumerate(coloured)]
        if code.hidden:
            lines.append(self._coloured(f"{'':{digits}}  … {code.hidden:,} more lines", self._theme.dim))
        return f'<div style="white-space: pre-wrap">{"<br>".join(lines)}</div>'

    def _line(self, number: int, digits: int, line: str, quotes: str) -> str:
        colours, position = code_colours(self._theme), 0
        told = [self._coloured(f"{number:{digits}}  ", self._theme.dim)]
        for part in parts(line, quotes):
            told.append(html.escape(line[position : part.start]))
            told.append(self._coloured(line[part.start : part.end], colours.get(part.kind, self._theme.text)))
            position = part.end
        return "".join([*told, html.escape(line[position:])])

    @staticmethod
    def _coloured(text: str, colour: str) -> str:
        return f'<span style="color: {colour}">{html.escape(text)}</span>'
