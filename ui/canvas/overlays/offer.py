"""A quiet line at the bottom of the canvas with one thing that can be done about what it says, and a way to close it.

It stays until its button or Close is pressed, or something else is offered: it asks for nothing now.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from ...theme import Theme


class Offer(QFrame):
    """Text, a button, Close."""

    changed = Signal()  # it is shown or hidden, or has another size

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("offer")
        self._label = QLabel(self)
        self.button, self._close = QPushButton(self), QPushButton("Close", self)
        self._act: Callable[[], object] | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 8, 6)
        self._row.setSpacing(8)
        self._row.addWidget(self._label, 1)
        for button in (self.button, self._close):
            self._row.addWidget(button)
        self.button.clicked.connect(self._do)
        self._close.clicked.connect(self.dismiss)
        self.hide()
        self.set_theme(theme)

    @property
    def text(self) -> str:
        """What it says; "" while hidden."""
        return "" if self.isHidden() else self._label.text()

    def show_offer(self, text: str, button: str, act: Callable[[], object]) -> None:
        """Offer `act`, on a button of that name."""
        self._label.setText(text)
        self.button.setText(button)
        self._act = act
        self.setAccessibleName(text)
        self.adjustSize()
        self.show()
        self.raise_()
        self.changed.emit()

    def fit(self, width: int) -> None:
        """As wide as its text needs, but no wider than `width` pixels: a longer text takes more lines."""
        self._label.setWordWrap(False)
        self.adjustSize()
        if self.width() > width:
            self._label.setWordWrap(True)
            self._row.activate()  # or it would keep the width of the one line as its least
            self.resize(width, self.heightForWidth(width))

    def dismiss(self) -> None:
        """Hide it."""
        if not self.isHidden():
            self.hide()
            self.changed.emit()

    def _do(self) -> None:
        act = self._act
        self.dismiss()
        if act is not None:
            act()

    def set_theme(self, theme: Theme) -> None:
        """Other colours."""
        self.setStyleSheet(
            f"QFrame#offer {{ background: {theme.panel}; border: 1px solid {theme.line}; border-radius: 8px; }}"
            f"QFrame#offer QLabel {{ color: {theme.dim}; background: transparent; border: none; }}"
        )
