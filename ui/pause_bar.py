"""A bar across the window while a running pass waits at a breakpoint: where, and what to do next."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolBar, QWidget

from .focus_back import FocusBack


class PauseBar(QToolBar):
    """Hidden while nothing waits; asks by signals for what the person chooses."""

    continue_requested = Signal()
    step_requested = Signal()
    abort_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Pause", parent)
        self.setObjectName("pause-bar")
        self.setMovable(False)
        self.toggleViewAction().setEnabled(False)
        frame = QFrame()
        frame.setObjectName("pause")
        frame.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(frame)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(self._text, 1)
        self.buttons: dict[str, QPushButton] = {}
        for name, tip, asked in (
            ("Continue", "Run on to the next breakpoint (F8)", self.continue_requested),
            ("Step", "Run one node and wait again (F10)", self.step_requested),
            ("Abort", "End the pass with KeyboardInterrupt (Shift+F8)", self.abort_requested),
        ):
            button = self.buttons[name] = QPushButton(name)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.clicked.connect(asked)
            row.addWidget(button)
        self.addWidget(frame)
        FocusBack(self)
        self.hide()

    @property
    def text(self) -> str:
        """What it says; "" while hidden."""
        return self._text.text() if not self.isHidden() else ""

    def say(self, text: str) -> None:
        """A pass waits."""
        self._text.setText(text)
        self._text.setToolTip(text)
        self.setAccessibleName(text)
        self.show()
