"""What the console showed, as plain pieces: kept for session files, which outlive consoles. Knows no Qt.

The kind of a piece is "In [3]" for code that ran, "Out[3]" for its result, else "stdout", "stderr", "error" (both may
carry terminal colours), "display", or "note" for a sentence of Retrograde's.
"""

from __future__ import annotations

from collections.abc import Iterable

MOST_CHARACTERS = 8 << 20  # of all pieces; the oldest go first
LONGEST_PIECE = 1 << 16  # what is printed in many small portions becomes pieces of this length

Entry = tuple[str, str]


class Transcript:
    """Pieces in order. `take` gives what was added since, for a file that grows."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._characters = 0
        self._taken = 0  # pieces that a growing file has

    @property
    def entries(self) -> list[Entry]:
        """All pieces that are kept, oldest first."""
        return list(self._entries)

    def add(self, kind: str, text: str) -> None:
        """Append; what follows a piece of the same stream continues it."""
        if not text:
            return
        last = self._entries[-1] if len(self._entries) > self._taken else None
        if last is not None and last[0] == kind and kind in ("stdout", "stderr") and len(last[1]) < LONGEST_PIECE:
            self._entries[-1] = (kind, last[1] + text)
        else:
            self._entries.append((kind, text))
        self._characters += len(text)
        if self._characters > MOST_CHARACTERS:
            self._forget_oldest()

    def take(self) -> list[Entry]:
        """What was added since the last call."""
        added, self._taken = self._entries[self._taken :], len(self._entries)
        return added

    def replace(self, entries: Iterable[Entry]) -> None:
        """Begin with the pieces of a file; the next `take` gives them too."""
        self._entries = list(entries)
        self._characters = sum(len(text) for _, text in self._entries)
        self._taken = 0
        if self._characters > MOST_CHARACTERS:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        """Down to three quarters, so that this happens rarely."""
        gone = 0
        while self._characters > MOST_CHARACTERS * 3 // 4 and gone < len(self._entries) - 1:
            self._characters -= len(self._entries[gone][1])
            gone += 1
        del self._entries[:gone]
        self._taken = max(0, self._taken - gone)
