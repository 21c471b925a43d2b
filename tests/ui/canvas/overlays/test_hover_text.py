from engine.trace import NONE
from tests.engine.programs import record
from tests.tapes import flags_trace, mlp_trace
from tests.traces import seed_trace
from ui.canvas.overlays.hover_text import describe, statistics
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


def test_a_function_tells_its_operands_and_what_has_gone_back_to_each():
    trace = seed_trace()
    y_times_y = next(n for n in range(len(trace.nodes)) if trace.node(n).label == "y * y")
    assert card(trace, y_times_y, 1)[1]["self"] == "y"
    after = card(trace, y_times_y, 3)[1]
    assert (after["self"], after["other"]) == ("y, gradient 2.25", "y, gradient 2.25")
    assert "self" not in card(trace, next(n for n in range(len(trace.nodes)) if trace.node(n).op == "MeanBackward0"))[1]


def test_what_no_function_made_tells_its_expression():
    trace = record("x = torch.ones(3, requires_grad=True)\nm = (x >\n     0.5)\nd = x.detach()")
    names = {trace.node(n).label: n for n in range(len(trace.nodes))}
    assert card(trace, names["m"])[1]["made as"] == "x > 0.5"
    assert card(trace, names["d"])[1]["made as"] == "x.detach()"
