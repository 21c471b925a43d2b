"""What a trace has to say when its kernel is gone: names mean nothing, what ran has died. Pure; no Qt."""

from __future__ import annotations

import signal
import time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, SCHEMA, Batch, Columns, Status, Trace, column_dtype

from ..protocol.cell_source import source_of


class Request(NamedTuple):
    """A visible execute request: its id, its code, and title, path and first_line of its place in a document."""

    id: str
    code: str
    place: dict[str, Any]


def end_of_kernel(trace: Trace, unanswered: Request | None) -> tuple[Batch | None, list[int]]:
    """The rows to add (None if there are none), and the cells that died.

    `unanswered` is what the kernel was asked last, if it never answered: a process that ends at once may not even have
    told that the cell began.
    """
    strings: list[str] = []
    tables: dict[str, Columns] = {}
    died: list[int] = []
    for name in ("cells", "passes"):
        running = np.flatnonzero(trace.table(name).status == Status.RUNNING)
        if len(running):
            tables[name] = _died(trace, name, running)
        if name == "cells":
            died = running.tolist()
    if unanswered is not None and not _is_recorded(trace, unanswered.id):
        died.append(len(trace.cells))
        _add_cell(trace, unanswered, tables, strings)
    bound = _bound_names(trace)
    if bound:
        cell = len(trace.cells) - 1
        tables["names"] = _columns("names", [{"name": name, "node": NONE, "cell": cell} for name in bound])
    return (Batch(tables, strings) if tables else None), died


def _died(trace: Trace, name: str, running: NDArray[Any]) -> Columns:
    rows = {column: getattr(trace.table(name), column)[running].copy() for column in SCHEMA[name]}
    rows["status"][:] = Status.DIED
    return rows


def _is_recorded(trace: Trace, request: str) -> bool:
    return any(trace.text(index) == request for index in trace.cells.request.tolist())


def _add_cell(trace: Trace, request: Request, tables: dict[str, Columns], strings: list[str]) -> None:
    number = int(trace.cells.number[-1]) + 1 if len(trace.cells) else 1
    source = source_of(request.code, request.place, number)
    first = len(trace.strings)
    strings += [source.title, source.text, source.path, request.id]
    tables["sources"] = _columns("sources", [{"title": first, "text": first + 1, "path": first + 2}])
    row = {
        "id": len(trace.cells), "source": len(trace.sources), "number": number, "request": first + 3,
        "status": Status.DIED, "started": time.time(), "error_source": NONE, "error_node": NONE,
    }  # fmt: skip
    added = _columns("cells", [row])
    known = tables.get("cells")
    tables["cells"] = added if known is None else {c: np.concatenate([known[c], added[c]]) for c in added}


def _bound_names(trace: Trace) -> list[int]:
    latest = dict(zip(trace.names.name.tolist(), trace.names.node.tolist(), strict=True))
    return [name for name, node in latest.items() if node != NONE]


def _columns(name: str, rows: list[dict[str, Any]]) -> Columns:
    return {
        column: np.array([row.get(column, 0) for row in rows], column_dtype(kind))
        for column, kind in SCHEMA[name].items()
    }


def describe_exit(code: int | None) -> str:
    """How a process ended, in words."""
    if code is None or code >= 0:
        return f"exit status {code}"
    try:
        return f"signal {-code}, {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"
