import numpy as np
import pytest

from engine.trace import EventKind
from tests.engine.programs import record
from tests.recorded import position_of, recorded
from ui.naming import Names
from ui.step_panel.layers import layer_of, layer_words
from ui.stepping import PassSteps
from ui.words import plain


def layers(trace, pass_id):
    steps = PassSteps(trace, pass_id)
    return [layer_of(trace, steps.node(k)) for k in range(1, steps.count + 1)]


def test_nodes_of_a_second_layer_name_the_node_that_they_differentiate():
    trace = recorded("double backward")
    power = position_of(trace, "PowBackward0", 1)
    sentence = layer_words(trace, PassSteps(trace, 1).node(power), Names(trace))
    assert plain(sentence) == "Made by step 2 of pass 1, as part of the gradient of PowBackward0 (x**3)."
    differentiated = sentence[-2].goes.node
    assert trace.node(differentiated).label == "x**3"


def test_what_the_program_made_itself_belongs_to_no_layer():
    trace = recorded("double backward")
    assert layers(trace, 0) == [None, None]
    assert layers(trace, 1) == [None, (0, 2), (0, 2), (0, 2), None]


def test_a_penalty_on_the_gradient_goes_back_through_each_first_order_step():
    trace = recorded("penalty")
    found = [layer for layer in layers(trace, 1) if layer is not None]
    assert set(found) == {(0, 2), (0, 3)}
    assert layer_words(trace, PassSteps(trace, 1).node(1), Names(trace)) == ()


@pytest.mark.parametrize("program", ["hooks", "retained", "rnn"])
def test_passes_without_create_graph_make_no_layer(program):
    trace = recorded(program)
    assert set(layers(trace, 0)) == {None}


def test_a_layer_made_inside_a_step_of_another_one_belongs_to_its_own_pass():
    code = """x = torch.tensor([1., 2.], requires_grad=True)
class Inner(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 2

    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        before = g * 3
        with torch.enable_grad():
            slope, = torch.autograd.grad((x ** 2).sum(), x, create_graph=True)
        return before * slope

torch.autograd.grad(Inner.apply(x).sum(), x, create_graph=True)[0].sum().backward()"""
    trace = record(code)
    events = trace.events
    rows = np.flatnonzero(events.kind == EventKind.LAYER)
    made = {(int(events.pass_[r]), int(events.step[r]), trace.node(int(events.node[r])).op) for r in rows}
    assert (0, 2, "MulBackward0") in made
    assert (1, 2, "PowBackward0") in made
    assert len({int(events.node[r]) for r in rows}) == len(rows)
