"""The gamma distribution."""

from typing import Any, ClassVar

from ... import torch as _torch
from . import constraints
from .distribution import NONE
from .exp_family import ExponentialFamily

torch: Any = _torch


class Gamma(ExponentialFamily):
    """The gamma distribution of shape `concentration`, its values divided by `rate`."""

    arg_constraints: ClassVar[Any] = {"concentration": constraints.positive, "rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True
    concentration: Any
    rate: Any

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        super().__init__(self._broadcast(concentration=concentration, rate=rate), validate_args=validate_args)

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return self.concentration / self.rate

    @property
    def mode(self) -> Any:
        """See Distribution."""
        return ((self.concentration - 1) / self.rate).clamp(min=0)

    @property
    def variance(self) -> Any:
        """See Distribution."""
        return self.concentration / self.rate.pow(2)

    def rsample(self, sample_shape: Any = NONE) -> Any:
        """A standard gamma number divided by the rate."""
        shape = self._extended_shape(sample_shape)
        value = torch._standard_gamma(self.concentration.expand(shape)) / self.rate.expand(shape)
        value.detach().clamp_(min=torch.finfo(value.dtype).tiny)  # not seen by autograd
        return value

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        value = torch.as_tensor(value, dtype=self.rate.dtype)
        if self._validate_args:
            self._validate_sample(value)
        return (
            torch.xlogy(self.concentration, self.rate)
            + torch.xlogy(self.concentration - 1, value)
            - self.rate * value
            - torch.lgamma(self.concentration)
        )

    def cdf(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        return torch.special.gammainc(self.concentration, self.rate * value)

    def entropy(self) -> Any:
        """See Distribution."""
        shape = self.concentration
        return shape - torch.log(self.rate) + torch.lgamma(shape) + (1.0 - shape) * torch.digamma(shape)
