import numpy as np

from engine.trace import NONE, NodeKind
from tests.engine.programs import record
from tests.traces import chain_trace, linear_trace, seed_trace
from ui.inspector.findings import findings
from ui.inspector.subject import gradient_norms, gradient_of, neighbours, saved_items, statistics, value_of
from ui.naming import Names
from ui.stepping import PassSteps


def node(trace, label="", kind=NodeKind.TENSOR):
    names = Names(trace)
    mine = [n for n in range(len(trace.nodes)) if trace.nodes.kind[n] == kind]
    return next(n for n in mine if label in (trace.node(n).label, names.title(n)))


def gradient(trace, which, position, pass_id=0):
    return gradient_of(trace, PassSteps(trace, pass_id), position, which, Names(trace))


def test_the_gradient_of_a_tensor_is_the_sum_that_arrived_at_its_function():
    trace = seed_trace()
    y = node(trace, "y")
    assert gradient(trace, y, 2).sentence == "Not yet: arrives at step 3. 0 of 2 gradients are here."
    assert gradient(trace, y, 2).handle == NONE
    for position in (3, 4, 5):
        assert trace.values[gradient(trace, y, position).handle].tolist() == [[4.5, 4.5], [4.5, 4.5]]


def test_the_gradient_of_the_root_is_there_from_the_seed_on():
    trace = seed_trace()
    assert trace.values[gradient(trace, node(trace, "out"), 0).handle] == 1


def test_the_gradient_of_a_leaf_is_written_by_its_accumulate_grad():
    trace = seed_trace()
    x = node(trace, "x")
    assert gradient(trace, x, 4).sentence == "Not yet: x.grad is written at step 5."
    assert trace.values[gradient(trace, x, 5).handle].max() == 4.5


def test_before_it_is_added_to_a_leafs_grad_is_the_earlier_one():
    trace = linear_trace()
    b = node(trace, "b")
    before, after = gradient(trace, b, 3, 1), gradient(trace, b, 4, 1)
    assert before.sentence == "b.grad from before this pass; step 4 adds to it."
    assert (2 * trace.values[before.handle] == trace.values[after.handle]).all()


def test_what_has_no_gradient_says_why():
    trace = linear_trace()
    assert gradient(trace, node(trace, "x"), 3).sentence.startswith("x does not require grad")
    seed = seed_trace()
    assert gradient(seed, node(seed, "3", NodeKind.CONSTANT), 3).sentence == "A Python number has no gradient."
    apart = record("x = torch.ones(2, requires_grad=True)\ny = x * 2\nz = x * 3\nz.sum().backward()")
    assert gradient(apart, node(apart, "y"), 2).sentence == "No gradient comes here in this pass."
    assert gradient_of(seed, None, 0, node(seed, "y"), Names(seed)).sentence.startswith("No backward pass yet")


def test_the_gradient_of_one_output_of_several_is_its_own():
    trace = record("x = torch.arange(4.).requires_grad_()\na, b = x.chunk(2)\n(a * 2 + b * 5).sum().backward()")
    last = PassSteps(trace, 0).count
    assert trace.values[gradient(trace, node(trace, "a"), last).handle].tolist() == [2, 2]
    assert trace.values[gradient(trace, node(trace, "b"), last).handle].tolist() == [5, 5]


def test_every_gradient_of_the_window_is_the_engines():
    trace = record(
        "x = torch.arange(1., 5.).requires_grad_()\n"
        "y = x * x\ny.retain_grad()\nz = y.sum() * y.mean()\nz.backward()\ngy, gx = y.grad * 1, x.grad * 1"
    )
    last = PassSteps(trace, 0).count
    for name in ("x", "y"):
        shown = trace.values[gradient(trace, node(trace, name), last).handle]
        engine = trace.values[trace.node(node(trace, f"g{name}")).value]
        assert np.array_equal(shown, engine)


def test_the_value_of_a_function_is_what_it_made():
    trace = seed_trace()
    names = Names(trace)
    shown = value_of(trace, None, 0, node(trace, "y * y", NodeKind.FUNCTION), names)
    assert trace.values[shown.handle].max() == 9
    assert shown.sentence == "The value of y * y, which it made."
    assert value_of(trace, None, 0, node(trace, "3", NodeKind.CONSTANT), names).sentence == "The Python number 3."


def test_saved_tensors_are_listed_by_name_and_their_savers_by_tensor():
    trace = seed_trace()
    names = Names(trace)
    square = node(trace, "y * y", NodeKind.FUNCTION)
    assert [item.title for item in saved_items(trace, square, names)] == ["self: y, version 0", "other: y, version 0"]
    (saver,) = saved_items(trace, node(trace, "y"), names)
    assert saver.title == "by MulBackward0 (y * y) as self and other"
    (factor,) = saved_items(trace, node(trace, "y * y * 3", NodeKind.FUNCTION), names)
    assert factor.shown.sentence == "other is the number 3."


def test_statistics_and_neighbours_read_as_in_the_picture():
    trace = seed_trace()
    y = node(trace, "y")
    facts = {fact.label: fact.text for fact in statistics(trace, gradient(trace, y, 5).handle)}
    assert facts["shape"] == "(2, 2)  float32"
    assert facts["norm"] == "9"
    assert facts["mean ± std"] == "4.5 ± 0"
    assert facts["zeros / non-finite"] == "0 / 0"
    around = {fact.label: (fact.links, fact.text) for fact in neighbours(trace, y, Names(trace))}
    assert around["producer"][0][0][0] == "AddBackward0"
    assert around["consumers"][0] == (("MulBackward0 (slots 0, 1)", node(trace, "y * y", NodeKind.FUNCTION)),)


def test_the_norm_over_steps_starts_at_the_seed():
    trace = seed_trace()
    assert gradient_norms(trace, PassSteps(trace, 0)).tolist() == [1, 1, 0.5, 1.5, 9, 9]
    assert np.isnan(gradient_norms(linear_trace(poison=True), PassSteps(linear_trace(poison=True), 0))[3:]).all()


def found(trace, which, position, pass_id=0):
    return [f.text for f in findings(trace, PassSteps(trace, pass_id), position, which, Names(trace))]


def test_a_sum_of_two_gradients_is_a_finding_once_both_are_there():
    trace = seed_trace()
    y = node(trace, "y")
    assert found(trace, y, 2) == []
    assert found(trace, y, 3) == ["Gradient arrives twice at y (y * y): 2.25 + 2.25."]


def test_accumulation_over_an_earlier_value_is_a_finding():
    trace = linear_trace()
    w = node(trace, "w")
    assert found(trace, w, 6, 0) == []
    assert found(trace, w, 6, 1) == ["w.grad accumulated over an earlier value (and 1 more leaf). Forgot zero_grad()?"]


def test_the_birth_of_a_non_finite_gradient_is_the_gravest_finding():
    trace = linear_trace(poison=True)
    steps = PassSteps(trace, 1)
    first = findings(trace, steps, 0, node(trace, "w"), Names(trace))[0]
    assert first.serious
    assert (first.node, first.position) == (steps.node(2), 2)
    assert first.text == "The gradient has Inf here first: MulBackward0 (a * a), step 2."


def test_a_healthy_pass_has_no_findings():
    trace = chain_trace(5)
    assert found(trace, node(trace, "x"), 6) == []
    assert findings(trace, None, 0, 0, Names(trace)) == []


def test_a_gradient_that_came_to_no_leaf_says_why_grad_is_none_and_how_to_keep_it():
    code = "x = torch.ones(2, requires_grad=True)\nh = x * 2\nk = h * 3\nk.retain_grad()\nk.sum().backward()"
    trace = record(code)
    told = gradient(trace, node(trace, "h"), 3)
    assert trace.values[told.handle].tolist() == [3, 3]
    assert told.sentence == "h.grad stays None: only leaves keep theirs. h.retain_grad() before the pass keeps it."
    assert gradient(trace, node(trace, "k"), 3).sentence == ""
    assert gradient(trace, node(trace, "k.sum()"), 3).sentence.startswith("Not kept in .grad")
    assert gradient(trace, node(trace, "x"), 4).sentence == ""
