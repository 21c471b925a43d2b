"""`torch.distributions` against what PyTorch printed."""

import pytest

from engine import torch
from tests.oracle import sessions

AREAS = ("distributions", "families", "transforms")
CASES = [(area, title) for area in AREAS for title in sessions.titles(area)]


@pytest.mark.parametrize(("area", "title"), CASES, ids=[f"{area}: {title}" for area, title in CASES])
def test_a_distribution_answers_as_pytorch_s(area, title):
    sessions.check(torch, area, title)


@pytest.mark.parametrize("shape", [0.05, 0.6, 3.0, 40.0, 900.0])
def test_the_gradient_of_a_gamma_number_keeps_the_probability_below_it(shape):
    torch.manual_seed(0)
    shapes = torch.full((50,), shape, dtype=torch.float64, requires_grad=True)
    drawn = torch._standard_gamma(shapes)
    (slope,) = torch.autograd.grad(drawn.sum(), shapes)
    x, step = drawn.detach(), 1e-4 * shape
    below = [torch.special.gammainc(shapes.detach() + k * step, x) for k in (-2, -1, 1, 2)]
    by_shape = (below[0] - 8 * below[1] + 8 * below[2] - below[3]) / (12 * step)
    density = torch.exp((shapes.detach() - 1) * x.log() - x - torch.lgamma(shapes.detach()))
    torch.testing.assert_close(slope, -by_shape / density, rtol=1e-5, atol=1e-12)


def test_the_gradient_of_a_dirichlet_number_agrees_with_that_of_gamma_numbers():
    """Of many samples: the mean of the first number's square is a known function of the concentrations."""
    torch.manual_seed(0)
    concentration = torch.tensor([0.7, 1.5, 3.0], dtype=torch.float64, requires_grad=True)
    drawn = torch.distributions.Dirichlet(concentration).rsample((20_000,))
    (found,) = torch.autograd.grad(drawn[:, 0].pow(2).mean(), concentration)
    total = concentration.sum()
    exact = concentration[0] * (concentration[0] + 1) / (total * (total + 1))
    (wanted,) = torch.autograd.grad(exact, concentration)
    torch.testing.assert_close(found, wanted, rtol=0.05, atol=2e-3)


def test_checks_can_be_turned_off():
    assert torch.distributions.Normal(0.0, -1.0, validate_args=False).scale.item() == -1.0
