"""What a command works on: a document that is run, a session file that is opened, or a script on standard input."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.trace import Trace

from ..documents import DocumentError, open_document, script
from ..store import SUFFIX, StoreError, open_session
from .headless import run_in_application

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Given:
    """The record of an input; `view` and `canvas` are what a session's window showed, as they were stored."""

    trace: Trace
    title: str
    succeeded: bool = True
    view: dict[str, Any] = field(default_factory=dict)
    canvas: Any = None


def given(name: str, *, quiet: bool = False) -> Given:
    """Run or open the input; `quiet`: what the code prints goes to stderr. Raises `DocumentError`."""
    if name != STDIN and Path(name).suffix.lower() == SUFFIX:
        return _session(Path(name))
    document = script(sys.stdin.buffer.read(), "<stdin>") if name == STDIN else open_document(name)
    run = run_in_application(document, quiet=quiet)
    return Given(run.trace, document.title, run.succeeded)


def _session(path: Path) -> Given:
    try:
        with open_session(path) as stored:
            return Given(stored.trace, path.name, view=stored.view, canvas=stored.parts.get("canvas"))
    except StoreError as error:
        raise DocumentError(str(error)) from error
