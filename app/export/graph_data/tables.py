"""CSV for spreadsheets and pandas: three tables beside each other, `graph-nodes.csv`, `-edges.csv` and `-steps.csv`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from ..atomic import Output
from ..request import ExportRequest
from ..sizes import Estimate
from .records import Attributes, GraphRows, rows_of


def write_csv(out: Output, request: ExportRequest) -> None:
    """Three files; that of the steps only where a pass is shown."""
    for name, content in tables(rows_of(request)).items():
        out.write(content, table_path(out.path, name))


def measure_csv(request: ExportRequest) -> Estimate:
    """The exact bytes."""
    found = tables(rows_of(request))
    return Estimate(files=len(found), bytes=sum(map(len, found.values())), exact=True)


def table_path(path: Path, name: str) -> Path:
    """`graph.csv` and "nodes": `graph-nodes.csv`."""
    return path.with_name(f"{path.stem}-{name}{path.suffix}")


def tables(rows: GraphRows) -> dict[str, bytes]:
    """The content of each table: UTF-8, a head line, commas, as RFC 4180 has it."""
    nodes: list[Attributes] = [{"id": row.id, **row.attributes} for row in rows.nodes]
    edges: list[Attributes] = [
        {"id": row.id, "source": row.source, "target": row.target, **row.attributes} for row in rows.edges
    ]
    found = {"nodes": nodes, "edges": edges} | ({"steps": rows.steps} if rows.steps else {})
    return {name: _table(content) for name, content in found.items()}


def _table(rows: Iterable[Attributes]) -> bytes:
    rows = list(rows)
    columns = list(dict.fromkeys(column for row in rows for column in row)) or ["id"]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows({column: _plain(value) for column, value in row.items()} for row in rows)
    return text.getvalue().encode("utf-8")


def _plain(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value
