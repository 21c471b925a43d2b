"""Which keys lists and fields keep for themselves although the window's actions have them too.

Qt asks the widget with the focus before it runs a shortcut; text editors answer, while lists, combo boxes and
one-line fields do not: without this Right would step in a tree of which it should open a branch.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget

Key = Qt.Key

_VERTICAL = frozenset({Key.Key_Up, Key.Key_Down})
_ALL = _VERTICAL | {Key.Key_Left, Key.Key_Right, Key.Key_Home, Key.Key_End}
KEPT: dict[type[QWidget], frozenset[Key]] = {
    QAbstractItemView: _ALL,
    QAbstractSpinBox: _VERTICAL,
    QComboBox: _VERTICAL,
    QLineEdit: _VERTICAL,
    QPlainTextEdit: _VERTICAL,  # of code that is only read the cursor still moves from line to line
}


class OwnKeys(QObject):
    """Keeps the keys of `KEPT` for the widgets it is given."""

    def keep_in(self, window: QWidget) -> None:
        """For everything that is in a window now."""
        for kind in KEPT:
            for widget in window.findChildren(kind):
                widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim the key before a shortcut gets it."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        kept = next((keys for kind, keys in KEPT.items() if isinstance(watched, kind)), frozenset())
        if not plain or Key(event.key()) not in kept:
            return False
        event.accept()
        return True
