import ast
import re

import pytest

import engine.torch  # noqa: F401  fills the table of operations
from engine.ops.table import TABLE
from ui.formula.boxes import Face, Fraction, Text, plain
from ui.formula.compose import compose, compose_code
from ui.formula.syntax import parse
from ui.formula.terms import Rank, Style, Term, bracketed, symbol
from ui.formula.vocabulary import NAMED, meaning


def display(text, **terms):
    return plain(compose(text, {"grad": Term(symbol("g", Style.DISPLAY)), **terms}, Style.DISPLAY).box)


def inline(text, **terms):
    return plain(compose(text, {"grad": Term(symbol("g", Style.INLINE)), **terms}, Style.INLINE).box)


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        ("grad * other", "g · other"),
        ("grad / other", "g / other"),
        ("-grad * self / (other * other)", "−(g · self) / (other · other)"),
        ("grad * (1 - result * result)", "g · (1 − result · result)"),
        ("a - (b - c)", "a − (b − c)"),
        ("a - b - c", "a − b − c"),
        ("-(a + b) * c", "−(a + b) · c"),
        ("(-a) ** 2", "(−a)^2"),
        ("(a * b) ** 2", "(a · b)^2"),
        ("grad * exponent * self ** (exponent - 1)", "g · exponent · self^(exponent − 1)"),
        ("grad @ mat2.T", "g mat_2^T"),
        ("t(self) @ grad", "self^T g"),
        ("grad * exp(self)", "g · e^self"),
        ("grad / sqrt(self)", "g / √self"),
        ("abs(self)", "|self|"),
        ("grad.sum(0)", "Σ_0 g"),
        ("grad * log(self)", "g · ln self"),
        ("where(self > 0, grad, 0)", "{g if self > 0; 0 otherwise"),
        ("where(a, x, where(b, y, z))", "{x if a; y if b; z otherwise"),
        ("grad * (self > 0)", "g · [self > 0]"),
        ("where((self >= min) & (self <= max), grad, 0)", "{g if self ≥ min and self ≤ max; 0 otherwise"),
        ("restore(grad, self_sym_sizes, (), False) / self_sym_numel", "g / n_self"),
        ("select_back(grad, self_sym_sizes, dim, index)", "select^T(g)"),
        ("grad / (self * 0.6931471805599453)", "g / (self · ln 2)"),
        ("alpha * grad", "α · g"),
        (
            "2 * spread(grad, self, dim, keepdim) * (self - mean_over(self, dim)) / freedom(self, dim, correction)",
            "(2 · g · (self − mean self)) / (n − 1)",
        ),
        ("x / freedom(self, dim, 0)", "x / (n − 0)"),
        ("grad * result * mT(inv(A))", "g · result · A^−T"),
        ("inv(mT(A)) @ grad", "A^−T g"),
        ("inv(a @ b)", "(a b)^−1"),
        ("grad @ mT(mT(a))", "g a"),
        ("tail_sum(grad, dim)", "Σ_(j ≥ i) g_j"),
        ("weighted(grad, weight)", "g · weight"),
        ("a if left else b if right else c", "{a if left; b if right; c otherwise"),
        ("without(grad, indices)", "{0 at indices; g elsewhere"),
        ("convolution_weight(grad, input, weight, weight_sizes, stride)", "input ⋆ g"),
        ("svd_backward(grads, result, full_matrices)", "J_svd^T(grads, result)"),
        ("lstsq_backward(grads, self, b, result)[1]", "J_(lstsq, B)^T(grads, self, b)"),
        ("no_derivative('_unique2')", "no derivative"),
        ("unheard_of_back(grad, sizes, dim)", "unheard_of^T(g)"),
        ("grad * TWO_BY_ROOT_PI", "g · 2 / √π"),
        ("sum(digamma(self - i / 2) for i in range(p))", "Σ_(i < p) ψ(self − i / 2)"),
        ("mean_over(grad * weight, dim)", "mean (g · weight)"),
    ],
)
def test_rules_are_set_as_mathematics(rule, shown):
    assert display(rule) == shown


def test_on_one_line_products_are_crosses_and_quotients_stay_in_the_line():
    assert inline("grad * other / (a * b)") == "g × other ÷ (a × b)"


def test_on_one_line_the_parts_of_a_variance_stay_short():
    assert inline("(self - mean_over(self, dim)) / freedom(self, dim, correction)") == "(self − mean(self)) ÷ (n − 1)"


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("scale(x, y, z)", "scale(x, y, z)"),
        ("half(x) * count(x)", "half(x) · count(x)"),
        ("x.view(2, 3).sum(0)", "Σ_0 view(x)"),
        ("x.clone()", "clone(x)"),
        ("hat(x) @ w.T", "hat(x) w^T"),
    ],
)
def test_names_in_code_are_not_taken_for_words_of_the_rules(code, shown):
    assert plain(compose_code(code).box) == shown


def test_names_stand_for_what_they_are_in_this_step():
    assert display("grad * other", other=Term(Text("3"))) == "g · 3"


def test_a_term_that_binds_loosely_gets_brackets():
    total = Term(compose("a + b", {}, Style.DISPLAY).box, Rank.SUM)
    assert display("grad * other", other=total) == "g · (a + b)"
    assert plain(bracketed(total, Rank.ATOM)) == "(a + b)"


def test_a_call_can_stand_for_its_number():
    assert inline("grad / self.numel()", **{"self.numel()": Term(Text("4"))}) == "g ÷ 4"


def test_a_text_that_is_no_expression_is_shown_as_it_stands():
    for text in ("for x in", "", "a = b", "\x00", "(" * 300):
        assert parse(text) is None
        assert compose(text, {}, Style.DISPLAY).box == Text(text, Face.MONO)


def test_a_very_deep_or_long_text_is_shown_as_it_stands():
    assert parse("-" * 200 + "x") is None
    assert parse("x + " * 200 + "x") is None


def test_code_in_a_formula_is_never_run():
    bomb = "__import__('os').system('exit')"
    assert "system" in display(bomb)
    assert display("[print(x) for x in y]") == "[print(x) for x in y]"


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("Bad.apply(u)", "Bad.apply(u)"),
        ("self.act(self.fc(x))", "self.act(self.fc(x))"),
        ("net.encode(x, 2)", "net.encode(x, 2)"),
        ("layers[0].norm.add(x, out=y)", "layers[0].norm.add(x, out=y)"),
        ("nn.functional.relu(x)", "relu(x)"),
        ("torch.linalg.norm(x)", "‖x‖"),
        ("np.exp(x)", "e^x"),
        ("x.pow(2).mean()", "mean x^2"),
        ("x.mm(w.t())", "x w^T"),
        ("net.fc.weight.t()", "net.fc.weight^T"),
        ("x.relu()", "relu(x)"),
    ],
)
def test_code_calls_what_it_calls_and_only_methods_of_mathematics_become_functions(code, written):
    assert plain(compose_code(code).box) == written


def test_what_a_sign_means_is_told_only_where_it_does_not_speak_for_itself():
    assert meaning("hat") == "x̂: the input, normalised; σ: its deviation"
    assert meaning("pad_back") == "padᵀ: pad backwards, each element of g is added where it came from"
    assert meaning("svd_backward") == "J: the Jacobian of svd, its matrix of derivatives"
    assert meaning("exp") == meaning("reshape") == ""


def test_fractions_are_stacked_only_in_display():
    assert isinstance(compose("a / b", {}, Style.DISPLAY).box, Fraction)
    assert not isinstance(compose("a / b", {}, Style.INLINE).box, Fraction)


def _rules():
    """Text and key of every rule, once."""
    texts = {}
    for key, row in TABLE.items():
        for gradient in filter(None, row.gradients):
            texts.setdefault(gradient.text, key)
    return sorted(texts.items())


IN_CODE = {"gather", "permute", "unsqueeze", "view"}  # moves that titles of tensors name, and no rule
HELPER = re.compile(r"\w+(_back|_backward|_any|_zeros|_of)\b")
CALL = re.compile(r"(?!J_)\b[A-Za-z]\w*_\w+(\^T)?\(")


def arguments(text, start):
    """How many arguments the call has whose bracket opened just before `start`."""
    depth, commas = 0, 0
    for letter in text[start:]:
        depth += (letter in "([{") - (letter in ")]}")
        if depth < 0:
            break
        commas += letter == "," and depth == 0
    return commas + 1


@pytest.mark.parametrize(("rule", "key"), _rules())
def test_every_rule_of_the_engine_reads_as_mathematics_in_both_styles(rule, key):
    assert parse(rule) is not None
    for style in Style:
        box = compose(rule, {}, style).box
        shown = plain(box)
        assert shown
        assert box != Text(rule, Face.MONO) or rule.isidentifier()
        assert not HELPER.search(shown), shown
        assert all(arguments(shown, call.end()) <= 3 for call in CALL.finditer(shown)), shown


def test_what_is_named_in_formulas_is_named_for_some_rule():
    called = {
        node.func.id
        for rule, _ in _rules()
        for node in ast.walk(ast.parse(rule))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert set(NAMED) - called == IN_CODE
