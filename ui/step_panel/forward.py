"""What happened at one step of a cell's forward pass: operands with values, result, what was saved. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.trace import NONE, NodeFlag, NodeKind, Trace

from ..describe import Link, outputs, place as place_text, short_op
from ..naming import Names
from ..saved_life.life import Life, lives, saved_count
from ..stepping import ForwardSteps, Place, as_place
from ..words import GoTo, Words, node_word, step_word, words
from .failures import Failure, cell_failure
from .operands import MOST_OPERANDS, Operand, first_inputs, input_count, operand

MOST_RESULTS = 4
MOST_RUN = 6


@dataclass(frozen=True, slots=True)
class Taken:
    """An operand: the argument's name, what it is, and the step of this walk that made it (0: an earlier one)."""

    name: str
    operand: Operand
    made_at: int


@dataclass(frozen=True, slots=True)
class ForwardFacts:
    """One position of a forward walk. `node` is NONE before the first operation."""

    position: int
    count: int
    node: int
    op: str = ""
    label: str = ""
    one_of_many: bool = False  # the expression called for other operations too, as that of a layer does
    place: str = ""
    origin: GoTo = field(default_factory=GoTo)
    inplace: bool = False
    taken: tuple[Taken, ...] = ()
    more_taken: int = 0
    results: tuple[Operand, ...] = ()
    more_results: int = 0
    tracked: bool = False
    lives: tuple[Life, ...] = ()
    more_lives: int = 0
    reason: Words = ()
    run: tuple[tuple[int, Words], ...] = ()
    more_run: int = 0
    failure: Failure | None = None


def gather_forward(trace: Trace, steps: ForwardSteps, at: Place | int, names: Names) -> ForwardFacts:
    """The facts of a place in a cell's forward pass."""
    place = as_place(at)
    cell = trace.row("cells", steps.cell)
    failure = cell_failure(trace, steps.cell, names)
    if place.last == 0:
        title = trace.row("sources", cell["source"])["title"]
        said = f"Before the first of {steps.count:,} operations." if steps.count else "This cell ran no operation."
        return ForwardFacts(0, steps.count, NONE, place=title, reason=words(said), failure=failure)
    node = steps.node(place.last)
    row = trace.node(node)
    inputs, made = first_inputs(trace, node), outputs(trace, node)
    strips = lives(trace, node, names)
    run = range(place.first, place.last + 1) if place.last > place.first >= 1 else range(0)
    results = made[: max(place.sent, 0)] if place.sent is not None else made
    return ForwardFacts(
        position=place.last,
        count=steps.count,
        node=node,
        op=short_op(row.op),
        label=row.label,
        one_of_many=_is_one_of_many(trace, node),
        place=place_text(trace, row.source, row.line),
        origin=GoTo(node=node),
        inplace=bool(row.flags & NodeFlag.INPLACE),
        taken=tuple(_taken(trace, steps, item, names) for item in inputs),
        more_taken=max(input_count(trace, node) - MOST_OPERANDS, 0),
        results=tuple(operand(trace, item.dst, names) for item in results[:MOST_RESULTS]),
        more_results=max(len(results) - MOST_RESULTS, 0),
        tracked=not row.flags & NodeFlag.FAILED,
        lives=strips,
        more_lives=max(saved_count(trace, node) - len(strips), 0),
        reason=_reason(trace, steps, inputs, names),
        run=tuple((k, words(node_word(names.with_output(steps.node(k)), steps.node(k)))) for k in run[:MOST_RUN]),
        more_run=max(len(run) - MOST_RUN, 0),
        failure=failure,
    )


def _is_one_of_many(trace: Trace, node: int) -> bool:
    """Whether the same piece of code made operations of other kinds in this cell."""
    nodes = trace.nodes
    same = (nodes.kind == NodeKind.FUNCTION) & (nodes.op != nodes.op[node])
    for column in (nodes.cell, nodes.source, nodes.line, nodes.column, nodes.end_line, nodes.end_column):
        same &= column == column[node]
    return int(nodes.end_column[node]) > 0 and bool(same.any())  # where no columns are known, nothing can be told


def _taken(trace: Trace, steps: ForwardSteps, item: Link, names: Names) -> Taken:
    made_at = int(steps.sent_at[item.edge])
    return Taken(item.name, operand(trace, item.src, names), made_at)


def _reason(trace: Trace, steps: ForwardSteps, inputs: list[Link], names: Names) -> Words:
    """`It takes y, made at step 2.`: the newest of its operands; the program's own order does the rest."""
    tensors = [item for item in inputs if trace.nodes.kind[item.src] == NodeKind.TENSOR]
    newest = max(tensors, key=lambda item: int(steps.sent_at[item.edge]), default=None)
    start = words("The program runs operations in the order of its code")
    if newest is None or not steps.sent_at[newest.edge]:
        return words(start, "; all its operands were there before." if tensors else ".")
    made_at = int(steps.sent_at[newest.edge])
    title = node_word(names.name(newest.src), newest.src)
    return words(start, "; the newest operand, ", title, ", was made at ", step_word(NONE, made_at), ".")
