"""Why a node runs now and what waits behind it: a sentence and the queue, from the trace. Knows no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, NodeKind, Status, Trace

from ..naming import Names
from ..stepping import PassSteps, Place, as_place
from ..words import Word, Words, listed, node_word, plain, step_word, words

MOST_CONSUMERS = 4
MOST_QUEUED = 4


@dataclass(frozen=True, slots=True)
class Queued:
    """A node that is ready: its rank in the engine's queue, and since which step."""

    rank: int
    node: int
    title: str
    sequence: int  # NONE: AccumulateGrad, which has none
    since: int


def reason(trace: Trace, steps: PassSteps, position: int, names: Names) -> Words:
    """One sentence: whose gradients the node waited for, and when they came."""
    node = steps.node(position)
    senders = _arrived_at(trace, steps, node)
    runs = np.unique(senders).tolist()
    if not runs:
        return ()
    if runs == [0]:
        start = (
            "The pass starts from this leaf"
            if int(trace.nodes.kind[node]) == NodeKind.ACCUMULATE
            else "It made the tensor that the pass starts from"
        )
        sentence = words(f"{start}, so it waits for no other node.")
    elif len(runs) == 1:
        times = "" if len(senders) == 1 else f" and sent it {len(senders):,} gradients"
        at = step_word(steps.pass_id, runs[0])
        sentence = words("Its one consumer, ", _runner(steps, runs[0], names), ", ran at ", at, f"{times}.")
    else:
        consumers = [_consumer(steps, k, names) for k in runs[:MOST_CONSUMERS]]
        more = [words(f"{len(runs) - MOST_CONSUMERS:,} more")] if len(runs) > MOST_CONSUMERS else []
        last = words() if not more else words(", the last at ", step_word(steps.pass_id, max(runs)))
        sentence = words(f"It waited for {len(runs):,} consumers: ", listed(consumers + more), last, ".")
    if max(runs) < position - 1:
        since = step_word(steps.pass_id, max(runs))
        sentence = words(sentence, " Ready since ", since, ", it waited in the queue for its turn.")
    return sentence


def why_now(trace: Trace, steps: PassSteps, position: int, names: Names) -> str:
    """`reason`, in letters."""
    return plain(reason(trace, steps, position, names))


def _arrived_at(trace: Trace, steps: PassSteps, node: int) -> NDArray[np.int32]:
    """The steps at which contributions arrive at a node, in order."""
    flows = trace.flows
    found: NDArray[np.int32] = flows.step[(flows.pass_ == steps.pass_id) & (flows.target == node)]
    return found


def _runner(steps: PassSteps, step: int, names: Names) -> Word:
    node = steps.node(step)
    return node_word(names.with_output(node), node)


def _consumer(steps: PassSteps, step: int, names: Names) -> Words:
    return words(_runner(steps, step, names), " at ", step_word(steps.pass_id, step)) if step else words("the seed")


def turn(trace: Trace, steps: PassSteps, position: int) -> str:
    """By what rule the engine chose the node among those that were ready."""
    node = steps.node(position)
    if int(trace.nodes.kind[node]) == NodeKind.ACCUMULATE:
        return "AccumulateGrad runs as soon as its last gradient has arrived."
    number = int(trace.nodes.sequence[node])
    rivals = len(steps.queue(position - 1))
    if number < 0 or rivals < 2:
        return f"Sequence number {number:,}; nothing else was ready." if number >= 0 else ""
    return f"Of {rivals:,} ready nodes it has the highest sequence number, {number:,}."


def queue_rows(trace: Trace, steps: PassSteps, at: Place | int, names: Names) -> tuple[tuple[Queued, ...], int]:
    """The next nodes of the queue, and how many wait behind them."""
    queue = steps.queue(at)
    found = []
    for rank, each in enumerate(queue[:MOST_QUEUED].tolist(), 1):
        function = int(trace.nodes.kind[each]) == NodeKind.FUNCTION
        number = int(trace.nodes.sequence[each]) if function else NONE
        since = int(_arrived_at(trace, steps, each).max(initial=0))
        found.append(Queued(rank, each, names.with_output(each), number, since))
    return tuple(found), max(len(queue) - MOST_QUEUED, 0)


def next_in_queue(trace: Trace, steps: PassSteps, at: Place | int, names: Names) -> str:
    """Which node runs next; the engine takes the highest sequence number."""
    position, queue = as_place(at).last, steps.queue(at)
    if position == steps.failed_at:
        return "The pass ended here."
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


def listing(texts: Sequence[str]) -> str:
    """`a, b and c`."""
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
