"""Mermaid, for README files and wikis: a flowchart whose boxes are coloured by class, as Markdown viewers draw it."""

from __future__ import annotations

from ..atomic import Output
from ..request import ExportRequest
from ..sizes import Estimate
from .records import EdgeRow, GraphRows, NodeRow, rows_of

MOST_EDGES = 500  # Mermaid's own limit, which a diagram cannot lift
MOST_CHARACTERS = 50_000  # likewise
_KEPT = str.maketrans({c: f"#{ord(c)};" for c in '"#;<>&`|{}[]()\\*_~^%$=@'})  # have a meaning in Mermaid or HTML


def write_mermaid(out: Output, request: ExportRequest) -> None:
    """One flowchart."""
    out.write(mermaid_text(rows_of(request), request).encode())


def measure_mermaid(request: ExportRequest) -> Estimate:
    """The exact bytes, and whether Mermaid's viewers will draw them."""
    rows = rows_of(request)
    text = mermaid_text(rows, request)
    note = ""
    if len(rows.edges) > MOST_EDGES or len(text) > MOST_CHARACTERS:
        note = (
            f"Most viewers of Mermaid draw at most {MOST_EDGES} edges and {MOST_CHARACTERS:,} characters; this has "
            f"{len(rows.edges):,} and {len(text):,}. Export a group or a selection, or SVG."
        )
    return Estimate(bytes=len(text.encode()), exact=True, note=note)


def mermaid_text(rows: GraphRows, request: ExportRequest) -> str:
    """The file."""
    styles = list(dict.fromkeys(node.style for node in rows.nodes))
    classes = {style: f"look{number}" for number, style in enumerate(styles)}
    lines = [f"---\ntitle: {_yaml(request.title)}\n---"] if request.title else []
    lines += [f"%% {' '.join(f'{key}: {value}'.split())}" for key, value in rows.about.items()]
    lines.append("flowchart TD" if rows.flow == "top-to-bottom" else "flowchart LR")
    lines += [f"  {_node(node)}:::{classes[node.style]}" for node in rows.nodes]
    lines += [f"  {_edge(edge, rows.flow)}" for edge in rows.edges]
    for style, name in classes.items():
        dashes = ",stroke-dasharray:4 3" if style.dashed else ""
        look = f"fill:{style.fill},stroke:{style.border},color:{style.title},stroke-width:{style.width}px{dashes}"
        lines.append(f"  classDef {name} {look}")
    for number, edge in enumerate(rows.edges):
        lines.append(f"  linkStyle {number} stroke:{edge.style.colour},stroke-width:{edge.style.width:.1f}px")
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """A text in double quotes; what means something to Mermaid or HTML is written by its number."""
    return '"' + " ".join(text.split()).translate(_KEPT) + '"'


def _node(row: NodeRow) -> str:
    label = "<br/>".join(escaped(line)[1:-1] for line in row.lines)
    return f'{row.id}("{label}")'


def _edge(row: EdgeRow, flow: str) -> str:
    """Mermaid ranks boxes by its arrows, which have no heads at their beginnings: a gradient's is in its label."""
    words = list(row.words)
    if row.style.against:
        words.insert(0, "▲" if flow == "top-to-bottom" else "◀")
    label = f"|{escaped(' '.join(words))}|" if words else ""
    link = "===" if row.style.against else "==>" if row.style.gradient else "-.->" if row.style.dashed else "-->"
    return f"{row.source} {link}{label} {row.target}"


def _yaml(text: str) -> str:
    return '"' + " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"') + '"'
