"""Gives the keyboard back when a bar that had it goes away.

Qt would hand it to the next widget in the order of Tab, which may be the button that restarts the kernel.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from shiboken6 import isValid


class FocusBack(QObject):
    """Belongs to one bar, whose buttons must all be made before it: a click on one leaves the keyboard where it is."""

    def __init__(self, bar: QWidget) -> None:
        super().__init__(bar)
        self._bar = bar
        self._before: QWidget | None = None
        for button in bar.findChildren(QAbstractButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bar.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)

    def _on_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and self._bar.isAncestorOf(new) and old is not None and not self._bar.isAncestorOf(old):
            self._before = old

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Before the bar is hidden."""
        has_it = event.type() == QEvent.Type.Hide and self._bar.isAncestorOf(QApplication.focusWidget() or self._bar)
        if has_it and self._before is not None and isValid(self._before):
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        return False
