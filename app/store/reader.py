"""Opens a session file: `open_session(path)` gives its trace at once and its large arrays on demand.

Everything in the file is data: it is checked before it is believed, and nothing in it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from numpy.typing import NDArray

from engine.trace import Trace

from ..session.transcript import Entry
from .guard import check_header, open_guarded
from .layout import LARGEST_BLOB
from .packing import unpack_json
from .record import read_trace
from .rows import Rows
from .stored_arrays import StoredArrays

MOST_TRANSCRIPT = 4 * LARGEST_BLOB  # bytes


@dataclass(frozen=True, slots=True)
class StoredSession:
    """An open session file.

    trace       the whole record, with the values of small arrays
    arrays      the large arrays, read on demand
    transcript  (kind, text) of the console's pieces, oldest first
    parts       values of JSON by name, as they were saved: "view", "document", "breakpoints", "pins" and others
    info        short facts: program, program_version, written
    """

    path: Path
    trace: Trace
    arrays: StoredArrays
    transcript: list[Entry]
    parts: dict[str, Any]
    info: dict[str, str]

    @property
    def view(self) -> dict[str, Any]:
        """What the window showed; `app.store.view_json` knows what it means."""
        found = self.parts.get("view")
        return found if isinstance(found, dict) else {}

    def fetch(self, handle: int) -> NDArray[Any]:
        """The array of a handle. Raises `StoreError` when it was not saved."""
        return self.arrays.read(handle)

    def close(self) -> None:
        """Let the file go; the trace stays."""
        self.arrays.close()

    def __enter__(self) -> StoredSession:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_session(path: Path | str) -> StoredSession:
    """Open a session file for reading. Raises a `StoreError` that says what is wrong and what to do."""
    path = Path(path)
    size = check_header(path)
    connection = open_guarded(path)
    try:
        rows = Rows(connection, path)
        rows.check_totals()
        trace = read_trace(rows, size)
        arrays = StoredArrays(path, connection, trace)
        return StoredSession(path, trace, arrays, _transcript(rows), _parts(rows), _info(rows))
    except BaseException:
        connection.close()
        raise


def _info(rows: Rows) -> dict[str, str]:
    return dict(rows.select("info"))


def _parts(rows: Rows) -> dict[str, Any]:
    return {name: _json(rows, data, size) for name, size, data in rows.select("parts")}


def _transcript(rows: Rows) -> list[Entry]:
    entries: list[Entry] = []
    left = MOST_TRANSCRIPT
    for _, count, size, data in rows.select("transcript"):
        left -= size
        if left < 0:
            raise rows.damaged("its transcript claims to be longer than any can be")
        some = _json(rows, data, size)
        if not isinstance(some, list) or len(some) != count or not all(map(_is_entry, some)):
            raise rows.damaged("a piece of its transcript means nothing")
        entries += [(kind, text) for kind, text in some]
    return entries


def _is_entry(entry: Any) -> bool:
    return isinstance(entry, list) and len(entry) == 2 and all(isinstance(text, str) for text in entry)


def _json(rows: Rows, data: bytes, size: int) -> Any:
    try:
        return unpack_json(data, size)
    except ValueError as error:
        raise rows.damaged(str(error)) from None
