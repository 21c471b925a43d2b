"""Session files (`.retro`): one SQLite file with code, transcript, trace, arrays and view. Knows no Qt.

`open_session(path)` reads one, `save_session(path, Contents(...))` writes one; `docs/session-format.md` describes the
format for everybody else.
"""

from __future__ import annotations

from .errors import (
    CannotReadError,
    CannotSaveError,
    DamagedFileError,
    ForeignFileError,
    NewerFileError,
    StoreError,
)
from .growth import Growth
from .layout import SUFFIX
from .reader import StoredSession, open_session
from .saving import Contents, save_session

__all__ = [
    "SUFFIX",
    "CannotReadError",
    "CannotSaveError",
    "Contents",
    "DamagedFileError",
    "ForeignFileError",
    "Growth",
    "NewerFileError",
    "StoreError",
    "StoredSession",
    "open_session",
    "save_session",
]
