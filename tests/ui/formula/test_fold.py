import pytest

from ui.formula.fold import fold, number_of

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


@pytest.mark.parametrize("text", ["for", "", "\x00", "-" * 5000])
def test_what_is_no_expression_stays(text):
    assert fold(text, {"x": 1}, fill_in=True) == text


def test_numbers_are_read_from_text():
    assert (number_of("2"), number_of("-0.5"), number_of("(2, 2)"), number_of("")) == (2, -0.5, None, None)
