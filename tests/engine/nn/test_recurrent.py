"""The one-node LSTM layer, which only runs in single precision, checked in double; sequences padded to one tensor."""

import numpy as np
import pytest

from engine import torch
from engine.ops.table import CALLS, TABLE
from tests.oracle import sessions

OPTIONS = ((), 2, 2, 1, True, False, False, True)


def operands(steps=3, items=2, width=3, hidden=2):
    random = np.random.RandomState(0)
    shapes = ((steps, items, width), (4 * hidden, width), (4 * hidden, hidden), (4 * hidden,), (4 * hidden,))
    shapes += ((items, hidden), (items, hidden))
    return tuple(torch.tensor(random.uniform(-1, 1, shape), requires_grad=True) for shape in shapes)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("check", ["gradcheck", "gradgradcheck"])
def test_the_gradients_of_an_lstm_layer_are_slopes(check, reverse):
    def layer(*given):
        return CALLS["mkldnn_rnn_layer"](given, (reverse, *OPTIONS))[:3]

    assert getattr(torch.autograd, check)(layer, operands(), fast_mode=True)


def test_one_gradient_of_an_lstm_layer_is_what_all_together_are():
    given = operands()
    whole = sum(x.sum() for x in CALLS["mkldnn_rnn_layer"](given, (False, *OPTIONS))[:3])
    together = torch.autograd.grad(whole, given)
    for place, tensor in enumerate(given):
        alone = [each if each is tensor else each.detach() for each in given]
        outputs = CALLS["mkldnn_rnn_layer"](tuple(alone), (False, *OPTIONS))[:3]
        (found,) = torch.autograd.grad(sum(x.sum() for x in outputs), [tensor])
        np.testing.assert_allclose(found.numpy(), together[place].numpy())


def test_the_layer_gives_the_numbers_of_the_cells_step_by_step():
    lstm = torch.nn.LSTM(3, 2)
    x = torch.randn(4, 2, 3)
    output, (h, c) = lstm(x)
    exact, (exact_h, exact_c) = lstm.double()(x.double())
    assert output.grad_fn.name() == "MkldnnRnnLayerBackward0"
    assert exact.grad_fn.name() == "StackBackward0"
    for found, wanted in ((output, exact), (h, exact_h), (c, exact_c)):
        np.testing.assert_allclose(found.detach().numpy(), wanted.detach().numpy(), atol=1e-6)


def test_a_tangent_goes_through_the_layer():
    given = operands()
    tangents = [torch.randn(each.shape, dtype=torch.float64) for each in given]

    def layer(*tensors):
        return CALLS["mkldnn_rnn_layer"](tensors, (False, *OPTIONS))[0]

    _, found = torch.func.jvp(layer, tuple(each.detach() for each in given), tuple(tangents))
    step = 1e-6
    moved = [
        layer(*[each.detach() + sign * step * tangent for each, tangent in zip(given, tangents, strict=True)])
        for sign in (1, -1)
    ]
    np.testing.assert_allclose(found.numpy(), (moved[0] - moved[1]).numpy() / (2 * step), atol=1e-6)


def test_the_row_says_in_its_text_which_gradient_is_whose():
    texts = [gradient.text for gradient in TABLE["mkldnn_rnn_layer"].gradients]
    assert [text[-3:] for text in texts] == [f"[{place}]" for place in range(7)]


def test_sequences_are_padded_to_one_tensor():
    pad = torch.nn.utils.rnn.pad_sequence
    first, second = torch.ones(2, requires_grad=True), torch.full((3,), 2.0, requires_grad=True)
    made = pad([first, second], batch_first=True, padding_value=-1)
    assert made.tolist() == [[1, 1, -1], [2, 2, 2]]
    assert pad([first, second]).shape == (3, 2)
    assert pad([first, second], True, 0.0, "left").tolist() == [[0, 1, 1], [2, 2, 2]]
    made.sum().backward()
    assert first.grad.tolist() == [1, 1]
    back = torch.nn.utils.rnn.unpad_sequence(pad([first, second]), torch.tensor([2, 3]))
    assert [each.tolist() for each in back] == [[1, 1], [2, 2, 2]]


@pytest.mark.parametrize("title", sessions.titles("packed"))
def test_packed_sequences_run_as_in_pytorch(title):
    sessions.check(torch, "packed", title)
