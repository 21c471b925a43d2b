"""How a pass lies among others, and what a step made run again: sentences. From the trace; knows no Qt."""

from __future__ import annotations

import numpy as np

from engine.trace import NONE, EventKind, Trace

from ..words import Words, line_word, step_word, words


def pass_words(trace: Trace, pass_id: int) -> Words:
    """`It began inside pass 1. It differentiates the graph that pass 2 made.`, as far as it did."""
    row = trace.row("passes", pass_id)
    told: Words = ()
    if row["outer"] not in (NONE, pass_id):
        told = words(" It began inside a step of ", step_word(row["outer"], 0, f"pass {row['outer'] + 1}"), ".")
    if row["parent"] not in (NONE, pass_id):
        made = step_word(row["parent"], 0, f"pass {row['parent'] + 1}")
        told = words(told, " It goes through the graph that ", made, " created.")
    if row["call"] not in (NONE, pass_id):
        first = step_word(row["call"], 0, f"pass {row['call'] + 1}")
        told = words(told, f" {row['function'] or 'The call'} needed several passes; ", first, " is its first.")
    return told


def recomputed_words(trace: Trace, pass_id: int, position: int) -> Words:
    """That a checkpointed part was computed again for a step, and how many operations that took."""
    events = trace.events
    here = (events.pass_ == pass_id) & (events.step == position)
    asked = np.flatnonzero(here & (events.kind == EventKind.RECOMPUTATION))
    if not len(asked):
        return ()
    event = trace.row("events", int(asked[0]))
    count = int(np.count_nonzero(here & (events.kind == EventKind.RECOMPUTED)))
    node = trace.node(event["node"]) if event["node"] != NONE else None
    place = line_word(trace, node.source, node.line) if node is not None else None
    where = words(" (", place, ")") if place is not None and place.text else ()
    part = event["name"] or "part"
    operations = f"{count:,} operation{'s' * (count != 1)}"
    return words(f"The checkpointed {part}", where, f" was computed again for this step: {operations}.")
