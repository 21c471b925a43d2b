"""What stands in place of the graph or over it: the sentence on an empty canvas, the word while a layout takes long."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ...theme import Theme, mix

_EXAMPLE = """\
import torch
x = torch.ones(2, 2, requires_grad=True)
loss = (x * x * 3).mean()
loss.backward()"""


class EmptyHint(QFrame):
    """What will be here, and how to get it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("emptyHint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        title = QLabel("The graph appears here while your code runs", self)
        title.setObjectName("emptyTitle")
        font = QFont(title.font())
        font.setPointSizeF(font.pointSizeF() * 1.25)
        font.setBold(True)
        title.setFont(font)
        text = QLabel("Type PyTorch code in the console, or open a script. For example:", self)
        text.setObjectName("emptyText")
        code = QLabel(_EXAMPLE, self)
        code.setObjectName("emptyCode")
        code.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        after = QLabel("Every backward() is recorded; step through it with the arrow keys.", self)
        after.setObjectName("emptyText")
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        for label in (title, text, code, after):
            layout.addWidget(label, 0, Qt.AlignmentFlag.AlignHCenter)
        self.setAccessibleName(title.text())
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Other colours."""
        self.setStyleSheet(
            "QFrame#emptyHint { background: transparent; }"
            f"QLabel#emptyTitle {{ color: {theme.text}; }}"
            f"QLabel#emptyText {{ color: {theme.dim}; }}"
            f"QLabel#emptyCode {{ color: {theme.text}; background: {theme.panel}; border: 1px solid {theme.line};"
            " border-radius: 8px; padding: 12px 16px; }"
        )
        self.adjustSize()


class Notice(QFrame):
    """One line at the top of the canvas: that a layout is under way, or that one failed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._label = QLabel(self)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(96, 6)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.setSpacing(10)
        self.stop = QPushButton("Stop", self)
        self.stop.setAccessibleDescription("Stop the layout; the last picture stays")
        for part in (self._label, self._bar, self.stop):
            layout.addWidget(part)
        self.hide()
        self.set_theme(theme)

    def show_progress(self, text: str) -> None:
        """Say that something is under way."""
        self._say(text, busy=True)

    def show_error(self, text: str) -> None:
        """Say what went wrong."""
        self._say(text, busy=False)

    def _say(self, text: str, *, busy: bool) -> None:
        self._label.setText(text)
        self.setAccessibleName(text)
        self._bar.setVisible(busy)
        self.stop.setVisible(busy)
        self.adjustSize()
        self.show()
        self.raise_()

    def set_theme(self, theme: Theme) -> None:
        """Other colours."""
        self.setStyleSheet(
            f"QFrame#notice {{ background: {theme.panel}; border: 1px solid {theme.line}; border-radius: 8px; }}"
            f"QFrame#notice QLabel {{ color: {theme.text}; background: transparent; border: none; }}"
            f"QProgressBar {{ background: {mix(theme.line, theme.panel, 0.4)}; border: none; border-radius: 3px; }}"
            f"QProgressBar::chunk {{ background: {theme.accent}; border-radius: 3px; }}"
        )
