"""What arrives where and what it adds up to, and what was saved, as lines. Knows no Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine.trace import NONE

from ..formula.boxes import Box, Line, row
from ..values import ShortValue
from .arrivals import FIRST, Arrival
from .facts import Accumulation, StepFacts
from .line_parts import Add, Lookup, low_box, mono, shape_box, shortened, small_line, value_box

LONGEST_ASIDE = 40  # characters of a size or a switch that is told
SumOf = Callable[[Arrival, int], ShortValue | None]  # of the first so many contributions; None: not here


def arrival_lines(arrivals: Iterable[Arrival], lookup: Lookup, add: Add, step: int) -> tuple[Line, ...]:
    """`arrives at y: 2.25 + 2.25 = 4.5  (2, 2)`; while gradients are missing, how many."""
    return tuple(_arrival_line(arrival, lookup, add, step) for arrival in arrivals)


def _arrival_line(arrival: Arrival, lookup: Lookup, add: Add, step: int) -> Line:
    segments: list[Box] = []
    for index, (sent_at, handle) in enumerate(arrival.parts):
        if index == FIRST and arrival.hidden:
            segments.append(mono(f"+ … {arrival.hidden:,} more", "dim"))
        write = value_box if arrival.count <= FIRST else low_box
        box = write(lookup(handle), "text" if sent_at == step else "dim")
        segments.append(box if index == 0 else row(mono("+ "), box))
    total = lookup(arrival.total) if arrival.total != NONE else None
    if arrival.count > 1:
        if arrival.total == NONE:
            # The sum so far is not recorded: it is added up here, from the parts.
            total = add(list(arrival.handles))
        if total is not None:
            segments.append(row(mono("= "), value_box(total, "accumulate")))
    if arrival.parts:
        segments.append(shape_box(total if total is not None else lookup(arrival.parts[-1][1])))
    if arrival.missing:
        segments.append(mono(f"waits for {arrival.missing:,} more", "dim"))
    return small_line(tuple(segments), head=mono(f"arrives at {shortened(arrival.title)}:", "dim"))


def running_lines(arrival: Arrival, lookup: Lookup, sum_of: SumOf, step: int) -> tuple[Line, ...]:
    """`2  + 2.25  MulBackward0 (z), step 3  = 4.5`: each contribution in order, and the sum so far."""
    lines = []
    for index, ((sent_at, handle), sender) in enumerate(zip(arrival.parts, arrival.senders, strict=True)):
        if index == FIRST and arrival.hidden:
            lines.append(small_line((mono(f"… {arrival.hidden:,} more", "dim"),)))
        number = index + 1 + (arrival.hidden if index >= FIRST else 0)
        recorded = arrival.total if number == arrival.count else arrival.parts[0][1] if number == 1 else NONE
        # What is recorded is not added up again: the elements of large arrays would have to be fetched.
        so_far = lookup(recorded) if recorded != NONE else sum_of(arrival, number)
        box = low_box(lookup(handle), "text" if sent_at == step else "dim")
        start: list[Box] = [mono("+ " if number > 1 else "  "), box, mono(" ")]
        end: list[Box] = [] if so_far is None else [mono(" = "), low_box(so_far, "accumulate")]
        at = f"step {sent_at:,}"
        names = (sender, "seed") if sent_at == 0 else (f"{sender}, {at}", f"{shortened(sender)}, {at}", at)
        # On one line: where it has no room, the sender is told more briefly.
        ways = [(row(*start, mono(who, "dim"), *end),) for who in names]
        apart = (row(*start, mono(names[-1], "dim")), row(*end)) if end else ways[-1]
        lines.append(small_line(ways[0], head=mono(f"{number:,}", "dim"), shorter=(*ways[1:], apart)))
    if arrival.missing:
        lines.append(small_line((mono(f"{arrival.missing:,} still to come", "dim"),)))
    return tuple(lines)


def accumulation_lines(fact: Accumulation, lookup: Lookup) -> tuple[Line, ...]:
    """`before + added = after`, in words and in numbers."""
    before = value_box(lookup(fact.before), "leaf") if fact.before != NONE else mono("none", "dim")
    added, after = lookup(fact.added), lookup(fact.after)
    words = (mono("before"), mono("+ added"), mono("= after"))
    numbers = (before, row(mono("+ "), value_box(added, "now")), row(mono("= "), value_box(after, "accumulate")))
    title = shortened(fact.title)
    return (
        small_line(words, head=mono(" " * len(title))),
        small_line((*numbers, shape_box(after)), head=mono(title, "accumulate")),
    )


def saved_lines(facts: StepFacts) -> tuple[Line, ...]:
    """`self  y v0   saved line 4 · used now · freed`; sizes and switches follow in one quiet line."""
    lines = []
    for saved in facts.saved:
        if saved.aside:
            continue
        version = "" if saved.version == NONE else f" v{saved.version}"
        life = [f"saved line {saved.line}"] if saved.line else []
        life += ["used now", "freed" if saved.freed else "kept (retain_graph)"]
        what = row(mono(saved.title), mono(version, "dim"))
        words = [mono(word if index == 0 else f"· {word}", "accumulate") for index, word in enumerate(life)]
        lines.append(small_line((what, *words), head=mono(saved.name)))
    return (*lines, *aside_lines(facts))


def aside_lines(facts: StepFacts) -> tuple[Line, ...]:
    """Sizes and switches that were saved, in one quiet line."""
    aside = [
        f"{saved.name} {saved.title}" for saved in facts.saved if saved.aside and len(saved.title) <= LONGEST_ASIDE
    ]
    if aside:
        words = [mono(word if index == 0 else f"· {word}", "dim") for index, word in enumerate(aside)]
        return (small_line(tuple(words), head=mono("also", "dim")),)
    return ()
