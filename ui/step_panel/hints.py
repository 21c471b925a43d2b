"""What may not be meant about a step, in a sentence. From the trace; knows no Qt."""

from __future__ import annotations

import numpy as np

from engine.trace import NONE, Trace

from ..words import Words, line_word, step_word, words


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
