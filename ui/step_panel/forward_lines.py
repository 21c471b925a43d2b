"""A step of a forward pass as lines: the expression, its operands with values, its results. Knows no Qt."""

from __future__ import annotations

from engine.trace import NONE

from ..formula.boxes import Box, Line, Space, Text, row
from ..formula.compose import compose_code
from ..formula.syntax import parse
from ..formula.terms import minus
from .forward import ForwardFacts
from .line_parts import BIG, Lookup, mono, shape_box, shortened, small_line, value_box
from .operands import Operand
from .rule_lines import title_term

LONGEST_EXPRESSION = 60


def expression_lines(facts: ForwardFacts) -> tuple[Line, ...]:
    """`z = y · y`: the expression that ran, as mathematics, and what its result is called.

    Of several operations that one expression called for, each is written as itself: `h = Relu(a)`, not `h = net(x)`.
    """
    if facts.one_of_many:
        return (_one_of_many(facts),)
    if not facts.label or len(facts.label) > LONGEST_EXPRESSION or parse(facts.label) is None:
        return (small_line((mono(facts.label[:LONGEST_EXPRESSION]),)),) if facts.label else ()
    written = compose_code(facts.label).box
    made = facts.results[0].title if facts.results else ""
    if made and made != facts.label:
        head = row(title_term(made, "result").box, Space(0.36))
        return (Line((head, row(Text("="), Space(0.36), written)), scale=BIG),)
    return (Line((written,), scale=BIG),)


def _one_of_many(facts: ForwardFacts) -> Line:
    taken = [shortened(each.operand.title or each.operand.text) for each in facts.taken]
    if facts.more_taken:
        taken.append("…")
    made = f"{facts.results[0].title} = " if facts.results else ""
    ends = [*[","] * (len(taken) - 1), ")"]
    pieces = [title + end for title, end in zip(taken or [""], ends, strict=True)]
    pieces[0] = f"{made}{facts.op}({pieces[0]}"
    return small_line(tuple(map(mono, pieces)))


def operand_lines(facts: ForwardFacts, lookup: Lookup) -> tuple[Line, ...]:
    """`self  y = 3  (2, 2)`, one line per operand, then the results."""
    lines = [_line(taken.name or "operand", taken.operand, lookup, "text") for taken in facts.taken]
    if facts.more_taken:
        lines.append(small_line((mono(f"and {facts.more_taken:,} more operands", "dim"),)))
    lines += [_line("result", made, lookup, "accumulate") for made in facts.results]
    if facts.more_results:
        lines.append(small_line((mono(f"and {facts.more_results:,} more results", "dim"),)))
    return tuple(lines)


def _line(name: str, operand: Operand, lookup: Lookup, role: str) -> Line:
    head = mono(name, "dim")
    if operand.handle == NONE:
        return small_line((mono(minus(operand.text or operand.title), role),), head=head)
    value = lookup(operand.handle)
    told: list[Box] = [row(mono("= "), value_box(value, role)), shape_box(value)]
    if operand.title != name:
        told.insert(0, mono(shortened(operand.title)))
    return small_line(tuple(told), head=head)
