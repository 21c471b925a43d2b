"""Makes a toolbar fit a narrow window: first the engine's name gives way, then the words of the buttons.

Qt would hide what finds no room behind an arrow, and that is the kernel's state, at the right end.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QToolBar, QToolButton, QWidget

from .kernel_label import KernelLabel

Style = Qt.ToolButtonStyle
FRAMES = 24  # pixels of the bar's own margins


class NarrowBar(QObject):
    """Belongs to one toolbar, in which `label` and `buttons` are."""

    def __init__(self, bar: QToolBar, label: KernelLabel, buttons: Sequence[QToolButton]) -> None:
        super().__init__(bar)
        self._bar, self._label, self._buttons = bar, label, tuple(buttons)
        bar.installEventFilter(self)
        label.state_changed.connect(self.fit)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the bar's width."""
        if event.type() == QEvent.Type.Resize:
            self.fit()
        return False

    def fit(self) -> None:
        """As many words as there is room for."""
        for brief, small in ((False, False), (True, False), (True, True)):
            self._label.set_brief(brief)
            for button in self._buttons:
                style = Style.ToolButtonIconOnly if small else Style.ToolButtonTextBesideIcon
                if button.toolButtonStyle() != style:
                    button.setToolButtonStyle(style)
            if self._needed() <= self._bar.width():
                return

    def _needed(self) -> int:
        """The width of everything in the bar. Its own size hint is a turn of the event loop behind."""
        parts = [self._bar.widgetForAction(action) for action in self._bar.actions()]
        shown = [part for part in parts if isinstance(part, QWidget)]
        widths = [max(part.sizeHint().width(), part.minimumWidth()) for part in shown]
        layout = self._bar.layout()
        return sum(widths) + (layout.spacing() if layout is not None else 0) * (len(shown) - 1) + FRAMES
