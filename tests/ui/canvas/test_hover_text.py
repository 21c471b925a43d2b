from engine.trace import NONE
from tests.tapes import flags_trace, mlp_trace
from tests.traces import seed_trace
from ui.canvas.hover_text import describe, statistics
from ui.stepping import PassSteps


def card(trace, node, position=None):
    steps = PassSteps(trace, 0) if position is not None else None
    found = describe(trace, node, steps, position or 0)
    return found.title, dict(found.rows)


def test_a_tensor_tells_name_maker_shape_value_and_line():
    title, rows = card(seed_trace(), 5)
    assert title == "y"
    assert rows["by"] == "AddBackward0"
    assert rows["shape"] == "(2, 2) float32"
    assert rows["value"] == "3 everywhere"
    assert rows["line"] == "3 of cell 1: y = x + 2"


def test_the_gradient_is_told_as_far_as_it_has_come():
    trace = seed_trace()
    assert card(trace, 5, 0)[1]["gradient"] == "2 of 2 not arrived yet"
    assert card(trace, 5, 3)[1]["gradient"] == "4.5 everywhere"
    assert card(trace, 6, 3)[1]["gradient"] == "0.75 everywhere"
    assert "gradient" not in card(trace, 5)[1]
    assert "gradient" not in card(trace, 3, 3)[1]


def test_accumulate_grad_tells_where_it_adds():
    assert card(seed_trace(), 1)[1]["adds to"] == "x.grad"
    assert card(seed_trace(), 2)[0] == "x.grad"


def test_a_broken_array_tells_how_many_elements_are():
    trace = mlp_trace(broken=True)
    broken = [h for h in range(len(trace.arrays)) if trace.arrays.nans[h]]
    assert statistics(trace, broken[0]).endswith("1 NaN")


def test_every_node_of_every_kind_can_be_described():
    for make in (seed_trace, mlp_trace, flags_trace):
        trace = make()
        for node in range(len(trace.nodes)):
            title, rows = card(trace, node, 2 if len(trace.passes) else None)
            assert title
            assert all(isinstance(value, str) for value in rows.values())


def test_flags_are_told_in_words():
    trace = flags_trace()
    words = " ".join(card(trace, node)[1].get("is", "") for node in range(len(trace.nodes)))
    for word in ("parameter", "view", "written in place", "retains grad"):
        assert word in words
    assert NONE == -1
