"""The normal distribution."""

import math
from typing import Any, ClassVar

from ... import torch as _torch
from ...grad_mode import no_grad
from . import constraints
from .distribution import NONE
from .exp_family import ExponentialFamily

torch: Any = _torch


class Normal(ExponentialFamily):
    """The normal distribution of mean `loc` and standard deviation `scale`."""

    arg_constraints: ClassVar[Any] = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True
    loc: Any
    scale: Any

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(self._broadcast(loc=loc, scale=scale), validate_args=validate_args)

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
