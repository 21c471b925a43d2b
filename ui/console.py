"""The console: qtconsole's widget in our colours and words. It talks to a kernel through the client it is given.

Input is held until `release` and after `hold`: what runs before the kernel is ready can lose its output.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

os.environ.setdefault("QT_API", "pyside6")

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QWidget
from qtconsole.rich_jupyter_widget import RichJupyterWidget

from .console_colours import AnsiColours, console_sheet, moved_colour, pygments_style
from .style import monospace
from .theme import DARK, Theme

# With nothing typed these mean nothing here: the window's shortcuts, which step, have them.
GIVEN_UP = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End})
MARGIN = 8  # pixels around the text
MOST_SHOWN = 24  # lines of a cell that was not typed
KEPT_LINES = 5_000
MOST_PIECES = 500  # of an earlier console's text
LONGEST_LINE = 10_000  # characters; laying out longer ones would freeze the window
BANNER = "Embedded engine (NumPy): import torch gives it.\n"


class Console(RichJupyterWidget):  # type: ignore[misc]  # qtconsole carries no types
    """A console that shows everything that runs, typed or sent by `run_cell`.

    `executed(message)` follows each cell's reply; `custom_interrupt_requested` and `custom_restart_requested` ask for
    what Ctrl+C and Ctrl+. mean.
    """

    note_changed = Signal(str)  # "In [8]", for the dock's title

    def __init__(self, parent: QWidget | None = None) -> None:
        self.held = True
        self._waiting: list[str] = []
        self._typed_ahead = ""
        self._earlier: tuple[list[tuple[str, str]], str] = ([], "")
        self.note = ""
        self._theme: Theme = DARK
        super().__init__(parent=parent, banner=BANNER, buffer_size=KEPT_LINES, gui_completion="droplist")
        self.setObjectName("console")
        self.setAccessibleName("Console")
        self.setMinimumSize(120, 60)
        self.custom_interrupt = self.custom_restart = True
        self._display_banner = True
        self._ansi_processor = AnsiColours()
        self._control.document().setDocumentMargin(MARGIN)
        self._control.setFrameShape(self._control.Shape.NoFrame)
        for action in (self.print_action, self.export_action, self._copy_raw_action):
            action.setShortcut("")  # Ctrl+S, Ctrl+P and Ctrl+Shift+C are the window's
        self.setFocusProxy(self._control)
        self.set_font_size(0)
        self.set_theme(DARK)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme, also for what is on screen already."""
        old, self._theme = self._theme, theme
        self._ansi_processor.theme = theme
        self.style_sheet = console_sheet(theme)
        self._highlighter.set_style(pygments_style(theme))
        self._recolour(old, theme)
        self._highlighter.rehighlight()

    def set_font_size(self, points: float) -> None:
        """The size of the text; 0 is the size of the system's interface font."""
        self._set_font(monospace(points))

    # -- running -------------------------------------------------------------------------------------------------

    @property
    def can_run(self) -> bool:
        """Whether a cell can be sent now."""
        return not self.held and not self._executing and not self._control.isReadOnly()

    def run_cell(self, code: str) -> None:
        """Run code as if it had been typed, now or at the next prompt. What the user has half typed comes back."""
        self._waiting.append(code)
        self._run_waiting()

    def _run_waiting(self) -> None:
        if not self._waiting or not self.can_run:
            return
        code = self._waiting.pop(0)
        typed = str(self._get_input_buffer())
        self._set_input_buffer(preview(code))
        self.do_execute(code, True, "")
        if typed.strip():
            self._set_input_buffer(typed)

    def _follow_prompt(self) -> None:
        self._run_waiting()
        self._insert_typed_ahead()

    def _insert_typed_ahead(self) -> None:
        if self._typed_ahead and self.can_run:
            typed, self._typed_ahead = self._typed_ahead.lstrip("\n"), ""
            self._set_input_buffer(str(self._get_input_buffer()) + typed)

    def show_transcript(self, entries: Iterable[tuple[str, str]], note: str) -> None:
        """Begin anew with what an earlier console showed: (kind, text) of its last pieces. Input is not taken yet."""
        self._earlier = (list(entries)[-MOST_PIECES:], note)
        self._write_earlier()

    def _write_earlier(self) -> None:
        entries, note = self._earlier
        if not entries and not note:
            return
        self._control.clear()
        self._append_plain_text(BANNER)
        for kind, text in entries:
            if kind.startswith("In ["):
                self._append_html(f"<br>{self._make_in_prompt(_number_in(kind))}")
                self._append_plain_text(preview(text).replace("\n", "\n   ...: ") + "\n")
            elif kind.startswith("Out["):
                self._append_html(self._make_out_prompt(_number_in(kind)))
                self._append_plain_text(text)
            else:
                self._append_plain_text(text)
        self._append_html(f'<br><span class="note">{note}</span>')
        if not self.held:
            self._show_interpreter_prompt()
        QTimer.singleShot(0, self._scroll_to_end)

    def hold(self, reason: str) -> None:
        """Take no input until `release`, and say why. Whatever was running is given up."""
        self.held = True
        self._waiting, self._typed_ahead = [], ""
        if not self._control.isReadOnly():
            self._prompt_finished()
        self._reading = self._executing = False
        self._request_info["execute"] = {}
        self._prompt_requested = False
        if reason:
            self._append_html(f'<br><span class="note">{reason}</span><br>')
            QTimer.singleShot(0, self._scroll_to_end)  # once a notice above has taken its room

    def release(self) -> None:
        """Take input again."""
        if self.held:
            self.held = False
            self._show_interpreter_prompt()

    # -- qtconsole's hooks ---------------------------------------------------------------------------------------

    def _show_interpreter_prompt(self, number: int | None = None) -> None:
        if self.held:
            return
        super()._show_interpreter_prompt(number)
        if number is not None:
            self.note = f"In [{number}]"
            self.note_changed.emit(self.note)
            QTimer.singleShot(0, self._follow_prompt)  # qtconsole first finishes with the reply that brought it

    # -- keys ----------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave keys that do nothing here to the window; keep what is typed while a cell runs for the next prompt."""
        if watched is self._control and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride and self._gives_up(event):
                event.ignore()
                return True
            if event.type() == QEvent.Type.KeyPress and self._executing and not self._reading:
                self._type_ahead(event)
        return bool(super().eventFilter(watched, event))

    def _gives_up(self, event: QKeyEvent) -> bool:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not plain or event.key() not in GIVEN_UP or self._reading or self._control.textCursor().hasSelection():
            return False
        return bool(self._executing or self.held or not self._get_input_buffer())

    def _type_ahead(self, event: QKeyEvent) -> None:
        shift = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        if event.modifiers() & ~shift:
            return
        if event.key() == Qt.Key.Key_Backspace:
            self._typed_ahead = self._typed_ahead[:-1]
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._typed_ahead += "\n"
        elif event.text().isprintable():
            self._typed_ahead += event.text()

    def _handle_kernel_info_reply(self, reply: dict[str, Any]) -> None:
        reply["content"]["banner"] = ""  # ours says it in one line
        first = self._starting
        super()._handle_kernel_info_reply(reply)
        if first:  # which has cleared everything
            self._write_earlier()

    def _handle_status(self, message: dict[str, Any]) -> None:
        """Restarts are told by `hold` and `release`; qtconsole would guess at them here."""

    def _handle_kernel_died(self, since_last_heartbeat: float) -> None:
        """The window notices first, and says it through `hold`."""

    def _handle_shutdown_reply(self, message: dict[str, Any]) -> None:
        """The window ends the kernel itself."""

    def _append_plain_text(self, text: str, before_prompt: bool = False) -> None:
        super()._append_plain_text(shortened(text), before_prompt)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Leave files to the window, which opens them; take text."""
        if event.mimeData().hasUrls():
            event.ignore()
        else:
            super().dragEnterEvent(event)

    # -- colours -------------------------------------------------------------------------------------------------

    def _recolour(self, old: Theme, new: Theme) -> None:
        """Move the colours of printed text to the new theme; Qt keeps them as they were when it was inserted."""
        if old is new:
            return
        cursor = QTextCursor(self._control.document())
        cursor.beginEditBlock()
        for start, length, form in _coloured_pieces(self._control.document()):
            form.setForeground(moved_colour(form.foreground().color(), old, new))
            cursor.setPosition(start)
            cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(form)
        cursor.endEditBlock()


def _number_in(kind: str) -> int:
    """3 of "In [3]"; 0 where there is none."""
    digits = kind[kind.index("[") + 1 :].rstrip("]")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0


def preview(code: str) -> str:
    """What the transcript shows of a cell that was not typed: the script pane has the rest."""
    lines = code.split("\n")
    if len(lines) <= MOST_SHOWN:
        return code
    return "\n".join([*lines[:MOST_SHOWN], f"# ... {len(lines) - MOST_SHOWN:,} more lines"])


def shortened(text: str) -> str:
    """The last lines of a text, as many as the console keeps; overlong ones end in a count of what was left out.

    qtconsole drops lines past its buffer only while a cell runs, and output may come after the next prompt.
    """
    if len(text) <= LONGEST_LINE:
        return text
    lines = text.rsplit("\n", KEPT_LINES)
    if len(lines) > KEPT_LINES:
        text = "\n".join(lines[1:])
    return "\n".join(
        line
        if len(line) <= LONGEST_LINE
        else f"{line[:LONGEST_LINE]} … {len(line) - LONGEST_LINE:,} more characters in this line"
        for line in text.split("\n")
    )


def _coloured_pieces(document: Any) -> list[tuple[int, int, Any]]:
    """(position, length, format) of every run of text that has a colour of its own."""
    pieces = []
    block = document.begin()
    while block.isValid():
        piece = block.begin()
        while not piece.atEnd():
            fragment = piece.fragment()
            if fragment.charFormat().foreground().style().value:
                pieces.append((fragment.position(), fragment.length(), fragment.charFormat()))
            piece += 1
        block = block.next()
    return pieces
