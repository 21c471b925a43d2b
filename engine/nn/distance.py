"""Distances between vectors."""

from typing import Any

from ..ops.neural.loss import distance
from ..tensor import Tensor
from .module import Module


class PairwiseDistance(Module):
    """The p-norm of the difference of two vectors."""

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm = p
        self.eps = eps
        self.keepdim = keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Any:
        """See Module."""
        return distance.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)


class CosineSimilarity(Module):
    """The cosine of the angle between vectors along `dim`."""

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim = dim
        self.eps = eps

    def forward(self, x1: Tensor, x2: Tensor) -> Any:
        """See Module."""
        return distance.cosine_similarity(x1, x2, self.dim, self.eps)


for _layer in (
    PairwiseDistance,
    CosineSimilarity,
):
    _layer.__module__ = "torch.nn.modules.distance"
