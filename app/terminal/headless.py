"""Runs a document without a window: for `retrograde export`, and for a first look where there is no display.

The user's output goes to stdout, errors and our own words to stderr.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_API", "pyside6")

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from engine.trace import NONE, Status, Trace
from ui.naming import Names
from ui.stepping import PassSteps
from ui.values import number

from ..documents import Document, DocumentError
from ..session.session import Session

OK, CODE_FAILED, USAGE, CANNOT_WRITE = range(4)
PNG_SCALE = 2.0
MOST_PASSES, MOST_STEPS = 10, 100  # that a first look lists
_COLOURS = re.compile("\x1b\\[[0-9;]*m")


class UsageError(ValueError):
    """What was asked for is not there; the message says what is."""


@dataclass(frozen=True, slots=True)
class Run:
    """What came of running a document."""

    trace: Trace
    succeeded: bool


def first_look(file: Path, picture: Path) -> int:
    """Where there is no display: run the document or open the session, print its passes step by step, draw the last."""
    from ..export import ExportError, ExportRequest, export as write
    from .inputs import given

    say("There is no display, so no window: what the file holds goes into a picture.")
    try:
        with application():
            found = given(str(file))
            if not found.succeeded:
                return CODE_FAILED
            for line in steps_in_words(found.trace):
                say(line)
            pass_id, position = chosen_step(found.trace, None, None)
            (path,) = write(picture, ExportRequest(found.trace, pass_id, position, scale=PNG_SCALE))
    except (DocumentError, UsageError) as error:
        return fail(error, USAGE)
    except ExportError as error:
        return fail(error, CANNOT_WRITE)
    say(f"The picture is {path.resolve()}")
    return OK


def run_document(document: Document, *, quiet: bool = False) -> Run:
    """Run every cell in order and stop at the first that fails. Needs a running QApplication, but no display.

    `quiet`: what the code prints goes to stderr, since stdout is for a result.
    """
    session = Session(folder=str(document.path.resolve().parent))
    loop = QEventLoop()
    statuses: dict[str, str] = {}
    requests: list[str] = []
    dead = False

    def finished(request: str, status: str) -> None:
        statuses[request] = status
        if status != "ok" or all(asked in statuses for asked in requests):
            loop.quit()

    def state(name: str) -> None:
        nonlocal dead
        if name == "dead":
            dead = True
            loop.quit()

    session.output.connect(_print_to_stderr if quiet else _print_output)
    session.message.connect(say)
    session.request_finished.connect(finished)
    session.state_changed.connect(state)
    session.start()
    try:
        path = str(document.path.resolve()) if document.path.exists() else ""
        for cell in document.cells:
            requests.append(session.run(cell.text, title=cell.title, path=path, first_line=cell.first_line))
        loop.exec()
        ended = [request for request in requests if request in statuses]
        succeeded = all(statuses.get(request) == "ok" for request in requests)
        if ended and not dead:
            _wait_for_cell(session, next((r for r in ended if statuses[r] != "ok"), ended[-1]))
    finally:
        session.close()
    return Run(session.trace, succeeded)


def chosen_step(trace: Trace, pass_number: int | None, step: int | None) -> tuple[int, int]:
    """(pass, position) from the command line's numbers: passes from 1, step -1 the last. Raises `UsageError`."""
    count = len(trace.passes)
    if count == 0:
        if pass_number is None and step is None:
            return NONE, 0
        raise UsageError("The code made no backward pass, so there is no step to draw. Leave --pass and --step out.")
    chosen = count if pass_number is None else pass_number
    if not 1 <= chosen <= count:
        raise UsageError(f"There is no pass {chosen}; the code made {count}, numbered from 1.")
    steps = PassSteps(trace, chosen - 1).count
    position = steps if step is None or step == -1 else step
    if not 0 <= position <= steps:
        raise UsageError(f"There is no step {position} in pass {chosen}; steps run from 0 (the seed) to {steps}.")
    return chosen - 1, position


def steps_in_words(trace: Trace) -> list[str]:
    """The last passes, a line each, and the steps of the last one; of very many only the first."""
    names, lines = Names.of(trace), []
    count = len(trace.passes)
    if count > MOST_PASSES:
        lines.append(f"{count - MOST_PASSES:,} earlier passes; `retrograde run` lists them all")
    for pass_id in range(max(0, count - MOST_PASSES), count):
        steps = PassSteps(trace, pass_id)
        lines.append(f"pass {pass_id + 1}: {trace.row('passes', pass_id)['title']}, {steps.count} steps")
        if pass_id + 1 < count:
            continue
        for position in range(1, min(steps.count, MOST_STEPS) + 1):
            node = steps.node(position)
            arrived = steps.step(position)["arrived"]
            norm = f"|gradient| {number(trace.array(arrived).norm)}" if arrived != NONE else ""
            lines.append(f"  step {position}: {names.with_output(node):<28} {norm}".rstrip())
        if steps.count > MOST_STEPS:
            lines.append(f"  and {steps.count - MOST_STEPS:,} more")
    return lines


def run_in_application(document: Document, *, quiet: bool = False) -> Run:
    """Run a document in an application that lasts as long as that, or in the one that is there."""
    with application():
        return run_document(document, quiet=quiet)


@contextmanager
def application() -> Iterator[QApplication]:
    """The application that is there, or one for this block: fonts and event loops need one, though no display."""
    present = QApplication.instance()
    yield present if isinstance(present, QApplication) else QApplication(sys.argv[:1])


def _wait_for_cell(session: Session, request: str) -> None:
    """The reply may come before the last batch; the trace is complete when the cell's row says it has ended."""
    loop = QEventLoop()

    def complete() -> bool:
        trace = session.trace
        return any(
            trace.text(int(trace.cells.request[row])) == request and trace.cells.status[row] != Status.RUNNING
            for row in range(len(trace.cells))
        )

    session.cell_finished.connect(lambda _row: loop.quit() if complete() else None)
    if not complete():
        loop.exec()


def _print_output(kind: str, text: str) -> None:
    stream = sys.stderr if kind in ("stderr", "error") else sys.stdout
    if kind == "error" and not stream.isatty():
        text = _COLOURS.sub("", text)  # a log has no use for a traceback's colours
    stream.write(text)
    stream.flush()


def _print_to_stderr(kind: str, text: str) -> None:
    _print_output("stderr" if kind == "stdout" else kind, text)


def say(text: str) -> None:
    """A line on stderr, for people."""
    sys.stderr.write(f"{text}\n")


def fail(error: Exception, status: int) -> int:
    """Say what went wrong; returns the exit status."""
    say(f"retrograde: {error}")
    return status
