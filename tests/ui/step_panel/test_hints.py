import pytest

from tests.engine.programs import record
from tests.recorded import position_of, recorded
from ui.naming import Names
from ui.step_panel.facts import gather
from ui.stepping import PassSteps
from ui.words import plain


def facts(trace, position, pass_id=0):
    return gather(trace, PassSteps(trace, pass_id), position, Names(trace))


def test_the_step_that_makes_the_first_nan_names_the_operand_that_brings_it():
    trace = recorded("log of zero")
    hints = [plain(facts(trace, k).hint) for k in range(5)]
    assert hints == [
        "",
        "",
        "What arrived is finite, what is sent is not: 1 Inf over slot 0. Its operand torch.log(x) holds 1 Inf.",
        "What arrived is finite, what is sent is not: 1 NaN over slot 0. Its operand x holds 1 zero.",
        "",
    ]


@pytest.mark.parametrize("program", ["hooks", "custom", "rnn", "double backward"])
def test_finite_gradients_are_not_warned_about(program):
    trace = recorded(program)
    assert not any(plain(facts(trace, k).hint) for k in range(PassSteps(trace, 0).count + 1))


def test_accumulation_over_an_earlier_gradient_names_the_pass_that_left_it():
    trace = recorded("retained")
    hint = plain(facts(trace, position_of(trace, "AccumulateGrad", 1), 1).hint)
    assert hint.startswith("x.grad held the gradient that step 3 of pass 1, y.backward(retain_graph=True) in In [1]")
    assert "zero_grad" in hint
    assert facts(trace, position_of(trace, "AccumulateGrad", 0), 0).hint == ()


def test_a_pass_through_a_created_graph_says_who_created_it():
    assert plain(facts(recorded("double backward"), 0, 1).reason) == (
        "The pass starts here, at g.sum(). It goes through the graph that pass 1 created."
    )


def test_a_pass_inside_a_step_says_where_it_began():
    code = """x = torch.tensor([1., 2.], requires_grad=True)
class Inner(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        with torch.enable_grad():
            y = torch.ones(2, requires_grad=True)
            (y * 3).sum().backward()
        return g * 2

Inner.apply(x).sum().backward()"""
    assert "It began inside a step of pass 1." in plain(facts(record(code), 0, 1).reason)


def test_passes_of_one_call_name_the_first():
    trace = record("torch.autograd.functional.jacobian(lambda v: v * v, torch.ones(2))")
    assert "jacobian needed several passes; pass 1 is its first." in plain(facts(trace, 0, 1).reason)
    assert "several passes" not in plain(facts(trace, 0, 0).reason)


def test_a_checkpointed_part_that_ran_again_is_told():
    code = """x = torch.ones(3, requires_grad=True)
def block(v):
    return (v * 2).exp()
torch.utils.checkpoint.checkpoint(block, x, use_reentrant=False).sum().backward()"""
    trace = record(code)
    again = plain(facts(trace, position_of(trace, "ExpBackward0")).again)
    assert again.startswith("The checkpointed block (In [1], line 3) was computed again for this step: ")
