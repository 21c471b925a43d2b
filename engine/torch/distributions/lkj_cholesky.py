"""The LKJ distribution of correlation matrices, as Cholesky factors."""

import math
from typing import Any, ClassVar

from ... import torch as _torch
from ...types.size import Size
from . import constraints
from .beta import Beta
from .distribution import NONE, Distribution

torch: Any = _torch


class LKJCholesky(Distribution):
    """Factors of correlation matrices of density det ** (concentration - 1) (Lewandowski, Kurowicka and Joe, 2009)."""

    arg_constraints: ClassVar[Any] = {"concentration": constraints.positive}
    support = constraints.corr_cholesky
    concentration: Any

    def __init__(self, dim: int, concentration: Any = 1.0, validate_args: bool | None = None) -> None:
        if dim < 2:
            raise ValueError(f"Expected dim to be an integer greater than or equal to 2. Found dim={dim}.")
        self.dim = dim
        self._broadcast(concentration=concentration)
        places = torch.arange(dim - 1, dtype=self.concentration.dtype)
        places = torch.cat([places.new_zeros((1,)), places])
        marginal = self.concentration + 0.5 * (dim - 2)
        self._beta = Beta(places + 0.5, marginal.unsqueeze(-1) - 0.5 * places)
        super().__init__(self.concentration.size(), (dim, dim), validate_args)

    def _expanded_part(self, name: str, part: Any, shape: Size) -> Any:
        return part.expand((*shape, self.dim))

    def sample(self, sample_shape: Any = NONE) -> Any:
        """By the onion method: each row a direction, and how far it goes."""
        reach = self._beta.sample(sample_shape).unsqueeze(-1)
        drawn = torch.randn(self._extended_shape(sample_shape), dtype=reach.dtype).tril(-1)
        direction = drawn / drawn.norm(dim=-1, keepdim=True)
        direction[..., 0, :].fill_(0.0)
        rows = torch.sqrt(reach) * direction
        left = torch.clamp(1 - torch.sum(rows**2, dim=-1), min=torch.finfo(rows.dtype).tiny)
        rows += torch.diag_embed(left.sqrt())
        return rows

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        diagonal = value.diagonal(dim1=-1, dim2=-2)[..., 1:]
        order = 2 * (self.concentration - 1).unsqueeze(-1) + self.dim - torch.arange(2, self.dim + 1)
        less = self.dim - 1
        alpha = self.concentration + 0.5 * less
        numerator = torch.mvlgamma(alpha - 0.5, less)
        normalizer = 0.5 * less * math.log(math.pi) + numerator - torch.lgamma(alpha) * less
        return torch.sum(order * diagonal.log(), dim=-1) - normalizer
