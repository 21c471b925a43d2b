"""The three ways of showing the graph as one row of buttons."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from .canvas.shown.shown_graph import View
from .theme import Theme, mix

DEFAULT = View.TENSORS_AND_FUNCTIONS


class ViewChoice(QWidget):
    """Exactly one view is chosen."""

    chosen = Signal(object)  # View

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view-choice")
        self._group = QButtonGroup(self)
        self._buttons: dict[View, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for view in View:
            button = QToolButton()
            button.setText(view.value)
            button.setCheckable(True)
            button.setChecked(view is DEFAULT)
            button.setToolTip(f"Show the graph as: {view.value.lower()}")
            self._group.addButton(button)
            self._buttons[view] = button
            row.addWidget(button)
        self._group.buttonClicked.connect(lambda _button: self.chosen.emit(self.current))

    @property
    def current(self) -> View:
        """The chosen view."""
        return next(view for view, button in self._buttons.items() if button.isChecked())

    def choose(self, view: View) -> None:
        """Choose a view as if its button had been clicked."""
        if view is not self.current:
            self._buttons[view].setChecked(True)
            self.chosen.emit(view)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.setStyleSheet(
            f"QToolButton:checked {{ background: {mix(theme.panel, theme.accent, 0.18)};"
            f" border: 1px solid {theme.accent}; color: {theme.text}; }}"
        )
