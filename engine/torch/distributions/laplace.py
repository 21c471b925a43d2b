"""The Laplace distribution."""

from typing import Any, ClassVar

from ... import torch as _torch
from . import constraints
from .distribution import NONE, Distribution

torch: Any = _torch


class Laplace(Distribution):
    """Two exponential distributions back to back at `loc`."""

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
        return (2**0.5) * self.scale

    @property
    def variance(self) -> Any:
        """See Distribution."""
        return 2 * self.scale.pow(2)

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
