"""The Bernoulli distribution."""

import math
from typing import Any, ClassVar

from ... import torch as _torch
from ...grad_mode import no_grad
from . import constraints
from .distribution import NONE
from .exp_family import ExponentialFamily
from .probability import ByProbability
from .utils import broadcast_all

torch: Any = _torch


class Bernoulli(ByProbability, ExponentialFamily):
    """1 with probability `probs`, else 0."""

    arg_constraints: ClassVar[Any] = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.boolean
    has_enumerate_support = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        super().__init__(self._take(probs, logits), validate_args=validate_args)

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return self.probs

    @property
    def mode(self) -> Any:
        """See Distribution; nan where both values are as likely."""
        mode = (self.probs >= 0.5).to(self.probs.dtype)
        return torch.where(self.probs == 0.5, torch.full_like(mode, math.nan), mode)

    @property
    def variance(self) -> Any:
        """See Distribution."""
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = NONE) -> Any:
        """See Distribution."""
        with no_grad():
            return torch.bernoulli(self.probs.detach().expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        return -torch.nn.functional.binary_cross_entropy_with_logits(logits, value, reduction="none")

    def entropy(self) -> Any:
        """See Distribution."""
        return torch.nn.functional.binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")

    def enumerate_support(self, expand: bool = True) -> Any:
        """See Distribution."""
        return self._enumerated(torch.arange(2, dtype=self._param.dtype), expand)
