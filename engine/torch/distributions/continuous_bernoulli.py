"""The continuous Bernoulli distribution (Loaiza-Ganem and Cunningham, 2019)."""

import math
from typing import Any, ClassVar

from ... import torch as _torch
from ...grad_mode import no_grad
from ...types.size import Size
from . import constraints
from .distribution import NONE
from .exp_family import ExponentialFamily
from .probability import ByProbability
from .utils import Lazy, broadcast_all, clamp_probs, logits_to_probs

torch: Any = _torch


class ContinuousBernoulli(ByProbability, ExponentialFamily):
    """Numbers x of the unit interval of density proportional to probs ** x * (1 - probs) ** (1 - x).

    Between the two numbers of `lims`, where the formulas lose their digits, it goes by Taylor series about 1/2.
    """

    arg_constraints: ClassVar[Any] = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.unit_interval
    has_rsample = True

    def __init__(
        self,
        probs: Any = None,
        logits: Any = None,
        lims: tuple[float, float] = (0.499, 0.501),
        validate_args: bool | None = None,
    ) -> None:
        shape: Size = self._take(probs, logits)
        if probs is not None:
            if validate_args is not None and not constraints.unit_interval.check(self.probs).all():
                raise ValueError("The parameter probs has invalid values")
            self.__dict__["probs"] = clamp_probs(self.probs)
        self._lims = lims
        super().__init__(shape, validate_args=validate_args)

    @Lazy
    def probs(self) -> Any:
        """The parameter between 0 and 1."""
        return clamp_probs(logits_to_probs(self.logits, is_binary=True))

    def _far(self) -> Any:
        """Where the formulas hold."""
        return torch.max(torch.le(self.probs, self._lims[0]), torch.gt(self.probs, self._lims[1]))

    def _cut(self) -> Any:
        """The probabilities where the formulas hold, and one with which they can be evaluated elsewhere."""
        return torch.where(self._far(), self.probs, self._lims[0] * torch.ones_like(self.probs))

    def _by_series(self, formula: Any, series: Any) -> Any:
        return torch.where(self._far(), formula, series)

    def _cont_bern_log_norm(self) -> Any:
        """The logarithm of the normaliser."""
        cut = self._cut()
        low, is_low = torch.where(torch.le(cut, 0.5), cut, torch.zeros_like(cut)), torch.le(cut, 0.5)
        high = torch.where(torch.ge(cut, 0.5), cut, torch.ones_like(cut))
        width = torch.where(is_low, torch.log1p(-2.0 * low), torch.log(2.0 * high - 1.0))
        formula = torch.log(torch.abs(torch.log1p(-cut) - torch.log(cut))) - width
        x = torch.pow(self.probs - 0.5, 2)
        return self._by_series(formula, math.log(2.0) + (4.0 / 3.0 + 104.0 / 45.0 * x) * x)

    @property
    def mean(self) -> Any:
        """See Distribution."""
        cut, x = self._cut(), self.probs - 0.5
        formula = cut / (2.0 * cut - 1.0) + 1.0 / (torch.log1p(-cut) - torch.log(cut))
        return self._by_series(formula, 0.5 + (1.0 / 3.0 + 16.0 / 45.0 * torch.pow(x, 2)) * x)

    @property
    def stddev(self) -> Any:
        """See Distribution."""
        return torch.sqrt(self.variance)

    @property
    def variance(self) -> Any:
        """See Distribution."""
        cut, x = self._cut(), torch.pow(self.probs - 0.5, 2)
        formula = cut * (cut - 1.0) / torch.pow(1.0 - 2.0 * cut, 2)
        formula = formula + 1.0 / torch.pow(torch.log1p(-cut) - torch.log(cut), 2)
        return self._by_series(formula, 1.0 / 12.0 - (1.0 / 15.0 - 128.0 / 945.0 * x) * x)

    def sample(self, sample_shape: Any = NONE) -> Any:
        """See Distribution."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Any = NONE) -> Any:
        """The quantile of uniform noise."""
        return self.icdf(torch.rand(self._extended_shape(sample_shape), dtype=self.probs.dtype))

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        entropy = torch.nn.functional.binary_cross_entropy_with_logits(logits, value, reduction="none")
        return -entropy + self._cont_bern_log_norm()

    def cdf(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        cut = self._cut()
        formula = (torch.pow(cut, value) * torch.pow(1.0 - cut, 1.0 - value) + cut - 1.0) / (2.0 * cut - 1.0)
        inside = self._by_series(formula, value)
        above = torch.where(torch.ge(value, 1.0), torch.ones_like(value), inside)
        return torch.where(torch.le(value, 0.0), torch.zeros_like(value), above)

    def icdf(self, value: Any) -> Any:
        """See Distribution."""
        cut = self._cut()
        failure = torch.log1p(-cut)
        formula = (torch.log1p(-cut + value * (2.0 * cut - 1.0)) - failure) / (torch.log(cut) - failure)
        return self._by_series(formula, value)

    def entropy(self) -> Any:
        """See Distribution."""
        failure, success = torch.log1p(-self.probs), torch.log(self.probs)
        return self.mean * (failure - success) - self._cont_bern_log_norm() - failure
