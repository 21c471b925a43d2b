"""Why a node runs now, what runs next, and what ended a pass: one sentence each, from the trace. Knows no Qt."""

from __future__ import annotations

from collections.abc import Sequence

from engine.trace import NONE, NodeKind, Status, Trace

from ..naming import Names
from ..stepping import PassSteps


def why_now(trace: Trace, steps: PassSteps, position: int, names: Names) -> str:
    """One sentence: whose gradients the node waited for, and when they came."""
    node = steps.node(position)
    senders = [step for step, _, _ in steps.arrivals(node)]
    runs = list(dict.fromkeys(senders))
    if not runs:
        return ""
    if runs == [0]:
        start = (
            "The pass starts from this leaf"
            if int(trace.nodes.kind[node]) == NodeKind.ACCUMULATE
            else "It made the tensor that the pass starts from"
        )
        sentence = f"{start}, so it waits for no other node."
    elif len(runs) == 1:
        who = names.with_output(steps.node(runs[0]))
        times = "" if len(senders) == 1 else f" and sent it {len(senders)} gradients"
        sentence = f"Its one consumer, {who}, ran at step {runs[0]}{times}."
    else:
        consumers = [f"{names.with_output(steps.node(k))} at step {k}" if k else "the seed" for k in runs[:4]]
        more = [f"{len(runs) - 4} more"] if len(runs) > 4 else []
        sentence = f"It waited for {len(runs)} consumers: {listing(consumers + more)}."
    if max(runs) < position - 1:
        sentence += f" Ready since step {max(runs)}, it waited in the queue for its turn."
    return sentence


def next_in_queue(trace: Trace, steps: PassSteps, position: int, names: Names) -> str:
    """Which node runs next; the engine takes the highest sequence number."""
    queue = steps.queue(position)
    if not len(queue):
        return "The queue is empty: this was the last step." if position == steps.count else ""
    node = int(queue[0])
    number = int(trace.nodes.sequence[node])
    sequence = f" (sequence {number})" if number >= 0 and int(trace.nodes.kind[node]) == NodeKind.FUNCTION else ""
    title = names.name(node) if sequence else names.with_output(node)
    rest = f", then {len(queue) - 1} more" if len(queue) > 1 else ""
    return f"Next in the queue: {title}{sequence}{rest}."


def error_of(trace: Trace, pass_id: int) -> tuple[str, str]:
    """Type and message of the error that ended a pass; empty when it ended well."""
    row = trace.row("passes", pass_id)
    if row["status"] == Status.ERROR:
        failed = row["error_node"]
        where = f" in {trace.node(failed).op}" if failed != NONE and trace.node(failed).op else ""
        return f"{row['error_type'] or 'Error'}{where}", row["error_message"]
    if row["status"] == Status.INTERRUPTED:
        return "Interrupted", "The pass was stopped by an interrupt. The steps up to there are complete."
    if row["status"] == Status.DIED:
        return "Kernel ended", "The kernel ended during this pass. The steps up to there are complete."
    return "", ""


def listing(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
