"""What happened at one step of a pass, gathered from the trace, for whoever shows it. Knows no Qt.

Arrays appear as handles; their values, where they are wanted, are looked up by whoever shows them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from engine.trace import NONE, NodeKind, PassFlag, Trace

from ..describe import place as place_text
from ..formula.fold import number_of
from ..formula.syntax import operands as arithmetic, parse
from ..naming import Names
from ..saved_life.life import Deed, Life, When, lives, saved_count
from ..stepping import PassSteps, Place, as_place
from ..words import GoTo, Words, listed, node_word, plain, words
from .arrivals import Arrival, arrival, arrivals, seeds
from .custom_function import CustomCode, custom_code
from .failures import Failure, pass_failure
from .hints import accumulated_hint, born_hint
from .hooks import Hook, hooks_of, same_array
from .layers import layer_words
from .operands import Operand, first_inputs, formulas, operands
from .reasons import Queued, listing, next_in_queue, queue_rows, reason, turn
from .slots import MOST_SLOTS, Slot, sent_over, slots_over
from .surroundings import pass_words, recomputed_words

MOST_RUN = 6  # nodes of a line that is one step


@dataclass(frozen=True, slots=True)
class Saved:
    """A tensor or number that the function kept for its backward; `aside`: a size or a switch, no operand."""

    name: str
    title: str
    version: int
    line: int
    freed: bool
    aside: bool


@dataclass(frozen=True, slots=True)
class Accumulation:
    """`before + added = after` of a leaf's `.grad`; `before` is NONE when there was none."""

    title: str
    before: int
    added: int
    after: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """A gradient that arrived at the node, for output `output`: before its hooks and after them, by handle."""

    output: int
    arrived: int
    used: int


@dataclass(frozen=True, slots=True)
class StepFacts:
    """One position of a pass. `node` is NONE at the seed."""

    position: int
    count: int
    node: int
    op: str = ""
    label: str = ""
    place: str = ""
    origin: GoTo = field(default_factory=GoTo)
    arrived: int = NONE
    used: int = NONE
    hooked: bool = False  # a hook changed the gradient: `used` is not `arrived`
    incoming: tuple[Incoming, ...] = ()
    input_title: str = ""  # the first operand
    operands: dict[str, Operand] = field(default_factory=dict)
    slots: tuple[Slot, ...] = ()
    more_slots: int = 0  # left out
    sent: int | None = None  # contributions handed on so far; None: all
    arrivals: tuple[Arrival, ...] = ()
    more_places: int = 0  # where gradients arrive, left out
    waiting: Arrival | None = None  # of a step that failed: what had arrived there
    received: Arrival | None = None  # several contributions that the node's gradient was added up from
    accumulation: Accumulation | None = None
    saved: tuple[Saved, ...] = ()
    lives: tuple[Life, ...] = ()
    more_lives: int = 0
    hooks: tuple[Hook, ...] = ()
    more_hooks: int = 0
    code: CustomCode | None = None
    layer: Words = ()
    freed: Words = ()
    run: tuple[tuple[int, Words], ...] = ()  # of several nodes that are one step: their positions and titles
    more_run: int = 0
    why: str = ""
    reason: Words = ()
    turn: str = ""
    next: str = ""
    queue: tuple[Queued, ...] = ()
    more_queued: int = 0
    seeds: tuple[Arrival, ...] = ()
    hint: Words = ()
    again: Words = ()  # what was computed again for the step
    failure: Failure | None = None


def gather(trace: Trace, steps: PassSteps, at: Place | int, names: Names) -> StepFacts:
    """The facts of a place in a pass (position 0: the seed)."""
    place = as_place(at)
    queued, more_queued = queue_rows(trace, steps, place, names)
    begun = _begin(trace, steps, names) if place.last == 0 else _step(trace, steps, place, names)
    return replace(
        begun,
        next=next_in_queue(trace, steps, place, names),
        queue=queued,
        more_queued=more_queued,
        failure=pass_failure(trace, steps.pass_id, names),
    )


def _begin(trace: Trace, steps: PassSteps, names: Names) -> StepFacts:
    """The seed: the gradients that the pass was given."""
    given, around = tuple(seeds(trace, steps, names)), pass_words(trace, steps.pass_id)
    start = words("The pass starts here, at ", listed([_root(seed) for seed in given]), ".") if given else ()
    row = trace.row("passes", steps.pass_id)
    return StepFacts(
        0,
        steps.count,
        NONE,
        seeds=given,
        place=place_text(trace, row["source"], row["line"]),
        origin=GoTo(source=row["source"], line=row["line"]),
        why=f"The pass starts here, at {listing([seed.title for seed in given])}." if given else "",
        reason=words(start, around),
    )


def _root(seed: Arrival) -> Words:
    return words(node_word(seed.title, seed.tensor))


def _step(trace: Trace, steps: PassSteps, place: Place, names: Names) -> StepFacts:
    position = place.last
    node, failed = steps.node(position), position == steps.failed_at
    row, step = trace.node(node), steps.step(position)
    source, line = _origin(trace, node)
    hooks, more_hooks = hooks_of(trace, steps.pass_id, position)
    over_edges, more_slots = sent_over(trace, steps, position)
    slots = slots_over(trace, over_edges, hooks, names)
    came, more_places = arrivals(trace, steps, place, names)
    strips = lives(trace, node, names, steps.pass_id, position)
    run, more_run = _run(steps, place, names)
    accumulates = row.kind is NodeKind.ACCUMULATE
    title = f"{names.name(row.owner)}.grad" if accumulates else ""
    known, told = operands(trace, node, names), reason(trace, steps, position, names)
    if accumulates:
        hint = accumulated_hint(trace, steps.pass_id, node, title, step["before"])
    else:
        sent = [(slot.slot, slot.sent) for slot in slots]
        hint = born_hint(trace, step["used"], sent, known, [slot.formula for slot in slots])
    return StepFacts(
        position=position,
        count=steps.count,
        node=node,
        op=row.op,
        label=names.name(row.owner) if accumulates and row.owner != NONE else row.label,
        place=place_text(trace, source, line),
        origin=GoTo(node=node),
        arrived=step["arrived"],
        used=step["used"],
        hooked=not same_array(trace, step["arrived"], step["used"]),
        incoming=_incoming(trace, steps.pass_id, position, step["arrived"], step["used"]),
        input_title=next((names.name(item.src) for item in first_inputs(trace, node, 1)), ""),
        operands=known,
        slots=slots,
        more_slots=more_slots,
        sent=place.sent,
        arrivals=tuple(came),
        more_places=more_places,
        waiting=arrival(trace, steps, node, 0, position - 1, names) if failed else None,
        received=_received(trace, steps, node, names),
        accumulation=Accumulation(title, step["before"], step["added"], step["after"]) if accumulates else None,
        hint=hint,
        again=recomputed_words(trace, steps.pass_id, position),
        saved=_saved(trace, steps.pass_id, node, names),
        lives=strips,
        more_lives=max(saved_count(trace, node) - len(strips), 0),
        hooks=hooks,
        more_hooks=more_hooks,
        code=custom_code(trace, node),
        layer=layer_words(trace, node, names),
        freed=_freed(strips),
        run=run,
        more_run=more_run,
        why=plain(told),
        reason=told,
        turn=turn(trace, steps, position),
    )


# -- gradients -------------------------------------------------------------------------------------------------------


def _incoming(trace: Trace, pass_id: int, position: int, arrived: int, used: int) -> tuple[Incoming, ...]:
    """What arrived at each output; nodes with several have rows of their own."""
    table = trace.arrivals
    rows = np.flatnonzero((table.pass_ == pass_id) & (table.step == position))[:MOST_SLOTS]
    if len(rows):
        columns = (table.output[rows], table.arrived[rows], table.used[rows])
        return tuple(Incoming(*values) for values in zip(*(c.tolist() for c in columns), strict=True))
    return (Incoming(0, arrived, used),) if arrived != NONE else ()


def _received(trace: Trace, steps: PassSteps, node: int, names: Names) -> Arrival | None:
    """What the node's incoming gradient was added up from, where that is more than one contribution."""
    flows = trace.flows
    mine = flows.target_slot[(flows.pass_ == steps.pass_id) & (flows.target == node)]
    outputs, counts = np.unique(mine, return_counts=True)
    several = outputs[counts > 1]
    return arrival(trace, steps, node, int(several[0]), steps.count, names) if len(several) else None


# -- saved values ----------------------------------------------------------------------------------------------------


def _saved(trace: Trace, pass_id: int, node: int, names: Names) -> tuple[Saved, ...]:
    kept = PassFlag(int(trace.passes.flags[pass_id])) & (PassFlag.RETAIN_GRAPH | PassFlag.CREATE_GRAPH)
    line = int(trace.nodes.line[node])
    found = []
    for row in np.flatnonzero(trace.saved.node == node)[: 4 * MOST_SLOTS]:
        saved = trace.row("saved", int(row))
        tensor = saved["tensor"]
        title = names.name(tensor) if tensor != NONE else saved["text"]
        version = saved["version"] if tensor != NONE else NONE
        aside = tensor == NONE and saved["value"] == NONE and not _is_operand(trace, node, saved["name"], saved["text"])
        found.append(Saved(saved["name"], title, version, line, freed=not kept, aside=aside))
    return tuple(found)


def _is_operand(trace: Trace, node: int, name: str, text: str) -> bool:
    """Whether a saved number takes part in the arithmetic: a factor, an exponent, but no dimension or size."""
    if number_of(text) is None or name.endswith("_sym_numel") or name in ("dim", "index", "dim0", "dim1", "dim2"):
        return False
    rules = [parse(trace.text(int(trace.formulas.text[row]))) for row in formulas(trace, node)]
    return not rules or any(name in arithmetic(rule) for rule in rules if rule is not None)


def _freed(strips: tuple[Life, ...]) -> Words:
    """`Freed by this step: y and y * y.`, each once."""
    gone = {}
    for life in strips:
        if any(moment.deed is Deed.FREED and moment.when is When.NOW for moment in life.moments):
            gone[life.title] = life.tensor
    if not gone:
        return ()
    return words("Freed by this step: ", listed([words(node_word(title, node)) for title, node in gone.items()]), ".")


# -- the step in the walk --------------------------------------------------------------------------------------------


def _run(steps: PassSteps, place: Place, names: Names) -> tuple[tuple[tuple[int, Words], ...], int]:
    """The nodes that are one step at the grains LINE and PASS, in order."""
    positions = range(place.first, place.last + 1)
    if len(positions) < 2 or place.first < 1:
        return (), 0
    shown = [(k, words(node_word(names.with_output(steps.node(k)), steps.node(k)))) for k in positions[:MOST_RUN]]
    return tuple(shown), max(len(positions) - MOST_RUN, 0)


def _origin(trace: Trace, node: int) -> tuple[int, int]:
    """Source and line that made a node; those of the leaf for its `AccumulateGrad`."""
    row = trace.node(node)
    if row.kind is NodeKind.ACCUMULATE and row.owner != NONE:
        row = trace.node(row.owner)
    return row.source, row.line


def numel(shape: tuple[int, ...]) -> int:
    """Number of elements."""
    return math.prod(shape)
