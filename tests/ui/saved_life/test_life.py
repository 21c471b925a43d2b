import pytest
from hypothesis import given, strategies as st

from tests.engine.programs import record
from tests.recorded import position_of, recorded
from tests.traces import seed_trace
from ui.naming import Names
from ui.saved_life.life import Deed, Moment, When, fitted, lives, saved_count
from ui.stepping import PassSteps
from ui.words import GoTo


def lives_at(trace, position, pass_id=0):
    steps = PassSteps(trace, pass_id)
    return lives(trace, steps.node(position), Names(trace), pass_id, position)


def told(life):
    return [(moment.deed, moment.place, moment.when) for moment in life.moments]


def test_a_life_tells_where_it_was_saved_used_and_freed():
    life, _ = lives_at(seed_trace(), 3)
    assert told(life) == [
        (Deed.SAVED, "line 4", When.PAST),
        (Deed.USED, "step 3", When.NOW),
        (Deed.FREED, "step 3", When.NOW),
    ]
    assert (life.name, life.title, life.check) == ("self", "y", "saved at v0, now v0: ok")


def test_what_comes_later_is_told_as_later():
    trace = seed_trace()
    node = PassSteps(trace, 0).node(3)
    first, _ = lives(trace, node, Names(trace), 0, 1)
    assert [moment.when for moment in first.moments] == [When.PAST, When.LATER, When.LATER]


def test_seen_from_the_forward_pass_everything_else_is_still_to_come():
    trace = seed_trace()
    first, _ = lives(trace, PassSteps(trace, 0).node(3), Names(trace))
    assert [moment.when for moment in first.moments] == [When.PAST, When.LATER, When.LATER]


@pytest.mark.parametrize(
    ("program", "op", "by", "line"),
    [("edited", "ExpBackward0", "add_", 3), ("edited without grad", "MulBackward0", "sub_", 4)],
)
def test_an_edit_between_is_marked_with_its_line_and_version(program, op, by, line):
    trace = recorded(program)
    life = lives_at(trace, position_of(trace, op))[0]
    edit = next(moment for moment in life.moments if moment.deed is Deed.EDITED)
    assert (edit.by, edit.place, edit.version, edit.goes.line) == (by, f"line {line}", 1, line)
    assert life.modified
    assert life.check == "saved at v0, now v1: modified"
    assert life.moments[-1].deed is Deed.REFUSED


def test_before_the_edit_has_happened_the_version_is_the_saved_one():
    trace = recorded("edited")
    node = PassSteps(trace, 0).node(position_of(trace, "ExpBackward0"))
    (life,) = lives(trace, node, Names(trace))
    assert not life.modified


def test_a_tensor_freed_by_an_earlier_pass_tells_that_pass():
    trace = recorded("second backward")
    (life,) = lives_at(trace, position_of(trace, "ExpBackward0", 1), 1)
    freed = next(moment for moment in life.moments if moment.deed is Deed.FREED)
    assert (freed.by, freed.place, freed.goes) == ("pass 1", "step 2", GoTo(pass_id=0, position=2))
    assert life.moments[-1].deed is Deed.GONE


def test_with_retain_graph_a_tensor_lives_until_the_pass_that_frees_it():
    trace = recorded("retained")
    first, second = (lives_at(trace, position_of(trace, "ExpBackward0", k), k)[0] for k in (0, 1))
    assert [moment.deed for moment in first.moments] == [Deed.SAVED, Deed.USED, Deed.USED, Deed.FREED]
    assert [moment.when for moment in first.moments] == [When.PAST, When.NOW, When.LATER, When.LATER]
    assert [moment.when for moment in second.moments] == [When.PAST, When.PAST, When.NOW, When.NOW]


def test_numbers_have_no_life():
    trace = recorded("hooks")
    node = PassSteps(trace, 0).node(position_of(trace, "MulBackward0"))
    assert saved_count(trace, node) == 0
    assert lives(trace, node, Names(trace)) == ()


deeds = st.lists(st.sampled_from([Deed.USED, Deed.EDITED, Deed.FREED]), min_size=1, max_size=20)


@given(deeds, st.integers(3, 9), st.integers(0, 19))
def test_what_does_not_fit_is_one_mark_that_tells_how_many(many, most, now):
    moments = tuple(
        Moment(deed, f"step {k}", GoTo(), 0, When.NOW if k == now else When.PAST) for k, deed in enumerate(many)
    )
    shown = fitted(moments, most)
    left_out = [moment for moment in shown if moment.deed is Deed.MORE]
    assert len(shown) <= most
    assert (shown[0], shown[-1]) == (moments[0], moments[-1])
    if len(moments) <= most:
        assert shown == moments
    else:
        (more,) = left_out
        assert int(more.place.split()[0]) == len(moments) - len(shown) + 1
        order = [moments.index(moment) for moment in shown if moment.deed is not Deed.MORE]
        assert order == sorted(order)
        if most > 3 and now < len(moments):
            assert any(moment.when is When.NOW for moment in shown)


def test_packing_hooks_are_part_of_a_life():
    trace = record("""def twice(t):
    return t * 2
def half(t):
    return t / 2
x = torch.ones(3, requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(twice, half):
    y = x.exp().sum()
y.backward()""")
    (life,) = lives_at(trace, position_of(trace, "ExpBackward0"))
    assert [(moment.deed, moment.by) for moment in life.moments][:3] == [
        (Deed.SAVED, ""),
        (Deed.PACKED, "twice"),
        (Deed.UNPACKED, "half"),
    ]
    assert [moment.when for moment in life.moments][1:3] == [When.PAST, When.NOW]
