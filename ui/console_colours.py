"""The console's colours from a theme: its style sheet, its Pygments style, and escape codes made readable."""

from __future__ import annotations

from typing import Any

from pygments.style import Style
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, String, Token
from PySide6.QtGui import QColor, QTextCharFormat
from qtconsole.ansi_code_processor import QtAnsiCodeProcessor

from .readable import code_colours, readable
from .style import card
from .theme import DARK, Theme, mix


class AnsiColours(QtAnsiCodeProcessor):  # type: ignore[misc]  # qtconsole carries no types
    """Escape codes as formats. Programs choose them for a terminal whose background they do not know."""

    theme: Theme = DARK

    def get_format(self) -> QTextCharFormat:
        """The current format, its colours moved until they can be read on the theme's surface."""
        form: QTextCharFormat = super().get_format()
        surface = card(self.theme)
        back = self.get_color(self.background_color, self.intensity)
        if back is not None:
            surface = mix(surface, back.name(), 0.25)
            form.setBackground(QColor(surface))
        if self.get_color(self.foreground_color, self.intensity) is not None:
            form.setForeground(QColor(readable(form.foreground().color().name(), surface)))
        elif back is not None:
            form.setForeground(QColor(readable(self.theme.text, surface)))
        return form


def moved_colour(colour: QColor, old: Theme, new: Theme) -> QColor:
    """A colour of printed text, carried from one theme to another: by role where it has one, else made readable."""
    surface = card(new)
    for before, after in zip(_prompt_colours(old), _prompt_colours(new), strict=True):
        if colour.name() == before:
            return QColor(after)
    return QColor(readable(colour.name(), surface))


def console_sheet(theme: Theme) -> str:
    """The style sheet of qtconsole's widget and of the HTML it inserts."""
    prompt, result, note = _prompt_colours(theme)
    return f"""
    QPlainTextEdit, QTextEdit {{ background-color: {card(theme)}; color: {theme.text}; border: none;
        selection-background-color: {theme.accent}; selection-color: {readable(theme.on_accent, theme.accent)}; }}
    .inverted {{ background-color: {theme.text}; color: {card(theme)}; }}
    .error {{ color: {result}; }}
    .in-prompt {{ color: {prompt}; }}
    .out-prompt {{ color: {result}; }}
    .in-prompt-number, .out-prompt-number {{ font-weight: bold; }}
    .note {{ color: {note}; }}
    QListWidget {{ background-color: {theme.raised}; color: {theme.text}; border: 1px solid {theme.line}; }}
    """


def pygments_style(theme: Theme) -> type[Style]:
    """The code colours of a theme as a Pygments style."""
    colours = code_colours(theme)
    styles: dict[Any, str] = {
        Token: theme.text,
        Comment: colours["comment"],
        Keyword: colours["keyword"],
        Keyword.Constant: colours["constant"],
        Operator.Word: colours["keyword"],
        Name.Function: colours["call"],
        Name.Builtin: colours["builtin"],
        Name.Decorator: colours["decorator"],
        Number: colours["number"],
        String: colours["string"],
        Error: theme.text,  # half-typed code is no error yet
    }
    return type("ConsoleStyle", (Style,), {"styles": styles, "background_color": card(theme)})


def _prompt_colours(theme: Theme) -> tuple[str, str, str]:
    """Colours of `In [1]:`, of `Out[1]:`, and of our own notes."""
    surface = card(theme)
    return readable(theme.accumulate, surface), readable(theme.error, surface), readable(theme.dim, surface)
