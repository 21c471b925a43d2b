"""The Fisher-Snedecor distribution."""

import math
from typing import Any, ClassVar

from ... import torch as _torch
from . import constraints
from .distribution import NONE, Distribution
from .gamma import Gamma

torch: Any = _torch


class FisherSnedecor(Distribution):
    """The ratio of two chi-squared numbers, each divided by its degrees of freedom."""

    arg_constraints: ClassVar[Any] = {"df1": constraints.positive, "df2": constraints.positive}
    support = constraints.positive
    has_rsample = True
    df1: Any
    df2: Any

    def __init__(self, df1: Any, df2: Any, validate_args: bool | None = None) -> None:
        shape = self._broadcast(df1=df1, df2=df2)
        self._gamma1 = Gamma(self.df1 * 0.5, self.df1)
        self._gamma2 = Gamma(self.df2 * 0.5, self.df2)
        super().__init__(shape, validate_args=validate_args)

    def _above(self, bound: int) -> Any:
        """df2, and nan up to a bound."""
        found = self.df2.clone(memory_format=torch.contiguous_format)
        found[found <= bound] = math.nan
        return found

    @property
    def mean(self) -> Any:
        """See Distribution; nan up to df2 2."""
        df2 = self._above(2)
        return df2 / (df2 - 2)

    @property
    def mode(self) -> Any:
        """See Distribution; nan up to df1 2."""
        mode = (self.df1 - 2) / self.df1 * self.df2 / (self.df2 + 2)
        mode[self.df1 <= 2] = math.nan
        return mode

    @property
    def variance(self) -> Any:
        """See Distribution; nan up to df2 4."""
        df2 = self._above(4)
        return 2 * df2.pow(2) * (self.df1 + df2 - 2) / (self.df1 * (df2 - 2).pow(2) * (df2 - 4))

    def rsample(self, sample_shape: Any = NONE) -> Any:
        """See Distribution."""
        shape = self._extended_shape(sample_shape)
        upper = self._gamma1.rsample(sample_shape).view(shape)
        lower = self._gamma2.rsample(sample_shape).view(shape)
        least = torch.finfo(lower.dtype).tiny
        lower.clamp_(min=least)
        found = upper / lower
        found.clamp_(min=least)
        return found

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        half1, half2, ratio = self.df1 * 0.5, self.df2 * 0.5, self.df1 / self.df2
        gammas = (half1 + half2).lgamma() - half1.lgamma() - half2.lgamma()
        powers = half1 * ratio.log() + (half1 - 1) * torch.log(value)
        return gammas + powers - (half1 + half2) * torch.log1p(ratio * value)
