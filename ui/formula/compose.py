"""From the text of a gradient rule (`-grad * self / (other * other)`) to boxes. Parsed by `ast`, never evaluated.

Two styles: *display* is mathematics (fractions stacked, sums as Σ, transposes as superscripts); *inline* is one line
beside live numbers (`g × other`). Names are looked up among terms, so the same text serves symbols and numbers.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from .boxes import Box, Face, Fence, Row, Script, Text, row
from .functions import counted_sum, in_both_styles, in_display, named
from .syntax import case_of, parse, starts_with_minus, without_minus
from .terms import WIDE, Pieces, Rank, Style, Term, bracketed, minus, symbol
from .vocabulary import (
    COMPARE_CALLS,
    COMPARISONS,
    CONSTANTS,
    MATRIX_PRODUCTS,
    NAMED,
    NUMBERS,
    SAME_NUMBERS,
    SPELLED,
    TRANSPOSES,
    Form,
    Named,
)

Terms = Mapping[str, Term]
REDUCTIONS = ("sum", "mean")  # that tell the dims below their sign
NAMESPACES = frozenset({"torch", "math", "F", "nn", "functional", "np", "numpy"})
# Methods with arguments that mathematics writes with signs of its own; `add_one(net, x)` would be no better than code.
SIGNED = frozenset({"mul", "dot", "div", "pow", "norm", "where", "masked_fill", *REDUCTIONS}) | (
    MATRIX_PRODUCTS | TRANSPOSES | COMPARE_CALLS.keys()
)


def compose(text: str, terms: Terms, style: Style) -> Term:
    """The boxes of a formula; a text that cannot be parsed is set as it stands."""
    tree = parse(text)
    if tree is None:
        return Term(Text(text, Face.MONO))
    return _Composer(terms, style, rule=True).term(tree)


def compose_code(text: str) -> Term:
    """The boxes of an expression in somebody's code, where a name of the rules (`scale`, `half`) may be their own."""
    tree = parse(text)
    if tree is None:
        return Term(Text(text, Face.MONO))
    return _Composer({}, Style.DISPLAY, rule=False).term(tree)


class _Composer:
    def __init__(self, terms: Terms, style: Style, *, rule: bool) -> None:
        self._terms, self._style, self._rule = terms, style, rule
        self._pieces = Pieces(style)

    def term(self, node: ast.expr) -> Term:
        if isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
            known = self._terms.get(ast.unparse(node))
            if known is not None:
                return known
        match node:
            case ast.Name(id=name):
                return self._name(name)
            case ast.Constant(value=value):
                known_number = CONSTANTS.get(value) if isinstance(value, float) else None
                return Term(self._pieces.word(known_number or minus(str(value))))
            case ast.UnaryOp():
                return self._unary(node)
            case ast.BinOp():
                return self._binary(node)
            case ast.Compare() | ast.BoolOp():
                return self._test(node)
            case ast.IfExp() as choice:
                return self._cases(choice)
            case ast.Call():
                return self._call(node)
            case ast.Attribute(value=value, attr=attr):
                if attr not in TRANSPOSES and not self._rule:
                    return Term(Text(ast.unparse(node), Face.ITALIC))
                return self._function(attr, [value], [])
            case ast.Subscript(value=value, slice=index):
                return self._subscript(value, index)
            case ast.Tuple(elts=items) | ast.List(elts=items):
                return Term(Fence("(", self._pieces.listed(self.term(item).box for item in items), ")"))
            case ast.Starred(value=value):
                return self.term(value)
            case _:
                return Term(Text(ast.unparse(node), Face.MONO))

    def _name(self, name: str) -> Term:
        stem = name.removesuffix("_sym_numel")
        if stem != name:
            return self._function("numel", [ast.Name(stem)], [])
        if self._rule and name in NUMBERS:
            tree = parse(NUMBERS[name])
            return self.term(tree) if tree is not None else Term(self._pieces.word(NUMBERS[name]))
        return Term(symbol(name, self._style))

    # -- operators -----------------------------------------------------------------------------------------------

    def _unary(self, node: ast.UnaryOp) -> Term:
        operand = self.term(node.operand)
        if isinstance(node.op, ast.USub):
            return self._pieces.signed(operand)
        if isinstance(node.op, ast.Not | ast.Invert):
            return Term(row(self._pieces.word("¬"), bracketed(operand, Rank.ATOM)), Rank.PRODUCT)
        return operand

    def _binary(self, node: ast.BinOp) -> Term:
        if starts_with_minus(node):
            # -a * b / c is the same number as -(a * b / c), and reads better with the sign outside the fraction.
            return self._pieces.signed(self.term(without_minus(node)))
        if isinstance(node.op, ast.BitAnd | ast.BitOr):
            return self._test(node)
        pieces, left, right = self._pieces, self.term(node.left), self.term(node.right)
        match node.op:
            case ast.Add():
                return pieces.total(left, right)
            case ast.Sub():
                return pieces.difference(left, right)
            case ast.Mult():
                return pieces.product(left, right)
            case ast.MatMult():
                return pieces.matrix_product(left, right)
            case ast.Div():
                return pieces.quotient(left, right)
            case ast.Pow():
                return pieces.power(left, right.box)
            case ast.FloorDiv():
                return Term(Fence("⌊", pieces.quotient(left, right).box, "⌋"))
            case ast.Mod():
                sides = [bracketed(left, Rank.POWER), bracketed(right, Rank.POWER)]
                return Term(pieces.joined(sides, "mod"), Rank.SUM)
            case _:
                return Term(Text(ast.unparse(node), Face.MONO))

    # -- conditions ----------------------------------------------------------------------------------------------

    def _test(self, node: ast.Compare | ast.BoolOp | ast.BinOp) -> Term:
        """Used as a factor a comparison counts as 1 or 0: Iverson's brackets."""
        if not isinstance(node, ast.Compare):
            return Term(self._condition(node), Rank.COMPARISON)
        parts = [bracketed(self.term(node.left), Rank.SUM)]
        for op, other in zip(node.ops, node.comparators, strict=True):
            sign = self._pieces.word(COMPARISONS.get(type(op), "?"))
            parts += [WIDE, sign, WIDE, bracketed(self.term(other), Rank.SUM)]
        return self._pieces.iverson(Row(tuple(parts)))

    def _condition(self, node: ast.expr) -> Box:
        """A comparison, or several joined by and / or, without the brackets that would make it a number."""
        sides: list[ast.expr] = []
        word = ""
        match node:
            case ast.BoolOp(op=op, values=values):
                sides, word = values, "and" if isinstance(op, ast.And) else "or"
            case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr() as op, right=right):
                sides, word = [left, right], "and" if isinstance(op, ast.BitAnd) else "or"
        if sides:
            return self._pieces.joined([self._condition(side) for side in sides], word)
        box = self.term(node).box
        return box.inner if isinstance(box, Fence) and box.left == "[" else box

    def _cases(self, node: ast.expr) -> Term:
        """`where(a, x, where(b, y, z))`, and choices by `if`, are one list of cases."""
        choices: list[tuple[Box, Box]] = []
        while (case := case_of(node)) is not None:
            test, chosen, node = case
            choices.append((self.term(chosen).box, self._condition(test)))
        return self._pieces.choice(choices, self.term(node).box)

    # -- calls ---------------------------------------------------------------------------------------------------

    def _call(self, node: ast.Call) -> Term:
        match node.func:
            case ast.Name(id=name):
                return self._function(name, node.args, node.keywords)
            case ast.Attribute(value=ast.Name(id="torch" | "math" | "F"), attr=name):
                return self._function(name, node.args, node.keywords)
            case ast.Attribute(value=value, attr=name) if not self._rule:
                return self._method(node, value, name)
            case ast.Attribute(value=value, attr=name):
                return self._function(name, [value, *node.args], node.keywords)
            case _:
                return Term(Text(ast.unparse(node), Face.MONO))

    def _method(self, node: ast.Call, value: ast.expr, name: str) -> Term:
        """`x.exp()` is a function of x, `nn.functional.relu(x)` one of its argument; `Bad.apply(u)` stays as it is."""
        path = ast.unparse(value)
        if path.partition(".")[0] in NAMESPACES:
            return self._function(name, node.args, node.keywords)
        owned = path == "self" or path.rpartition(".")[2][:1].isupper()
        if owned or (node.args and name not in SIGNED and self._entry(name) is None):
            words = [row(self._pieces.word(f"{k.arg}="), self.term(k.value).box) for k in node.keywords if k.arg]
            head = row(bracketed(self.term(value), Rank.ATOM), Text(f".{name}", Face.ITALIC))
            return self._pieces.applied(head, [*(self.term(argument).box for argument in node.args), *words])
        return self._function(name, [value, *node.args], node.keywords)

    def _function(self, name: str, arguments: list[ast.expr], keywords: list[ast.keyword]) -> Term:
        pieces = self._pieces
        if name in ("where", "masked_fill") and len(arguments) == 3:
            return self._cases(ast.Call(ast.Name(name), arguments, []))
        if name == "sum" and len(arguments) == 1 and isinstance(arguments[0], ast.GeneratorExp):
            return self._counted_sum(arguments[0])
        terms = [self.term(argument) for argument in arguments]
        if self._rule and name in SAME_NUMBERS and terms:
            return terms[0]
        if (entry := self._entry(name)) is not None and terms:
            return named(entry, terms, pieces)
        if name in TRANSPOSES and terms:
            return pieces.transposed(terms[0])
        if name in MATRIX_PRODUCTS and len(terms) == 2:
            return pieces.matrix_product(*terms)
        if name in COMPARE_CALLS and len(arguments) == 2:
            return pieces.iverson(pieces.joined([bracketed(term, Rank.SUM) for term in terms], COMPARE_CALLS[name]))
        drawn = in_both_styles(name, terms, pieces) if self._rule else None
        if drawn is None and pieces.display:
            over = [term.box for term in terms[1:2]] or [self.term(k.value).box for k in keywords if k.arg == "dim"]
            drawn = in_display(name, terms, over if name in REDUCTIONS else [], pieces)
        if drawn is not None:
            return drawn
        words = [row(pieces.word(f"{k.arg}="), self.term(k.value).box) for k in keywords if k.arg is not None]
        head = pieces.word(SPELLED.get(name, name) if pieces.display else name)
        return pieces.applied(head, [*(term.box for term in terms), *words])

    def _counted_sum(self, node: ast.GeneratorExp) -> Term:
        """`sum(f(i) for i in range(p))`."""
        match node.generators:
            case [ast.comprehension(target=ast.Name() as index, iter=ast.Call(func=ast.Name("range"), args=[limit]))]:
                body, below = self.term(node.elt), self.term(index).box
                return counted_sum(body, below, self.term(limit).box, self._pieces)
        return Term(Text(ast.unparse(node), Face.MONO))

    def _subscript(self, value: ast.expr, index: ast.expr) -> Term:
        match value, index:
            case ast.Call(func=ast.Name(id=name)), ast.Constant(value=int(place)) if self._rule and name in NAMED:
                terms = [self.term(argument) for argument in value.args]
                return named(NAMED[name], terms, self._pieces, place)
            case ast.Name(id="grads"), ast.Constant(value=int(place)):
                return self._one_of("grad", place)
            case ast.Name(id="result"), ast.Constant(value=int(place)):
                return self._one_of("result", place)
        base = self.term(value)
        below = self.term(index).box if isinstance(index, ast.Name | ast.Constant) else Text(ast.unparse(index))
        if self._pieces.display:
            return Term(Script(bracketed(base, Rank.ATOM), sub=below))
        return Term(row(bracketed(base, Rank.ATOM), Fence("[", below, "]")))

    def _one_of(self, name: str, place: int) -> Term:
        """One of several results, or of the gradients that arrived for them."""
        base = self._terms.get(name) or Term(symbol(name, self._style))
        return Term(Script(base.box, sub=self._pieces.word(str(place))))

    def _entry(self, name: str) -> Named | None:
        """The name for a function of a rule; an unknown `x_back` is the way back of x. In code only moves are known."""
        entry = NAMED.get(name)
        if not self._rule:
            return entry if entry is not None and entry.form is Form.CALL and entry.word == name else None
        if entry is None and name.endswith("_back"):
            return Named(name.removesuffix("_back"), Form.BACK)
        return entry
