"""DOT, for Graphviz: the same boxes, edges, texts and colours as in the window; Graphviz lays them out its own way."""

from __future__ import annotations

import re

from ..atomic import Output
from ..request import ExportRequest
from ..sizes import Estimate
from .records import Attributes, EdgeRow, GraphRows, NodeRow, Value, rows_of

_CONTROL = re.compile("[\x00-\x1f\x7f]")  # some of Graphviz's outputs would not be valid with them


def write_dot(out: Output, request: ExportRequest) -> None:
    """One directed graph."""
    out.write(dot_text(rows_of(request), request).encode())


def measure_dot(request: ExportRequest) -> Estimate:
    """The exact bytes."""
    return Estimate(bytes=len(dot_text(rows_of(request), request).encode()), exact=True)


def dot_text(rows: GraphRows, request: ExportRequest) -> str:
    """The file. Every attribute of a row is there too, as `data_...`: Graphviz hands on what it does not know."""
    theme = request.theme
    whole = {
        "label": request.title, "labelloc": "t", "rankdir": "TB" if rows.flow == "top-to-bottom" else "LR",
        "bgcolor": theme.background if request.background else "transparent", "fontcolor": theme.text,
        "fontname": "sans-serif", **_kept(rows.about),
    }  # fmt: skip
    lines = [
        'digraph "retrograde" {',
        f"  graph {_attributes(whole)};",
        f"  node {_attributes({'shape': 'box', 'fontname': 'sans-serif', 'fontsize': 12})};",
        f"  edge {_attributes({'fontname': 'monospace', 'fontsize': 10, 'arrowsize': 0.7})};",
        *(f"  {quoted(node.id)} {_attributes(_node(node))};" for node in rows.nodes),
        *(f"  {quoted(edge.source)} -> {quoted(edge.target)} {_attributes(_edge(edge))};" for edge in rows.edges),
        "}",
    ]
    return "\n".join(lines) + "\n"


def quoted(value: Value) -> str:
    """A string of the DOT language; backslashes are doubled, since Graphviz expands `\\N` and the like in labels."""
    if isinstance(value, bool):
        return '"true"' if value else '"false"'
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + _CONTROL.sub("�", text) + '"'


def _node(row: NodeRow) -> Attributes:
    style = row.style
    drawn: Attributes = {
        "label": "\n".join(row.lines), "id": row.id, "style": f"rounded,filled{',dashed' if style.dashed else ''}",
        "fillcolor": style.fill, "color": style.border, "fontcolor": style.title, "penwidth": style.width,
    }  # fmt: skip
    return drawn | _kept(row.attributes)


def _edge(row: EdgeRow) -> Attributes:
    style = row.style
    drawn: Attributes = {
        "id": row.id, "label": "\n".join(f"  {word}  " for word in row.words),
        "color": style.colour, "fontcolor": style.colour, "penwidth": style.width,
        "style": "dashed" if style.dashed else "solid", "dir": "back" if style.against else "forward",
    }  # fmt: skip
    return drawn | _kept(row.attributes)


def _kept(attributes: Attributes) -> Attributes:
    """What is no drawing, under names that mean nothing to Graphviz: its own `shape` is not a tensor's."""
    return {f"data_{name}": value for name, value in attributes.items()}


def _attributes(values: Attributes) -> str:
    return "[" + ", ".join(f"{name}={quoted(value)}" for name, value in values.items()) + "]"
