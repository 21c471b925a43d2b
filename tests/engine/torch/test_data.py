"""`torch.utils.data` against what PyTorch printed."""

import pytest

from engine import torch
from tests.oracle import sessions


@pytest.mark.parametrize("title", sessions.titles("data"))
def test_data_is_batched_as_by_pytorch(title):
    sessions.check(torch, "data", title)


def test_workers_are_not_started_and_that_is_said():
    loader = torch.utils.data.DataLoader(range(4), batch_size=2, num_workers=2)
    with pytest.warns(UserWarning, match="its own process"):
        assert [batch.tolist() for batch in loader] == [[0, 1], [2, 3]]
