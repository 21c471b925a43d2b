"""The generalised Pareto distribution."""

import math
from typing import Any, ClassVar

from ... import torch as _torch
from . import constraints
from .distribution import NONE, Distribution

torch: Any = _torch


class GeneralizedPareto(Distribution):
    """What is above a high threshold `loc`; exponential where `concentration` is 0."""

    arg_constraints: ClassVar[Any] = {
        "loc": constraints.real,
        "scale": constraints.positive,
        "concentration": constraints.real,
    }
    has_rsample = True
    loc: Any
    scale: Any
    concentration: Any

    def __init__(self, loc: Any, scale: Any, concentration: Any, validate_args: bool | None = None) -> None:
        shape = self._broadcast(loc=loc, scale=scale, concentration=concentration)
        super().__init__(shape, validate_args=validate_args)

    def _tail(self) -> tuple[Any, Any]:
        """Where the distribution is exponential, and the concentration with 1 in its place."""
        zero = torch.isclose(self.concentration, torch.zeros_like(self.concentration))
        return zero, torch.where(zero, torch.ones_like(self.concentration), self.concentration)

    def rsample(self, sample_shape: Any = NONE) -> Any:
        """The quantile of uniform noise."""
        return self.icdf(torch.rand(self._extended_shape(sample_shape), dtype=self.loc.dtype))

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        z = (value - self.loc) / self.scale
        zero, power = self._tail()
        y = 1 / power + torch.ones_like(z)
        return -self.scale.log() - torch.where(zero, z, torch.where(y == 0, y, y * torch.log1p(power * z)))

    def log_survival_function(self, value: Any) -> Any:
        """log(1 - cdf)."""
        if self._validate_args:
            self._validate_sample(value)
        z = (value - self.loc) / self.scale
        zero, power = self._tail()
        return torch.where(zero, -z, -torch.log1p(power * z) / power)

    def log_cdf(self, value: Any) -> Any:
        """log(cdf)."""
        return torch.log1p(-torch.exp(self.log_survival_function(value)))

    def cdf(self, value: Any) -> Any:
        """See Distribution."""
        return torch.exp(self.log_cdf(value))

    def icdf(self, value: Any) -> Any:
        """See Distribution."""
        zero, power = self._tail()
        above = torch.log1p(-value)
        by_power = self.loc + self.scale / power * torch.expm1(-power * above)
        return torch.where(zero, self.loc - self.scale * above, by_power)

    @property
    def mean(self) -> Any:
        """See Distribution; nan from concentration 1 on."""
        valid = self.concentration < 1
        power = torch.where(valid, self.concentration, 0.5)
        return torch.where(valid, self.loc + self.scale / (1 - power), math.nan)

    @property
    def variance(self) -> Any:
        """See Distribution; nan from concentration 1/2 on."""
        valid = self.concentration < 0.5
        power = torch.where(valid, self.concentration, 0.25)
        return torch.where(valid, self.scale**2 / ((1 - power) ** 2 * (1 - 2 * power)), math.nan)

    @property
    def mode(self) -> Any:
        """See Distribution."""
        return self.loc

    def entropy(self) -> Any:
        """See Distribution."""
        return torch.broadcast_to(torch.log(self.scale) + self.concentration + 1, self._batch_shape)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:
        """See Distribution."""
        high = torch.where(self.concentration < 0, self.loc - self.scale / self.concentration, math.inf)
        return constraints.interval(self.loc, high)
