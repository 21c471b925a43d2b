"""What the picture shows, as plain rows: nodes, edges and steps with their attributes. Knows no file format.

A row's attributes are plain Python values; what does not hold for a row is left out of it, so that no format needs a
word for "nothing". Numbers that are not finite are left out too; the short texts beside them still say NaN.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, EdgeKind, NodeFlag, NodeKind, Trace, parse_shape
from ui.canvas.picture.look import BoxStyle, EdgeStyle, box_styles, edge_rows, edge_styles, roles, style_rows
from ui.canvas.shown.shown_graph import GROUP, ShownGraph, show
from ui.canvas.shown.story import PassOnGraph, Story
from ui.naming import Names
from ui.snapshot import Snapshot
from ui.stepping import NEVER, EdgeState, NodeState, Steps

from ..drawings import shown_of
from ..errors import ExportError
from ..metadata import described
from ..request import ExportRequest

Value = str | int | float | bool
Attributes = dict[str, Value]

_FLAGS = {
    NodeFlag.LEAF: "leaf", NodeFlag.REQUIRES_GRAD: "requires_grad", NodeFlag.RETAINS_GRAD: "retains_grad",
    NodeFlag.VIEW: "view", NodeFlag.INPLACE: "in_place", NodeFlag.PARAMETER: "parameter", NodeFlag.FAILED: "failed",
}  # fmt: skip
_OF_STEPS = ("arrived", "used", "before", "added", "after")  # columns of handles


@dataclass(frozen=True, slots=True)
class NodeRow:
    """One box; `lines` are its texts as drawn."""

    id: str
    lines: tuple[str, ...]
    attributes: Attributes
    style: BoxStyle


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """One edge, in the direction of the data; `words` are what stands beside it."""

    id: str
    source: str
    target: str
    words: tuple[str, ...]
    attributes: Attributes
    style: EdgeStyle


@dataclass(frozen=True, slots=True)
class GraphRows:
    """The graph at one position. `about` says what it is and where it comes from."""

    nodes: list[NodeRow]
    edges: list[EdgeRow]
    steps: list[Attributes] = field(default_factory=list)
    about: Attributes = field(default_factory=dict)
    flow: str = "top-to-bottom"


def rows_of(request: ExportRequest) -> GraphRows:
    """The rows of a request. Raises `ExportError` where there are none."""
    steps = request.walked()
    graph = show(Snapshot.of(request.trace), request.view, shown_of(request))
    if not len(graph.node):
        raise ExportError("There is nothing to write: no node is in this part of the graph.")
    story = PassOnGraph(steps, graph).at(request.at(request.position)) if steps is not None else None
    about: Attributes = {key.lower(): text for key, text in described(request).items()}
    about |= {"view": request.view.value, "nodes": len(graph.node), "edges": len(graph.edge)}
    if steps is not None:
        walk = {"cell": request.cell + 1} if steps.forward else {"pass": request.pass_id + 1}
        about |= walk | {"step": request.position, "steps": steps.count}
    return GraphRows(
        _node_rows(request, graph, story),
        _edge_rows(request, graph, story),
        [] if steps is None else step_rows(request.trace, steps, graph),
        about,
        request.orientation,
    )


def _node_rows(request: ExportRequest, graph: ShownGraph, story: Story | None) -> list[NodeRow]:
    styles, told_every = box_styles(request.theme), max(1, len(graph.node) // 50)
    rows = style_rows(roles(graph, story.run.failed_box if story is not None else NONE), story)
    found = []
    for box in range(len(graph.node)):
        if box % told_every == 0:
            request.report(0.1 + 0.4 * box / len(graph.node), "Gathering nodes")
        said = story.state_caption(box) if story is not None else None
        second = graph.text(int(graph.second[box])) if said is None else said
        lines = [line for line in (graph.title_text(box), second, graph.text(int(graph.third[box]))) if line]
        attributes = _node_attributes(request.trace, graph, box) | _state_of(story, box, said)
        found.append(NodeRow(_id(graph, box), tuple(lines), attributes, styles[rows[box]]))
    return found


def _node_attributes(trace: Trace, graph: ShownGraph, box: int) -> Attributes:
    node = trace.node(int(graph.node[box]))
    title = graph.title_text(box)
    if graph.kind[box] == GROUP:
        key = graph.groups.keys[int(graph.group[box])]
        return {
            "kind": "group", "title": title, "group": key, "contains": int(graph.members[box]),
            "counts": graph.text(int(graph.second[box])), "shapes": graph.text(int(graph.third[box])),
        }  # fmt: skip
    found: Attributes = {"kind": NodeKind(node.kind).name.lower(), "title": title, "node": node.id}
    runner = int(graph.runner[box])
    op, sequence = trace.text(int(trace.nodes.op[runner])), int(trace.nodes.sequence[runner])
    if op:
        found["op"] = op
        if sequence != NONE:
            found["sequence"] = sequence
    if node.label:
        found["expression"] = " ".join(node.label.split())
    if node.dtype:
        found |= {"shape": str(list(node.shape)), "dtype": node.dtype}
    for flag, word in _FLAGS.items():
        if node.flags & flag:
            found[word] = True
    if graph.former[box]:
        found["former_name"] = True
    if node.version != NONE:
        found["version"] = node.version
    if node.cell != NONE:
        found["cell"] = int(trace.cells.number[node.cell])
    if node.line > 0:
        found["line"] = node.line
    group = int(graph.groups.of_node[node.id]) if len(graph.groups) else NONE
    if group != NONE:
        found["group"] = graph.groups.keys[group]
    return found | _statistics(trace, node.value, "value_")


def _state_of(story: Story | None, box: int, said: str | None) -> Attributes:
    if story is None:
        return {}
    found: Attributes = {"state": NodeState(int(story.node_state[box])).name.lower()}
    ran = int(story.run.steps.ran_at[story.run.graph.runner[box]])
    if ran < NEVER and story.run.graph.kind[box] != GROUP:
        found["runs_at_step"] = ran
    if said:
        found["says"] = said
    return found


def _statistics(trace: Trace, handle: int, prefix: str) -> Attributes:
    if handle == NONE:
        return {}
    arrays = trace.arrays  # column by column: a whole row takes three times as long
    found: Attributes = {}
    for name, column in (("norm", arrays.norm), ("mean", arrays.mean), ("min", arrays.min), ("max", arrays.max)):
        value = float(column[handle])
        if math.isfinite(value):
            found[prefix + name] = value
    for name, column in (("nans", arrays.nans), ("infs", arrays.infs)):
        if column[handle]:
            found[prefix + name] = int(column[handle])
    return found


def _edge_rows(request: ExportRequest, graph: ShownGraph, story: Story | None) -> list[EdgeRow]:
    trace, forward = request.trace, story is not None and story.run.steps.forward
    styles, looks = edge_styles(request.theme, forward=forward), edge_rows(graph, story, signed=request.signed)
    names, found = trace.edges.name, []
    named = graph.slot_matters | _parallel(graph)  # as in the picture
    for edge in range(len(graph.edge)):
        row = int(graph.edge[edge])
        attributes: Attributes = {
            "kind": EdgeKind(int(graph.edge_kind[edge])).name.lower(), "slot": int(graph.slot[edge]),
        }  # fmt: skip
        if trace.text(int(names[row])):
            attributes["argument"] = trace.text(int(names[row]))
        if graph.count[edge] > 1:
            attributes["stands_for"] = int(graph.count[edge])
        words = [graph.text(int(graph.slot_text[edge]))] if named[edge] else []
        if story is not None:
            attributes |= _flow(trace, graph, story, edge)
            if story.travelled[edge]:
                words.insert(0, story.edge_caption(edge))
        ends = (_id(graph, int(graph.src[edge])), _id(graph, int(graph.dst[edge])))
        said = tuple(word for word in words if word)
        found.append(EdgeRow(f"e{row}", *ends, said, attributes, styles[looks[edge]]))
    request.report(0.8, "Gathering edges")
    return found


def _parallel(graph: ShownGraph) -> NDArray[np.bool_]:
    """Which edges share both ends with another."""
    _, pair, count = np.unique(np.stack([graph.src, graph.dst]), axis=1, return_inverse=True, return_counts=True)
    return np.asarray(count[pair.reshape(-1)] > 1, np.bool_)


def _flow(trace: Trace, graph: ShownGraph, story: Story, edge: int) -> Attributes:
    steps, row = story.run.steps, int(graph.edge[edge])
    found: Attributes = {"state": EdgeState(int(story.edge_state[edge])).name.lower()}
    if not story.travelled[edge]:
        return found
    caption = story.edge_caption(edge)
    if caption:
        found["gradient"] = caption
    if graph.count[edge] == 1:
        found |= _statistics(trace, int(steps.edge_value[row]), "gradient_")
        found["sent_at_step"] = int(steps.sent_at[row])
    return found


def step_rows(trace: Trace, steps: Steps, graph: ShownGraph) -> list[Attributes]:
    """Every step of the walk, whatever part of the graph is shown; `box` is the box that shows it, where one does."""
    names, found = Names.of(trace), []
    for position in range(1, steps.count + 1):
        node, row = steps.node(position), steps.step(position)
        box = int(graph.box_of[node]) if node < len(graph.box_of) else NONE
        step: Attributes = {"step": position, "node": node, "op": names.name(node), "title": names.with_output(node)}
        if box != NONE:
            step["box"] = _id(graph, box)
        if trace.nodes.line[node] > 0:
            step["line"] = int(trace.nodes.line[node])
        for column in _OF_STEPS:
            handle = int(row[column])
            if handle != NONE:
                step[f"{column}_shape"] = str(list(parse_shape(trace.text(int(trace.arrays.shape[handle])))))
                step |= _statistics(trace, handle, f"{column}_")
        found.append(step)
    return found


def _id(graph: ShownGraph, box: int) -> str:
    """Stable while the graph grows: the trace's number of the node, or of a group's first one."""
    return f"{'g' if graph.kind[box] == GROUP else 'n'}{int(graph.node[box])}"
