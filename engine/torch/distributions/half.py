"""What the halves of distributions that are even about 0 share."""

import math
from typing import Any, ClassVar

from ... import torch as _torch
from . import constraints
from .transformed_distribution import TransformedDistribution

torch: Any = _torch


class Half(TransformedDistribution):
    """|x| for x of an even distribution about 0."""

    arg_constraints: ClassVar[Any] = {"scale": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True

    @property
    def scale(self) -> Any:
        """That of the base."""
        return self.base_dist.scale

    @property
    def mode(self) -> Any:
        """See Distribution."""
        return torch.zeros_like(self.scale)

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        value = torch.as_tensor(value, dtype=self.scale.dtype)
        return torch.where(value >= 0, self.base_dist.log_prob(value) + math.log(2), -math.inf)

    def cdf(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        return 2 * self.base_dist.cdf(value) - 1

    def icdf(self, prob: Any) -> Any:
        """See Distribution."""
        return self.base_dist.icdf((prob + 1) / 2)

    def entropy(self) -> Any:
        """See Distribution."""
        return self.base_dist.entropy() - math.log(2)
