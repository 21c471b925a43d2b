import pytest

from engine.trace import Status
from tests.engine.programs import Recording
from tests.recorded import recorded
from tests.traces import seed_trace
from ui.naming import Names
from ui.step_panel.advice import OTHERWISE, advice_for
from ui.step_panel.failures import cell_failure, pass_failure
from ui.words import GoTo, plain


def failure_of(program):
    trace = recorded(program)
    return pass_failure(trace, len(trace.passes) - 1, Names(trace))


def lines(failure):
    return [plain(fact) for fact in failure.facts]


def test_an_edit_that_breaks_backward_shows_both_lines_and_what_to_do():
    failure = failure_of("edited")
    assert failure.title == "RuntimeError in ExpBackward0"
    assert "has been modified by an inplace operation" in failure.message
    assert lines(failure) == [
        "Failed at ExpBackward0 (y⁽¹⁾): x.exp(), made in In [1], line 2.",
        "ExpBackward0 saved result (y⁽¹⁾) at version 0 in In [1], line 2.",
        "add_ wrote over it in In [1], line 3: version 1.",
        "Called by y.sum().backward() in In [1], line 4.",
    ]
    assert "y = y + 1" in failure.advice
    ways = [word.goes for fact in failure.facts for word in fact if word.goes is not None]
    assert GoTo(source=0, line=2) in ways
    assert GoTo(source=0, line=3) in ways


def test_an_edit_under_no_grad_is_found_too():
    told = lines(failure_of("edited without grad"))
    assert "sub_ wrote over it in In [1], line 4: version 1." in told


def test_a_second_backward_tells_which_pass_freed_what():
    failure = failure_of("second backward")
    assert (
        "What ExpBackward0 had saved (x.exp()) was freed at step 2 of pass 1, y.backward() in In [1], line 3."
        in lines(failure)
    )
    assert "retain_graph=True" in failure.advice


def test_a_wrong_backward_of_a_custom_function_is_told_with_its_place():
    failure = failure_of("custom returns too many")
    assert failure.title == "RuntimeError in TwiceBackward"
    assert lines(failure)[0] == "Failed at TwiceBackward (Twice.apply(x)), made in In [1], line 11."
    assert failure.advice.startswith("backward must return one gradient per argument")


def test_a_failure_in_forward_code_is_told_with_the_operation():
    trace = recorded("forward fails")
    failure = cell_failure(trace, 0, Names(trace))
    assert failure.title == "RuntimeError in matmul"
    assert lines(failure) == ["Failed at matmul: c @ b, made in In [1], line 4."]
    assert "shapes" in failure.advice


def test_an_error_without_an_operation_is_told_by_its_line():
    recording = Recording()
    recording.run("x = torch.ones(2)\nraise ValueError('mine')")
    failure = cell_failure(recording.trace, 0, Names(recording.trace))
    assert (failure.title, failure.message) == ("ValueError", "mine")
    assert lines(failure) == ["Raised in In [1], line 2."]
    assert failure.advice == OTHERWISE


def test_what_ended_well_is_no_failure():
    trace = seed_trace()
    assert pass_failure(trace, 0, Names(trace)) is None
    assert cell_failure(trace, 0, Names(trace)) is None
    assert trace.row("cells", 0)["status"] == Status.OK


@pytest.mark.parametrize(
    ("message", "move"),
    [
        ("grad can be implicitly created only for scalar outputs", "y.sum().backward()"),
        ("element 0 of tensors does not require grad and does not have a grad_fn", "requires_grad=True"),
        ("One of the differentiated Tensors appears to not have been used in the graph.", "allow_unused=True"),
        ("a leaf Variable that requires grad is being used in an in-place operation.", "torch.no_grad()"),
        ("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)", "shapes"),
        ("The size of tensor a (3) must match the size of tensor b (4)", "shapes"),
        ("hook 'f' has changed the size of value", "same shape"),
        ("something else", "step back"),
    ],
)
def test_every_message_has_a_next_move(message, move):
    assert move in advice_for(message)


def test_a_backward_that_never_began_is_told_at_its_call():
    recording = Recording()
    recording.run("x = torch.ones(3, requires_grad=True)\ny = x * 2\ny.backward()")
    failure = cell_failure(recording.trace, 0, Names(recording.trace))
    assert failure.title == "RuntimeError in backward"
    assert lines(failure) == ["Failed at backward: y.backward(), made in In [1], line 3."]
    assert "y.sum().backward()" in failure.advice


def test_an_interrupted_pass_stopped_and_did_not_fail():
    recording = Recording()
    recording.run("""x = torch.ones(3, requires_grad=True)
y = x * 2
def stop(g):
    raise KeyboardInterrupt
y.register_hook(stop)
y.sum().backward()""")
    failure = pass_failure(recording.trace, 0, Names(recording.trace))
    assert failure.title == "Interrupted"
    assert lines(failure)[0] == "Stopped at MulBackward0 (y): x * 2, made in In [1], line 2."
    assert failure.advice == ""
