"""What the hover card says about a closed group: how much is in it, what goes in and out, and how far a pass is."""

from __future__ import annotations

from engine.trace import NONE, Trace, parse_shape

from ...grouping.facts import facts
from ...naming import Names
from ...snapshot import Snapshot
from ..shown.captions import largest_caption
from ..shown.shown_graph import ShownGraph
from ..shown.story import Story
from .hover_text import Card

_MOST = 6  # tensors that are listed, and how many more there are


def describe_group(trace: Trace, graph: ShownGraph, box: int, story: Story | None) -> Card:
    """The counts, parameters and shapes of the group that a box is, and its gradients at this step."""
    groups, group = graph.groups, int(graph.group[box])
    found = facts(Snapshot.of(trace), groups, group)
    nodes = f"{int(graph.members[box]):,} nodes, {found.functions:,} of them functions"
    inside = len(groups.children(group))
    rows = [("holds", nodes + (f", in {inside:,} groups" if inside > 1 else ""))]
    for what, listed in (("parameters", found.parameters), ("in", found.inputs), ("out", found.outputs)):
        if listed:
            rows.append((what, _listed(trace, listed)))
    if story is not None and story.run.runs_in[box]:
        rows.append(("backward", _progress(story, box)))
    return Card(found.title, rows)


def _listed(trace: Trace, nodes: tuple[int, ...]) -> str:
    names = Names.of(trace)
    some = [f"{names.title(node)} {_shape(trace, node)}" for node in nodes[:_MOST]]
    more = len(nodes) - _MOST
    return ", ".join(some) + (f" and {more:,} more" if more > 0 else "")


def _shape(trace: Trace, node: int) -> str:
    sizes = parse_shape(trace.text(int(trace.nodes.shape[node])))
    return f"[{', '.join(map(str, sizes))}]" if sizes else "scalar"


def _progress(story: Story, box: int) -> str:
    done, count = int(story.done_in[box]), int(story.run.runs_in[box])
    words = [f"{done:,} of {count:,} steps done"]
    node = story.run.steps.node(story.position)
    if node != NONE and story.now_box == box:
        words.append(f"now {Names.of(story.run.steps.trace).title(node)}")
    largest = largest_caption(float(story.largest_in[box]))
    if largest:
        words.append(f"largest gradient {largest}")
    return ", ".join(words)
