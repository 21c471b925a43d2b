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
    """One row: the type is the default's; `used` says what it is for and when it takes effect.

    `label` is what the settings dialog calls it, "" where it is set elsewhere. `choices` limits a text; `range` (both
    ends included) and `unit` belong to numbers.
    """

    name: str
    default: Value
    used: str
    label: str = ""
    choices: tuple[str, ...] = ()
    range: tuple[int, int] = (0, 0)
    unit: str = ""


SETTINGS = (
    Setting("theme", "system", "Colours of the window.", "Theme", choices=("system", "light", "dark", "high-contrast")),
    Setting("reduced_motion", False, "No moving pulses, no sliding of nodes.", "Reduced motion"),
    Setting("follow_step", True, "A step brings the node that runs into view.", "Follow the node that runs"),
    Setting(
        "signed_gradients", False, "Gradients with one element are coloured by their sign.", "Colour scalars by sign",
    ),
    Setting(
        "step_into_groups", False, "A step opens the closed group in which it happens; the next one closes it again.",
        "Open groups while stepping",
    ),
    Setting(
        "recording_budget", 1024, "Memory for recorded arrays; takes effect when the kernel starts.",
        "Recording budget", range=(16, 1 << 20), unit=" MiB",
    ),
    Setting(
        "ask_to_save", True, "Ask before a session with something unsaved is closed.", "Ask to save",
    ),
    Setting(
        "autosave", True, "Keep a copy of the session while the window is open, for when it does not end as it should.",
        "Save by itself",
    ),
    Setting("autosave_size", 512, "The largest copy that is kept.", "Largest copy", range=(16, 1 << 16), unit=" MiB"),
    Setting(
        "code_font_size", 0, "Text of the console and the script.", "Size of code", range=(0, 48), unit=" pt",
    ),
    Setting("recent_files", [], "File > Open recent"),
    Setting("window_geometry", b"", "size and place of the window"),
    Setting("window_layout", b"", "sizes and places of the docks"),
)  # fmt: skip

_ROWS = {row.name: row for row in SETTINGS}


def offered() -> list[Setting]:
    """The rows that a person may choose in the settings dialog."""
    return [row for row in SETTINGS if row.label]


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
    if type(value) is not type(row.default) or (row.choices and value not in row.choices):
        return False
    return row.range == (0, 0) or (isinstance(value, int) and row.range[0] <= value <= row.range[1])


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
