"""Every setting of the program, one row each, and the store that keeps them between sessions.

A value that is damaged or of the wrong type reads as its default: a bad settings file never stops the window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal

Value = bool | int | float | str | list[str] | bytes

MOST_RECENT_FILES = 10


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: the type is the default's; `choices` limits a text; `used` says where it takes effect."""

    name: str
    default: Value
    used: str
    choices: tuple[str, ...] = ()


SETTINGS = (
    Setting("theme", "system", "colours of the window", ("system", "light", "dark")),
    Setting("reduced_motion", False, "no moving pulses and no sliding of nodes"),
    Setting("recording_budget", 1 << 30, "bytes of arrays that the kernel keeps; takes effect when it starts"),
    Setting("console_font_size", 0, "points of the console and the script; 0 is the system's size"),
    Setting("recent_files", [], "File > Open recent"),
    Setting("window_geometry", b"", "size and place of the window"),
    Setting("window_layout", b"", "sizes and places of the docks"),
)

_ROWS = {row.name: row for row in SETTINGS}


class Settings(QObject):
    """Reads and writes the rows of `SETTINGS`; `changed(name)` follows every write that changes a value."""

    changed = Signal(str)

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = QSettings(str(file), QSettings.Format.IniFormat)

    def value(self, name: str) -> Value:
        """The value of `name`, of its default's type. Raises `KeyError` for a name the table does not have."""
        row = _ROWS[name]
        return _read(row, self._store.value(name))

    def boolean(self, name: str) -> bool:
        """A yes-or-no setting."""
        return bool(self.value(name))

    def integer(self, name: str) -> int:
        """A whole number."""
        value = self.value(name)
        return value if isinstance(value, int) else 0

    def text(self, name: str) -> str:
        """A text."""
        return str(self.value(name))

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        value = self.value(name)
        return value if isinstance(value, list) else []

    def binary(self, name: str) -> QByteArray:
        """Bytes that Qt wrote, such as a window's geometry."""
        value = self.value(name)
        return QByteArray(value if isinstance(value, bytes) else b"")

    def set(self, name: str, value: Value) -> None:
        """Write a value; ignored when it equals the present one. Raises `ValueError` for one the row does not take."""
        row = _ROWS[name]
        if not _fits(row, value):
            raise ValueError(f"setting {name!r} does not take {value!r}")
        if value != self.value(name):
            self._store.setValue(name, QByteArray(value) if isinstance(value, bytes) else value)
            self.changed.emit(name)

    def sync(self) -> None:
        """Write to the file now."""
        self._store.sync()

    def remember_file(self, path: Path) -> None:
        """Put a file at the head of the recent ones."""
        name = str(path.resolve())
        others = [other for other in self.texts("recent_files") if other != name]
        self.set("recent_files", [name, *others][:MOST_RECENT_FILES])


def _fits(row: Setting, value: object) -> bool:
    return type(value) is type(row.default) and (not row.choices or value in row.choices)


def _read(row: Setting, stored: object) -> Value:
    """What the file holds, as the row's type. INI files hold texts, and a list of one as a single text."""
    value = _converted(row.default, stored)
    return value if value is not None and _fits(row, value) else row.default


def _converted(default: Value, stored: object) -> Value | None:
    if stored is None:
        return None
    if isinstance(default, bool):
        return {"true": True, "false": False}.get(str(stored).lower())
    if isinstance(default, int):
        return _whole(stored)
    if isinstance(default, bytes):
        return bytes(stored.data()) if isinstance(stored, QByteArray) else None
    if isinstance(default, list):
        return (
            [str(item) for item in stored]
            if isinstance(stored, Sequence) and not isinstance(stored, str)
            else [str(stored)]
        )
    return str(stored)


def _whole(stored: object) -> int | None:
    try:
        return int(str(stored))
    except ValueError:
        return None
