"""Error pages: what failed, where, why as far as the record tells, and what to do. From the trace; knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.trace import NONE, EventKind, Status, Trace

from ..naming import Names
from ..words import Word, Words, line_word, node_word, step_word, words
from .advice import advice_for
from .reasons import error_of

MOST_EDITS = 3


@dataclass(frozen=True, slots=True)
class Failure:
    """An error: its title, PyTorch's message, what the record adds to it, and the next move."""

    title: str
    message: str
    facts: tuple[Words, ...] = ()
    advice: str = ""


def pass_failure(trace: Trace, pass_id: int, names: Names) -> Failure | None:
    """What ended a pass; None when it ended well."""
    title, message = error_of(trace, pass_id)
    if not title:
        return None
    row = trace.row("passes", pass_id)
    stopped = row["status"] != Status.ERROR
    facts = [_where(trace, row["error_node"], names, "Stopped" if stopped else "Failed")]
    explained = _explained(trace, pass_id, names)
    asked = line_word(trace, row["source"], row["line"])
    if asked.text:
        facts.append(words("Called by ", Word(row["title"], role="dim"), " in ", asked, "."))
    advice = "" if stopped else advice_for(message)
    return Failure(title, message, tuple(fact for fact in (facts[0], *explained, *facts[1:]) if fact), advice)


def cell_failure(trace: Trace, cell: int, names: Names) -> Failure | None:
    """What ended a cell in its forward code; None when it ended well."""
    row = trace.row("cells", cell)
    if row["status"] != Status.ERROR:
        return None
    node = row["error_node"]
    op = f" in {trace.node(node).op}" if node != NONE and trace.node(node).op else ""
    facts = [_where(trace, node, names)]
    place = line_word(trace, row["error_source"], row["error_line"])
    if not facts[0] and place.text:
        facts = [words("Raised in ", place, ".")]
    return Failure(
        f"{row['error_type'] or 'Error'}{op}", row["error_message"], tuple(f for f in facts if f),
        advice_for(row["error_message"]),
    )  # fmt: skip


def _where(trace: Trace, node: int, names: Names, verb: str = "Failed") -> Words:
    """`Failed at MulBackward0 (z), made in cell 1, line 4.`"""
    if node == NONE:
        return ()
    row = trace.node(node)
    origin = trace.node(row.owner) if row.line <= 0 and row.owner != NONE else row
    place = line_word(trace, origin.source, origin.line)
    made = words(", made in ", place) if place.text else ()
    title = names.with_output(node)
    expression = f": {row.label}" if row.label and row.label not in title else ""
    return words(f"{verb} at ", node_word(f"{title}{expression}", node), made, ".")


def _explained(trace: Trace, pass_id: int, names: Names) -> list[Words]:
    """What the record knows of a saved tensor that was refused."""
    events = trace.events
    asked = np.flatnonzero(
        (events.pass_ == pass_id) & ((events.kind == EventKind.SAVED_STALE) | (events.kind == EventKind.SAVED_GONE))
    )
    if not len(asked):
        return []
    row = trace.row("events", int(asked[-1]))
    stale = row["kind"] == EventKind.SAVED_STALE and row["saved"] != NONE
    return _stale(trace, row["saved"], row["version"], names) if stale else _gone(trace, row["node"], names)


def _stale(trace: Trace, saved: int, found: int, names: Names) -> list[Words]:
    """Both lines: where the tensor was saved, and where it was written over."""
    row = trace.row("saved", saved)
    node = trace.node(row["node"])
    title = names.name(row["tensor"]) if row["tensor"] != NONE else row["name"]
    what = f"{node.op} saved {row['name']} ({title})" if title != row["name"] else f"{node.op} saved {title}"
    told = [words(f"{what} at version {row['version']} in ", line_word(trace, node.source, node.line), ".")]
    events = trace.events
    edits = np.flatnonzero((events.kind == EventKind.SAVED_WRITTEN) & (events.saved == saved))
    for edit in edits[:MOST_EDITS]:
        event = trace.row("events", int(edit))
        place = line_word(trace, event["source"], event["line"])
        where = words(" in ", place) if place.text else words(" outside of the cells")
        told.append(words(f"{event['name'] or 'An operation'} wrote over it", where, f": version {event['version']}."))
    if len(edits) > MOST_EDITS:
        told.append(words(f"{len(edits) - MOST_EDITS:,} more writes followed; it is at version {found} now."))
    return told


def _gone(trace: Trace, node: int, names: Names) -> list[Words]:
    """Which pass freed what, and where that was called."""
    events = trace.events
    freed = np.flatnonzero((events.kind == EventKind.SAVED_FREED) & (events.node == node))
    if not len(freed):
        return []
    event = trace.row("events", int(freed[-1]))
    if event["pass_"] == NONE:
        return []
    first = trace.row("passes", event["pass_"])
    rows = np.flatnonzero(trace.saved.node == node)
    what = [_saved_title(trace, int(row), names) for row in rows if trace.saved.tensor[row] != NONE]
    held = f" ({', '.join(dict.fromkeys(what))})" if what else ""
    at = step_word(event["pass_"], event["step"], f"step {event['step']:,} of pass {event['pass_'] + 1}")
    place = line_word(trace, first["source"], first["line"])
    called = words(f", {first['title']} in ", place) if place.text else words(f", {first['title']}")
    return [words(f"What {trace.node(node).op} had saved{held} was freed at ", at, called, ".")]


def _saved_title(trace: Trace, row: int, names: Names) -> str:
    return names.name(int(trace.saved.tensor[row]))
