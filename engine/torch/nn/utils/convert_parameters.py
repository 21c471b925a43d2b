"""Parameters as one vector, and back."""

from collections.abc import Iterable
from typing import Any

from .... import torch as _torch
from ....optim.optimizer import type_name
from ....tensor import TENSORS

torch: Any = _torch


def parameters_to_vector(parameters: Iterable[Any]) -> Any:
    """All elements of the parameters, one after the other."""
    return torch.cat([parameter.view(-1) for parameter in parameters])


def vector_to_parameters(vec: Any, parameters: Iterable[Any]) -> None:
    """Let each parameter be its part of a vector, whose memory it then shares."""
    if type(vec) not in TENSORS:
        raise TypeError(f"expected torch.Tensor, but got: {type_name(vec)}")
    start = 0
    for parameter in parameters:
        count = parameter.numel()
        parameter.data = vec[start : start + count].view_as(parameter).data
        start += count
