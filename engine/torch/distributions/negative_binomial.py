"""The negative binomial distribution."""

from typing import Any, ClassVar

from ... import torch as _torch
from ...grad_mode import no_grad
from . import constraints
from .distribution import NONE
from .gamma import Gamma
from .probability import ByProbability
from .utils import Lazy

torch: Any = _torch


class NegativeBinomial(ByProbability):
    """How many trials of chance `probs` succeed before `total_count` of them fail."""

    arg_constraints: ClassVar[Any] = {
        "total_count": constraints.greater_than_eq(0),
        "probs": constraints.half_open_interval(0.0, 1.0),
        "logits": constraints.real,
    }
    support = constraints.nonnegative_integer

    def __init__(
        self, total_count: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        super().__init__(self._take_with_count(total_count, probs, logits), validate_args=validate_args)

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return self.total_count * torch.exp(self.logits)

    @property
    def mode(self) -> Any:
        """See Distribution."""
        return ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0.0)

    @property
    def variance(self) -> Any:
        """See Distribution."""
        return self.mean / torch.sigmoid(-self.logits)

    @Lazy
    def _gamma(self) -> Any:
        """Of Poisson rates."""
        return Gamma(concentration=self.total_count, rate=torch.exp(-self.logits), validate_args=False)

    def sample(self, sample_shape: Any = NONE) -> Any:
        """See Distribution."""
        with no_grad():
            return torch.poisson(self._gamma.sample(sample_shape))

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        log_sigmoid, count = torch.nn.functional.logsigmoid, self.total_count
        unnormalized = count * log_sigmoid(-self.logits) + value * log_sigmoid(self.logits)
        normalizer = -torch.lgamma(count + value) + torch.lgamma(1.0 + value) + torch.lgamma(count)
        return unnormalized - normalizer.masked_fill(count + value == 0.0, 0.0)
