"""What may not be meant about a step, in a sentence. From the trace; knows no Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from engine.trace import NONE, Trace

from ..words import Word, Words, line_word, listed, node_word, step_word, words
from .operands import Operand


def accumulated_hint(trace: Trace, pass_id: int, node: int, title: str, before: int) -> Words:
    """That a gradient is added to that of an earlier pass: which one, and what to do if it was forgotten."""
    if before == NONE:
        return ()
    advice = f" Forgot zero_grad()? Call optimizer.zero_grad() or set {title} = None before backward()."
    earlier = np.flatnonzero((trace.steps.node == node) & (trace.steps.pass_ < pass_id) & (trace.steps.after != NONE))
    if not len(earlier):
        return words(f"{title} held a value from an earlier pass.", advice)
    step = trace.row("steps", int(earlier[-1]))
    row = trace.row("passes", step["pass_"])
    at = step_word(step["pass_"], step["index"], f"step {step['index']:,} of pass {step['pass_'] + 1}")
    place = line_word(trace, row["source"], row["line"])
    called = words(f", {row['title']} in ", place) if place.text else words()
    return words(f"{title} held the gradient that ", at, called, ", left there.", advice)


def born_hint(
    trace: Trace, used: int, sent: Iterable[tuple[int, int]], operands: Mapping[str, Operand], rules: Iterable[str]
) -> Words:
    """That NaN or Inf is made by this step: `sent` are its (slot, array), `used` is what it worked with."""
    if used == NONE or counted(trace, used):
        return ()
    broken = [(slot, counted(trace, handle)) for slot, handle in sent if handle != NONE and counted(trace, handle)]
    if not broken:
        return ()
    where = listed([words(f"{what} over slot {slot}") for slot, what in broken])
    start = words("What arrived is finite, what is sent is not: ", where, ".")
    asked = [operand for name, operand in operands.items() if any(name in rule for rule in rules)]
    return words(start, _culprits(trace, asked))


def _culprits(trace: Trace, asked: list[Operand]) -> Words:
    """Operands of the rule that are not finite, or else those that hold zeros."""
    held = {item.title: item for item in asked if item.handle != NONE}
    told = [words(_named(item), f" holds {what}") for item in held.values() if (what := counted(trace, item.handle))]
    if not told:
        zeros = [(item, int(trace.arrays.zeros[item.handle])) for item in held.values()]
        told = [words(_named(item), f" holds {count:,} zero{'s' * (count > 1)}") for item, count in zeros if count]
    return words(" Its operand ", listed(told), ".") if told else ()


def _named(operand: Operand) -> Word:
    return node_word(operand.title, operand.node)


def counted(trace: Trace, handle: int) -> str:
    """`2 NaN, 1 Inf`; empty for a finite array."""
    counts = ((int(trace.arrays.nans[handle]), "NaN"), (int(trace.arrays.infs[handle]), "Inf"))
    return ", ".join(f"{count:,} {what}" for count, what in counts if count)
