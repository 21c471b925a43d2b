"""What PyTorch does at the edges of an operation, where a formula alone says something else: run through both."""

import warnings

import numpy as np
import pytest

from engine import torch

real = pytest.importorskip("torch")
pytestmark = pytest.mark.torch


def var_of_nothing(module):
    nothing = module.empty(0, 3)
    return nothing.var(correction=-1), nothing.std(0, correction=-2), module.std_mean(nothing, 1, correction=-1)[0]


def spread_gradients(module, dim, correction):
    x = module.arange(6.0).reshape(2, 3).requires_grad_()
    made = [x.var(dim, correction=correction), x.std(dim, correction=correction)]
    made += [module.var_mean(x, dim, correction=correction)[0], module.std_mean(x, dim, correction=correction)[0]]
    return [module.autograd.grad(each.sum(), x)[0] for each in made]


def product_of_one_element(module):
    column = module.tensor([[float("nan"), 1.0], [float("inf"), 1.0], [1.0, 1.0]])[:, :1]
    zero = module.zeros(1, 1)
    return column @ zero[0], column @ zero, zero @ column.t(), module.addmm(zero, column, zero), zero[0] @ column.t()


def distance_of_integers(module):
    one, other = module.tensor([[1, 2]], dtype=module.uint8), module.tensor([[3, 2]], dtype=module.uint8)
    distance = module.nn.functional.pairwise_distance
    return distance(one, other, eps=1), distance(one.long(), other.long(), 1, 1)


def ctc_with_blank_among_the_labels(module):
    x = module.linspace(-1, 1, 24).reshape(4, 2, 3).requires_grad_()
    labels, lengths = module.tensor([[0, 1], [2, 0]]), module.tensor([2, 2])
    loss = module.nn.functional.ctc_loss(x.log_softmax(-1), labels, module.tensor([4, 4]), lengths)
    return loss, *module.autograd.grad(loss, x)


CASES = [
    var_of_nothing,
    *(
        lambda module, dim=dim, correction=correction: spread_gradients(module, dim, correction)
        for dim, correction in (([], 1), ([], 0), (0, 2), (0, 5), (None, 6))
    ),
    product_of_one_element,
    distance_of_integers,
    ctc_with_blank_among_the_labels,
]


@pytest.mark.parametrize("case", CASES)
def test_an_edge_is_as_in_pytorch(case):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours, theirs = case(torch), case(real)

    for one, other in zip(ours, theirs, strict=True):
        assert str(one.dtype) == str(other.dtype)
        np.testing.assert_allclose(one.detach().numpy(), other.detach().numpy(), rtol=1e-6, atol=1e-7)
