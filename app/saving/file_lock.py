"""Keeps two windows from one file: a small file beside it says which process has it. Qt notices when that has died."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLockFile


class FileLock:
    """Held from a successful `take` until `release`, or until the process ends."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(f".{path.name}.lock")
        self._lock = QLockFile(str(self._path))
        self._lock.setStaleLockTime(0)  # a lock does not go stale by age, only with its process

    def take(self) -> bool:
        """Whether the file is ours now. A folder that cannot be written has no locks, and needs none."""
        if self._lock.tryLock(0):
            return True
        return self._lock.error() != QLockFile.LockError.LockFailedError

    def holder(self) -> str:
        """Who has it: `process 1234 on host`."""
        pid, host, *_ = self._lock.getLockInfo()[-3:]
        return f"process {pid} on {host}" if host else "another process"

    def release(self) -> None:
        """Let it go."""
        self._lock.unlock()
