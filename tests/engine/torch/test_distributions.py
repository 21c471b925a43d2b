"""`torch.distributions` against what PyTorch printed."""

import pytest

from engine import torch
from tests.oracle import sessions


@pytest.mark.parametrize("title", sessions.titles("distributions"))
def test_a_distribution_answers_as_pytorch_s(title):
    sessions.check(torch, "distributions", title)


def test_a_distribution_that_is_missing_says_so():
    with pytest.raises(NotImplementedError, match=r"torch\.distributions\.Gamma is not supported"):
        _ = torch.distributions.Gamma


def test_checks_can_be_turned_off():
    assert torch.distributions.Normal(0.0, -1.0, validate_args=False).scale.item() == -1.0
