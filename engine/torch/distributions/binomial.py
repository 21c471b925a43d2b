"""The binomial distribution."""

from typing import Any, ClassVar

from ... import torch as _torch
from ...grad_mode import no_grad
from . import constraints
from .distribution import NONE
from .probability import ByProbability

torch: Any = _torch


class Binomial(ByProbability):
    """How many of `total_count` trials of chance `probs` succeed."""

    arg_constraints: ClassVar[Any] = {
        "total_count": constraints.nonnegative_integer,
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    has_enumerate_support = True

    def __init__(
        self, total_count: Any = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        super().__init__(self._take_with_count(total_count, probs, logits), validate_args=validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:
        """See Distribution."""
        return constraints.integer_interval(0, self.total_count)

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return self.total_count * self.probs

    @property
    def mode(self) -> Any:
        """See Distribution."""
        return ((self.total_count + 1) * self.probs).floor().clamp(max=self.total_count)

    @property
    def variance(self) -> Any:
        """See Distribution."""
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = NONE) -> Any:
        """See Distribution."""
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return torch.binomial(self.total_count.expand(shape), self.probs.expand(shape))

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        logits, count = self.logits, self.total_count
        above_zero = (logits.clamp(min=0) + logits - logits.clamp(max=0)) / 2  # with half the slope of each at 0
        normalizer = count * above_zero + count * torch.log1p(torch.exp(-torch.abs(logits))) - torch.lgamma(count + 1)
        return value * logits - torch.lgamma(value + 1) - torch.lgamma(count - value + 1) - normalizer

    def entropy(self) -> Any:
        """See Distribution. Raises NotImplementedError for counts that differ."""
        self._one_count("entropy")
        log_prob = self.log_prob(self.enumerate_support(False))
        return -(torch.exp(log_prob) * log_prob).sum(0)

    def enumerate_support(self, expand: bool = True) -> Any:
        """See Distribution. Raises NotImplementedError for counts that differ."""
        count = self._one_count("enumerate_support")
        return self._enumerated(torch.arange(1 + count, dtype=self._param.dtype), expand)

    def _one_count(self, wanted: str) -> int:
        count = int(self.total_count.max())
        if self.total_count.min() != count:
            raise NotImplementedError(f"Inhomogeneous total count not supported by `{wanted}`.")
        return count
