import pytest

from ui.formula.fold import fold, known_of, number_of

POWER = "where(exponent == 0, 0, grad * (exponent * self ** (exponent - 1)))"


def test_a_known_number_decides_between_the_cases():
    assert fold(POWER, {"exponent": 3}, fill_in=False) == "grad * (exponent * self ** (exponent - 1))"
    assert fold(POWER, {"exponent": 0}, fill_in=False) == "0"


def test_known_numbers_are_filled_in_and_counted():
    assert fold(POWER, {"exponent": 3}, fill_in=True) == "grad * (3 * self ** 2)"
    assert fold(POWER, {"exponent": 2}, fill_in=True) == "grad * (2 * self)"


def test_a_factor_of_one_is_left_out():
    assert fold("grad * alpha", {"alpha": 1}, fill_in=True) == "grad"


def test_a_condition_on_tensors_stays():
    assert fold("where(self > 0, grad, 0)", {"exponent": 2}, fill_in=True) == "where(self > 0, grad, 0)"


def test_a_switch_decides():
    assert fold("grad if accumulate else 0", {"accumulate": 1}, fill_in=False) == "grad"


def test_a_reduction_decides_whether_a_loss_divides():
    rule = "scale(grad, numel(self), reduction) * 2 * (self - target)"
    assert fold(rule, {"reduction": 1}, fill_in=False) == "grad / numel(self) * 2 * (self - target)"
    assert fold(rule, {"reduction": 2}, fill_in=False) == "grad * 2 * (self - target)"
    assert fold(rule, {}, fill_in=False) == rule


def test_a_weight_that_was_not_given_is_left_out():
    rule = "weighted(grad, per_class(weight, self)) * self"
    assert fold(rule, {"weight": None}, fill_in=False) == "grad * self"
    assert fold(rule, {}, fill_in=False) == "grad * per_class(weight, self) * self"
    assert fold("a if pos_weight is None else b", {"pos_weight": None}, fill_in=False) == "a"


def test_a_word_chooses_between_variants():
    rule = "x if approximate == 'tanh' else y"
    assert fold(rule, {"approximate": "tanh"}, fill_in=True) == "x"
    assert fold(rule, {"approximate": "none"}, fill_in=True) == "y"


def test_conditions_are_decided_where_enough_is_known():
    assert fold("a if training and upper - lower > 0 else b", {"training": False}, fill_in=True) == "b"
    assert fold("a if training and upper - lower > 0 else b", {"training": True}, fill_in=True).startswith("a if")
    assert fold("a if not left else b", {"left": True}, fill_in=True) == "b"
    assert fold("a if abs(ord) == inf else b", {"ord": float("-inf")}, fill_in=True) == "a"


def test_a_switch_is_not_a_number():
    assert fold("x * upper", {"upper": True}, fill_in=True) == "x * upper"
    assert fold("x * upper", {"upper": 1}, fill_in=True) == "x"


def test_a_factor_that_every_call_has_is_shown_only_where_it_counts():
    assert fold("scaled(grad, alpha)", {"alpha": 1}, fill_in=False) == "grad"
    assert fold("scaled(grad, alpha)", {"alpha": 2}, fill_in=False) == "grad * alpha"


def test_what_a_text_spells_is_a_number_a_switch_or_a_word():
    assert [known_of(text) for text in ("2", "True", "None", "tanh")] == [2, True, None, "tanh"]


@pytest.mark.parametrize("text", ["for", "", "\x00", "-" * 5000])
def test_what_is_no_expression_stays(text):
    assert fold(text, {"x": 1}, fill_in=True) == text


def test_numbers_are_read_from_text():
    assert (number_of("2"), number_of("-0.5"), number_of("(2, 2)"), number_of("")) == (2, -0.5, None, None)
