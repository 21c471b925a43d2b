"""Double backward: which step a node of a `create_graph` layer comes from, and what it differentiates. No Qt."""

from __future__ import annotations

import numpy as np

from engine.trace import EventKind, Trace

from ..naming import Names
from ..words import Words, node_word, step_word, words


def layer_of(trace: Trace, node: int) -> tuple[int, int] | None:
    """(pass, step) that made `node` while it created a graph; None for nodes that the program made itself."""
    events = trace.events
    found = np.flatnonzero((events.kind == EventKind.LAYER) & (events.node == node))
    return (int(events.pass_[found[-1]]), int(events.step[found[-1]])) if len(found) else None


def layer_words(trace: Trace, node: int, names: Names) -> Words:
    """`Made by step 2 of pass 1, as part of the gradient of PowBackward0 (y).`, or nothing."""
    made = layer_of(trace, node)
    if made is None:
        return ()
    pass_id, step = made
    rows = np.flatnonzero((trace.steps.pass_ == pass_id) & (trace.steps.index == step))
    start = words("Made by ", step_word(pass_id, step, f"step {step:,} of pass {pass_id + 1}"))
    if not len(rows):
        return words(start, ".")
    first = int(trace.steps.node[rows[0]])
    return words(start, ", as part of the gradient of ", node_word(names.with_output(first), first), ".")
