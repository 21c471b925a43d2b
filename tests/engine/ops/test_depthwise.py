"""Convolutions in which each channel has a kernel of its own take a quicker way to the same gradients."""

import numpy as np
import pytest

from engine import torch
from engine.torch.nn import functional

CASES = {
    "line": ((2, 3, 9), (3,), {"padding": 1}),
    "line, dilated": ((2, 3, 9), (3,), {"dilation": 2}),
    "image": ((3, 4, 6, 5), (3, 2), {"padding": (1, 0)}),
    "image, dilated": ((2, 3, 8, 9), (3, 3), {"padding": 2, "dilation": (2, 1)}),
    "image of one sample": ((1, 5, 4, 4), (1, 4), {}),
    "volume": ((2, 2, 4, 5, 3), (2, 3, 1), {"padding": (0, 1, 1)}),
    "steps of two": ((2, 3, 7, 7), (3, 3), {"stride": 2}),
}


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_channels_with_kernels_of_their_own_have_the_gradients_of_one_channel_at_a_time(case, transposed):
    shape, kernel, options = CASES[case]
    dims = len(kernel)
    function = getattr(functional, f"conv{'_transpose' if transposed else ''}{dims}d")
    generator = np.random.default_rng(3)
    x = torch.from_numpy(generator.standard_normal(shape)).requires_grad_()
    weight = torch.from_numpy(generator.standard_normal((shape[1], 1, *kernel))).requires_grad_()
    together = function(x, weight, groups=shape[1], **options)
    apart = torch.cat([function(x[:, at : at + 1], weight[at : at + 1], **options) for at in range(shape[1])], 1)
    factors = torch.from_numpy(generator.standard_normal(tuple(apart.shape)))
    found = torch.autograd.grad((together * factors).sum(), (x, weight))
    expected = torch.autograd.grad((apart * factors).sum(), (x, weight))
    for one, other in zip((together, *found), (apart, *expected), strict=True):
        np.testing.assert_allclose(one.detach().numpy(), other.detach().numpy(), rtol=1e-12, atol=1e-12)


def test_no_samples_give_empty_gradients():
    x, weight = torch.ones(0, 3, 5, 5, requires_grad=True), torch.ones(3, 1, 3, 3, requires_grad=True)
    functional.conv2d(x, weight, groups=3).sum().backward()
    assert x.grad.shape == (0, 3, 5, 5)
    assert weight.grad.tolist() == torch.zeros(3, 1, 3, 3).tolist()
