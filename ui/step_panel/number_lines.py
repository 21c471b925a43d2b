"""The rule of a step with its numbers: the incoming gradient and one line per slot. Knows no Qt."""

from __future__ import annotations

from engine.trace import NONE

from ..formula.boxes import Line, Script, plain, row
from ..formula.compose import compose
from ..formula.fold import fold
from ..formula.terms import Rank, Style, Term, minus
from ..values import ShortValue
from .facts import Incoming, StepFacts, numel
from .line_parts import Lookup, mono, operand_box, shape_box, small_line, value_box
from .operands import Operand
from .rule_text import known, mentioned
from .slots import Slot

MOST_TEXT = 18  # characters of an operand's name in a line of numbers


def number_lines(facts: StepFacts, lookup: Lookup) -> tuple[Line, ...]:
    """`slot 0  g × other = 0.75 × 3 = 2.25`, and in words what became of the shape."""
    lines: list[Line] = [_incoming_line(each, len(facts.incoming) > 1, lookup) for each in facts.incoming]
    sent = len(facts.slots) if facts.sent is None else facts.sent
    for index, slot in enumerate(slot for slot in facts.slots if slot.sent != NONE):
        lines.append(_slot_line(slot, facts, lookup))
        if index >= sent:
            lines.append(small_line((mono("not handed on yet", "dim"),), head=mono("      ")))
        if slot.undone:
            words = tuple(mono(word, "dim") for word in slot.undone.split(": "))
            lines.append(small_line(words, head=mono("      ")))
    if facts.more_slots:
        lines.append(small_line((mono(f"and {facts.more_slots:,} more slots", "dim"),), head=mono("      ")))
    return tuple(lines)


def _incoming_line(each: Incoming, several: bool, lookup: Lookup) -> Line:
    """`incoming g = 0.75  (2, 2)`; after hooks what they made of it."""
    g = Script(mono("g", "now"), sub=mono(str(each.output), "now")) if several else mono("g", "now")
    arrived, used = lookup(each.arrived), lookup(each.used)
    told = [row(mono("= "), value_box(arrived, "now"))]
    if each.used != each.arrived and used != arrived:
        told.append(row(mono("→ "), value_box(used, "now"), mono(" after hooks", "dim")))
    return small_line((row(mono("incoming "), g), *told, shape_box(used)))


def _slot_line(slot: Slot, facts: StepFacts, lookup: Lookup) -> Line:
    head = mono(f"slot {slot.slot}", "dim")
    sent = lookup(slot.sent)
    result = row(mono("= "), value_box(sent))
    if slot.made != NONE:
        hooked = (value_box(lookup(slot.made)), mono(" → "), value_box(sent), mono(" by a hook", "dim"))
        result = row(mono("= "), *hooked)
    if not slot.formula:
        return small_line((mono("sent"), result), head=head)
    words: dict[str, Term] = {"grad": Term(mono("g", "now")), "grads": Term(mono("g", "now"))}
    numbers = known(slot.formula, facts)
    rule, counted = (fold(slot.formula, numbers, fill_in=fill_in) for fill_in in (False, True))
    written = compose(rule, words, Style.INLINE).box
    full = compose(counted, _numbers(counted, facts, lookup, brief=False), Style.INLINE).box
    brief = compose(counted, _numbers(counted, facts, lookup, brief=True), Style.INLINE).box
    if plain(full) in (plain(value_box(sent)), plain(written)):
        return small_line((written, result), head=head)
    shorter = ((written, row(mono("= "), brief), result), (written, result), (result,))
    return small_line((written, row(mono("= "), full), result), head=head, shorter=shorter)


def _numbers(text: str, facts: StepFacts, lookup: Lookup, *, brief: bool) -> dict[str, Term]:
    terms: dict[str, Term] = {"grad": _value_term("g", lookup(facts.used), "now", brief=brief)}
    terms["grads"] = Term(mono("g", "now"))
    # Only what the rule mentions is looked up: a lookup may fetch an array from the kernel.
    for name in mentioned(text) & facts.operands.keys():
        if name == "result" and "result[1]" in facts.operands:
            continue  # all of them together: too many numbers for a line
        operand = facts.operands[name]
        terms |= _shape_terms(name, operand)
        if operand.handle != NONE:
            terms[name] = _value_term(_called(name, operand), lookup(operand.handle), "text", brief=brief)
        elif operand.text:
            terms[name] = Term(mono(minus(operand.text)), Rank.SIGN if operand.text.startswith("-") else Rank.ATOM)
    return terms


def _shape_terms(name: str, operand: Operand) -> dict[str, Term]:
    sizes = operand.shape
    terms = {
        f"numel({name})": Term(mono(str(numel(sizes)))),
        f"{name}.numel()": Term(mono(str(numel(sizes)))),
        f"{name}.shape": Term(mono(str(sizes))),
        f"{name}.dim()": Term(mono(str(len(sizes)))),
        f"{name}.ndim": Term(mono(str(len(sizes)))),
    }
    return terms | {f"{name}.size({i})": Term(mono(str(size))) for i, size in enumerate(sizes)}


def _called(name: str, operand: Operand) -> str:
    return operand.title if len(operand.title) <= MOST_TEXT else name


def _value_term(name: str, value: ShortValue | None, role: str, *, brief: bool) -> Term:
    if brief:
        return Term(value_box(value, role, brief=True))
    negative = value is not None and value.exact and not value.cells and value.text.startswith("-")
    return Term(operand_box(name, value, role), Rank.SIGN if negative else Rank.ATOM)
