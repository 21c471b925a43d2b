from tests.engine.programs import Recording
from tests.recorded import recorded
from tests.traces import seed_trace
from ui.naming import Names
from ui.saved_life.life import When
from ui.step_panel.forward import gather_forward
from ui.step_panel.forward_lines import expression_lines, operand_lines
from ui.stepping import ForwardSteps, Place
from ui.values import short
from ui.words import plain


def facts(trace, at):
    return gather_forward(trace, ForwardSteps(trace, 0), at, Names(trace))


def lines(trace, at):
    def lookup(handle):
        return short(trace.array(handle), trace.values.get(handle))

    shown = facts(trace, at)
    return [line.plain() for line in (*expression_lines(shown), *operand_lines(shown, lookup))]


def test_an_operation_shows_its_expression_operands_and_result():
    assert lines(seed_trace(), 1) == [
        "y = x + 2",
        "self x = 1 (2, 2)",
        "other 2",
        "result y = 3 (2, 2)",
    ]


def test_an_operation_inside_a_layer_is_written_as_itself_not_as_the_call_of_the_layer():
    recording = Recording()
    recording.run("""torch.manual_seed(0)
net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU())
x = torch.ones(2, 3)
h = torch.tanh(net(x)) * 2""")
    first = [expression_lines(facts(recording.trace, at))[0].plain() for at in range(1, 6)]
    assert first[0] == "t(net.0.weight) = T(net.0.weight)"
    assert first[1] == "net.0(…) = Addmm(net.0.bias, x, t(net.0.weight))"
    assert first[2] == "net(x) = Relu(net.0(…))"
    assert first[3:] == ["tanh net(x)", "h = tanh net(x) · 2"]  # these are all that their code called for


def test_what_was_saved_for_backward_is_seen_from_the_forward_pass():
    shown = facts(seed_trace(), 2)
    assert [life.name for life in shown.lives] == ["self", "other"]
    assert {moment.when for life in shown.lives for moment in life.moments[1:]} == {When.LATER}


def test_the_newest_operand_is_named_with_the_step_that_made_it():
    assert plain(facts(seed_trace(), 2).reason) == (
        "The program runs operations in the order of its code; the newest operand, y, was made at step 1."
    )
    assert plain(facts(seed_trace(), 1).reason).endswith("all its operands were there before.")


def test_before_the_first_operation_it_says_how_many_there_are():
    shown = facts(seed_trace(), 0)
    assert (shown.node, plain(shown.reason)) == (-1, "Before the first of 4 operations.")


def test_results_appear_one_by_one_at_the_finest_grain():
    trace = recorded("two outputs")
    assert facts(trace, Place(1, 1, 0)).results == ()
    assert len(facts(trace, Place(1, 1, 1)).results) == 1
    assert len(facts(trace, 1).results) == 2


def test_a_failed_operation_shows_its_operands_and_why():
    shown = facts(recorded("forward fails"), 2)
    assert shown.failure.title == "RuntimeError in matmul"
    assert [(taken.name, taken.operand.shape) for taken in shown.taken] == [("self", (2, 3)), ("other", (2, 3))]
    assert shown.results == ()


def test_several_operations_of_a_line_are_listed():
    shown = facts(seed_trace(), Place(2, 3))
    assert [position for position, _ in shown.run] == [2, 3]
