"""`retrograde run`: the backward passes of a document or a session, as a table for people or as JSON for programs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from engine.trace import NONE, PassKind, Status, Trace
from ui.canvas.shown.shown_graph import ShownGraph, show
from ui.snapshot import Snapshot
from ui.stepping import PassSteps
from ui.values import duration, number

from ..documents import DocumentError
from ..export.graph_data.records import step_rows
from ..version import __version__
from .headless import CODE_FAILED, OK, USAGE, fail
from .inputs import Given, given

_HEAD = ("pass", "call", "line", "steps", "time", "largest |gradient|", "status")
_WIDEST = 48  # characters of a call


def run_command(options: argparse.Namespace) -> int:
    """Run or open the input and print its passes; returns the exit status."""
    try:
        found = given(options.input, quiet=options.json)
    except DocumentError as error:
        return fail(error, USAGE)
    if options.json:
        json.dump(_everything(found), sys.stdout, indent=1, ensure_ascii=False, allow_nan=False)
        sys.stdout.write("\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in passes_in_words(found.trace))
    sys.stdout.flush()
    return OK if found.succeeded else CODE_FAILED


def passes_in_words(trace: Trace) -> Iterator[str]:
    """A head line and a line for each pass; one sentence where there is none."""
    nodes = f"{len(trace.nodes):,} nodes, {len(trace.edges):,} edges"
    if not len(trace.passes):
        yield f"{nodes}, no backward pass."
        return
    table = [_HEAD, *(_line(trace, pass_id) for pass_id in range(len(trace.passes)))]
    widths = [max(len(row[column]) for row in table) for column in range(len(_HEAD))]
    for row in table:
        cells = [
            cell.ljust(width) if head in ("call", "status") else cell.rjust(width)
            for cell, width, head in zip(row, widths, _HEAD, strict=True)
        ]
        yield "  ".join(cells).rstrip()
    yield f"{nodes}."


def _line(trace: Trace, pass_id: int) -> tuple[str, ...]:
    row, steps = trace.row("passes", pass_id), PassSteps(trace, pass_id)
    largest = steps.magnitude_range()[1]
    call = row["title"] if len(row["title"]) <= _WIDEST else f"{row['title'][: _WIDEST - 1]}…"
    return (
        str(pass_id + 1),
        call,
        str(row["line"]) if row["line"] > 0 else "",
        str(steps.count),
        duration(row["seconds"]),
        number(largest) if steps.count else "",
        _status(row),
    )


def _everything(found: Given) -> dict[str, Any]:
    trace = found.trace
    graph = show(Snapshot.of(trace))
    return {
        "program": "Retrograde",
        "version": __version__,
        "source": found.title,
        "succeeded": found.succeeded,
        "nodes": len(trace.nodes),
        "edges": len(trace.edges),
        "passes": [_pass(trace, graph, pass_id) for pass_id in range(len(trace.passes))],
    }


def _pass(trace: Trace, graph: ShownGraph, pass_id: int) -> dict[str, Any]:
    row = trace.row("passes", pass_id)
    return {
        "pass": pass_id + 1,
        "call": row["title"],
        "kind": PassKind(row["kind"]).name.lower(),
        "line": row["line"] if row["line"] > 0 else None,
        "root": f"n{row['root']}" if row["root"] != NONE else None,
        "seconds": row["seconds"],
        "status": _status(row),
        "steps": step_rows(trace, PassSteps(trace, pass_id), graph),
    }


def _status(row: Mapping[str, Any]) -> str:
    status = Status(row["status"])
    return f"{row['error_type']}: {row['error_message']}" if row["error_type"] else status.name.lower()
