"""as_strided and as_strided_scatter where their gradients are PyTorch's own rather than the slope."""

import numpy as np

from engine import torch


def test_as_strided_scatter_gives_the_tensor_what_pytorch_gives_it():
    x = torch.zeros(2, 3, requires_grad=True)
    src = torch.ones(2, requires_grad=True)
    made = x.as_strided_scatter(src, (2,), (2,), 1)
    made.backward(torch.arange(6.0).reshape(2, 3))

    assert made.tolist() == [[0, 1, 0], [1, 0, 0]]
    assert src.grad.tolist() == [1, 3]
    assert x.grad.tolist() == [[0, 1, 0], [3, 0, 0]]


def test_what_as_strided_reads_outside_its_tensor_gets_no_gradient():
    x = torch.arange(6.0, requires_grad=True).reshape(2, 3)
    seen = x[1].as_strided((2,), (1,), 0)

    assert seen.tolist() == [0, 1]
    assert torch.autograd.grad(seen.sum(), x)[0].tolist() == np.zeros((2, 3)).tolist()
