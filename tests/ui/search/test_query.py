import math

import pytest
from hypothesis import given, strategies as st

from ui.search import query
from ui.search.query import FLAGS, Field, Pattern, PatternTooSlowError, Query, Range, Sizes, Term, Text, parse

WORDS = st.sampled_from(
    ["x", "-", '"', "/", "a/b", "(", "[", ":", "name:", "grad:>1e3", "is:leaf", "shape:(2,*", "/[/", "-/a/i",
     "line:3-7", "op:", '-name:"y * y"', "cell:12", "grad:>", "is:", "\\", "shape:2x3", "shape:()", "dtype:/f.*/",
     "foo:bar", "É"]
)  # fmt: skip


def only(text):
    query = parse(text)
    assert query.problem == ""
    (term,) = query.terms
    return term


@given(st.one_of(st.text(), st.lists(WORDS).map(" ".join), st.lists(WORDS).map("".join)))
def test_whatever_is_typed_is_understood_or_explained(text):
    query = parse(text)
    assert not (query.terms and query.problem)
    assert bool(query.terms or query.problem) == bool(text.strip())


@given(st.text(st.characters(blacklist_characters='"'), max_size=20))
def test_text_in_quotes_is_looked_for_exactly(text):
    assert only(f'"{text}"') == Term(Field.ANY, Text(text, exact=True))


def test_nothing_typed_asks_for_nothing():
    assert parse("") == parse("   ") == Query()


def test_words_between_spaces_must_all_hold():
    assert [term.value for term in parse("relu layers.0").terms] == [Text("relu"), Text("layers.0")]


def test_a_minus_turns_a_term_around():
    assert only("-op:mul") == Term(Field.OP, Text("mul"), negated=True)
    assert only('-"y"') == Term(Field.ANY, Text("y", exact=True), negated=True)
    assert only("-") == Term(Field.ANY, Text("-"))


def test_words_before_a_colon_may_be_written_in_any_case():
    assert only("NAME:w").field is Field.NAME


def test_a_part_of_a_text_is_found_in_any_case_and_an_exact_text_only_as_written():
    assert Text("reLU").holds("ReluBackward0")
    assert Text("y", exact=True).holds("y")
    assert not Text("y", exact=True).holds("Y")
    assert not Text("y", exact=True).holds("y * y")


def test_a_pattern_may_hold_spaces_and_slashes_and_leave_the_case_open():
    pattern = only(r"/^a \/ b$/").value
    assert isinstance(pattern, Pattern)
    assert pattern.holds("a / b")
    assert not pattern.holds("A / B")
    assert only("/relu/i").value.holds("ReLU")
    assert only("name:/w$/").field is Field.NAME


def test_a_slash_without_its_like_is_a_text():
    assert [term.value for term in parse("a / b").terms] == [Text("a"), Text("/"), Text("b")]
    assert only("a/b/c").value == Text("a/b/c")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("grad:>1e3", Range(low=1000.0, open_low=True)),
        ("grad:>=0.5", Range(low=0.5)),
        ("grad:<1e-3", Range(high=1e-3, open_high=True)),
        ("grad:<=2", Range(high=2.0)),
        ("grad:0", Range(0.0, 0.0)),
        ("grad:inf", Range(math.inf, math.inf)),
        ("line:12", Range(12.0, 12.0)),
        ("line:3-7", Range(3.0, 7.0)),
        ("line:7-3", Range(3.0, 7.0)),
        ("cell:=2", Range(2.0, 2.0)),
    ],
)
def test_numbers_are_compared_or_lie_between_two(text, expected):
    assert only(text).value == expected


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("shape:(2,3)", (2, 3)), ("shape:(2, 3)", (2, 3)), ("shape:[2, 3]", (2, 3)), ("shape:2,3", (2, 3)),
        ("shape:2x3", (2, 3)), ("shape:(64,*)", (64, None)), ("shape:(16,)", (16,)), ("shape:16", (16,)),
        ("shape:()", ()), ("shape:*", (None,)),
    ],
)  # fmt: skip
def test_shapes_are_written_in_many_ways(text, sizes):
    assert only(text).value == Sizes(sizes)


@pytest.mark.parametrize("flag", FLAGS)
def test_everything_that_may_hold_for_a_node_can_be_asked_for(flag):
    assert only(f"is:{flag}") == Term(Field.IS, Text(flag, exact=True))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nam:x", "There is no “nam:”. There is name: op: "),
        ("/(/", "The pattern /(/ cannot be used: missing ), at character 2."),
        ("/a{99999999999999999999}/", "The pattern /a{99999999999999999999}/ cannot be used: "),
        ("is:leef", "Nothing is known about “is:leef”. There is leaf param "),
        ("is:", "Write what a node is after “is:”. There is leaf "),
        ("line:abc", "“line:” takes a number, such as line:12 or 3-7, not “abc”."),
        ("grad:", "“grad:” takes a number, such as grad:>1e3."),
        ("line:/3/", "“line:” takes a number, such as line:12 or 3-7, not “/3/”."),
        ("shape:a", "“shape:” takes sizes, such as shape:(2,3) or shape:(64,*), not “a”."),
        ("shape:", "“shape:” takes sizes, such as shape:(2,3), shape:(64,*) or shape:()."),
        ("name:", "Write what to look for after “name:”."),
        ("x y is:no z", "Nothing is known about “is:no”."),
    ],
)
def test_what_cannot_be_understood_is_said_in_plain_words(text, said):
    query = parse(text)
    assert query.problem.startswith(said)
    assert query.terms == ()


def test_a_pattern_that_would_take_years_is_stopped():
    pattern = only("/(a|aa)+$/").value
    with pytest.raises(PatternTooSlowError):
        pattern.holds("a" * 80 + "b")


def test_the_budget_of_a_pattern_is_for_all_texts_together(monkeypatch):
    ticks = iter(range(10))
    monkeypatch.setattr(query, "perf_counter", lambda: next(ticks))
    with pytest.raises(PatternTooSlowError):
        only("/a/").value.holds("a")
