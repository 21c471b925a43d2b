"""The determinant of matrices of one element, which is that element, as PyTorch has it."""

import math

import pytest

from engine import torch


@pytest.mark.parametrize("value", [3.0, 0.0, -0.0, math.inf])
def test_the_determinant_of_one_element_is_that_element_and_its_gradient_one(value: float) -> None:
    matrix = torch.full((2, 1, 1), value, requires_grad=True)
    made = torch.linalg.det(matrix)
    (gradient,) = torch.autograd.grad(made.sum(), matrix, create_graph=True)
    assert [math.copysign(1, each) for each in made.tolist()] == [math.copysign(1, value)] * 2
    assert made.tolist() == [value, value]
    assert gradient.tolist() == [[[1.0]], [[1.0]]]
    assert not gradient.requires_grad
