"""Exponential and Laplace."""

from typing import Any

from ... import torch as _torch
from ...types.size import Size
from . import constraints
from .distribution import NONE, Distribution, batch_shape_of, broadcast_all

torch: Any = _torch


class Exponential(Distribution):
    """The time between events that come at `rate`."""

    arg_constraints = {"rate": constraints.positive}  # noqa: RUF012 - a property of the base, a constant here, as in PyTorch
    support = constraints.nonnegative
    has_rsample = True

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        (self.rate,) = broadcast_all(rate)
        super().__init__(batch_shape_of(self.rate, (rate,)), validate_args=validate_args)

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return self.rate.reciprocal()

    @property
    def mode(self) -> Any:
        """See Distribution."""
        return torch.zeros_like(self.rate)

    @property
    def stddev(self) -> Any:
        """See Distribution."""
        return self.rate.reciprocal()

    @property
    def variance(self) -> Any:
        """See Distribution."""
        return self.rate.pow(-2)

    def expand(self, batch_shape: Any, _instance: Any = None) -> "Exponential":
        """See Distribution."""
        made: Exponential = self._expanded(batch_shape, rate=self.rate.expand(Size(batch_shape)))
        return made

    def rsample(self, sample_shape: Any = NONE) -> Any:
        """Noise of rate 1 divided by the rate."""
        noise = torch.empty(self._extended_shape(sample_shape), dtype=self.rate.dtype).exponential_()
        return noise / self.rate

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        return self.rate.log() - self.rate * value

    def cdf(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        return 1 - torch.exp(-self.rate * value)

    def icdf(self, value: Any) -> Any:
        """See Distribution."""
        return -torch.log1p(-value) / self.rate

    def entropy(self) -> Any:
        """See Distribution."""
        return 1.0 - torch.log(self.rate)


class Laplace(Distribution):
    """Two exponential distributions back to back at `loc`."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}  # noqa: RUF012 - as above
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
        return (2**0.5) * self.scale

    @property
    def variance(self) -> Any:
        """See Distribution."""
        return 2 * self.scale.pow(2)

    def expand(self, batch_shape: Any, _instance: Any = None) -> "Laplace":
        """See Distribution."""
        shape = Size(batch_shape)
        made: Laplace = self._expanded(shape, loc=self.loc.expand(shape), scale=self.scale.expand(shape))
        return made

    def rsample(self, sample_shape: Any = NONE) -> Any:
        """The quantile of uniform noise."""
        kind = torch.finfo(self.loc.dtype)
        noise = torch.empty(self._extended_shape(sample_shape), dtype=self.loc.dtype).uniform_(kind.eps - 1, 1)
        return self.loc - self.scale * noise.sign() * torch.log1p(-noise.abs())

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        return -torch.log(2 * self.scale) - torch.abs(value - self.loc) / self.scale

    def cdf(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        distance = value - self.loc
        return 0.5 - 0.5 * distance.sign() * torch.expm1(-distance.abs() / self.scale)

    def icdf(self, value: Any) -> Any:
        """See Distribution."""
        term = value - 0.5
        return self.loc - self.scale * term.sign() * torch.log1p(-2 * term.abs())

    def entropy(self) -> Any:
        """See Distribution."""
        return 1 + torch.log(2 * self.scale)
