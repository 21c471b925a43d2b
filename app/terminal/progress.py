"""How far the work is, on one line of a terminal; where stderr is no terminal, nothing at all."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self, TextIO

_EVERY = 0.1  # seconds


class Progress:
    """`show` may be called as often as one likes, from one thread at a time. On leaving the block the line is wiped."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._shows = stream, stream.isatty()
        self._next, self._written = 0.0, 0

    def show(self, done: float, what: str) -> None:
        """`done` is 0 to 1."""
        now = time.monotonic()
        if not self._shows or now < self._next:
            return
        self._next = now + _EVERY
        self._write(f"{what} {done:4.0%}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._written:
            self._write("")
            self._stream.write("\r")
            self._stream.flush()

    def _write(self, text: str) -> None:
        self._stream.write(f"\r{text.ljust(self._written)}")
        self._stream.flush()
        self._written = len(text)
