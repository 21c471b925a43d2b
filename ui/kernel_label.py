"""Says at the toolbar's right end which engine runs, and with a dot what it is doing."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from .theme import DARK, Theme

# What each state of a session is called, and the role of its colour; a paused one is busy to the kernel.
STATES = {
    "": ("not started", "dim"),
    "starting": ("starting", "leaf"),
    "idle": ("idle", "accumulate"),
    "busy": ("busy", "now"),
    "paused": ("waiting at a breakpoint", "leaf"),
    "restarting": ("restarting", "leaf"),
    "dead": ("dead", "error"),
}


class KernelLabel(QWidget):
    """`Embedded engine (NumPy)   ● idle`; `brief`, the state alone."""

    state_changed = Signal()

    def __init__(self, engine: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("kernel")
        self._theme: Theme = DARK
        self._dot = _Dot()
        self._engine, self._text = QLabel(engine), QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._engine.setContentsMargins(0, 0, 12, 0)
        self.setToolTip(engine)
        row.addWidget(self._engine)
        row.addWidget(self._dot)
        row.addWidget(self._text)
        self._state = ""
        self.set_state("")

    def set_state(self, state: str) -> None:
        """Show a state of the session."""
        self._state = state
        text, role = STATES[state]
        self._text.setText(text)
        self._dot.set_colour(getattr(self._theme, role))
        self.setAccessibleName(f"{self._engine.text()}: {text}")
        self.state_changed.emit()

    def set_brief(self, brief: bool) -> None:
        """Leave the engine's name to the tool tip."""
        if brief != self._engine.isHidden():
            self._engine.setHidden(brief)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.set_state(self._state)


class _Dot(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._colour = QColor()
        self.setFixedSize(self.sizeHint())

    def set_colour(self, colour: str) -> None:
        self._colour = QColor(colour)
        self.update()

    def sizeHint(self) -> QSize:
        """As high as a small letter."""
        side = max(self.fontMetrics().xHeight() + 2, 8)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """One filled circle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._colour)
        painter.setBrush(self._colour)
        painter.drawEllipse(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()
