"""Functions of rules as mathematics writes them: with signs of its own, or by a name where they are too big.

Works on terms that are set already; knows nothing of Python's syntax.
"""

from __future__ import annotations

from collections.abc import Sequence

from .boxes import Box, Face, Fence, Grid, Radical, Row, Script, Text, row
from .terms import THIN, WIDE, Pieces, Rank, Term, bracketed, symbol
from .vocabulary import MARKED, SPELLED, Form, Named

_WORDS = frozenset({"log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sgn", "sign", "det"})


def named(entry: Named, arguments: Sequence[Term], pieces: Pieces, place: int | None = None) -> Term:
    """What the table names instead of writing it out; `place` chooses one of several gradients."""
    shown = [arguments[i].box for i in entry.keeps if i < len(arguments)]
    word = pieces.word(entry.word)
    match entry.form:
        case Form.BACK:
            return pieces.applied(Script(word, sup=pieces.word("T")), shown)
        case Form.JACOBIAN:
            by = entry.by[place] if place is not None and place < len(entry.by) else ""
            below = pieces.word(f"{entry.word}, {by}" if by else entry.word)
            return pieces.applied(Script(Text("J", Face.ITALIC), sup=pieces.word("T"), sub=below), shown)
        case Form.HOLE:
            return _with_hole(entry.word, shown[0], pieces)
        case Form.INFIX:
            return Term(pieces.joined([bracketed(arguments[i], Rank.POWER) for i in entry.keeps], entry.word))
        case Form.REFUSED:
            return Term(pieces.word("no derivative"))
    return pieces.applied(word, shown)


def _with_hole(where: str, value: Box, pieces: Pieces) -> Term:
    if not pieces.display:
        return Term(row(value, pieces.word(f", 0 {where}")), Rank.CHOICE)
    rows = ((Text("0"), Text(where)), (value, Text("elsewhere")))
    return Term(Fence("{", Grid(rows, centred=False), ""))


def in_both_styles(name: str, terms: Sequence[Term], pieces: Pieces) -> Term | None:
    """The functions that are written with signs in a line of numbers too; None for any other."""
    match name, list(terms):
        case "scaled" | "weighted", [a, b]:
            return pieces.product(a, b)
        case "scale", [a, count, *_]:
            return pieces.quotient(a, count)
        case "ratio_of", [a, b]:
            return pieces.quotient(a, b)
        case "over_deviation", [a, *_]:
            return pieces.quotient(a, Term(_letter("σ", pieces)))
        case "xlogy", [a, b]:
            return pieces.product(a, _function("log", b, pieces))
        case "xlog1py", [a, b]:
            return pieces.product(a, _function("log", pieces.total(Term(pieces.word("1")), b), pieces))
        case "inv", [a]:
            return pieces.inverse(a)
        case "by_transpose" | "outer_of", [a, b, *_]:
            return pieces.matrix_product(a, pieces.transposed(b))
        case "trilinear", [a, b, c, *_]:
            return pieces.reduced("Σ", pieces.product(pieces.product(a, b), c))
        case "along", [a, b, *_]:
            return pieces.reduced("Σ", pieces.product(a, b))
        case "isfinite", [a]:
            return pieces.iverson(row(bracketed(a, Rank.SUM), pieces.word(" finite")))
        case "isnan", [a]:
            return pieces.iverson(row(bracketed(a, Rank.SUM), pieces.word(" is NaN")))
        case "no_nan", [a]:
            return pieces.iverson(row(bracketed(a, Rank.SUM), pieces.word(" is a number")))
        case "one_hot", [target, *_]:
            return pieces.iverson(pieces.joined([pieces.word("class"), bracketed(target, Rank.SUM)], "="))
        case "zeros_like" | "zeros", [_]:
            return Term(pieces.word("0"))
        case "hat", [*_]:
            return Term(_letter("x̂", pieces))
        case "attention_weights", [*_]:
            return Term(_letter("P", pieces))
        case "scale_of", [_, factor]:
            return factor
        case "freedom", [_, _, correction]:
            # The correction that nobody gave is not saved: it is 1.
            missing = correction.box == symbol("correction", pieces.style)
            less = Term(pieces.word("1")) if missing else correction
            return pieces.difference(Term(symbol("n", pieces.style)), less)
        case "count", [*_]:
            return Term(symbol("n", pieces.style))
        case "sum_to" | "sum_but_channels" | "convolution_bias", [a, *_]:
            return pieces.reduced("Σ", a)
        case "sum_dims", [a, *over]:
            return pieces.reduced("Σ", a, [term.box for term in over[:1]] if pieces.display else [])
        case "normal_cdf" | "normal_pdf", [a]:
            return pieces.applied(pieces.word(SPELLED[name]), [a.box])
        case "tail_sum", [a, *_]:
            return _tail_sum(a, pieces)
        case "shared" | "shared_numbers", [a, value, result, *_]:
            # The extremes share the gradient evenly.
            same = pieces.iverson(pieces.joined([bracketed(value, Rank.SUM), bracketed(result, Rank.SUM)], "="))
            return pieces.quotient(pieces.product(a, same), pieces.reduced("Σ", same))
        case "extremes", [value, result, *_]:
            same = pieces.iverson(pieces.joined([bracketed(value, Rank.SUM), bracketed(result, Rank.SUM)], "="))
            return pieces.quotient(same, pieces.reduced("Σ", same))
        case "cross_any", [a, b, *_]:
            if not pieces.display:
                return pieces.applied(pieces.word("cross"), [a.box, b.box])
            return Term(pieces.joined([bracketed(a, Rank.POWER), bracketed(b, Rank.POWER)], "×"), Rank.PRODUCT)
        case "inverse_square", [a, b]:
            squares = [pieces.power(each, pieces.word("2")) for each in (a, b)]
            return pieces.quotient(Term(pieces.word("1")), pieces.total(*squares))
        case "exponents", [_, exponent]:
            return pieces.power(Term(pieces.word("2")), exponent.box)
        case "both", [first, second, *_]:
            return Term(Fence("[", pieces.listed([first.box, second.box]), "]"))
        case "threshold_backward", [a, value, *limit]:
            level = limit[0].box if limit else pieces.word("0")
            test = pieces.joined([bracketed(value, Rank.SUM), level], ">")
            return pieces.choice([(a.box, test)], pieces.word("0"))
        case "mean_over" | "mean_over_group", [a, *_]:
            return pieces.reduced("mean", a) if pieces.display else pieces.applied(pieces.word("mean"), [a.box])
        case "polygamma", [n, a]:
            return pieces.applied(Script(pieces.word("ψ"), sup=Fence("(", n.box, ")")), [a.box])
        case _:
            return _marked(name, terms, pieces)


def _letter(letter: str, pieces: Pieces) -> Text:
    return Text(letter, Face.ITALIC if pieces.display else Face.MONO)


def _marked(name: str, terms: Sequence[Term], pieces: Pieces) -> Term | None:
    if name not in MARKED or not terms:
        return None
    letter, below, above = MARKED[name]
    sub, sup = (pieces.word(mark) if mark else None for mark in (below, above))
    if not letter:
        return Term(Script(bracketed(terms[0], Rank.ATOM), sup=sup, sub=sub))
    return pieces.applied(Script(pieces.word(letter), sup=sup, sub=sub), [terms[0].box])


def _function(name: str, operand: Term, pieces: Pieces) -> Term:
    if not pieces.display:
        return pieces.applied(pieces.word(name), [operand.box])
    return Term(row(Text(SPELLED.get(name, name)), THIN, bracketed(operand, Rank.ATOM)), Rank.POWER)


def _tail_sum(operand: Term, pieces: Pieces) -> Term:
    """The sum of an element and all that follow it."""
    j = Text("j", Face.ITALIC) if pieces.display else pieces.word("j")
    head = Script(pieces.word("Σ"), sub=row(j, pieces.word(" ≥ "), Text("i", j.face)))
    return Term(row(head, THIN, Script(bracketed(operand, Rank.ATOM), sub=j)), Rank.PRODUCT)


def in_display(name: str, terms: Sequence[Term], over: Sequence[Box], pieces: Pieces) -> Term | None:
    """The functions that have signs of their own on paper, but are written out in a line of numbers.

    `over` are the dims of a reduction, where they are told.
    """
    match name, list(terms):
        case "mul", [a, b]:
            return pieces.product(a, b)
        case "dot", [a, b]:
            return pieces.product(a, b)
        case "div", [a, b]:
            return pieces.quotient(a, b)
        case "neg" | "negative", [a]:
            return pieces.signed(a)
        case "exp", [a]:
            return Term(Script(Text("e", Face.ITALIC), sup=a.box), Rank.POWER)
        case "sqrt", [a]:
            return Term(Radical(a.box))
        case "rsqrt", [a]:
            return pieces.quotient(Term(pieces.word("1")), Term(Radical(a.box)))
        case "reciprocal", [a]:
            return pieces.quotient(Term(pieces.word("1")), a)
        case "square", [a]:
            return pieces.power(a, pieces.word("2"))
        case "pow", [a, b]:
            return pieces.power(a, b.box)
        case "abs", [a]:
            return Term(Fence("|", a.box, "|"))
        case "floor", [a]:
            return Term(Fence("⌊", a.box, "⌋"))
        case "norm", [a, *_]:
            return Term(Fence("‖", a.box, "‖"))
        case "log2" | "log10", [a]:
            head = Script(Text("log"), sub=Text(name.removeprefix("log")))
            return Term(row(head, THIN, bracketed(a, Rank.ATOM)), Rank.POWER)
        case "lgamma", [a]:
            return Term(row(Text("ln"), THIN, pieces.applied(Text("Γ"), [a.box]).box), Rank.POWER)
        case "sum" | "mean", [a, *_]:
            return pieces.reduced("Σ" if name == "sum" else "mean", a, over)
        case "product_of_others", [a, *_]:
            head = Script(Text("∏"), sub=Text("j ≠ i"))
            return Term(row(head, THIN, Script(bracketed(a, Rank.ATOM), sub=Text("j", Face.ITALIC))), Rank.PRODUCT)
        case "numel", [a]:
            n = Text("n", Face.ITALIC)
            return Term(Script(n, sub=a.box) if isinstance(a.box, Text) else n)
        case _ if name in _WORDS and len(terms) == 1:
            return _function(name, terms[0], pieces)
    return None


def counted_sum(body: Term, index: Box, limit: Box, pieces: Pieces) -> Term:
    """`Σ` of `body` for the index from 0 on below the limit."""
    below: Box = Row((index, WIDE, pieces.word("<"), WIDE, limit))
    return pieces.reduced("Σ", body, [below])
