"""A step's facts as lines of mathematics: the rule in symbols, the same with this step's numbers, the sums. No Qt."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from engine.trace import NONE

from ..formula.boxes import Box, Face, Fraction, Line, Script, Space, Text, plain, row
from ..formula.compose import compose, compose_code
from ..formula.fold import Known, fold, known_of
from ..formula.syntax import parse
from ..formula.terms import Pieces, Rank, Style, Term, bracketed, matrix, minus, symbol
from ..formula.vocabulary import meaning
from ..naming import parts
from ..values import ShortValue, shape
from .facts import Accumulation, Arrival, Operand, Slot, StepFacts, numel

Add = Callable[[list[int]], ShortValue | None]  # the short form of the sum of arrays; None: they are not here
Lookup = Callable[[int], ShortValue | None]  # the short form of an array by its handle; None: not here yet

BIG, SMALL = 1.55, 0.92
OPTIONAL = ("weight", "pos_weight", "eps")  # arguments that a rule can do without
LONGEST_ASIDE = 40  # characters of a size or a switch that is told
LONGEST_TITLE = 22  # characters of an expression that may stand for a tensor in a formula


# -- the rule in symbols ---------------------------------------------------------------------------------------------


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
    folded = [fold(slot.formula, _known(slot.formula, facts), fill_in=True) for slot in facts.slots]
    told = dict.fromkeys(meaning(name) for text in folded for name in _called(text))
    return [_small(tuple(_mono(word, "dim") for word in words.split(" "))) for words in told if words]


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
        lines.append(_small((row(_mono("= "), value_box(value)), _shape(value)), head=_mono("v", "now")))
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
        known = _known(slot.formula, facts)
        return compose(fold(slot.formula, known, fill_in=True), terms, Style.DISPLAY)
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


# -- the same with numbers -------------------------------------------------------------------------------------------


def number_lines(facts: StepFacts, lookup: Lookup) -> tuple[Line, ...]:
    """`slot 0  g × other = 0.75 × 3 = 2.25`, and in words what became of the shape."""
    lines: list[Line] = []
    if facts.hooked:
        changed = (value_box(lookup(facts.arrived)), row(_mono("→ "), value_box(lookup(facts.used), "now")))
        lines.append(_small(changed, head=_mono("hook", "dim")))
    for slot in facts.slots:
        lines.append(_slot_line(slot, facts, lookup))
        if slot.undone:
            words = tuple(_mono(word, "dim") for word in slot.undone.split(": "))
            lines.append(_small(words, head=_mono("      ")))
    return tuple(lines)


def _slot_line(slot: Slot, facts: StepFacts, lookup: Lookup) -> Line:
    head = _mono(f"slot {slot.slot}", "dim")
    sent = lookup(slot.sent)
    result = row(_mono("= "), value_box(sent))
    if not slot.formula:
        return _small((_mono("sent"), result), head=head)
    words: dict[str, Term] = {"grad": Term(_mono("g", "now")), "grads": Term(_mono("g", "now"))}
    known = _known(slot.formula, facts)
    rule, counted = (fold(slot.formula, known, fill_in=fill_in) for fill_in in (False, True))
    written = compose(rule, words, Style.INLINE).box
    full = compose(counted, _numbers(counted, facts, lookup, brief=False), Style.INLINE).box
    brief = compose(counted, _numbers(counted, facts, lookup, brief=True), Style.INLINE).box
    if plain(full) in (plain(value_box(sent)), plain(written)):
        return _small((written, result), head=head)
    shorter = ((written, row(_mono("= "), brief), result), (written, result), (result,))
    return _small((written, row(_mono("= "), full), result), head=head, shorter=shorter)


def _numbers(text: str, facts: StepFacts, lookup: Lookup, *, brief: bool) -> dict[str, Term]:
    terms: dict[str, Term] = {"grad": _value_term(lookup(facts.used), "now", brief=brief)}
    terms["grads"] = Term(_mono("g", "now"))
    # Only what the rule mentions is looked up: a lookup may fetch an array from the kernel.
    for name in _mentioned(text) & facts.operands.keys():
        if name == "result" and "result[1]" in facts.operands:
            continue  # all of them together: too many numbers for a line
        operand = facts.operands[name]
        terms |= _shape_terms(name, operand)
        if operand.handle != NONE:
            terms[name] = _value_term(lookup(operand.handle), "text", brief=brief)
        elif operand.text:
            terms[name] = Term(_mono(minus(operand.text)), Rank.SIGN if operand.text.startswith("-") else Rank.ATOM)
    return terms


def _known(text: str, facts: StepFacts) -> dict[str, Known]:
    """The names of a rule that are plain numbers or switches here: an exponent, a factor, a reduction."""
    found: dict[str, Known] = {}
    for name in _mentioned(text):
        operand = facts.operands.get(name)
        if operand is None:
            if name in OPTIONAL:  # not given, so not saved
                found[name] = None
        elif operand.handle == NONE and operand.text and not name.endswith("_sym_numel"):
            found[name] = known_of(operand.text)
    return found


def _mentioned(text: str) -> set[str]:
    """The names in a rule, also `result[1]`."""
    tree = parse(text)
    nodes = [] if tree is None else ast.walk(tree)
    return {ast.unparse(node) for node in nodes if isinstance(node, ast.Name | ast.Subscript)}


def _called(text: str) -> list[str]:
    tree = parse(text)
    nodes = [] if tree is None else ast.walk(tree)
    return [node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]


def _shape_terms(name: str, operand: Operand) -> dict[str, Term]:
    sizes = operand.shape
    terms = {
        f"numel({name})": Term(_mono(str(numel(sizes)))),
        f"{name}.numel()": Term(_mono(str(numel(sizes)))),
        f"{name}.shape": Term(_mono(str(sizes))),
        f"{name}.dim()": Term(_mono(str(len(sizes)))),
        f"{name}.ndim": Term(_mono(str(len(sizes)))),
    }
    return terms | {f"{name}.size({i})": Term(_mono(str(size))) for i, size in enumerate(sizes)}


def _value_term(value: ShortValue | None, role: str, *, brief: bool) -> Term:
    negative = value is not None and value.exact and not value.cells and value.text.startswith("-")
    return Term(value_box(value, role, brief=brief), Rank.SIGN if negative else Rank.ATOM)


def value_box(value: ShortValue | None, role: str = "text", *, brief: bool = False) -> Box:
    """An array in few characters; `…` while it is being fetched, norm and shape when it is too big to write."""
    if value is None:
        return _mono("…", "dim")
    colour = role if value.finite else "nonfinite"
    if value.cells and not brief:
        return matrix(value.cells, Style.INLINE, role)
    if value.exact and not value.cells:
        return _mono(minus(value.text), colour)
    return row(_mono(minus(value.text) if not value.cells else "[…]", colour), _mono(f" {shape(value.shape)}", "dim"))


# -- sums ------------------------------------------------------------------------------------------------------------


def arrival_lines(arrivals: Iterable[Arrival], lookup: Lookup, add: Add, step: int) -> tuple[Line, ...]:
    """`arrives at y: 2.25 + 2.25 = 4.5  (2, 2)`; while gradients are missing, how many."""
    return tuple(_arrival_line(arrival, lookup, add, step) for arrival in arrivals)


def _arrival_line(arrival: Arrival, lookup: Lookup, add: Add, step: int) -> Line:
    shown = arrival.parts if len(arrival.parts) <= 6 else arrival.parts[:2] + arrival.parts[-2:]
    segments: list[Box] = []
    for index, (sent_at, handle) in enumerate(shown):
        box = value_box(lookup(handle), "text" if sent_at == step else "dim")
        segments.append(box if index == 0 else row(_mono("+ "), box))
        if index == 1 and len(shown) < len(arrival.parts):
            segments.append(_mono(f"+ … {len(arrival.parts) - 4} more", "dim"))
    total = lookup(arrival.total) if arrival.total != NONE else None
    if len(arrival.parts) > 1:
        if arrival.total == NONE:
            # The sum so far is not recorded: it is added up here, from the parts.
            total = add([handle for _, handle in arrival.parts])
        if total is not None:
            segments.append(row(_mono("= "), value_box(total, "accumulate")))
    segments.append(_shape(total if total is not None else lookup(arrival.parts[-1][1])))
    if arrival.missing:
        segments.append(_mono(f"waits for {arrival.missing} more", "dim"))
    title = arrival.title if len(arrival.title) <= LONGEST_TITLE else arrival.title[: LONGEST_TITLE - 1] + "…"
    return _small(tuple(segments), head=_mono(f"arrives at {title}:", "dim"))


def accumulation_lines(fact: Accumulation, lookup: Lookup) -> tuple[Line, ...]:
    """`before + added = after`, in words and in numbers."""
    before = value_box(lookup(fact.before), "leaf") if fact.before != NONE else _mono("none", "dim")
    added, after = lookup(fact.added), lookup(fact.after)
    words = (_mono("before"), _mono("+ added"), _mono("= after"))
    numbers = (before, row(_mono("+ "), value_box(added, "now")), row(_mono("= "), value_box(after, "accumulate")))
    return (
        _small(words, head=_mono(" " * len(fact.title))),
        _small((*numbers, _shape(after)), head=_mono(fact.title, "accumulate")),
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
        what = row(_mono(saved.title), _mono(version, "dim"))
        words = [_mono(word if index == 0 else f"· {word}", "accumulate") for index, word in enumerate(life)]
        lines.append(_small((what, *words), head=_mono(saved.name)))
    aside = [
        f"{saved.name} {saved.title}" for saved in facts.saved if saved.aside and len(saved.title) <= LONGEST_ASIDE
    ]
    if aside:
        words = [_mono(word if index == 0 else f"· {word}", "dim") for index, word in enumerate(aside)]
        lines.append(_small(tuple(words), head=_mono("also", "dim")))
    return tuple(lines)


# -- parts -----------------------------------------------------------------------------------------------------------


def _small(segments: tuple[Box, ...], head: Box | None = None, shorter: tuple[tuple[Box, ...], ...] = ()) -> Line:
    return Line(segments, head, SMALL, Face.MONO, shorter)


def _mono(text: str, role: str = "text") -> Text:
    return Text(text, Face.MONO, role)


def _shape(value: ShortValue | None) -> Box:
    # A norm is written together with its shape already.
    told = value is None or not value.shape or not value.exact
    return _mono("" if told or value is None else shape(value.shape), "dim")
