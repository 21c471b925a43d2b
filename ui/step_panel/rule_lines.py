"""The rule of a step in symbols: mathematics without its numbers. Knows no Qt."""

from __future__ import annotations

from engine.trace import NONE

from ..formula.boxes import Box, Face, Fraction, Line, Script, Space, Text, row
from ..formula.compose import compose, compose_code
from ..formula.fold import fold
from ..formula.syntax import parse
from ..formula.terms import Pieces, Rank, Style, Term, bracketed, symbol
from ..formula.vocabulary import meaning
from ..naming import parts
from .facts import Accumulation, StepFacts
from .line_parts import BIG, LONGEST_TITLE, Lookup, mono, shape_box, small_line, value_box
from .rule_text import called, known
from .slots import Slot


def rule_lines(facts: StepFacts) -> tuple[Line, ...]:
    """`∂L/∂y = g · y + g · y`: one line per operand, the slots it went into added up."""
    if facts.accumulation is not None:
        return (_accumulation_rule(facts.accumulation),)
    terms, names = _symbols(facts), _symbols(facts, by_name=True)
    lines = []
    for tensor in dict.fromkeys(slot.tensor for slot in facts.slots):
        mine = [slot for slot in facts.slots if slot.tensor == tensor]
        head = derivative("L", title_term(mine[0].title, mine[0].name))
        # Titles are what people wrote; where they make the line too long, the names of the rule stand for them.
        full, brief = ((head, *_sides(mine, each, facts)) for each in (terms, names))
        lines.append(Line(full, scale=BIG, shorter=(brief,) if brief != full else ()))
    return (*lines, *_meanings(facts))


def _sides(slots: list[Slot], terms: dict[str, Term], facts: StepFacts) -> list[Box]:
    """The rules of a tensor's slots, added up."""
    first, *more = [_rule(slot, terms, facts) for slot in slots]
    sides: list[Box] = [row(Text("="), Space(0.36), bracketed(first, Rank.SUM))]
    return sides + [row(Text("+"), Space(0.3), bracketed(part, Rank.PRODUCT)) for part in more]


def _meanings(facts: StepFacts) -> list[Line]:
    """What the rules' signs mean that a reader may not know, quietly below them."""
    folded = [fold(slot.formula, known(slot.formula, facts), fill_in=True) for slot in facts.slots]
    told = dict.fromkeys(meaning(name) for text in folded for name in called(text))
    return [small_line(tuple(mono(word, "dim") for word in words.split(" "))) for words in told if words]


def seed_lines(facts: StepFacts, lookup: Lookup) -> tuple[Line, ...]:
    """`∂out/∂out = 1`, or `∂L/∂y = v` for the vector given to backward(v)."""
    lines = []
    for seed in facts.seeds:
        value = lookup(seed.total)
        root = title_term(seed.title, "out")
        if value is not None and value.exact and value.text == "1" and not value.shape:
            head: Box = Fraction(_partial(root), _partial(root))
            lines.append(Line((row(head, Space(0.3), Text("="), Space(0.3), Text("1")),), scale=BIG))
            continue
        head = derivative("L", root)
        given = symbol("v", Style.DISPLAY, "now")
        lines.append(Line((row(head, Space(0.3), Text("="), Space(0.3), given),), scale=BIG))
        lines.append(small_line((row(mono("= "), value_box(value)), shape_box(value)), head=mono("v", "now")))
    return tuple(lines)


def derivative(of: str, by: Term) -> Box:
    """∂of/∂by, stacked."""
    return Fraction(row(Text("∂"), symbol(of, Style.DISPLAY)), _partial(by))


def title_term(title: str, otherwise: str) -> Term:
    """A tensor's title as mathematics: `y`, `y · y`; a long or odd one gives way to its name in the formula."""
    name, number = parts(title)
    if name.isidentifier():
        box = symbol(name, Style.DISPLAY)
        return Term(Script(box, sup=Text(f"({number})", Face.ROMAN)) if number else box)
    if len(title) <= LONGEST_TITLE and parse(title) is not None:
        return compose_code(title)
    return Term(symbol(otherwise, Style.DISPLAY))


def _partial(by: Term) -> Box:
    return row(Text("∂"), bracketed(by, Rank.ATOM))


def _rule(slot: Slot, terms: dict[str, Term], facts: StepFacts) -> Term:
    if slot.formula:
        return compose(fold(slot.formula, known(slot.formula, facts), fill_in=True), terms, Style.DISPLAY)
    result = facts.operands.get("result")
    made = title_term(result.title if result else "result", "result")
    inner = Fraction(_partial(made), _partial(title_term(slot.title, slot.name)))
    return Term(row(symbol("g", Style.DISPLAY, "now"), Space(0.28), Text("·"), Space(0.28), inner), Rank.PRODUCT)


def _symbols(facts: StepFacts, *, by_name: bool = False) -> dict[str, Term]:
    # How many elements there are stays n: the number is in the line below.
    named = {name: operand for name, operand in facts.operands.items() if name and not name.endswith("_sym_numel")}
    terms = {}
    for name, operand in named.items():
        title = "" if by_name and len(operand.title) > len(name) else operand.title
        terms[name] = title_term(title, name)
    for name in facts.operands:
        stem = name.removesuffix("_sym_numel")
        if stem != name:
            terms[name] = compose(
                "numel(x)", {"x": terms.get(stem, title_term(facts.input_title, stem))}, Style.DISPLAY
            )
    results = [term.box for name, term in terms.items() if name.startswith("result[")]
    if len(results) > 1:
        terms["result"] = Term(Pieces(Style.DISPLAY).listed(results))
    g = symbol("g", Style.DISPLAY, "now")
    several = row(Script(g, sub=Text("0")), Text(", "), Script(g, sub=Text("1")), Text(", …"))
    return {"grad": Term(g), "grads": Term(several), **terms}


def _accumulation_rule(fact: Accumulation) -> Line:
    grad = Text(fact.title, Face.ITALIC)
    g = symbol("g", Style.DISPLAY, "now")
    if fact.before == NONE:
        return Line((row(grad, Space(0.35), Text("←"), Space(0.35), g),), scale=BIG)
    sides = (row(grad, Space(0.2)), row(Text("←"), Space(0.3), grad), row(Text("+"), Space(0.3), g))
    return Line(sides, scale=BIG)
