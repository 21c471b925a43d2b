"""The Gumbel distribution."""

import math
from typing import Any, ClassVar

from ... import torch as _torch
from . import constraints
from .transformed_distribution import TransformedDistribution
from .transforms import AffineTransform, ExpTransform
from .uniform import Uniform
from .utils import euler_constant, is_number

torch: Any = _torch


class Gumbel(TransformedDistribution):
    """The largest of many numbers, about `loc`."""

    arg_constraints: ClassVar[Any] = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    loc: Any
    scale: Any

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self._broadcast(loc=loc, scale=scale)
        kind = torch.finfo(self.loc.dtype)
        low, high = kind.tiny, 1 - kind.eps
        if not (is_number(loc) and is_number(scale)):
            low, high = torch.full_like(self.loc, low), torch.full_like(self.loc, high)
        logarithm = ExpTransform().inv
        steps = [logarithm, AffineTransform(loc=0, scale=-torch.ones_like(self.scale)), ExpTransform().inv]
        steps.append(AffineTransform(loc=loc, scale=-self.scale))
        super().__init__(Uniform(low, high, validate_args=validate_args), steps, validate_args=validate_args)

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        y = (self.loc - value) / self.scale
        return y - y.exp() - self.scale.log()

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return self.loc + self.scale * euler_constant

    @property
    def mode(self) -> Any:
        """See Distribution."""
        return self.loc

    @property
    def stddev(self) -> Any:
        """See Distribution."""
        return math.pi / math.sqrt(6) * self.scale

    @property
    def variance(self) -> Any:
        """See Distribution."""
        return self.stddev.pow(2)

    def entropy(self) -> Any:
        """See Distribution."""
        return self.scale.log() + (1 + euler_constant)
