from tests.engine.programs import record
from tests.recorded import position_of, recorded
from ui.step_panel.custom_function import MOST_LINES, custom_code
from ui.stepping import PassSteps
from ui.words import GoTo


def code_of(trace, op):
    return custom_code(trace, PassSteps(trace, 0).node(position_of(trace, op)))


def test_the_lines_of_backward_are_shown_without_their_indentation():
    code = code_of(recorded("custom"), "CubeBackward")
    assert code.lines == (
        "@staticmethod",
        "def backward(ctx, g):",
        "    x, = ctx.saved_tensors",
        "    return g * 2 * x  # wrong: 3 x ** 2",
    )
    assert (code.first, code.hidden, code.place.goes) == (7, 0, GoTo(source=0, line=7))


def test_operations_of_the_engine_have_no_code_of_their_own():
    assert code_of(recorded("custom"), "SumBackward0") is None


def test_a_long_backward_is_cut_with_the_number_of_lines_left():
    body = "".join(f"        g = g + {i}\n" for i in range(100))
    start = "class F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n        return x * 1\n"
    source = f"{start}    @staticmethod\n    def backward(ctx, g):\n{body}        return g\n"
    trace = record(f"{source}x = torch.ones(2, requires_grad=True)\nF.apply(x).sum().backward()")
    code = code_of(trace, "FBackward")
    assert len(code.lines) == MOST_LINES
    assert code.hidden == 103 - MOST_LINES
