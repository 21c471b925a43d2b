"""Student's t distribution."""

import math
from typing import Any, ClassVar

from ... import torch as _torch
from . import constraints
from .chi2 import Chi2
from .distribution import NONE, Distribution
from .utils import standard_normal

torch: Any = _torch


class StudentT(Distribution):
    """A normal number divided by the root of a chi-squared one of `df` degrees of freedom."""

    arg_constraints: ClassVar[Any] = {
        "df": constraints.positive,
        "loc": constraints.real,
        "scale": constraints.positive,
    }
    support = constraints.real
    has_rsample = True
    df: Any
    loc: Any
    scale: Any

    def __init__(self, df: Any, loc: Any = 0.0, scale: Any = 1.0, validate_args: bool | None = None) -> None:
        self._broadcast(df=df, loc=loc, scale=scale)
        self._chi2 = Chi2(self.df)
        super().__init__(self.df.size(), validate_args=validate_args)

    @property
    def mean(self) -> Any:
        """See Distribution; nan up to df 1."""
        found = self.loc.clone(memory_format=torch.contiguous_format)
        found[self.df <= 1] = math.nan
        return found

    @property
    def mode(self) -> Any:
        """See Distribution."""
        return self.loc

    @property
    def variance(self) -> Any:
        """See Distribution; infinite up to df 2, nan up to df 1."""
        found, is_finite = self.df.clone(memory_format=torch.contiguous_format), self.df > 2
        df = self.df[is_finite]
        found[is_finite] = self.scale[is_finite].pow(2) * df / (df - 2)
        found[(self.df <= 2) & (self.df > 1)] = math.inf
        found[self.df <= 1] = math.nan
        return found

    def rsample(self, sample_shape: Any = NONE) -> Any:
        """See Distribution."""
        noise = standard_normal(self._extended_shape(sample_shape), self.df.dtype)
        squares = self._chi2.rsample(sample_shape)
        return self.loc + self.scale * (noise * torch.rsqrt(squares / self.df))

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        df = self.df
        y = (value - self.loc) / self.scale
        gammas = torch.lgamma(0.5 * df) - torch.lgamma(0.5 * (df + 1.0))
        normalizer = self.scale.log() + 0.5 * df.log() + 0.5 * math.log(math.pi) + gammas
        return -0.5 * (df + 1.0) * torch.log1p(y**2.0 / df) - normalizer

    def entropy(self) -> Any:
        """See Distribution."""
        half, more = 0.5 * self.df, 0.5 * (self.df + 1)
        log_beta = torch.lgamma(half) + math.lgamma(0.5) - torch.lgamma(more)
        slopes = torch.digamma(more) - torch.digamma(half)
        return self.scale.log() + more * slopes + 0.5 * self.df.log() + log_beta
