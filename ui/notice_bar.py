"""A bar across the window for what a person must know now, with one button that does the next move."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolBar, QWidget

from .focus_back import FocusBack

ROOM_FOR_BUTTONS = 320  # pixels


class NoticeBar(QToolBar):
    """Hidden until `say`; the newest notice replaces the one before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Notice", parent)
        self.setObjectName("notice-bar")
        self.setMovable(False)
        self.toggleViewAction().setEnabled(False)
        self._act: Callable[[], object] | None = None
        self._frame = frame = QFrame()
        frame.setObjectName("notice")
        frame.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._button, close = QPushButton(), QPushButton("Close")
        self._button.clicked.connect(self._do)
        close.clicked.connect(self.dismiss)
        row = QHBoxLayout(frame)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(self._text, 1)
        row.addWidget(self._button)
        row.addWidget(close)
        self.addWidget(frame)
        FocusBack(self)
        self.hide()

    @property
    def text(self) -> str:
        """What it says; "" while hidden."""
        return self._text.text() if not self.isHidden() else ""

    def say(self, text: str, button: str = "", act: Callable[[], object] | None = None) -> None:
        """Show what went wrong, with a button that dismisses it and calls `act`."""
        self._show("trouble", text, button, act)

    def offer(self, text: str, button: str, act: Callable[[], object]) -> None:
        """Show what can be done, where nothing is wrong."""
        self._show("offer", text, button, act)

    def _show(self, kind: str, text: str, button: str, act: Callable[[], object] | None) -> None:
        self._frame.setProperty("kind", kind)
        self._frame.style().polish(self._frame)
        self._text.setText(text)
        self._wrap()
        self._act = act
        self._button.setText(button)
        self._button.setVisible(bool(button))
        self.setAccessibleName(text)
        self.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What had to be wrapped may have room on one line now."""
        super().resizeEvent(event)
        self._wrap()

    def _wrap(self) -> None:
        # A toolbar knows no height for width: wrapping where one line is enough would make the bar too high.
        room = self.window().width() - ROOM_FOR_BUTTONS
        self._text.setWordWrap(self._text.fontMetrics().horizontalAdvance(self._text.text()) > room)

    def dismiss(self) -> None:
        """Hide it."""
        self.hide()

    def _do(self) -> None:
        act = self._act
        self.dismiss()
        if act is not None:
            act()
