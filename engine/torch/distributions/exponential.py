"""The exponential distribution."""

from typing import Any, ClassVar

from ... import torch as _torch
from . import constraints
from .distribution import NONE
from .exp_family import ExponentialFamily

torch: Any = _torch


class Exponential(ExponentialFamily):
    """The time between events that come at `rate`."""

    arg_constraints: ClassVar[Any] = {"rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True
    rate: Any

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        super().__init__(self._broadcast(rate=rate), validate_args=validate_args)

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
