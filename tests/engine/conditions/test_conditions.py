"""What conditions mean, and what is said of those that mean nothing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from engine.conditions import GRADIENT, VALUE, ArrayFacts, Condition, ConditionError, parse
from engine.conditions.parse import DEEPEST

STATISTICS: dict[str, Any] = {
    "norm": 5.0, "mean": 1.0, "std": 1.0, "min": -3.0, "max": 4.0, "zeros": 0, "nans": 0, "infs": 0,
    "shape": "64,10", "dtype": "float32",
}  # fmt: skip


def facts(**changes: Any) -> ArrayFacts:
    statistics = STATISTICS | changes
    return ArrayFacts({GRADIENT: statistics, VALUE: statistics}, {"step": 3, "line": 12, "op": "MulBackward0"})


@pytest.mark.parametrize(
    "text",
    [
        "norm > 1", "norm == 5", "|g| >= 5", "max|g| < 5", "max | g | == 4", "abs(min) * 2 >= 6", "-min == 3",
        "1 < norm <= 5", "not 6 < norm <= 5",
        "finite", "all finite", "not nan", "not (nan or inf)", "nan or norm > 1", "! nan && norm > 1",
        "shape == (64, 10)", "shape == [64,10]", "shape != (10,)", "dtype == float32", 'dtype != "float64"',
        "op == MulBackward0", "step == 3 and line = 12", "value.norm / 2 == 2.5", "numel == 640", "ndim == 2",
        "norm > 1 or nan and nan", "max - min ≥ 7", "grad.norm > 1 and value.max < 1e9", "any zero or not any zero",
    ],
)  # fmt: skip
def test_a_condition_that_holds_holds(text: str) -> None:
    assert parse(text).holds(facts())
    assert not parse(f"not ({text})").holds(facts())


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", 0, "type a condition"),
        ("norm", 0, "norm is a number; compare it, for example norm > 1e3"),
        ("shape", 0, "for example shape == (64, 10)"),
        ("norm >", 6, "ends where a number or a fact was expected"),
        ("norms > 3", 0, "did you mean norm?"),
        ("norm > 3 nan", 9, "expected and, or, or the end"),
        ("(norm > 3", 0, "expected ) to close this bracket"),
        ("norm @ 3", 5, "'@' is not part of a condition"),
        ("shape == 3", 9, "with a comma, as (3,)"),
        ("shape > (3,)", 6, "with == or !="),
        ("norm == shape", 5, "a number cannot be compared with a text"),
        ("nan == 1", 4, "cannot be compared"),
        ("norm / 0 > 1", 7, "divide by a number other than 0"),
        ("norm / step > 1", 7, "divide by a number other than 0"),
        ("norm + nan > 1", 7, "expected a number here"),
        ("value.step > 1", 0, "belongs to the step"),
        ("os.system > 1", 0, "write grad.system or value.system"),
        ("__import__ > 1", 0, "there is no fact '__import__'"),
        ("all norm", 4, "expected zero or finite after all"),
        ("x" * 501, 0, "may have 500 characters"),
    ],
)
def test_a_condition_that_means_nothing_says_what_was_expected_and_where(text: str, place: int, message: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    assert message in str(caught.value)
    assert caught.value.place == place


def test_nesting_is_bounded() -> None:
    inside = "(" * DEEPEST + "nan" + ")" * DEEPEST
    assert parse(inside).text == inside
    with pytest.raises(ConditionError, match="nested"):
        parse(f"({inside})")
    with pytest.raises(ConditionError, match="nested"):
        parse("-" * 400 + "1 > 2")


def test_a_condition_names_the_facts_it_asks_for() -> None:
    assert parse("norm > 1 and value.shape == () or step < 3").asks == {"grad.norm", "value.shape", "step"}


@pytest.mark.parametrize(
    ("changes", "holding", "failing"),
    [
        ({"nans": 1}, "nan and nonfinite", "norm > 0 or norm <= 0 or finite"),
        ({"infs": 2}, "inf and norm > 1e300 and max|g| > 1e300", "nan or finite"),
        ({"zeros": 640, "min": 0.0, "max": 0.0, "norm": 0.0}, "all zero and any zero and max|g| == 0", "norm > 0"),
        ({"shape": "0", "norm": 0.0, "min": math.inf, "max": -math.inf}, "numel == 0 and max|g| == 0", "all zero"),
        ({"shape": ""}, "shape == () and numel == 1 and ndim == 0", "shape == (1,)"),
        ({"min": 2.0}, "min|g| == 2", "min|g| == 0"),
    ],
)
def test_facts_tell_broken_and_empty_gradients_from_others(changes: dict[str, Any], holding: str, failing: str) -> None:
    assert parse(holding).holds(facts(**changes))
    assert not parse(failing).holds(facts(**changes))


def test_facts_list_their_names_and_tell_what_is_not_there() -> None:
    alone = ArrayFacts({GRADIENT: STATISTICS}, {"step": 1})
    assert "grad.norm" in set(alone)
    assert "value.norm" not in set(alone)
    assert len(alone) == len(set(alone))
    with pytest.raises(KeyError):
        parse("value.norm > 1").holds(alone)


numbers = st.floats(-1e6, 1e6, allow_nan=False)
comparisons = st.builds(
    lambda fact, sign, number: f"{fact} {sign} {number!r}",
    st.sampled_from(["norm", "min", "max", "grad.mean", "zeros", "step"]),
    st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
    numbers.map(abs),
)
truths = st.recursive(
    comparisons | st.sampled_from(["nan", "inf", "all zero", "finite"]),
    lambda part: st.builds("({} {} {})".format, part, st.sampled_from(["and", "or"]), part) | part.map("not {}".format),
    max_leaves=8,
)


def _rows(condition: Condition, columns: dict[str, Any], count: int) -> list[bool]:
    return [
        bool(condition.holds({name: column[row].item() for name, column in columns.items()})) for row in range(count)
    ]


@given(truths, st.lists(st.tuples(numbers, numbers, numbers, st.booleans()), min_size=1, max_size=5))
def test_columns_of_facts_are_answered_as_each_row_alone(text: str, rows: list[tuple[Any, ...]]) -> None:
    table = np.array([row[:3] for row in rows])
    truth = np.array([row[3] for row in rows])
    columns: dict[str, Any] = {
        "grad.norm": np.abs(table[:, 0]), "grad.min": table[:, 1], "grad.max": table[:, 2], "grad.mean": table[:, 0],
        "grad.zeros": truth.astype(int), "step": np.arange(len(rows)), "grad.nan": truth, "grad.inf": ~truth,
        "grad.allzero": truth, "grad.finite": ~truth,
    }  # fmt: skip
    condition = parse(text)
    assert np.broadcast_to(condition.holds(columns), len(rows)).tolist() == _rows(condition, columns, len(rows))


@given(st.text(max_size=60) | st.text("norm<>=()|gandotzeril 0123456789.eE-+*/", max_size=60))
def test_any_text_is_a_condition_or_a_condition_error(text: str) -> None:
    try:
        parse(text)
    except ConditionError as error:
        place = error.place
    else:
        place = 0
    assert 0 <= place <= len(text)
