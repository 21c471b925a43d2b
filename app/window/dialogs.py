"""Small dialogs: the list of keys, the settings, and what this program is. The first two are made from their tables."""

from __future__ import annotations

import platform

import numpy as np
import PySide6
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..settings import Setting, Settings, offered
from ..version import __version__
from .actions import MENUS, key_rows

ABOUT = """<h3>Retrograde {version}</h3>
<p>Type PyTorch code, watch its computation graph grow,<br>and step through the real backward pass.</p>
<p>Embedded engine on NumPy {numpy}<br>Qt {qt}, Python {python}</p>
<p>MIT licence</p>"""


class KeysDialog(QDialog):
    """Every shortcut there is, by menu."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels(["Action", "Keys"])
        self.tree.setRootIsDecorated(False)
        self.tree.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        self.tree.setWordWrap(True)
        rows = key_rows()
        bold = QFont(self.font())
        bold.setBold(True)
        for title in MENUS:
            mine = [[action, keys] for menu, action, keys in rows if menu == title]
            if mine:
                head = QTreeWidgetItem(self.tree, [title])
                head.setFont(0, bold)
                head.addChildren([QTreeWidgetItem(row) for row in mine])
        self.tree.expandAll()
        self.tree.resizeColumnToContents(0)
        column = QVBoxLayout(self)
        column.addWidget(self.tree)
        column.addWidget(_close_button(self))
        room = parent.window().size()
        width = self.tree.columnWidth(0) + self.tree.sizeHintForColumn(1) + 56  # with scroll bar and frames
        self.resize(min(width, room.width() - 40), min(self.fontMetrics().height() * 38, room.height() - 80))


class SettingsDialog(QDialog):
    """One field per row of the table that a person may choose; a change takes effect at once."""

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self._settings = settings
        self.fields: dict[str, QWidget] = {}
        form = QFormLayout()
        form.setVerticalSpacing(12)
        for row in offered():
            field = self.fields[row.name] = self._field(row)
            field.setAccessibleName(row.label)
            form.addRow(row.label, field)
            note = QLabel(row.used)
            note.setForegroundRole(note.palette().ColorRole.PlaceholderText)
            form.addRow("", note)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(_close_button(self))

    def _field(self, row: Setting) -> QWidget:
        settings, name = self._settings, row.name
        if isinstance(row.default, bool):
            check = QCheckBox()
            check.setChecked(settings.boolean(name))
            check.toggled.connect(lambda on: settings.set(name, bool(on)))
            return check
        if row.choices:
            combo = QComboBox()
            for choice in row.choices:
                combo.addItem(choice.capitalize(), choice)
            combo.setCurrentIndex(row.choices.index(settings.text(name)))
            combo.activated.connect(lambda index: settings.set(name, row.choices[index]))
            return combo
        spin = QSpinBox()
        low, high = row.range
        spin.setRange(low, high)
        spin.setSuffix(row.unit)
        spin.setSpecialValueText("system" if low == 0 else "")
        spin.setValue(settings.integer(name))
        spin.valueChanged.connect(lambda value: settings.set(name, int(value)))
        return spin


class AboutDialog(QDialog):
    """What this program is, and the versions that a bug report needs."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Retrograde")
        text = ABOUT.format(
            version=__version__, numpy=np.__version__, qt=PySide6.__version__, python=platform.python_version()
        )
        label = QLabel(text)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.addWidget(label)
        column.addWidget(_close_button(self))


def _close_button(dialog: QDialog) -> QDialogButtonBox:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())  # Fusion's is drawn for another theme
    buttons.rejected.connect(dialog.close)
    return buttons
