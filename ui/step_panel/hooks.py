"""The hooks that fired in a step: which, where they stand, and what they changed. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.trace import NONE, EventKind, Trace

from ..words import Word, line_word

MOST_HOOKS = 8

KINDS = {
    int(EventKind.TENSOR_HOOK): "tensor hook",
    int(EventKind.PRE_HOOK): "pre-hook of the node",
    int(EventKind.POST_HOOK): "hook of the node",
    int(EventKind.ACCUMULATE_HOOK): "hook after .grad was added to",
}


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook that ran: the gradient it was given and the one that went on, by handle."""

    name: str
    kind: str
    place: Word
    before: int
    after: int
    changed: bool
    post: bool = False  # it ran after the node, on what the node sends ...
    slot: int = NONE  # ... over this slot


def hooks_of(trace: Trace, pass_id: int, step: int) -> tuple[tuple[Hook, ...], int]:
    """The hooks of a step in the order they fired, and how many are left out."""
    events = trace.events
    mine = np.flatnonzero((events.pass_ == pass_id) & (events.step == step) & np.isin(events.kind, list(KINDS)))
    found = []
    for row in mine[:MOST_HOOKS]:
        told = trace.row("events", int(row))
        name = told["name"] if told["name"] != "<lambda>" else "lambda"
        where = line_word(trace, told["source"], told["line"])
        changed = not same_array(trace, told["before"], told["after"])
        ran = (told["kind"] == EventKind.POST_HOOK, told["slot"])
        found.append(Hook(name, KINDS[told["kind"]], where, told["before"], told["after"], changed, *ran))
    return tuple(found), max(len(mine) - MOST_HOOKS, 0)


def same_array(trace: Trace, first: int, second: int) -> bool:
    """Whether two arrays are the same, or cannot be told apart by what is known of them."""
    if first == second or NONE in (first, second):
        return True
    one, other = trace.values.get(first), trace.values.get(second)
    if one is not None and other is not None:
        return bool(np.array_equal(one, other, equal_nan=one.dtype.kind in "fc"))
    return trace.array(first)[1:] == trace.array(second)[1:]
