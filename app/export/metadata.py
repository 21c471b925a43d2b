"""What a file says about itself: program and version, the document, the pass and the step. Knows no format."""

from __future__ import annotations

from ui.naming import Names

from ..version import __version__
from .request import ExportRequest

SOFTWARE = f"Retrograde {__version__}"


def described(request: ExportRequest, position: int | None = None) -> dict[str, str]:
    """Keys as PNG's registered keywords have them, with short plain texts; nothing that differs from run to run."""
    said = {"Software": SOFTWARE, "Title": request.title or "Computation graph"}
    if request.source:
        said["Source"] = request.source
    said["Description"] = place(request, request.position if position is None else position)
    return said


def place(request: ExportRequest, position: int) -> str:
    """`9 nodes, pass 1 of 1, step 3 of 5 of out.backward(): MulBackward0 (z)`."""
    trace = request.trace
    nodes = f"{len(trace.nodes):,} nodes"
    steps = request.walked()
    if steps is None:
        return nodes
    if steps.forward:
        number = trace.row("cells", request.cell)["number"]
        text = f"{nodes}, forward pass of cell {number}, step {position} of {steps.count}"
    else:
        call = trace.row("passes", request.pass_id)["title"]
        text = f"{nodes}, pass {request.pass_id + 1} of {len(trace.passes)}, step {position} of {steps.count} of {call}"
    return f"{text}: {Names.of(trace).with_output(steps.node(position))}" if 0 < position <= steps.count else text
