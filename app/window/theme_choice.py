"""Which theme the window wears: the setting, or what the system asks for, followed while it changes."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from ui.theme import DARK, HIGH_CONTRAST, LIGHT, THEMES, Theme

from ..settings import Settings

CHOICES = {"system": "Follow the system", "light": "Light", "dark": "Dark", "high-contrast": "High contrast"}

_HIGH = getattr(Qt, "ContrastPreference", None) and Qt.ContrastPreference.HighContrast


class ThemeChoice(QObject):
    """`changed` follows every change of the setting or of the system that changes the theme."""

    changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._hints = QGuiApplication.styleHints()
        self._hints.colorSchemeChanged.connect(self._look)
        self._accessibility = self._hints.accessibility() if hasattr(self._hints, "accessibility") else None  # Qt 6.10
        if self._accessibility is not None:
            self._accessibility.contrastPreferenceChanged.connect(self._look)
        settings.changed.connect(self._on_setting)
        self.theme = self._wanted()

    def _on_setting(self, name: str) -> None:
        if name == "theme":
            self._look()

    def _look(self) -> None:
        wanted = self._wanted()
        if wanted is not self.theme:
            self.theme = wanted
            self.changed.emit()

    def _wanted(self) -> Theme:
        choice = self._settings.text("theme")
        if choice in THEMES:
            return THEMES[choice]
        if self._accessibility is not None and self._accessibility.contrastPreference() == _HIGH:
            return HIGH_CONTRAST
        return DARK if self._hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT
