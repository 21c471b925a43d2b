"""What a trace has to say when its kernel is gone: names mean nothing, what ran has died. Pure; no Qt."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, SCHEMA, Batch, Columns, Status, Trace, column_dtype


def end_of_kernel(trace: Trace) -> tuple[Batch | None, list[int]]:
    """The rows to add (None if there are none), and the cells that died."""
    tables: dict[str, Columns] = {}
    died: dict[str, NDArray[Any]] = {}
    for name in ("cells", "passes"):
        running = np.flatnonzero(trace.table(name).status == Status.RUNNING)
        died[name] = running
        if len(running):
            rows = {column: getattr(trace.table(name), column)[running].copy() for column in SCHEMA[name]}
            rows["status"][:] = Status.DIED
            tables[name] = rows
    latest = dict(zip(trace.names.name.tolist(), trace.names.node.tolist(), strict=True))
    bound = [name for name, node in latest.items() if node != NONE]
    if bound:
        last_cell = len(trace.cells) - 1
        values = {"name": bound, "node": [NONE] * len(bound), "cell": [last_cell] * len(bound)}
        tables["names"] = {
            column: np.array(values[column], column_dtype(kind)) for column, kind in SCHEMA["names"].items()
        }
    return (Batch(tables) if tables else None), died["cells"].tolist()
