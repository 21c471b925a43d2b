"""The uniform distribution."""

import math
from typing import Any

from ... import torch as _torch
from . import constraints
from .distribution import NONE, Distribution

torch: Any = _torch


class Uniform(Distribution):
    """The uniform distribution over [low, high)."""

    has_rsample = True
    low: Any
    high: Any

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        super().__init__(self._broadcast(low=low, high=high), validate_args=validate_args)

    @property
    def arg_constraints(self) -> Any:
        """See Distribution."""
        return {"low": constraints.less_than(self.high), "high": constraints.greater_than(self.low)}

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:
        """See Distribution."""
        return constraints.interval(self.low, self.high)

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return (self.high + self.low) / 2

    @property
    def mode(self) -> Any:
        """nan: every value is as likely as any other."""
        return math.nan * self.high

    @property
    def stddev(self) -> Any:
        """See Distribution."""
        return (self.high - self.low) / 12**0.5

    @property
    def variance(self) -> Any:
        """See Distribution."""
        return (self.high - self.low).pow(2) / 12

    def rsample(self, sample_shape: Any = NONE) -> Any:
        """low + noise * (high - low)."""
        noise = torch.rand(self._extended_shape(sample_shape), dtype=self.low.dtype)
        return self.low + noise * (self.high - self.low)

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        above, below = self.low.le(value).type_as(self.low), self.high.gt(value).type_as(self.low)
        return torch.log(above.mul(below)) - torch.log(self.high - self.low)

    def cdf(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        return ((value - self.low) / (self.high - self.low)).clamp(min=0, max=1)

    def icdf(self, value: Any) -> Any:
        """See Distribution."""
        return value * (self.high - self.low) + self.low

    def entropy(self) -> Any:
        """See Distribution."""
        return torch.log(self.high - self.low)
