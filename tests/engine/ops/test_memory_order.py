"""Results that PyTorch lays out row by row whatever the operands' order is, so that `view` takes them."""

import pytest

from engine import torch

X = torch.arange(12.0).reshape(3, 4)
PLAIN = [X, X.t(), X.reshape(3, 2, 2).transpose(0, 2)]
RESULTS = {
    "topk": lambda x: x.topk(2, dim=-1),
    "smallest": lambda x: x.topk(1, dim=1, largest=False),
    "cummax": lambda x: x.cummax(1),
    "gather": lambda x: (x.gather(1, torch.zeros_like(x, dtype=torch.int64)),),
    "roll": lambda x: (x.roll(1, 1),),
    "stack": lambda x: (torch.stack([x, x], 1), torch.stack([x, x], -1)),
    "multinomial": lambda x: (torch.multinomial(x.reshape(3, 4) + 1, 1), torch.multinomial(x.reshape(3, 4) + 1, 2)),
}


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("x", PLAIN, ids=["rows", "columns", "three dims"])
def test_a_result_can_be_viewed_as_one_row(name, x):
    for made in RESULTS[name](x):
        assert made.is_contiguous()
        assert made.view(-1).shape == (made.numel(),)
