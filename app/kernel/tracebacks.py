"""Tracebacks that end at the user's own line, as PyTorch's do: its C++ shows no frames either. Knows IPython only."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Any


def hide_frames_below(shell: Any, *folders: str) -> None:
    """Leave the frames of code in `folders` out of the tracebacks that this shell prints."""
    printer = shell.InteractiveTB
    original = printer.structured_traceback

    def structured_traceback(kind: Any, error: Any, trace: TracebackType | None = None, *rest: Any, **more: Any) -> Any:
        return original(kind, error, without(trace, *folders), *rest, **more)

    printer.structured_traceback = structured_traceback


def without(trace: TracebackType | None, *folders: str) -> TracebackType | None:
    """A copy of a traceback without the frames of code in `folders`; all of it when nothing else would be left."""
    inside = tuple(os.path.join(folder, "") for folder in folders)
    kept = []
    current = trace
    while current is not None:
        if not current.tb_frame.f_code.co_filename.startswith(inside):
            kept.append(current)
        current = current.tb_next
    copy: TracebackType | None = None
    for entry in reversed(kept):
        copy = TracebackType(copy, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return copy or trace
