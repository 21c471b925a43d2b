"""Normal and Uniform."""

import math
from typing import Any

from ... import torch as _torch
from ...grad_mode import no_grad
from ...types.size import Size
from . import constraints
from .distribution import NONE, Distribution, batch_shape_of, broadcast_all

torch: Any = _torch


class Normal(Distribution):
    """The normal distribution of mean `loc` and standard deviation `scale`."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}  # noqa: RUF012 - a property of the base, a constant here, as in PyTorch
    support = constraints.real
    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(batch_shape_of(self.loc, (loc, scale)), validate_args=validate_args)

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return self.loc

    @property
    def mode(self) -> Any:
        """See Distribution."""
        return self.loc

    @property
    def stddev(self) -> Any:
        """See Distribution."""
        return self.scale

    @property
    def variance(self) -> Any:
        """See Distribution."""
        return self.scale.pow(2)

    def expand(self, batch_shape: Any, _instance: Any = None) -> "Normal":
        """See Distribution."""
        shape = Size(batch_shape)
        made: Normal = self._expanded(shape, loc=self.loc.expand(shape), scale=self.scale.expand(shape))
        return made

    def sample(self, sample_shape: Any = NONE) -> Any:
        """See Distribution."""
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return torch.normal(self.loc.detach().expand(shape), self.scale.detach().expand(shape))

    def rsample(self, sample_shape: Any = NONE) -> Any:
        """loc + noise * scale."""
        shape = self._extended_shape(sample_shape)
        noise = torch.empty(shape, dtype=self.loc.dtype).normal_()
        return self.loc + noise * self.scale

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        variance = self.scale**2
        return -((value - self.loc) ** 2) / (2 * variance) - self.scale.log() - math.log(math.sqrt(2 * math.pi))

    def cdf(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        return 0.5 * (1 + torch.erf((value - self.loc) * self.scale.reciprocal() / math.sqrt(2)))

    def icdf(self, value: Any) -> Any:
        """See Distribution."""
        return self.loc + self.scale * torch.erfinv(2 * value - 1) * math.sqrt(2)

    def entropy(self) -> Any:
        """See Distribution."""
        return 0.5 + 0.5 * math.log(2 * math.pi) + torch.log(self.scale)


class Uniform(Distribution):
    """The uniform distribution over [low, high)."""

    has_rsample = True

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        self.low, self.high = broadcast_all(low, high)
        super().__init__(batch_shape_of(self.low, (low, high)), validate_args=validate_args)

    @property
    def arg_constraints(self) -> dict[str, Any]:
        """See Distribution."""
        return {"low": constraints.less_than(self.high), "high": constraints.greater_than(self.low)}

    @property
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

    def expand(self, batch_shape: Any, _instance: Any = None) -> "Uniform":
        """See Distribution."""
        shape = Size(batch_shape)
        made: Uniform = self._expanded(shape, low=self.low.expand(shape), high=self.high.expand(shape))
        return made

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
