"""Files that come into being whole or not at all: written beside their place, flushed to the disk, then moved there."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from .errors import ExportError


class Output:
    """The files of one export. On leaving the block they are all put in place, or after an error all removed.

        with Output(path) as out:
            out.part().write_bytes(content)                  # what will be `path`
            out.part(path.with_name("b.png")).touch()        # a second file beside it

    Whatever goes wrong, older files under these names stay as they were. `OSError` becomes `ExportError`.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._parts: dict[Path, Path] = {}

    @property
    def files(self) -> tuple[Path, ...]:
        """Where the files are, or will be."""
        return tuple(self._parts)

    def part(self, path: Path | None = None) -> Path:
        """Where to write what will be `path` (the path that was asked for). It keeps the suffix."""
        path = self.path if path is None else path
        return self._parts.setdefault(path, path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}"))

    def write(self, content: bytes, path: Path | None = None) -> None:
        """Write a whole file."""
        self.part(path).write_bytes(content)

    def __enter__(self) -> Self:
        if not self.path.parent.is_dir():  # before the work, not after it
            raise ExportError(f"{self.path} cannot be written: there is no folder {self.path.parent}.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._commit()
        except OSError as failure:
            error = failure
            raise self._explained(failure) from failure
        finally:
            for part in self._parts.values():
                with suppress(OSError):  # where no file could be made, none has to go
                    part.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise self._explained(error) from error

    def _commit(self) -> None:
        for part in self._parts.values():
            with part.open("rb+") as file:
                os.fsync(file.fileno())
        for path, part in self._parts.items():
            if path.is_dir():
                raise IsADirectoryError(0, "It is a folder")
            part.replace(path)

    def _explained(self, error: OSError) -> ExportError:
        return ExportError(f"{self.path} cannot be written: {error.strerror or error}. Choose another place.")
