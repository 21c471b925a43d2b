"""`torch.testing.assert_close` against what PyTorch printed."""

import pytest

from engine import torch
from tests.oracle import sessions


@pytest.mark.parametrize("title", sessions.titles("testing"))
def test_differences_are_told_in_pytorch_s_words(title):
    sessions.check(torch, "testing", title)


def test_containers_as_deep_as_somebody_likes_are_compared():
    one, other = [torch.ones(1)], [torch.zeros(1)]
    for _ in range(5000):
        one, other = [one], [other]
    with pytest.raises(AssertionError, match=r"The failure occurred for item \[0\]\[0\]"):
        torch.testing.assert_close(one, other)
