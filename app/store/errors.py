"""What can be wrong with a session file. Every message says what was found and what to do next."""

from __future__ import annotations


class StoreError(ValueError):
    """A session file that cannot be read or written."""


class ForeignFileError(StoreError):
    """The file is something else than a session of Retrograde."""


class NewerFileError(StoreError):
    """A newer version of the program wrote the file."""


class DamagedFileError(StoreError):
    """A session file that is cut off, changed or made to do harm."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"{name} is damaged: {what}. Nothing was changed; restore the file from a copy.")


class CannotReadError(StoreError):
    """The file is not there, or the system does not let it be read."""


class CannotSaveError(StoreError):
    """The session could not be written; what was there before is still there."""
